"""The yellow instant of a limit, by the threshold of its release."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache

import pytest

from cases import limits
from cases.lights import lit, yellow_at
from cases.releases import vocabulary
from processes.lights import Lights
from processes.loader import PACKS, load_folder
from processes.release import Release
from worktime import Hold, Threshold

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # 10:00 in Beizhen


@cache
def pack() -> Release:
    return load_folder(PACKS / "beizhen", vocabulary())


def with_threshold(left: str, *, of_limit: bool) -> Release:
    return replace(pack(), lights=Lights(Threshold(Fraction(left), of_limit=of_limit), {}))


def yellow(release: Release, text: str, *holds: Hold) -> datetime:
    due = limits.due(release, MONDAY, text, holds)
    return yellow_at(release, MONDAY, text, due.at, holds)


def test_the_last_fifth_of_five_days_is_the_fifth_day() -> None:
    assert yellow(pack(), "5WD").astimezone(UTC) == datetime(2026, 3, 6, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["5WD", "20WD", "5ND", "8WH", "24NH", "PT30M", "2026-03-20"])
def test_yellow_lies_between_the_start_and_the_due(text: str) -> None:
    for release in (pack(), with_threshold("1", of_limit=False)):
        assert MONDAY <= yellow(release, text) <= limits.due(release, MONDAY, text).at


def test_one_unit_before_the_end_is_a_working_day_of_a_limit_in_working_days() -> None:
    release = with_threshold("1", of_limit=False)
    assert yellow(release, "3WD") == limits.due(release, MONDAY, "2WD").at


def test_a_duration_counts_elapsed_time() -> None:
    assert yellow(pack(), "PT50M") == MONDAY + timedelta(minutes=40)


def test_a_hold_moves_yellow_with_the_due() -> None:
    hold = Hold(datetime(2026, 3, 3, 0, 30, tzinfo=UTC), datetime(2026, 3, 5, 0, 30, tzinfo=UTC))
    assert yellow(pack(), "5WD", hold) == limits.due(pack(), MONDAY, "4WD", (hold,)).at


def test_a_timer_of_the_diagram_has_no_light() -> None:
    assert lit(pack(), "timer", MONDAY, "1WD", MONDAY) == {"yellow_at": None, "light_at": None}
