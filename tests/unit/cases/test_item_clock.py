"""The clock of an item case recomputed from its events alone is the clock that was kept step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from cases.status import Status, clock_runs, following, stretches_held
from worktime import Due, Hold, Limit, Unit, consumed, due, due_after_hold, national_calendar, remaining

CALENDAR = national_calendar()
FIRST = datetime(2026, 9, 21, 9, 10, tzinfo=CALENDAR.zone)  # National Day and its make-up Saturday lie ahead
STEPS = (
    Status.SPECIAL_PROCEDURE_STARTED,
    Status.SPECIAL_PROCEDURE_ENDED,
    Status.CORRECTION_STARTED,
    Status.CORRECTION_ENDED,
)
MOST_EXTENDED = 10


@dataclass
class Kept:
    """A clock as a person with a stopwatch keeps it: what was used when it stopped, and since when it runs."""

    limit: Limit
    started: datetime
    used: Fraction = Fraction(0)
    since: datetime | None = None
    events: list[tuple[int, datetime]] = field(default_factory=list)
    frozen: list[Hold] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.since = self.started

    @property
    def history(self) -> list[int]:
        return [code for code, _ in self.events]

    @property
    def is_frozen(self) -> bool:
        return bool(self.frozen) and self.frozen[-1].end is None

    def settle(self, now: datetime) -> None:
        """Stop or start the stopwatch, whichever the case asks for now."""
        runs = clock_runs(self.history) and not self.is_frozen
        if self.since is not None and not runs:
            self.used += self._read(now) - self._read(self.since)
            self.since = None
        elif self.since is None and runs:
            self.since = now

    def due(self) -> Due | None:
        """The due that is shown; none while the clock stands."""
        if self.since is None:
            return None
        return due_after_hold(CALENDAR, self.started, self.limit, self.used, self.since)

    def _read(self, now: datetime) -> Fraction:
        return consumed(CALENDAR, self.started, self.limit.unit, now)


Step = tuple[int, int]
"""What is tried, and how many minutes after the step before."""
steps = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4 * 24 * 60)), max_size=14)
limits = st.builds(Limit, st.integers(5, 30), st.sampled_from(Unit))


def take(kept: Kept, what: int, now: datetime) -> None:
    """One step of the case, if it is legal now: a status event, the freeze of the stage, its end, an extension."""
    if what < len(STEPS):
        if STEPS[what] in following(kept.history):
            kept.events.append((STEPS[what], now))
    elif what == len(STEPS) and not kept.is_frozen:
        kept.frozen.append(Hold(now))
    elif what == len(STEPS) + 1 and kept.is_frozen:
        kept.frozen[-1] = Hold(kept.frozen[-1].start, now)
    elif what == len(STEPS) + 2:
        kept.limit = kept.limit.extended(MOST_EXTENDED)
    kept.settle(now)


def lived(limit: Limit, moves: Sequence[Step], corrected_before: bool) -> tuple[Kept, datetime]:
    """A case that is received, accepted, and goes on as ``moves`` say; and the time at the end."""
    events: list[tuple[int, datetime]] = [(Status.RECEIVED, FIRST)]
    if corrected_before:
        events += [(Status.CORRECTION_STARTED, FIRST), (Status.CORRECTION_ENDED, FIRST + timedelta(days=1))]
    now = events[-1][1] + timedelta(hours=1)
    kept = Kept(limit, now, events=[*events, (Status.ACCEPTED, now), (Status.HANDLING, now)])
    for what, minutes in moves:
        now += timedelta(minutes=minutes)
        take(kept, what, now)
    return kept, now


@settings(max_examples=300, deadline=None)
@given(limits, steps, st.booleans())
def test_the_clock_from_the_events_alone_is_the_clock_that_was_kept(
    limit: Limit, moves: list[Step], corrected: bool
) -> None:
    kept, now = lived(limit, moves, corrected)
    started, own = stretches_held(kept.events)
    assert started == kept.started
    holds = (*own, *kept.frozen)

    if kept.since is None:
        used = consumed(CALENDAR, started, limit.unit, now, holds)
        assert used == kept.used
        assert remaining(CALENDAR, started, kept.limit, now, holds) == kept.limit.amount - kept.used
    elif kept.used < kept.limit.amount:
        assert due(CALENDAR, started, kept.limit, holds) == kept.due()


@settings(max_examples=100, deadline=None)
@given(limits, steps)
def test_what_a_hold_adds_does_not_depend_on_who_caused_it(limit: Limit, moves: list[Step]) -> None:
    kept, now = lived(limit, moves, corrected_before=False)
    started, own = stretches_held(kept.events)
    assert started is not None
    closed = [Hold(hold.start, hold.end or now) for hold in (*own, *kept.frozen)]
    assert due(CALENDAR, started, limit, closed) == due(CALENDAR, started, limit, closed[::-1])


def test_a_case_that_is_not_accepted_has_no_clock() -> None:
    assert stretches_held([(Status.RECEIVED, FIRST)]) == (None, ())
    assert stretches_held([(Status.RECEIVED, FIRST), (Status.CORRECTION_STARTED, FIRST)]) == (None, ())


def test_the_end_of_a_case_leaves_its_clock_as_it_stands() -> None:
    accepted, ended = FIRST + timedelta(days=1), FIRST + timedelta(days=3)
    events = [(Status.RECEIVED, FIRST), (Status.ACCEPTED, accepted), (Status.HANDLING, accepted)]
    assert stretches_held([*events, (Status.APPROVED, ended)]) == (accepted, (Hold(ended),))
