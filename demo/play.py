"""What every story of the demonstration does: one person acts over HTTP, another one looks whether it is so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from demo.telling import Teller, WentWrong
from features.steps import desk
from features.steps.codes import AREA, fresh_project_code
from features.steps.desk import Task
from features.steps.person import Person, Refusal

CREDIT_CODE = "91210782MA0N00010Y"
APPROVED = 11


class Play:
    """Everybody's session and the stage case that they work on."""

    def __init__(self, people: Mapping[str, Person], teller: Teller) -> None:
        self.people = people
        self.teller = teller
        self.applicant, self.supervisor = people["applicant"], people["supervisor"]
        self.stage_case = ""

    def register(self, name: str, scale: str, witness: Person) -> str:
        """The applicant registers a project, the witness finds it; the id of its engineering."""
        code = fresh_project_code()
        project = self.applicant.post(
            "/projects",
            {
                "region_code": AREA,
                "code": code,
                "fixed_asset_investment": True,
                "name": f"{name}(演示 {code[-6:]})",
                "credit_code": CREDIT_CODE,
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
        """One person completes one task; the supervisor sees that it is done, and by whom."""
        person, task = self.people[who], task or self.tasks(who, name)[0]
        answer = desk.complete(person, task, **wishes)
        self.teller.step(person, what, answer["closed_at"])
        done = self.supervisor.get(f"/tasks/{task['id']}")
        by_whom = (done["status"], done["closed_by"]) == ("done", person.id)
        self.teller.seen(self.supervisor, f"“{name}”已由{person.name}办结", by_whom)

    def refused(self, who: str, task: Task) -> int:
        """The status with which the platform refuses to complete the task; 200 when it did not."""
        try:
            desk.send(self.people[who], task, {})
        except Refusal as refusal:
            return refusal.status
        return 200

    def tasks(self, who: str, name: str) -> list[Task]:
        found = [task for task in desk.tasks(self.people[who], self.stage_case) if task["name"] == name]
        if not found:
            raise WentWrong(f"{self.people[who].name}的待办里没有“{name}”")
        return sorted(found, key=lambda task: str(task["item_code"]))

    def task(self, who: str, name: str, code: str) -> Task:
        return next(task for task in self.tasks(who, name) if task["item_code"] == code)

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
