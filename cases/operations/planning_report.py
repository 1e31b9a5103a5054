"""The one report of a planning: whole, told to the applicant once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Organisation
from cases.context import Context
from cases.documents import NECESSITIES, issue, limit_in_chinese
from cases.facts import facts_of
from cases.models.plannings import FINAL_ROUND, Planning, PlanningOpinion, PlanningReport
from cases.operations.intake import wanted_materials
from cases.operations.on_file import on_file_of
from cases.operations.operation import Operation
from cases.operations.planning import required_of
from engine.happenings import OperationPerformed
from errors import Conflict

CHECKED = ("legality", "compliance", "feasibility")
ANSWERS = {"unmet": "不符合", "conditional": "有条件符合", "met": "符合"}
"""What a department says of the project, the least favourable first."""
ROUNDS = {1: "策划", 2: "二次策划", FINAL_ROUND: "最终策划"}
TO_BRING = {"passed": "已在档，不用提交", "not_applicable": "不适用", "missing": "需提交"}

Entry = dict[str, Any]


def issue_report(performed: OperationPerformed, context: Context) -> None:
    """One report a planning, whole; the applicant is told through the outbox."""

    def write(session: Session) -> None:
        planning = session.scalars(
            select(Planning).where(Planning.stage_case_id == context.stage_case_id).order_by(Planning.number.desc())
        ).first()
        if planning is None or planning.conclusions is None:
            raise Conflict("planning_open", "策划意见尚未齐全，不能出具策划报告。")
        content = report_of(session, context, planning)
        session.add(
            PlanningReport(
                planning_id=planning.id,
                content={**content, **context.submission},
                issued_by=context.actor_id,
                issued_at=context.now,
            )
        )
        issue(session, context, "planning_report", _in_chinese(content, context.submission.get("summary") or ""))

    context.changes.later.append(write)
    context.changes.send("planning_report", {"stage_case": str(context.stage_case_id)})


def report_of(session: Session, context: Context, planning: Planning) -> dict[str, Any]:
    """Everything that the report says: every candidate with its conclusion, every department, what to hand in."""
    conclusions = planning.conclusions or []
    rows = session.execute(
        select(PlanningOpinion, Organisation.name)
        .join(Organisation, Organisation.id == PlanningOpinion.department_id)
        .where(PlanningOpinion.planning_id == planning.id)
        .order_by(PlanningOpinion.round, PlanningOpinion.given_at)
    ).all()
    last = {row.PlanningOpinion.item_code: row.PlanningOpinion for row in rows}
    settled = {UUID(str(entry["department"])) for entry in conclusions}
    names = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(settled)))
    named = {str(row.id): row.name for row in names}
    return {
        "planning": planning.number,
        "reason": planning.reason,
        "items": [_item(entry, named, last[entry["code"]]) for entry in conclusions],
        "departments": _departments([(row.name, row.PlanningOpinion.opinion) for row in rows]),
        "materials": _materials(session, context, required_of(conclusions)),
    }


def _item(entry: Mapping[str, Any], named: Mapping[str, str], last: PlanningOpinion) -> Entry:
    """A candidate with its conclusion and the last word about it: of which round, and why."""
    said = last.opinion
    return {
        **{name: entry[name] for name in ("code", "name", "department", "main", "limit", "conclusion")},
        "department_name": named[str(entry["department"])],
        "round": last.round,
        **{name: said.get(name) for name in CHECKED},
        "opinion": said.get("opinion") or said.get("reason") or "",
        "minutes": said.get("minutes"),
    }


def _departments(said: list[tuple[str, Mapping[str, Any]]]) -> list[Entry]:
    """What each department says of the project: of its answers about several items the least favourable ones."""
    found: dict[str, Entry] = {}
    for name, opinion in said:
        entry = found.setdefault(name, {"name": name, **dict.fromkeys(CHECKED), "opinions": []})
        for what in CHECKED:
            given = [answer for answer in ANSWERS if answer in (entry[what], opinion.get(what))]
            entry[what] = given[0] if given else None
        words = opinion.get("opinion")
        if words and words not in entry["opinions"]:
            entry["opinions"].append(words)
    return [entry for entry in found.values() if any(entry[what] for what in CHECKED)]


def _materials(session: Session, context: Context, required: list[Entry]) -> list[Entry]:
    """The materials of the required items, each once: needed for what, and whether it has to be handed in."""
    wanted = wanted_materials(required, context, facts_of(session, context.stage_case_id))
    on_file = on_file_of(session, context, {code: material for code, (material, _) in wanted.items()})
    names = {item["code"]: item["name"] for item in required}
    return [
        {
            "code": code,
            "name": row.name,
            "necessity": row.necessity,
            "condition": row.condition,
            "status": "passed" if code in on_file else row.status,
            "items": [names[item] for item in row.items],
        }
        for code, (_, row) in sorted(wanted.items())
    ]


def _in_chinese(content: Mapping[str, Any], summary: str) -> Entry:
    """The facts of the document, in words."""
    return {
        "planning": content["planning"],
        "reason": content["reason"] or "",
        "summary": summary,
        "items": [
            {
                "name": item["name"],
                "department": item["department_name"],
                "main": item["main"],
                "limit": limit_in_chinese(item["limit"]),
                "conclusion": item["conclusion"],
                "round": ROUNDS[item["round"]],
                "opinion": item["opinion"],
                "minutes": item["minutes"] or "",
            }
            for item in content["items"]
        ],
        "departments": [
            {
                "name": entry["name"],
                **{what: ANSWERS.get(entry[what] or "", "未表示") for what in CHECKED},
                "opinion": "；".join(entry["opinions"]),
            }
            for entry in content["departments"]
        ],
        "materials": [
            {
                "name": material["name"],
                "necessity": NECESSITIES[material["necessity"]],
                "status": TO_BRING[material["status"]],
                "note": "、".join(material["items"]),
            }
            for material in content["materials"]
        ],
    }


OPERATIONS = {"planning.issue_report": Operation(write=issue_report)}
