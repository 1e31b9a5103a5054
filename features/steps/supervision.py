"""Sentences on what is told and asked while departments work: notices of tasks, progress, reminders and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pytest_bdd import parsers, then, when

from features.steps import desk
from features.steps.cast import WHO
from features.steps.clock import wait_until
from features.steps.course import of_item
from features.steps.desk import ZONE
from features.steps.handling import moment
from features.steps.limits import clock_of, notices, progress, reminders
from features.steps.planning import CLOSING, next_working_day
from features.steps.world import World

LATER = "请稍后再看"


def remind(world: World, who: str, item: str, text: str) -> None:
    """Somebody reminds whoever works on an item."""
    task = next(task for task in world.course.waiting() if of_item(world.course.code(item))(task))
    world.person(who).post(f"/tasks/{task['id']}/reminders", {"text": text})


def reminder(world: World, who: str, text: str) -> Any:
    """The one reminder that says this, as somebody sees it."""
    (found,) = [entry for entry in reminders(world, who) if entry["text"] == text]
    return found


@when(parsers.re(WHO + "催办“(?P<item>[^”]+)”，说“(?P<text>[^”]+)”$"))
def reminds(world: World, who: str, item: str, text: str) -> None:
    remind(world, who, item, text)


@when(parsers.re(WHO + "要催办“(?P<item>[^”]+)”$"))
def wants_to_remind(world: World, who: str, item: str) -> None:
    world.attempt(lambda: remind(world, who, item, LATER))


@when(parsers.re(WHO + "答复催办“(?P<text>[^”]+)”$"))
def answers(world: World, who: str, text: str) -> None:
    (asked,) = [entry for entry in reminders(world, who) if entry["replied_at"] is None]
    world.person(who).post(f"/reminders/{asked['id']}/reply", {"text": text})


@when(parsers.re(WHO + "登记“(?P<item>[^”]+)”的特殊环节已经结束$"))
def records_the_end(world: World, who: str, item: str) -> None:
    path = f"/item-cases/{world.course.item(item)['id']}/suspension/evidence"
    world.person(who).post(path, {"evidence": "现场踏勘记录第1号"})


@then(parsers.re(WHO + "在1个工作日内收到“(?P<item>[^”]+)”的待办通知$"))
def told_in_time(world: World, who: str, item: str) -> None:
    code = world.course.code(item)
    tasks = {task["id"] for task in desk.tasks(world.person(who), world.course.id) if of_item(code)(task)}

    def told() -> list[Any]:
        return [entry for entry in notices(world, who, "task_opened") if entry["work_item_id"] in tasks]

    wait_until(lambda: bool(told()), f"通知{who}办理“{item}”")
    (notice,) = told()
    dispatched = moment(world.course.look()["dispatched_at"])
    due = datetime.combine(next_working_day(dispatched.date()), CLOSING, ZONE)
    assert dispatched <= moment(notice["delivered_at"]) <= due


@then(parsers.re(WHO + "看到“(?P<one>[^”]+)”还剩不到(?P<days>[0-9]+)个工作日，“(?P<other>[^”]+)”还没有受理$"))
def sees_progress(world: World, who: str, one: str, days: str, other: str) -> None:
    limit = clock_of(world, who, one)
    assert (limit["unit"], limit["color"]) == ("WD", "green")
    assert int(days) - 2 <= limit["remaining"] < int(days)
    seen = {entry["name"] for entry in world.person(who).get(f"/stage-cases/{world.course.id}/progress")["items"]}
    assert seen == {one, other}
    waiting = progress(world, who, other)
    assert (waiting["limits"], waiting["ended_at"]) == ([], None)
    assert waiting["status_name"] != progress(world, who, one)["status_name"]


@then(parsers.re(WHO + "收到“(?P<text>[^”]+)”的催办$"))
def is_reminded(world: World, who: str, text: str) -> None:
    def told() -> bool:
        return any(text in entry["title"] for entry in notices(world, who, "reminder"))

    wait_until(told, f"通知{who}催办“{text}”")
    assert reminder(world, who, text)["replied_at"] is None


@then(parsers.re(WHO + "收到提示，要解挂“(?P<item>[^”]+)”$"))
def told_to_resume(world: World, who: str, item: str) -> None:
    def told() -> bool:
        titles = [entry["title"] for entry in notices(world, who, "reminder")]
        return any(item in title and "解挂" in title for title in titles)

    wait_until(told, f"提示{who}解挂“{item}”")


@then(parsers.re(WHO + "看到催办“(?P<text>[^”]+)”和答复“(?P<reply>[^”]+)”，何人何时都有记录$"))
def both_are_kept(world: World, who: str, text: str, reply: str) -> None:
    kept = reminder(world, who, text)
    assert kept["reply"] == reply
    assert all(kept[part] for part in ("sent_by_name", "sent_at", "replied_by_name", "replied_at"))
