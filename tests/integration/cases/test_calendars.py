"""A new year's holidays: who may publish them, what they move, and what they never move."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts.actor import Actor
from cases.fire_due import fire_due
from cases.publish_calendar import publish_calendar, read_notice
from cases.recompute_dues import any_stale, recompute_dues
from database.clock import current_time
from errors import Conflict, Invalid, NotAllowed, NotFound
from processes.models import CalendarNotice
from tests.integration.cases.conftest import Preparation
from tests.integration.cases.test_holds import AUXILIARY, in_handling, limit, resume, suspend
from tests.integration.cases.world import World
from worktime import Notice, national_calendar

NEW_YEAR_EVE = datetime(2026, 12, 30, 2, 0, tzinfo=UTC)  # a Wednesday, ten o'clock in the region
WHOLE_YEAR = {date(2027, 1, 1), date(2027, 10, 1)}

DAYS_OFF_2026 = {day for day in national_calendar().off if day.year == 2026}
DAYS_ON_2026 = {day for day in national_calendar().on if day.year == 2026}


def asked(world: World) -> UUID:
    """A stage whose departments are asked on the last days of the last announced year."""
    world.database.set_clock(NEW_YEAR_EVE)
    return world.start()


@pytest.fixture(scope="module")
def preparation() -> Preparation:
    """The stage that each test has a copy of."""
    return asked


def notice(*off: date, year: int = 2027, on: tuple[date, ...] = ()) -> Notice:
    """The arrangement of 2027, with some more days off."""
    return Notice(year, frozenset({day for day in WHOLE_YEAR if day.year == year} | set(off)), frozenset(on))


def administrator(world: World) -> Actor:
    """Who may publish for every region."""
    return world.person("natural_resources", "system_administrator")


def publish(world: World, announced: Notice, region: str | None = None, actor: Actor | None = None, **more: Any) -> int:
    """Publish; the version."""
    who = actor or administrator(world)

    def work(session: Any) -> int:
        now = current_time(session)
        row: CalendarNotice = publish_calendar(
            session, who, announced, region_code=region, source="国办发明电〔2026〕8号", now=now, **more
        )
        return row.version

    return world.run(work)


def recompute(world: World) -> int:
    """All that the workers do after a publication; how many limits they looked at."""
    looked = 0
    while found := world.run(recompute_dues):
        looked += found
    return looked


def dues(world: World) -> dict[UUID, tuple[datetime, bool]]:
    """Every limit that runs."""
    rows = world.rows("SELECT id, due_at, provisional FROM due_rows WHERE fired_at IS NULL AND cancelled_at IS NULL")
    return {row.id: (row.due_at, row.provisional) for row in rows}


def timer(world: World) -> Any:
    """A limit of three working days or more, which reaches into the year that is not announced."""
    return world.rows("SELECT * FROM due_rows WHERE provisional ORDER BY id LIMIT 1")[0]


def test_publication_makes_provisional_limits_final_and_keeps_old_and_new(world: World, stage_case: UUID) -> None:
    before = dues(world)
    guessed = {key for key, (_, provisional) in before.items() if provisional}
    assert guessed

    version = publish(world, notice(date(2027, 1, 4), date(2027, 1, 5), date(2027, 1, 6)))
    assert recompute(world) == len(before)

    after = dues(world)
    assert all(not provisional for _, provisional in after.values())
    assert all(after[key][0] > before[key][0] for key in guessed)
    assert {key: after[key] for key in before.keys() - guessed} == {key: before[key] for key in before.keys() - guessed}
    kept = world.rows("SELECT * FROM due_changes")
    assert {row.due_id for row in kept} == guessed
    for row in kept:
        assert ((row.before_at, row.before_provisional), row.calendar_version) == (before[row.due_id], version)
        assert (row.after_at, row.after_provisional) == after[row.due_id]


def test_computing_anew_twice_changes_nothing_more(world: World, stage_case: UUID) -> None:
    publish(world, notice(date(2027, 1, 4)))
    recompute(world)
    after, changes = dues(world), world.scalar("SELECT count(*) FROM due_changes")

    assert recompute(world) == 0
    assert not world.run(any_stale)
    assert (dues(world), world.scalar("SELECT count(*) FROM due_changes")) == (after, changes)


def test_publication_is_audited_with_the_limits_that_it_moved(world: World, stage_case: UUID) -> None:
    publish(world, notice(date(2027, 1, 4)))
    recompute(world)

    actions = world.rows("SELECT action, actor_id FROM audit_entries WHERE stream_kind = 'calendar_notices' ORDER BY 1")
    assert [(row.action, row.actor_id) for row in actions] == [
        ("calendar.publish", administrator(world).user_id),
        ("limit.recompute", None),
    ]


def test_a_limit_that_is_over_never_moves(world: World, stage_case: UUID) -> None:
    task = world.tasks(stage_case, "answer")[0]
    world.complete(task, world.values(task))
    over = "SELECT id, due_at, provisional, calendar_version FROM due_rows WHERE cancelled_at IS NOT NULL ORDER BY id"
    before = world.rows(over)
    assert before

    publish(world, notice(date(2027, 1, 4)))
    recompute(world)

    assert world.rows(over) == before


def test_a_provisional_limit_fires_nothing_until_it_is_announced(world: World, stage_case: UUID) -> None:
    row = timer(world)
    world.database.set_clock(row.due_at + timedelta(hours=1))
    assert not world.run(lambda session: fire_due(session, row.id))

    publish(world, notice())
    assert not world.run(lambda session: fire_due(session, row.id))  # computed anew first
    assert world.run(lambda session: fire_due(session, row.id))


def test_a_limit_that_was_told_red_runs_again_when_its_day_turns_out_to_be_off(world: World, stage_case: UUID) -> None:
    row = world.rows("SELECT * FROM due_rows WHERE kind = 'task' AND NOT provisional ORDER BY id LIMIT 1")[0]
    world.database.set_clock(row.due_at + timedelta(hours=1))
    assert world.run(lambda session: fire_due(session, row.id))

    publish(world, Notice(2027, frozenset(WHOLE_YEAR | {row.due_at.date()}), frozenset()))
    recompute(world)

    (moved,) = world.rows("SELECT * FROM due_rows WHERE id = :id", id=row.id)
    assert moved.due_at > row.due_at
    assert moved.fired_at is None


def test_a_limit_never_fires_by_a_calendar_that_is_no_longer_in_force(world: World, stage_case: UUID) -> None:
    row = world.rows("SELECT * FROM due_rows WHERE NOT provisional ORDER BY due_at, id LIMIT 1")[0]
    day = row.due_at.date()
    world.database.set_clock(row.due_at + timedelta(hours=1))

    off = {date(2026, 12, 31)} if day == date(2026, 12, 31) else {day}
    publish(world, Notice(2027, frozenset(WHOLE_YEAR | off), frozenset()))

    assert not world.run(lambda session: fire_due(session, row.id))
    assert dues(world)[row.id][0] > row.due_at


def test_a_region_has_the_last_word_on_its_own_year(world: World, stage_case: UUID) -> None:
    region = world.release.region.code
    publish(world, notice())
    recompute(world)
    national = dues(world)

    publish(
        world,
        notice(date(2027, 1, 4), date(2027, 1, 5)),
        region,
        world.person("natural_resources", "process_administrator"),
    )
    recompute(world)
    local = dues(world)
    assert local != national

    publish(world, notice(date(2027, 1, 6)))
    recompute(world)
    assert dues(world) == local


def test_a_limit_whose_clock_stands_is_computed_when_it_runs_again(world: World) -> None:
    in_handling(world)
    suspend(world, AUXILIARY)
    standing = limit(world, AUXILIARY)
    publish(world, Notice(2026, frozenset({*DAYS_OFF_2026, date(2026, 3, 3)}), frozenset(DAYS_ON_2026)))
    recompute(world)
    assert limit(world, AUXILIARY).due_at == standing.due_at

    resume(world, AUXILIARY)
    moved = limit(world, AUXILIARY)
    assert moved.due_at - standing.due_at == timedelta(days=1)
    assert moved.calendar_version == 1


def test_publishing_is_refused_to_others_and_for_unknown_regions(world: World, stage_case: UUID) -> None:
    officer = world.person("natural_resources", "officer")
    local = world.person("natural_resources", "process_administrator")
    with pytest.raises(NotAllowed):
        publish(world, notice(), actor=officer)
    with pytest.raises(NotAllowed, match="系统管理员"):
        publish(world, notice(), actor=local)
    with pytest.raises(NotFound, match="没有代码为"):
        publish(world, notice(), "999999")
    assert world.scalar("SELECT count(*) FROM calendar_notices") == 0


def test_the_same_arrangement_twice_and_an_outdated_preview_are_refused(world: World, stage_case: UUID) -> None:
    assert publish(world, notice(), seen_version=0) == 1
    with pytest.raises(Conflict, match="已经这样公布"):
        publish(world, notice())
    with pytest.raises(Conflict, match="重新预览"):
        publish(world, notice(date(2027, 1, 4)), seen_version=0)
    assert publish(world, notice(date(2027, 1, 4)), seen_version=1) == 2


def test_an_incomplete_notice_is_refused_with_its_place(world: World, stage_case: UUID) -> None:
    with pytest.raises(Invalid, match="法定节假日"):
        publish(world, Notice(2027, frozenset(), frozenset()))
    with pytest.raises(Invalid, match="第 2 行"):
        read_notice("csv", "year,days,kind\n2027,2027-13-01,off\n")
