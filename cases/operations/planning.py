"""Planning: which items are asked about, what each department answered, and the conclusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.context import Context
from cases.facts import facts_of
from cases.models.plannings import FINAL_ROUND, Planning, PlanningOpinion
from cases.operations.closing import close_stage_case
from cases.operations.on_file import results_on_file
from cases.operations.operation import Inputs, Operation, Outputs
from cases.operations.organisations import organisation, organisation_ids
from cases.operations.uploads import keep_files
from engine.happenings import OperationPerformed
from errors import Conflict, Invalid
from processes.release import Condition

ITEM = ("code", "name", "department", "main", "limit", "pledge", "predecessors")
"""What an item case takes from its candidate."""


def candidates(inputs: Inputs, context: Context) -> Outputs:
    """The candidate items of a process type's stage, as the catalogue of the release has them; of ``items`` only.

    ``number`` counts the plannings of the stage case. ``on_file`` of a candidate is the item case whose result,
    still valid, the project has already.
    """
    process_type = context.release.process_types.get(str(inputs["process_type"]))
    stage = None if process_type is None else process_type.stages.get(str(inputs["stage"]))
    if process_type is None or stage is None:
        raise Invalid(
            "process_type_unknown", "本地区的这个阶段没有所选的流程类型，请重新选择。", field="values.process_type"
        )
    asked = inputs.get("items")
    wanted = [candidate for candidate in stage.items if asked is None or candidate.item.code in asked]
    ids = organisation_ids(context.session, context.release)
    results = results_on_file(context.session, context, {candidate.item.code for candidate in wanted})
    facts = facts_of(context.session, context.stage_case_id) | {"process_type": process_type.code}
    found = []
    for candidate in wanted:
        item = candidate.item
        if item.department not in ids:
            raise Conflict("department_missing", f"部门 {item.department} 尚未建立，请联系系统管理员建立机构后再办。")
        found.append(
            {
                "code": item.code,
                "name": item.name,
                "department": str(ids[item.department]),
                "main": candidate.main,
                "limit": candidate.limit,
                "pledge": item.pledge,
                "predecessors": list(candidate.predecessors),
                "condition": _condition(candidate.condition, facts),
                "on_file": str(results[item.code]) if item.code in results else None,
            }
        )
    count = select(func.count()).where(Planning.stage_case_id == context.stage_case_id)
    return {"candidates": found, "number": (context.session.scalar(count) or 0) + 1}


def _condition(condition: Condition | None, facts: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the department reads about when its item is needed; whether it holds never answers for the department."""
    return None if condition is None else {"text": condition.text, "holds": condition.holds(facts)}


def begin(performed: OperationPerformed, context: Context) -> None:
    """A planning of the stage case begins; it keeps what was asked."""
    planning = Planning(
        stage_case_id=context.stage_case_id,
        number=performed.outputs["number"],
        candidates=list(performed.outputs["candidates"]),
        reason=performed.inputs.get("reason"),
        opened_at=context.now,
    )
    context.changes.later.append(lambda session: session.add(planning))


def settle_department(inputs: Inputs, context: Context) -> Outputs:
    """The department that the item belongs to after this answer: the one named by a transfer, otherwise the same."""
    if inputs["conclusion"] != "transferred":
        return {"department": str(inputs["department"])}
    settled = str(organisation(context, inputs.get("transferred_to"), "transferred_to"))
    if settled == str(inputs["department"]):
        raise Invalid(
            "transferred_to_itself", "转办部门不能是本部门，请选择另一个部门。", field="values.transferred_to"
        )
    return {"department": settled}


def record_opinion(performed: OperationPerformed, context: Context) -> None:
    """One row an item and round; the same answer cannot be given twice."""
    inputs = performed.inputs
    transferred = inputs["conclusion"] == "transferred"

    def write(session: Session) -> None:
        session.add(
            PlanningOpinion(
                planning_id=open_planning(session, context.stage_case_id),
                item_code=inputs["item"],
                round=int(inputs["round"]),
                department_id=UUID(str(inputs["department"])),
                conclusion=inputs["conclusion"],
                transferred_to=UUID(performed.outputs["department"]) if transferred else None,
                opinion=dict(context.submission),
                given_by=context.actor_id,
                given_at=context.now,
            )
        )

    if transferred and int(inputs["round"]) >= FINAL_ROUND:
        raise Invalid("final_is_final", "最终策划只能是需要审批或无需审批。", field="values.conclusion")
    keep_files(context, "minutes", inputs["item"])
    context.changes.later.append(write)


def open_planning(session: Session, stage_case_id: UUID) -> UUID:
    """The planning that is under way."""
    found = session.scalar(
        select(Planning.id).where(Planning.stage_case_id == stage_case_id, Planning.concluded_at.is_(None))
    )
    if found is None:
        raise Conflict("planning_concluded", "本次策划已经汇总，不能再回复；如有变化请发起补充策划。")
    return found


def conclude(inputs: Inputs, context: Context) -> Outputs:
    """The required items, each at the department that planning settled."""
    opinions = inputs["opinions"]
    return {"required": required_of([{**item, **opinions[item["code"]]} for item in inputs["candidates"]])}


def required_of(conclusions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The required items among the conclusions of a planning, as an item case needs them."""
    return [
        {name: entry[name] for name in ITEM if name in entry}
        for entry in conclusions
        if entry["conclusion"] == "required"
    ]


def close_planning(performed: OperationPerformed, context: Context) -> None:
    """Keep what became of every candidate."""
    opinions = performed.inputs["opinions"]
    conclusions = [{**item, **opinions[item["code"]]} for item in performed.inputs["candidates"]]

    def write(session: Session) -> None:
        planning = session.get_one(Planning, open_planning(session, context.stage_case_id))
        planning.conclusions = conclusions
        planning.concluded_at = context.now

    context.changes.later.append(write)


def close_empty(performed: OperationPerformed, context: Context) -> None:
    """No item needs approval: an explicit record closes the stage case."""
    close_stage_case(context, "closed_empty")


OPERATIONS = {
    "planning.candidates": Operation(candidates, begin),
    "planning.record_opinion": Operation(settle_department, record_opinion),
    "planning.conclude": Operation(conclude, close_planning),
    "planning.close_empty": Operation(write=close_empty),
}
