"""Pressing on: whoever it is up to does what waits, whatever the diagram calls it, until the outcome stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

import forms
from features.steps.cast import Cast
from features.steps.course import Course, NotOffered, Stuck, find_field, of_item
from features.steps.desk import Task
from features.steps.filling import fill
from features.steps.handling import is_working_day
from features.steps.person import Person, Refusal
from features.steps.planning import next_working_day
from features.steps.stages import passed, planned, quoted, submitted

REVIEW = {
    "type": "default",
    "id": "review",
    "components": [
        {
            "type": "radio",
            "key": "decision",
            "label": "审核结果",
            "values": [{"label": "补正", "value": "correction"}, {"label": "达到条件", "value": "accept"}],
            "validate": {"required": True},
        },
        {
            "type": "dynamiclist",
            "path": "materials",
            "label": "材料",
            "components": [{"type": "textfield", "key": "code", "label": "编号"}],
        },
    ],
}
FORM = forms.load(json.dumps(REVIEW))


def task(name: str, item: str = "001", form: str | None = None, element: str | None = None) -> Task:
    whose = {"release_id": "r", "organisation_id": "o", "role": "officer"}
    return {"id": name, "name": name, "element_id": element or name, "item_code": item, "form": form, **whose}


class Everybody(Cast):
    """A cast of one, who holds every post."""

    def holder(self, organisation_id: str, role: str) -> Person:
        return Person.__new__(Person)


@dataclass
class Scripted(Course):
    """A course whose tasks are a list: those in ``blocked`` wait until the one they name is done."""

    open: list[Task] = field(default_factory=list)
    blocked: dict[str, str] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    status: int = 409

    def look(self, person: Person | None = None) -> Any:
        return {"done": self.done}

    def waiting(self) -> list[Task]:
        return self.open

    def complete(self, person: Person, task: Task, **wishes: Any) -> Any:
        if self.blocked.get(task["name"], task["name"]) not in (*self.done, task["name"]):
            raise Refusal(self.status, {"detail": "前置事项尚未办结"})
        self.open.remove(task)
        self.done.append(task["name"])


def course(*names: str, **more: Any) -> Scripted:
    known = {("r", "review"): FORM}
    return Scripted(Everybody("", {}), "case", {"甲": "001"}, known, [task(name) for name in names], **more)


def has(name: str) -> Any:
    return lambda case: name in case["done"]


def test_it_stops_as_soon_as_the_outcome_stands() -> None:
    running = course("收件", "转办", "办结")
    running.press_on(has("转办"))
    assert running.done == ["收件", "转办"]


def test_what_waits_at_the_same_step_is_done_before_anybody_looks_again() -> None:
    running = course("收件")
    running.open = [task("甲回复", element="answer"), task("别的"), task("乙回复", element="answer")]
    running.press_on(has("甲回复"))
    assert running.done == ["甲回复", "乙回复"]


def test_what_cannot_be_done_yet_is_tried_again_after_the_next_success() -> None:
    running = course("受理", "前置", blocked={"受理": "前置"})
    running.press_on(has("受理"))
    assert running.done == ["前置", "受理"]


def test_when_nobody_can_go_on_it_says_what_waits_and_why() -> None:
    with pytest.raises(Stuck, match=r"受理.*前置事项尚未办结") as stuck:
        course("受理", blocked={"受理": "前置"}).press_on(has("受理"))
    assert [refusal.status for refusal in stuck.value.refusals] == [409]


def test_a_refusal_of_another_kind_is_not_passed_over() -> None:
    with pytest.raises(Refusal):
        course("受理", blocked={"受理": "前置"}, status=422).press_on(has("受理"))


def test_only_what_the_scenario_speaks_of_is_done() -> None:
    running = course("审核")
    running.open.insert(0, task("别的", item="002"))
    running.press_on(has("审核"), only=of_item("001"))
    assert running.done == ["审核"]


def test_a_step_is_found_by_what_it_asks_never_by_its_name() -> None:
    running = course("改过名字的环节")
    running.open[0] = task("改过名字的环节", form="review")
    assert running.find("decision", "correction", item="甲")["name"] == "改过名字的环节"
    assert running.offered("materials.code")
    with pytest.raises(NotOffered, match="decision"):
        running.find("decision", "refuse")


def test_a_column_of_a_list_is_found() -> None:
    assert find_field(FORM.fields, "materials.code") is not None
    assert find_field(FORM.fields, "materials.other") is None
    assert find_field(FORM.fields, "other.code") is None


def test_the_choice_that_lets_the_matter_go_on_is_taken_wherever_it_stands() -> None:
    assert fill(FORM, date(2026, 11, 23))["decision"] == "accept"
    assert fill(FORM, date(2026, 11, 23), {"decision": "correction"})["decision"] == "correction"


def opinion(code: str, conclusion: str) -> Mapping[str, str]:
    return {"item_code": code, "conclusion": conclusion}


def test_planning_is_complete_when_the_last_word_on_every_item_is_a_conclusion() -> None:
    running = course()
    assert not planned(running, {"opinions": []})
    assert not planned(running, {"opinions": [opinion("001", "transferred")]})
    assert planned(running, {"opinions": [opinion("001", "transferred"), opinion("001", "not_required")]})


def material(status: str, necessity: str = "required") -> Mapping[str, str]:
    return {"status": status, "necessity": necessity}


def test_a_list_of_materials_that_is_not_there_yet_is_neither_handed_in_nor_passed() -> None:
    assert not submitted({"materials": []})
    assert not passed({"materials": []})


def test_what_need_not_be_there_keeps_nothing_from_going_on() -> None:
    case = {"materials": [material("passed"), material("deferred", "deferrable"), material("not_applicable")]}
    assert submitted({"materials": [material("submitted"), material("missing", "conditional")]})
    assert passed(case)
    assert not passed({"materials": [material("submitted")]})
    assert not passed({"materials": [material("passed"), material("missing", "conditional")]})


def test_names_are_read_between_quotation_marks() -> None:
    assert quoted("“甲”“乙（丙）”") == ["甲", "乙（丙）"]


def test_after_friday_comes_monday() -> None:
    assert next_working_day(date(2026, 11, 27)) == date(2026, 11, 30)
    assert not is_working_day(date(2026, 11, 28))
