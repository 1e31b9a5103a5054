"""The legal order of status events."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.status import ENDING, Status, clock_runs, follow, following
from errors import Conflict

LEGAL = [
    [1, 2],
    [1, 4],
    [1, 5],
    [1, 3, 8, 11],
    [1, 3, 8, 12, 15],
    [1, 3, 8, 13],
    [1, 3, 14],
    [1, 6, 7, 3, 8, 11, 15],
    [1, 3, 6, 7, 8, 11],
    [1, 3, 8, 6, 7, 9, 10, 11],
    [1, 3, 8, 9, 10, 9, 10, 13],
    [1, 3, 8, 9, 14],
    [1, 3, 8, 9, 10, 6, 7, 11],
]
ILLEGAL = [
    [3],
    [1, 8],
    [1, 11],
    [1, 3, 11],
    [1, 3, 2],
    [1, 6, 3],
    [1, 6, 7, 6],
    [1, 6, 7, 3, 6],
    [1, 3, 8, 10],
    [1, 3, 8, 9, 9],
    [1, 3, 8, 9, 11],
    [1, 3, 8, 13, 15],
    [1, 2, 3],
    [1, 3, 8, 11, 11],
    [1, 1],
]


def run(codes: list[int]) -> list[int]:
    """The history after these events."""
    history: list[int] = []
    for code in codes:
        history = follow(history, Status(code))
    return history


@pytest.mark.parametrize("codes", LEGAL)
def test_what_the_standard_allows_is_followed(codes: list[int]) -> None:
    assert run(codes) == codes


@pytest.mark.parametrize("codes", ILLEGAL)
def test_what_the_standard_forbids_is_refused_at_the_first_wrong_code(codes: list[int]) -> None:
    assert run(codes[:-1]) == codes[:-1]
    with pytest.raises(Conflict, match="不能登记"):
        run(codes)


@given(st.lists(st.sampled_from(list(Status)), max_size=30))
def test_however_events_come_each_code_but_9_and_10_is_kept_at_most_once(codes: list[Status]) -> None:
    history: list[int] = []
    for code in codes:
        if code in following(history):
            history = follow(history, code)
    once = [code for code in history if code not in (9, 10)]
    assert len(once) == len(set(once))
    assert history.count(9) - history.count(10) in (0, 1)
    assert history.count(6) - history.count(7) in (0, 1)


@given(st.lists(st.sampled_from(list(Status)), max_size=30))
def test_nothing_but_a_revocation_follows_an_end(codes: list[Status]) -> None:
    history: list[int] = []
    for code in codes:
        if code in following(history):
            history = follow(history, code)
    ends = [number for number, code in enumerate(history) if code in ENDING]
    assert ends in ([], [len(history) - 1], [len(history) - 2])
    assert len(history) - 1 not in ends or following(history) <= {Status.REVOKED}


@pytest.mark.parametrize(
    ("codes", "runs"),
    [
        ([1], False),
        ([1, 6], False),
        ([1, 3], True),
        ([1, 3, 8], True),
        ([1, 3, 8, 9], False),
        ([1, 3, 8, 9, 10], True),
        ([1, 3, 6], False),
        ([1, 3, 6, 7], True),
        ([1, 6, 7], False),
        ([1, 3, 8, 11], False),
    ],
)
def test_the_clock_runs_from_acceptance_to_the_end_less_correction_and_special_procedures(
    codes: list[int], runs: bool
) -> None:
    assert clock_runs(codes) is runs
