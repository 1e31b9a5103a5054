"""What a text of a person may hold, said by the function and by the pattern alike."""

from __future__ import annotations

import re
import unicodedata
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms import texts

HIDDEN = ["\0", "\x07", "\x1b", "\x7f", "\x85", "\u061c", "\u200e", "\u202e", "\u2066", "\u2069"]
UNSEEN = ["", " ", "\u3000", "\u00a0", "\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u2800", "\u3164", "\ufe0f"]
BREAKS = ["\n", "\r", "\t", "\u2028", "\u2029"]


@pytest.mark.parametrize("letter", HIDDEN, ids=ascii)
def test_what_hides_or_turns_words_around_is_refused_by_its_number(letter: str) -> None:
    for lines in (True, False):
        fault = texts.fault(f"北镇市{letter}住建局", lines=lines, empty=True)
        assert fault is not None
        assert f"U+{ord(letter):04X}" in fault


@pytest.mark.parametrize("letter", UNSEEN, ids=ascii)
def test_a_text_with_nothing_to_see_is_no_text(letter: str) -> None:
    for lines in (True, False):
        assert texts.fault(letter * 3, lines=lines) == "不能为空，也不能只有空白或看不见的字符。"
        assert texts.fault(letter * 3, lines=lines, empty=True) is None
        assert texts.fault(f"{letter}局{letter}", lines=lines) is None


@pytest.mark.parametrize("letter", BREAKS, ids=ascii)
def test_only_a_text_of_several_lines_holds_breaks_and_tabs(letter: str) -> None:
    assert texts.fault(f"一{letter}二", lines=True) is None
    assert "一行" in str(texts.fault(f"一{letter}二", lines=False))


@pytest.mark.parametrize("name", ["𠮷野家", "買·艾力", "O'Neill", "👨\u200d👩\u200d👧", "Ελλάδα", "é"])
def test_what_people_write_passes(name: str) -> None:
    assert texts.fault(name, lines=False) is None


@given(st.text(st.sampled_from("甲 a\n\t\0\u200b\u202e\u3164\u2028"), max_size=6), st.booleans(), st.booleans())
def test_the_pattern_that_clients_see_says_the_same(text: str, lines: bool, empty: bool) -> None:
    matches = re.fullmatch(texts.pattern(lines=lines, empty=empty), text) is not None
    assert matches == (texts.fault(text, lines=lines, empty=empty) is None)


def test_every_control_and_format_character_of_unicode_is_refused_or_counts_as_unseen() -> None:
    for number in (*range(0xD800), *range(0xE000, 0x10000)):
        if unicodedata.category(chr(number)) in ("Cc", "Cf", "Zs", "Zl", "Zp") and not 0x600 <= number <= 0x8E2:
            assert texts.fault(chr(number), lines=False) is not None, hex(number)


def test_no_text_makes_the_pattern_go_back_and_forth() -> None:
    pattern = re.compile(texts.pattern(lines=True))
    for text in ("甲" * 200_000 + "\0", " " * 200_000 + "\0", " " * 200_000):
        began = perf_counter()
        assert pattern.fullmatch(text) is None
        assert perf_counter() - began < 1
