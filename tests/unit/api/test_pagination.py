"""Cursors go out and come back."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pagination import LONGEST_CURSOR, cut, decode, encode
from api.problems import Problem

MOMENTS = st.datetimes(timezones=st.just(UTC))
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)


@given(MOMENTS, st.uuids(), TEXTS, st.integers(-(2**63) + 1, 2**63 - 1))
def test_a_cursor_gives_back_what_went_into_it(moment: datetime, identifier: UUID, name: str, number: int) -> None:
    cursor = encode([moment, identifier, name, number])
    assert re.fullmatch("[A-Za-z0-9_-]+", cursor)
    assert decode(cursor, [datetime, UUID, str, int]) == (moment, identifier, name, number)


@given(st.text(max_size=LONGEST_CURSOR))
def test_anything_else_is_refused_or_harmless(cursor: str) -> None:
    with suppress(Problem):
        assert [type(value) for value in decode(cursor, [datetime, UUID])] == [datetime, UUID]


@pytest.mark.parametrize(("count", "shown", "more"), [(0, 0, False), (2, 2, False), (3, 3, False), (4, 3, True)])
def test_the_last_page_has_no_cursor(count: int, shown: int, more: bool) -> None:
    page = cut(list(range(count)), 3, lambda row: [row])
    assert list(page.entries) == list(range(shown))
    assert (page.next_cursor is not None) is more
    if page.next_cursor:
        assert decode(page.next_cursor, [int]) == (shown - 1,)
