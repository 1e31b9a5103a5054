"""The course of one stage case: who has what to do in it, and pressing on until a legal outcome stands.

Steps of a diagram are found by what their forms ask, never by their names: what a scenario does not speak of is filled
in and sent by whoever holds its post, so that a legal change of a diagram breaks no scenario.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import forms
from features.steps import desk
from features.steps.cast import Cast
from features.steps.desk import Task
from features.steps.person import Person, Refusal
from forms import Field, FormDefinition

Case = Mapping[str, Any]
Wishes = Callable[[Task], Mapping[str, Any]]
CONFLICT = 409
MOST_ROUNDS = 100


class NotOffered(Exception):
    """Nobody, or not this person, has such a thing to do now; the message says what was looked for."""


class Stuck(Exception):
    """The flow does not reach the outcome: the message says what waits; ``refusals`` are those of the last round."""

    def __init__(self, message: str, refusals: Sequence[Refusal] = ()) -> None:
        super().__init__(message)
        self.refusals = refusals


@dataclass(slots=True)
class Course:
    """One stage case as the scenarios speak of it."""

    cast: Cast
    id: str
    names: Mapping[str, str] = field(default_factory=dict)
    forms: dict[tuple[str, str], FormDefinition] = field(default_factory=dict)

    def look(self, person: Person | None = None) -> Any:
        """The stage case as somebody sees it; the supervisor unless somebody else looks."""
        return (person or self.cast.person("监管员")).get(f"/stage-cases/{self.id}")

    def code(self, item: str) -> str:
        """The code of the item that the scenario calls by its name."""
        return self.names[item]

    def item(self, name: str, person: Person | None = None) -> Any:
        """The live or last item case of an item; raises ``NotOffered`` when the item was never dispatched."""
        found = [entry for entry in self.look(person)["items"] if entry["item_code"] == self.code(name)]
        if not found:
            raise NotOffered(f"“{name}”没有办件")
        return max(found, key=lambda entry: entry["attempt"])

    def waiting(self) -> list[Task]:
        """Everything that waits for somebody, whoever it is, first come first."""
        supervisor = self.cast.person("监管员")
        return list(supervisor.pages("/tasks", of="all", status="open", stage_case_id=self.id))

    def form(self, task: Task) -> FormDefinition | None:
        """The form of a task, as its release has it."""
        if task["form"] is None:
            return None
        key = task["release_id"], task["form"]
        if key not in self.forms:
            supervisor = self.cast.person("监管员")
            answer = supervisor.get(f"/releases/{key[0]}/forms/{key[1]}")
            self.forms[key] = forms.load(json.dumps(answer["definition"]))
        return self.forms[key]

    def asks(self, task: Task, key: str, choice: str | None = None) -> bool:
        """Whether the form of a task asks this, with this among the choices; a column is ``list.column``."""
        form = self.form(task)
        found = None if form is None else find_field(form.fields, key)
        return found is not None and (choice is None or choice in (found.options or ()))

    def find(self, key: str, choice: str | None = None, item: str | None = None, person: Person | None = None) -> Task:
        """The open task that asks this (about this item, for this person); raises ``NotOffered``."""
        tasks = desk.tasks(person, self.id) if person else self.waiting()
        for task in tasks:
            if (item is None or task["item_code"] == self.code(item)) and self.asks(task, key, choice):
                return task
        raise NotOffered(f"{person.name if person else '任何人'}都没有要填“{key}”的待办（事项：{item or '不限'}）")

    def offered(
        self, key: str, choice: str | None = None, item: str | None = None, person: Person | None = None
    ) -> bool:
        """Whether there is such a task now."""
        try:
            self.find(key, choice, item, person)
        except NotOffered:
            return False
        return True

    def complete(self, person: Person, task: Task, **wishes: Any) -> Any:
        """Fill the task in with the wishes and what else its form asks, and send it."""
        form = self.form(task)
        if form is not None and "materials" not in wishes and find_field(form.fields, "materials") is not None:
            wishes["materials"] = self.material_rows(form, person)
        return desk.complete(person, task, **wishes)

    def material_rows(self, form: FormDefinition, person: Person) -> list[dict[str, Any]]:
        """What a careful person writes in a list of materials: hands in what is missing, passes what was handed in."""
        reviews = find_field(form.fields, "materials.result") is not None
        wanted = ("submitted",) if reviews else ("missing", "returned")
        found = [material for material in self.look()["materials"] if material["status"] in wanted]
        return [reviewed(material) for material in found] if reviews else desk.hand_in(person, found)

    def press_on(
        self,
        reached: Callable[[Case], bool],
        wishes: Wishes = lambda task: {},
        only: Callable[[Task], bool] = lambda task: True,
    ) -> None:
        """Have whoever it is up to do what waits, until ``reached`` holds; raises ``Stuck``.

        What waits at the same step of a diagram is done one after the other before anybody looks again. What cannot be
        done yet (a predecessor is open, the stage is frozen) is tried again after the next success.
        """
        for _ in range(MOST_ROUNDS):
            if reached(self.look()):
                return
            self._one_round(wishes, only)
        raise Stuck(f"办了 {MOST_ROUNDS} 轮仍没有到")

    def _one_round(self, wishes: Wishes, only: Callable[[Task], bool]) -> None:
        refused: list[Refusal] = []
        done = None
        tasks = [task for task in self.waiting() if only(task)]
        for task in tasks:
            if done not in (None, task["element_id"]):
                continue
            holder = self.cast.holder(task["organisation_id"], task["role"])
            try:
                self.complete(holder, task, **wishes(task))
            except Refusal as refusal:
                if refusal.status != CONFLICT:
                    raise
                refused.append(refusal)
            else:
                done = task["element_id"]
        if done is None:
            words = [refusal.message for refusal in refused]
            raise Stuck(f"没有人能再办下去；待办 {[task['name'] for task in tasks]}，被拒绝 {words}", refused)


def find_field(fields: tuple[Field, ...], key: str) -> Field | None:
    """The field of this key; ``list.column`` is a column of a list."""
    head, _, rest = key.partition(".")
    found = next((each for each in fields if each.key == head), None)
    return found if found is None or not rest else find_field(found.fields, rest)


def reviewed(material: Mapping[str, Any]) -> dict[str, Any]:
    """A material that is in order."""
    return {"code": material["code"], "result": "passed"}


def of_item(code: str) -> Callable[[Task], bool]:
    """Only the tasks of one item."""
    return lambda task: task["item_code"] == code
