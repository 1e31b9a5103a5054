"""Names that people give to files."""

from __future__ import annotations

import pytest

from errors import Invalid
from files.names import LONGEST, clean_name


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("总平面图.pdf", "总平面图.pdf"),
        ("C:\\资料\\总平面图.pdf", "总平面图.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("gpj\u202etxt.exe.pdf", "gpjtxt.exe.pdf"),
        ("  图.pdf. ", "图.pdf"),
        ("e\u0301.pdf", "é.pdf"),
        ("两个 空格.pdf", "两个 空格.pdf"),
    ],
)
def test_a_name_is_made_harmless(given: str, cleaned: str) -> None:
    assert clean_name(given) == cleaned


@pytest.mark.parametrize("given", ["", "   ", "资料/", "\u202e", "..."])
def test_a_name_of_which_nothing_is_left_is_refused(given: str) -> None:
    with pytest.raises(Invalid) as refusal:
        clean_name(given)
    assert refusal.value.code == "file_name_missing"


def test_a_long_name_is_refused() -> None:
    assert len(clean_name("图" * (LONGEST - 4) + ".pdf")) == LONGEST
    with pytest.raises(Invalid, match="改短"):
        clean_name("图" * (LONGEST - 3) + ".pdf")
