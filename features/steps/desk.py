"""What a person does at the desk: look for tasks of a stage case, and complete them with their forms."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import forms
from features.steps.filling import fill
from features.steps.papers import paper
from features.steps.person import Person

ZONE = ZoneInfo("Asia/Shanghai")
Task = Mapping[str, Any]


def tasks(person: Person, stage_case_id: str, **filters: Any) -> list[Task]:
    """The open tasks of the person's posts in a stage case, first come first."""
    return list(person.pages("/tasks", stage_case_id=stage_case_id, **filters))


def day_of(moment: str) -> date:
    """The day that the clocks of the region showed at a moment of the API."""
    return datetime.fromisoformat(moment).astimezone(ZONE).date()


def complete(person: Person, task: Task, **wishes: Any) -> dict[str, Any]:
    """Read the task, fill its form in with the wishes, complete it; the platform's answer."""
    whole = person.get(f"/tasks/{task['id']}")
    return send(person, task, with_files(person, values_for(whole, wishes), wishes))


def with_files(person: Person, values: Mapping[str, Any], wishes: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a form; where it asks for files and nothing is wished of them, one is uploaded."""
    if "files" not in values or "files" in wishes:
        return dict(values)
    return {**values, "files": [{"reference": person.upload("记录.pdf", paper())["id"]}]}


def values_for(whole: Task, wishes: Mapping[str, Any]) -> dict[str, Any]:
    """The values for a task with its form; nothing for a task without."""
    if whole["form_definition"] is None:
        return {}
    options = {key: [choice["value"] for choice in choices] for key, choices in whole["choices"].items()}
    return fill(forms.load(json.dumps(whole["form_definition"])), day_of(whole["opened_at"]), wishes, options)


def send(person: Person, task: Task, values: Mapping[str, Any]) -> dict[str, Any]:
    """Complete the task with exactly these values; the platform's answer."""
    answer: dict[str, Any] = person.post(f"/tasks/{task['id']}/completion", {"values": dict(values)})
    return answer


def minutes_of(person: Person, submission: Mapping[str, Any]) -> list[Any]:
    """The files of the minutes that a form handed in, as somebody finds them."""
    files = [person.get(f"/files/{file['reference']}") for file in submission["files"]]
    assert all("minutes" in {use["purpose"] for use in file["uses"]} for file in files)
    return files


def hand_in(person: Person, materials: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of the form that hands materials in: what is necessary as an upload, the rest not applicable."""
    return [_row(person, material) for material in materials]


def _row(person: Person, material: Mapping[str, Any]) -> dict[str, Any]:
    if material["necessity"] != "required":
        return {"code": material["code"], "status": "not_applicable", "reason": "本项目不涉及"}
    file = person.upload(f"{material['name'][:100]}.pdf".replace("/", "、"), paper())
    return {"code": material["code"], "status": "submitted", "reference": file["id"]}
