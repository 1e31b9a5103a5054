"""The national project code and the local one."""

from __future__ import annotations

from datetime import date

import pytest

from cases.project_codes import LOCAL, NATIONAL, check_national_code, local_code
from errors import Invalid

TODAY = date(2026, 11, 22)
REGIONS = frozenset({"210782", "210799"})


@pytest.mark.parametrize(
    "code",
    [
        "2019-210782-47-01-123456",
        "2101-210782-04-01-123456",
        "2011-000000-04-01-123456",
        "2611-210700-04-01-123456",
        "2101-210799-04-01-123456",
        " 2101-210000-04-01-123456 ",
    ],
)
def test_both_generations_of_the_code_are_known(code: str) -> None:
    assert check_national_code(code, TODAY, REGIONS) == code.strip()


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("210121078204011234", "格式"),
        ("2101-210782-04-01-12345", "格式"),
        ("2101-210782-04-01-1234567", "格式"),
        ("2101-21078a-04-01-123456", "格式"),
        ("２１０１-210782-04-01-123456", "格式"),
        ("2113-210782-04-01-123456", "前四位"),
        ("2612-210782-04-01-123456", "前四位"),
        ("2701-210782-04-01-123456", "前四位"),
        ("1999-210782-04-01-123456", "前四位"),
        ("2101-999999-04-01-123456", "地区代码"),
        ("2101-210783-04-01-123456", "地区代码"),
    ],
)
def test_a_wrong_code_is_refused_with_what_is_wrong(code: str, why: str) -> None:
    with pytest.raises(Invalid, match=why) as refused:
        check_national_code(code, TODAY, REGIONS)
    assert refused.value.field == "code"


def test_a_local_code_is_never_taken_for_a_national_one() -> None:
    code = local_code("210782", 2026, 17)

    assert code == "L210782-2026-000017"
    assert LOCAL.fullmatch(code)
    assert not NATIONAL.fullmatch(code)
