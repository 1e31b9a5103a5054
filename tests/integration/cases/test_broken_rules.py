"""Tests of the random people: each of these broken rules they find, and what they tell of it is a short story."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RULE_MARKER, run_state_machine_as_test
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cases import cancel, fire_due, holds, tell_lights
from cases.operations.planning import required_of
from errors import Busy
from processes.release import Release
from tests.integration.cases.random_people import People
from tests.integration.cases.stage_points import WORDS, Points

SHORT = settings(
    max_examples=40,
    stateful_step_count=3,
    derandomize=True,
    deadline=None,
    database=None,
    report_multiple_bugs=False,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
Patch = pytest.MonkeyPatch


def the_stage_clock_runs_on(patch: Patch) -> None:
    patch.setattr(holds, "_stops_stage_clock", lambda release, hold: False)


def a_void_leaves_tasks(patch: Patch) -> None:
    kept = "WHERE instance_id = ANY(:ids) AND status = 'open'"
    patch.setattr(cancel, "REST", text(str(cancel.REST).replace(kept, f"{kept} AND false")))


def the_stage_is_frozen_twice(patch: Patch) -> None:
    found = holds.open_hold
    patch.setattr(holds, "open_hold", lambda session, stage, item: found(session, stage, item) if item else None)


def the_first_to_resume_thaws_the_stage(patch: Patch) -> None:
    def thaw(session: Session, release: Release, stage_case_id: UUID, by: holds.Lifting) -> None:
        stage = holds.open_hold(session, stage_case_id, None)
        assert stage is not None
        stage.ended_at, stage.ended_by = by.now, by.actor_id
        session.flush()

    patch.setattr(holds, "hold_stage", thaw)  # where a hold is lifted


def limits_fire_a_day_early(patch: Patch) -> None:
    admit = fire_due._admit
    patch.setattr(
        fire_due,
        "_admit",
        lambda session, position: admit(session, position._replace(due_at=position.due_at - timedelta(days=1))),
    )


def lights_are_told_again_and_again(patch: Patch) -> None:
    patch.setattr(tell_lights, "TOLD", text("UPDATE due_rows SET held = held WHERE id = ANY(:ids) AND id = ANY(:red)"))


def what_is_suspended_is_worked_on(patch: Patch) -> None:
    patch.setattr("cases.complete_task.require_active", lambda position: None)


def an_item_is_not_dispatched(patch: Patch) -> None:
    patch.setattr("cases.operations.dispatch.required_of", lambda conclusions: required_of(conclusions)[:-1])


def evidence_is_kept_without_a_trace(patch: Patch) -> None:
    patch.setattr("cases.evidence.write_change", lambda *arguments: None)


Act = Callable[[People], None]
ITEMS = ("005", "010", "049", "061", "062", "063")  # as people number them
OPEN = ("005", "010", "049", "062", "063")  # of these a task is open


def suspended(code: str, procedure: str = "experts") -> Act:
    return lambda people: people.suspend(number=ITEMS.index(code), procedure=procedure)


def resumed(code: str) -> Act:
    return lambda people: people.resume(number=ITEMS.index(code))


def refused(code: str) -> Act:
    return lambda people: people.complete_a_task(number=OPEN.index(code), way=2)


def later(hours: int) -> Act:
    return lambda people: people.time_passes(hours=hours)


@dataclass(frozen=True)
class Broken:
    """A rule that is broken; a play that meets it, from where it begins; what is found, and what was told so far."""

    rule: Callable[[Patch], None]
    at: str
    acts: tuple[Act, ...]
    finding: str
    told: str
    error: type[Exception] = AssertionError


BROKEN = (
    Broken(a_void_leaves_tasks, "handling", (refused("062"),), "R4 作废后仍有", "办理“办理”062，填 refuse：办成了"),
    Broken(
        the_stage_is_frozen_twice,
        "handling",
        (suspended("049"), suspended("062")),
        "uq_holds",
        "因专家论证挂起 049：办成了",
        IntegrityError,
    ),
    Broken(
        the_first_to_resume_thaws_the_stage,
        "handling",
        (suspended("049"), suspended("062"), resumed("049")),
        "R3 冻结与主流程事项的挂起不一致",
        "解挂 049：办成了",
    ),
    Broken(
        limits_fire_a_day_early,
        "planning",
        (later(24), lambda people: people.limits_fire()),
        "办理的人太多",  # the statement that writes it knows the due too
        "过了 24 小时，现在是 2026-03-03 02:00",
        Busy,
    ),
    Broken(
        lights_are_told_again_and_again,
        "planning",
        (later(72), lambda people: people.lights_are_told()),
        "U4 同样的灯一再告知",
        "个灯",
    ),
    Broken(
        evidence_is_kept_without_a_trace,
        "handling",
        (suspended("005"), lambda people: people.see_to_a_special_procedure(number=0, days=0)),
        "U3 改动没有审计记录",
        "登记证明 005：办成了",
    ),
    Broken(
        what_is_suspended_is_worked_on,
        "handling",
        (suspended("049"), refused("063")),
        "U1 挂起的办件接受了任务",
        "办理“办理”063，填 refuse：办成了",
    ),
    Broken(
        an_item_is_not_dispatched,
        "intake",
        (
            lambda people: people.window_and_lead_go_on(way=0),
            lambda people: people.every_department_does(element="confirm"),
            lambda people: people.window_and_lead_go_on(way=0),
        ),
        "R2 转办",
        "“统一转办”：办成了",
    ),
)


def play(people: People, acts: tuple[Act, ...]) -> None:
    """Act by act, and after each what must always hold."""
    for act in acts:
        act(people)
        people.what_must_always_hold()


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.rule.__name__)
def test_a_broken_rule_is_found_where_people_meet_it(
    broken: Broken, points: Points, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    points.make(broken.at)
    told: list[str] = []
    broken.rule(monkeypatch)
    people = of(points, data_folder, tell=lambda people, line: told.append(line))()

    try:
        people.begin(point=broken.at)
        with pytest.raises(broken.error, match=broken.finding):
            play(people, broken.acts)
    finally:
        people.after.close()

    assert told[0] == f"开始：{WORDS[broken.at]}"
    assert broken.told in told[-1]


def test_random_people_find_a_broken_rule_and_tell_the_shortest_story(
    points: Points, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    points.make("handling")
    the_stage_clock_runs_on(monkeypatch)
    others = {name: None for name, act in vars(People).items() if hasattr(act, RULE_MARKER) and name != "suspend"}

    with pytest.raises(AssertionError, match="R3 阶段时钟应停 True") as caught:
        run_state_machine_as_test(of(points, data_folder, begin_at=("handling",), **others), settings=SHORT)

    told = [line for line in "\n".join(caught.value.__notes__).splitlines() if "：" in line]
    assert told == [f"开始：{WORDS['handling']}", "natural_resources_officer_1 因招标挂起 049：办成了"]


def of(points: Points, data: Path, **details: Any) -> type[People]:
    """People of a play on these points."""
    return type("Few", (People,), {"points": points, "data": data, **details})
