"""Random people over HTTP: through both web processes, often twice at once, while workers fire and tell what is due."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar
from uuid import UUID, uuid4

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from accounts.actor import Actor
from database.clock import current_time
from tests.faults.rig import Rig, came
from tests.faults.storm import UNFIRED, UNTRIED
from tests.integration.cases import stage_rules
from tests.integration.cases.random_people import approved, handled, suspended
from tests.integration.cases.stage_play import Play, said
from tests.integration.cases.stage_points import CHAIN, WORDS, bring
from tests.integration.cases.test_people_at_once import at_once

BEGIN_AT = ("planning", "review", "handling")
ONCE, DOUBLE_CLICK, TWO_PEOPLE = "一次", "连点两次", "两个人同时"
HOWS = (ONCE, DOUBLE_CLICK, TWO_PEOPLE)
OPENING = 10  # o'clock in the region
SECONDS_TO_SETTLE = 60.0
STATUS = "SELECT status FROM stage_cases WHERE id = :id"
IN_FLIGHT, PREDECESSORS = "request_in_flight", "predecessors_open"
Values = dict[str, Any]
numbers = st.integers(0, 30)
hows = st.sampled_from(HOWS)
Fits = Callable[[Any], bool]


@dataclass(frozen=True)
class Answer:
    """What a request was answered with."""

    status: int
    body: Any

    @property
    def done(self) -> bool:
        return self.status < 300

    @property
    def code(self) -> str:
        return "" if self.done else str(self.body["code"])

    def __str__(self) -> str:
        return "办成了" if self.done else f"{self.status} {self.body['detail']}"


@dataclass(frozen=True)
class Request:
    """What somebody sends; the same ``key`` is the same request."""

    who: Actor
    path: str
    body: Values
    key: str


class PeopleOverHttp(RuleBasedStateMachine):
    """What people may do over HTTP. ``rig`` is the platform of all plays; each play has a project of its own."""

    rig: ClassVar[Rig]
    completed: ClassVar[list[UUID]]

    def __init__(self) -> None:
        super().__init__()
        self.play: Play | None = None

    @initialize(point=st.sampled_from(BEGIN_AT))
    def begin(self, point: str) -> None:
        note(f"开始：{WORDS[point]}")
        self._next_monday()
        cases = [self.rig.bench.stage_case()]
        for each in CHAIN[1 : CHAIN.index(point) + 1]:
            bring(self.rig.bench.world, cases, each)
        self.play = Play(self.rig.bench.world, cases[-1], note)

    def _next_monday(self) -> None:
        """Every play begins on the same day of the week, at the same hour."""
        world = self.rig.bench.world
        now = world.release.calendar.local(world.run(current_time))
        monday = (now + timedelta(days=7 - now.weekday())).replace(hour=OPENING, minute=0, second=0, microsecond=0)
        self._until(monday)

    def _until(self, instant: datetime) -> None:
        self.rig.move_clock("SELECT %s - platform_now()", instant)
        self.settle()

    def settle(self) -> None:
        """The workers have fired and tried to deliver everything that is due (U6)."""
        rig = self.rig
        quiet = came(lambda: rig.number(UNFIRED) == rig.number(UNTRIED) == 0, SECONDS_TO_SETTLE)
        assert quiet, f"U6 到期而没有触发的 {rig.number(UNFIRED)} 个，没有投递的 {rig.number(UNTRIED)} 个"

    def send(self, story: str, requests: list[Request]) -> list[Answer]:
        """All at once, each on a connection of its own."""
        clients = [self.rig.web.client(request.who) for request in requests]
        answers: dict[int, Answer] = {}

        def one(number: int) -> None:
            client, request = clients[number], requests[number]
            client.headers["Idempotency-Key"] = request.key
            with closing(client.connection):
                answers[number] = Answer(*client.ask("POST", request.path, request.body))

        failed = at_once([partial(one, number) for number in range(len(requests))])
        assert not any(failed), failed
        found = [answers[number] for number in range(len(requests))]
        note(f"{story}：{'；'.join(sorted(map(str, found)))}")
        assert all(answer.status < 500 for answer in found), "没有一个请求可以让平台出错"
        return found

    def act(self, story: str, path: str, body: Values, how: str, people: tuple[Actor, Actor]) -> list[Answer]:
        """One act in one of the ways (U4): whatever the network and the people do, it has one effect."""
        key = f"act-{uuid4()}"
        sent = {
            ONCE: [Request(people[0], path, body, key)],
            DOUBLE_CLICK: [Request(people[0], path, body, key)] * 2,
            TWO_PEOPLE: [Request(people[0], path, body, key), Request(people[1], path, body, key)],
        }[how]
        answers = self.send(f"{how} {story}", sent)
        done = [answer for answer in answers if answer.done]
        if how == DOUBLE_CLICK and done:
            assert all(answer.body == done[0].body for answer in done), "U4 同一请求得到两个答复"
            assert all(answer.done or answer.code == IN_FLIGHT for answer in answers), "U4 同一请求又成又不成"
            again = self.send(f"再次 {story}", sent[:1])
            assert again[0].body == done[0].body, "U4 重复的请求得到另一个答复"
        if how == TWO_PEOPLE:
            assert len(done) <= 1, "U4 两个人都办成了同一件事"
        return done

    @rule(number=numbers, way=st.sampled_from((0, 0, 0, 1, 2, 3)), how=hows)
    def complete_a_task(self, number: int, way: int, how: str) -> None:
        play = self.playing
        tasks = play.tasks()
        if not tasks:
            return
        task = tasks[number % len(tasks)]
        held, values = play.held(task), play.values(task, way)
        both = self._people(task.organisation_id, task.role)
        path = f"/tasks/{task.id}/completion"
        done = self.act(f"{play.about(task)}{said(values)}", path, {"values": values}, how, both)
        assert not (held and done), "U1 挂起的办件接受了任务"
        if done:
            self.completed.append(task.id)
            play.notice(task, values)

    @rule(element=st.sampled_from(("answer", "confirm", "review", "accept", "handle")))
    def everybody_at_once(self, element: str) -> None:
        play = self.playing
        tasks = [task for task in play.tasks(element) if not play.held(task)]
        if not tasks:
            return
        sent = [
            Request(
                play.world.worker(task), f"/tasks/{task.id}/completion", {"values": play.values(task)}, f"all-{uuid4()}"
            )
            for task in tasks
        ]
        answers = self.send(f"{len(tasks)} 个部门同时办理“{tasks[0].name}”", sent)
        assert all(answer.done or answer.code == PREDECESSORS for answer in answers), "U4 各办各的却互相妨碍"
        self.completed.extend(task.id for task, answer in zip(tasks, answers, strict=True) if answer.done)

    @rule()
    def window_and_lead_go_on(self) -> None:
        play = self.playing
        for element in ("issue_report", "scan", "review_form", "formal", "settle_problems", "dispatch", "complete"):
            for task in play.tasks(element):
                body = {"values": play.values(task)}
                both = self._people(task.organisation_id, task.role)
                if self.act(play.about(task), f"/tasks/{task.id}/completion", body, DOUBLE_CLICK, both):
                    self.completed.append(task.id)

    @rule(number=numbers, procedure=st.sampled_from(("experts", "tender")), how=hows)
    def suspend(self, number: int, procedure: str, how: str) -> None:
        grounds = {"procedure": procedure, "reason": "方案复杂", "basis": "实施细则第六条"}
        self._on_item(number, handled, "挂起", "suspension", grounds, how)

    @rule(number=numbers, how=st.sampled_from((ONCE, DOUBLE_CLICK)))
    def resume(self, number: int, how: str) -> None:
        self._on_item(number, suspended, "解挂", "resumption", {"evidence": "意见书"}, how)

    @rule(number=numbers, how=hows)
    def extend(self, number: int, how: str) -> None:
        body = {"limit": "5WD", "reason": "案情复杂"}
        self._on_item(number, handled, "延长时限", "extension", body, how, "department_head")

    @rule(number=numbers, how=hows)
    def withdraw(self, number: int, how: str) -> None:
        self._on_item(number, approved, "撤回", "withdrawal", {"reason": "方案调整"}, how, "window_clerk")

    def _on_item(
        self, number: int, fits: Fits, verb: str, path: str, body: Values, how: str, role: str = "officer"
    ) -> None:
        play = self.playing
        items = play.items()
        if not items:
            return
        at = number % len(items)
        item = next((each for each in items[at:] + items[:at] if fits(each)), items[at])
        both = self._people(item.department_id if role != "window_clerk" else play.clerk().organisation_id, role)
        self.act(f"{verb} {item.item_code}", f"/item-cases/{item.id}/{path}", body, how, both)

    def _people(self, organisation: Any, role: str) -> tuple[Actor, Actor]:
        world = self.playing.world
        return world.person(organisation, role), world.person(organisation, role, 2)

    @rule(hours=st.sampled_from((1, 24, 72)))
    def time_passes(self, hours: int) -> None:
        world = self.playing.world
        self._until(world.run(current_time) + timedelta(hours=hours))
        note(f"过了 {hours} 小时，现在是 {world.run(current_time):%Y-%m-%d %H:%M}")

    @property
    def playing(self) -> Play:
        assert self.play is not None
        return self.play

    @invariant()
    @precondition(lambda self: self.play is not None)
    def what_must_always_hold(self) -> None:
        for each in stage_rules.RULES:
            each(self.playing)

    def teardown(self) -> None:
        """What the API shows is what the database holds."""
        if self.play is None:
            return
        client = self.rig.web.client(self.play.clerk())
        with closing(client.connection):
            shown = client.must("GET", f"/stage-cases/{self.play.stage_case}")
        assert shown["status"] == self.play.status()
        items = {item.id: item.status for item in self.play.items()}
        assert {UUID(item["id"]): item["status"] for item in shown["items"]} == items
