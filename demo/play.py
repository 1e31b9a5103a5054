"""What every story of the demonstration does: one person acts over HTTP, another one looks whether it is so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from demo.telling import Teller, WentWrong
from features.steps import desk
from features.steps.cast import Cast
from features.steps.desk import Task
from features.steps.person import Person, Refusal

APPROVED = 11


class Play:
    """The people and the stage case that they work on; each signs in when the story needs them."""

    def __init__(self, cast: Cast, teller: Teller) -> None:
        self.cast = cast
        self.teller = teller
        self.applicant, self.supervisor = cast.user("applicant"), cast.user("supervisor")
        self.stage_case = ""
        self.forms: dict[tuple[str, str], Task] = {}

    def register(self, name: str, scale: str, witness: Person) -> str:
        """The applicant registers a project, the witness finds it; the id of its engineering."""
        code = self.cast.fresh_project_code()
        project = self.applicant.post(
            "/projects",
            {
                "region_code": self.cast.area,
                "code": code,
                "fixed_asset_investment": True,
                "name": f"{name}(演示 {code[-6:]})",
                "credit_code": self.cast.applicant_code,
                "address": "北镇市广宁街道",
                "scale": scale,
                "total_investment": "4200",
            },
        )
        self.teller.step(self.applicant, f"登记项目“{project['name']}”，项目代码 {code}", project["registered_at"])
        found = list(witness.pages("/projects", code=code))
        self.teller.seen(witness, "按项目代码查到这一个项目", [entry["id"] for entry in found] == [project["id"]])
        return str(next(self.applicant.pages("/engineerings", project_id=project["id"]))["id"])

    def start(self, engineering: str, process_type: str, stage: str, name: str) -> None:
        """The applicant starts a stage online."""
        body = {"engineering_id": engineering, "stage": stage, "process_type": process_type, "channel": "online"}
        case = self.applicant.post("/stage-cases", body)
        self.stage_case = case["id"]
        self.teller.step(self.applicant, f"网上发起{name}阶段的策划申请", case["opened_at"])

    def do(self, who: str, name: str, what: str, task: Task | None = None, **wishes: Any) -> None:
        """One person completes one of their tasks of this name."""
        self.complete(self.cast.user(who), task or self.tasks(who, name)[0], what, **wishes)

    def complete(self, person: Person, task: Task, what: str, **wishes: Any) -> None:
        """A person completes a task; the supervisor sees that it is done, and by whom."""
        self.act(person, task, what, **wishes)
        done = self.supervisor.get(f"/tasks/{task['id']}")
        by_whom = (done["status"], done["closed_by"]) == ("done", person.id)
        self.teller.seen(self.supervisor, f"“{task['name']}”已由{person.name}办结", by_whom)

    def act(self, person: Person, task: Task, what: str, **wishes: Any) -> None:
        """A person completes a task; whoever calls has the outcome looked at."""
        values = desk.values_for({**self.form(person, task), "opened_at": task["opened_at"]}, wishes)
        done = desk.send(person, task, desk.with_files(person, values, wishes))
        self.teller.step(person, what, done["closed_at"])

    def form(self, person: Person, task: Task) -> Task:
        """A task read with its form, once for all tasks of the stage case that have the form."""
        key = self.stage_case, str(task["form"])
        if key not in self.forms:
            self.forms[key] = person.get(f"/tasks/{task['id']}")
        return self.forms[key]

    def refused(self, who: str, task: Task) -> int:
        """The status with which the platform refuses to complete the task; 200 when it did not."""
        try:
            desk.send(self.cast.user(who), task, {})
        except Refusal as refusal:
            return refusal.status
        return 200

    def tasks(self, who: str, name: str) -> list[Task]:
        found = [task for task in desk.tasks(self.cast.user(who), self.stage_case) if task["name"] == name]
        if not found:
            raise WentWrong(f"{self.cast.user(who).name}的待办里没有“{name}”")
        return sorted(found, key=lambda task: str(task["item_code"]))

    def task(self, who: str, name: str, code: str) -> Task:
        return next(task for task in self.tasks(who, name) if task["item_code"] == code)

    def waiting(self, name: str, items: Iterable[str] | None = None) -> list[Task]:
        """The open tasks of a name (about these items), whoever they are for: one question to the supervisor's list."""
        found = self.supervisor.pages("/tasks", of="all", status="open", stage_case_id=self.stage_case, limit=100)
        wanted = None if items is None else set(items)
        return [task for task in found if task["name"] == name and (wanted is None or task["item_code"] in wanted)]

    def holder(self, task: Task) -> Person:
        """Who holds the post that a task is for."""
        return self.cast.holder(task["organisation_id"], task["role"])

    def names(self, person: Person) -> list[str]:
        return [task["name"] for task in desk.tasks(person, self.stage_case)]

    def look(self, person: Person | None = None) -> Any:
        """The stage case as a person sees it; the supervisor unless somebody else looks."""
        return (person or self.supervisor).get(f"/stage-cases/{self.stage_case}")

    def is_open(self, task: Task) -> bool:
        return bool(self.supervisor.get(f"/tasks/{task['id']}")["status"] == "open")

    def opinion(self, code: str) -> str | None:
        given = {opinion["item_code"]: opinion["conclusion"] for opinion in self.look()["opinions"]}
        return given.get(code)

    def item(self, code: str) -> Any:
        return next(item for item in self.look()["items"] if item["item_code"] == code)
