"""Random people at a stage: what they may do, sensible or not, and what must be true after each act."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cases.fire_due import fire_due
from cases.tell_lights import tell_lights
from database.clock import current_time
from errors import Conflict, NotAllowed, NotFound, Refused
from tests.integration.cases import stage_rules
from tests.integration.cases.stage_play import Play, said
from tests.integration.cases.stage_points import POINTS, WORDS, Points
from tests.integration.cases.test_people_at_once import at_once
from tests.integration.cases.world import World

BY_DEPARTMENTS = ("answer", "answer_second", "confirm", "review", "accept", "inform", "handle", "check")
BY_WINDOW_AND_LEAD = (
    "receive_application",
    "upload",
    "issue_report",
    "scan",
    "review_form",
    "formal",
    "settle_problems",
    "dispatch",
    "dispatch_added",
    "correct",
    "take",
    "sign",
    "hand_in",
)
MOST_STAGES, MOST_TOLD, NOT_YET_DUE = 3, 100, 3
UNTOLD = """
    SELECT d.element_id FROM due_rows d WHERE d.yellow_at IS NOT NULL AND d.cancelled_at IS NULL AND NOT d.held
        AND NOT d.provisional AND d.due_at < platform_now() AND NOT EXISTS (
            SELECT FROM light_events e WHERE e.due_row_id = d.id AND e.colour = 'red' AND e.due_at = d.due_at)
"""
numbers = st.integers(0, 30)
ways = st.sampled_from((0, 0, 0, 1, 2, 3))
OFTEN = range(24)  # of the numbers
Some = tuple[Play | None, Any]


def handled(item: Any) -> bool:
    """Whether the item is accepted, and neither suspended nor decided."""
    return item.history[-1:] in ([8], [10])


def suspended(item: Any) -> bool:
    """Whether the item is suspended."""
    return bool(item.history[-1:] == [9])


def approved(item: Any) -> bool:
    """Whether there is a result to deliver."""
    return item.history[-1:] in ([11], [12])


class People(RuleBasedStateMachine):
    """What people may do. ``points`` and ``data`` are given by the test; ``begin_at`` are the points of its plays."""

    points: ClassVar[Points]
    data: ClassVar[Path]
    begin_at: ClassVar[tuple[str, ...]] = POINTS

    def __init__(self) -> None:
        super().__init__()
        self.after = ExitStack()
        self.plays: list[Play] = []
        self.histories: dict[Any, list[int]] = {}

    def tell(self, line: str) -> None:
        """A line of the story."""
        note(line)

    def teardown(self) -> None:
        with self.after:  # what is wrong with a chain stays wrong: it is enough to look at the end
            if self.plays:
                stage_rules.the_audit_verifies(self.plays[0], self.data)

    @initialize(point=st.runner().flatmap(lambda people: st.sampled_from(people.begin_at)))
    def begin(self, point: str) -> None:
        self.tell(f"开始：{WORDS[point]}")
        self.plays = self.points.open(point, self.after, self.tell)

    @property
    def world(self) -> World:
        return self.plays[0].world

    def some_task(self, number: int) -> Some:
        found = [(play, task) for play in reversed(self.plays) for task in play.tasks()]
        return found[number % len(found)] if found else (None, None)

    def some_item(self, number: int, fits: Callable[[Any], bool] = bool) -> Some:
        """The one of that number, or often the next one to which the act fits."""
        found = [(play, item) for play in self.plays for item in play.items()]
        if not found:
            return None, None
        at = number % len(found)
        order = found[at:] + found[:at]
        return next((each for each in order if number in OFTEN and fits(each[1])), order[0])

    @rule(number=numbers, way=ways)
    def complete_a_task(self, number: int, way: int) -> None:
        play, task = self.some_task(number)
        if play is None:
            return
        held, others = play.held(task), self._untouched(play, task.item_case_id)
        refusal = play.complete(task, way)
        if held:
            assert isinstance(refusal, Conflict), "U1 挂起的办件接受了任务"
            assert refusal.code in ("item_suspended", "stage_suspended")
        elif refusal is None and task.element_id == "handle" and not task.main:
            assert self._untouched(play, task.item_case_id) == others, "R5 辅助事项的决定影响了其他办件"

    @rule(element=st.sampled_from(BY_DEPARTMENTS))
    def every_department_does(self, element: str) -> None:
        for play in self.plays:
            for task in play.tasks(element):
                play.complete(task)

    @rule(way=st.integers(0, 1))
    def window_and_lead_go_on(self, way: int) -> None:
        for play in self.plays:
            for element in BY_WINDOW_AND_LEAD:
                for task in play.tasks(element):
                    play.complete(task, way)

    @rule(number=numbers)
    def somebody_else_tries(self, number: int) -> None:
        play, task = self.some_task(number)
        if play is not None:
            stranger = self.world.person("ports", "officer")
            refusal = play.attempt(f"无关单位 {play.about(task)}", lambda: self.world.complete(task, {}, stranger))
            assert isinstance(refusal, (NotAllowed, NotFound)), "无关单位办成了任务"

    @rule(number=numbers, way=ways)
    def the_same_command_again(self, number: int, way: int) -> None:
        play, task = self.some_task(number)
        if play is None:
            return
        values, actor, story = play.values(task, way), self.world.worker(task), play.about(task)
        if play.attempt(f"{story}{said(values)}", lambda: self.world.complete(task, values, actor)) is None:
            play.notice(task, values)
            again = play.attempt(f"再次 {story}", lambda: self.world.complete(task, values, actor))
            assert isinstance(again, Conflict), "U4 同一任务办成了两次"

    @rule(number=numbers, way=ways)
    def the_process_breaks_down(self, number: int, way: int) -> None:
        play, task = self.some_task(number)
        if play is not None:
            play.break_down(play.about(task), task, play.values(task, way), self.world.worker(task))

    @rule(number=numbers, way=ways)
    def two_people_on_one_task(self, number: int, way: int) -> None:
        play, task = self.some_task(number)
        if play is None:
            return
        values = play.values(task, way)
        both = [self.world.person(task.organisation_id, task.role, each) for each in (1, 2)]
        done = sum(result is None for result in self._at_once(task, values, both))
        self.tell(f"两个人同时 {play.about(task)}{said(values)}：{done} 个人办成了")
        assert done <= 1, "U4 两个人都办成了同一任务"
        if done:
            play.notice(task, values)

    def _at_once(self, task: Any, values: dict[str, Any], people: list[Any]) -> list[Exception | None]:
        results = at_once([partial(self.world.complete, task, values, who) for who in people])
        # An upload is the first one's own: the second may hear of that instead of the conflict.
        assert all(result is None or isinstance(result, Refused) for result in results), results
        return results

    @rule(number=numbers, procedure=st.sampled_from(["experts", "tender", "survey"]))
    def suspend(self, number: int, procedure: str) -> None:
        play, item = self.some_item(number, handled)
        if play is not None:
            others = self._untouched(play, item.id)
            if play.suspend(item, procedure) is None and not item.main:
                assert self._untouched(play, item.id) == others, "R5 辅助事项的挂起影响了其他办件"

    @rule(number=numbers)
    def resume(self, number: int) -> None:
        play, item = self.some_item(number, suspended)
        if play is not None and play.resume(item) is None:
            before = play.trace()
            play.resume(item)
            assert play.trace() == before, "U2 重复解挂改动了数据"

    @rule(number=numbers, days=st.sampled_from([0, 3, 20]))
    def see_to_a_special_procedure(self, number: int, days: int) -> None:
        play, item = self.some_item(number, suspended)
        if play is not None:
            refusal = play.extend_procedure(item, days) if days else play.prove(item)
            assert refusal is None or item.history[-1:] != [9] or days, "挂起的办件登记不了证明"

    @rule(number=numbers)
    def extend(self, number: int) -> None:
        play, item = self.some_item(number, handled)
        if play is not None and play.extend(item) is None:
            assert isinstance(play.extend(item), Conflict), "时限延长了两次"

    @rule(number=numbers)
    def withdraw(self, number: int) -> None:  # most try what is settled: a stage would soon be empty otherwise
        play, item = self.some_item(number, approved)
        if play is not None and play.withdraw(item) is None:
            assert play.withdraw(item) is not None, "U4 撤件办成了两次"

    @rule(number=numbers)
    def deliver(self, number: int) -> None:
        play, item = self.some_item(number, approved)
        if play is not None and play.deliver(item) is None:
            assert isinstance(play.deliver(item), Conflict), "U4 同一结果送达了两次"

    @rule(number=numbers)
    def a_stranger_acts_on_an_item(self, number: int) -> None:
        play, item = self.some_item(number)
        if play is not None:
            stranger = self.world.person("ports", "department_head")
            for refusal in (
                play.suspend(item, "experts", stranger),
                play.withdraw(item, stranger),
                play.extend(item, stranger),
            ):
                assert isinstance(refusal, (NotAllowed, NotFound, Conflict)), "无关单位改变了办件"

    @rule(code=st.sampled_from(["015", "050", "025"]))
    def plan_more(self, code: str) -> None:
        self.plays[-1].plan_more(code)

    @rule(stage=st.sampled_from(["1", "2", "3"]))
    def another_stage_begins(self, stage: str) -> None:
        if len(self.plays) < MOST_STAGES:
            sql = "SELECT engineering_id FROM stage_cases WHERE id = :id"
            engineering = self.world.scalar(sql, id=self.plays[0].stage_case)
            begun: list[Any] = []
            act = lambda: begun.append(self.world.start(engineering, stage=stage))  # noqa: E731
            if self.plays[0].attempt(f"窗口发起第 {stage} 阶段", act) is None:
                self.plays.append(Play(self.world, begun[0], self.tell))

    @rule(hours=st.sampled_from([1, 5, 24, 72, 24 * 12]))
    def time_passes(self, hours: int) -> None:
        self.plays[0].wait(timedelta(hours=hours))
        self.tell(f"过了 {hours} 小时，现在是 {self.world.run(current_time):%Y-%m-%d %H:%M}")

    @rule()
    def limits_fire(self) -> None:
        for play in self.plays:
            early = 0
            for row in play.limits():
                early += not self._is_due(row)
                if early <= NOT_YET_DUE:
                    self._fire(play, row)

    def _is_due(self, row: Any) -> bool:
        return not row.held and not row.provisional and row.due_at < self.world.run(current_time)

    def _fire(self, play: Play, listed: Any) -> None:
        row = next((found for found in play.limits() if found.id == listed.id), None)
        if row is None:  # gone with another that fired
            return
        due, fired = self._is_due(row), self._fires(row.id)
        assert due or not fired, f"U6 {row.element_id} {'已停' if row.held else '未到期'}，不该触发"
        assert fired or not due, f"U6 {row.element_id} 已到期，没有触发"
        if fired:
            self.tell(f"到期：{row.element_id}（{row.limit_text}），时间 {row.due_at:%Y-%m-%d %H:%M}")
            assert not self._fires(row.id), f"U4 {row.element_id} 触发了两次"

    def _fires(self, due: UUID) -> bool:
        return self.world.run(lambda session: fire_due(session, due))

    @rule()
    def lights_are_told(self) -> None:
        rounds = 0
        while told := self.world.run(lambda session: tell_lights(session, MOST_TOLD, current_time(session))):
            rounds += 1
            self.tell(f"告知了 {told} 个灯")
            assert rounds < MOST_STAGES, "U4 同样的灯一再告知"
        untold = self.world.rows(UNTOLD)
        assert not untold, f"U6 已红的灯没有告知：{untold}"

    def _untouched(self, play: Play, but: Any) -> Any:
        """What an act on one auxiliary item leaves alone: the others' tasks and cases, and the stage."""
        stage, item = play.stage_case, but
        tasks = "SELECT id, status FROM work_items "
        tasks += "WHERE stage_case_id = :s AND item_case_id IS DISTINCT FROM :i ORDER BY id"
        cases = "SELECT id, history FROM item_cases WHERE stage_case_id = :s AND id IS DISTINCT FROM :i ORDER BY id"
        dues = (
            "SELECT d.id, d.held, d.due_at FROM due_rows d JOIN process_instances p ON p.id = d.instance_id "
            "WHERE d.stage_case_id = :s AND p.item_case_id IS DISTINCT FROM :i ORDER BY d.id"
        )
        found = [
            [tuple(map(str, row)) for row in self.world.rows(each, s=stage, i=item)] for each in (tasks, cases, dues)
        ]
        return (*found, play.status())

    @invariant()
    @precondition(lambda self: bool(self.plays))
    def what_must_always_hold(self) -> None:
        for play in self.plays:
            for each in stage_rules.RULES:
                each(play)
            self._what_is_settled_stays(play)

    def _what_is_settled_stays(self, play: Play) -> None:
        for item in play.items():
            before = self.histories.get(item.id, [])
            assert item.history[: len(before)] == before, (
                f"R4 {item.item_code} 的办理记录被改动：{before} → {item.history}"
            )
            self.histories[item.id] = item.history
