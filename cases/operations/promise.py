"""Promises: the pledge that a decision rests on (告知承诺), the materials that come later (容缺), and their check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cases.changes import Beginning, Case
from cases.context import Context
from cases.documents import issue_for_item
from cases.models.items import ItemCase
from cases.models.outcomes import Promise
from cases.models.stages import StageCase
from cases.operations.materials import materials_of, submit_materials
from cases.operations.operation import Inputs, Operation, Outputs
from cases.operations.uploads import use_uploads
from cases.status import Status
from engine.happenings import OperationPerformed
from errors import Conflict, Invalid
from files.documents.issue import in_chinese

PROCESS_KIND = "promise"
"""The ``kind`` of the pack's process that follows up a promise."""


def inform(performed: OperationPerformed, context: Context) -> None:
    """告知书: the conditions, and what a false pledge leads to."""
    lines = {name: _lines(context, name) for name in ("conditions", "consequences")}
    _issue(context, context.case_of(performed.instance_id), "pledge_notice", lines)


def sign(performed: OperationPerformed, context: Context) -> None:
    """承诺书: signed by the applicant; the decision may rest on it from now on."""
    case = context.case_of(performed.instance_id)
    submission = context.submission
    row = Promise(
        stage_case_id=context.stage_case_id,
        item_case_id=case.id,
        kind="pledge",
        content=dict(submission),
        materials=[],
        due_on=date.fromisoformat(submission["due_on"]),
        **_place(context.session, case),
        status="signed",
        made_at=context.now,
    )

    def keep(session: Session) -> None:
        field = "values.reference"
        use_uploads(session, context, {field: submission["reference"]}, purpose="pledge", labels={field: case.name})
        session.add(row)
        session.flush()

    context.changes.later.append(keep)
    due_on = in_chinese(date.fromisoformat(submission["due_on"]))
    _issue(context, case, "pledge", {"promises": _lines(context, "promises"), "due_on": due_on})


def _lines(context: Context, name: str) -> list[str]:
    return [line.strip() for line in str(context.submission[name]).splitlines() if line.strip()]


def _issue(context: Context, case: Case, kind: str, facts: Mapping[str, Any]) -> None:
    context.changes.later.append(lambda session: _write_document(session, context, case, kind, facts))
    context.changes.send(kind, {"stage_case": str(context.stage_case_id), "item_case": str(case.id)})


def _write_document(session: Session, context: Context, case: Case, kind: str, facts: Mapping[str, Any]) -> None:
    issue_for_item(session, context, kind, case.id, facts)


def follow_up_pledge(context: Context, case: Case) -> None:
    """After the decision the department checks within the pack's limit what was pledged."""
    entry = context.release.items.get(case.item_code)
    if entry is not None and not entry.pledge:
        return
    signed = context.session.scalar(
        select(Promise.id).where(Promise.item_case_id == case.id, Promise.kind == "pledge", Promise.status == "signed")
    )
    if signed is None:
        return
    check = context.release.handling.pledge_check

    def attach(session: Session, instance_id: UUID) -> None:
        values = {"status": "open", "instance_id": instance_id}
        session.execute(update(Promise).where(Promise.id == signed).values(values))

    _begin(context, case, signed, "pledge", check, check, attach)


def follow_up_deferred(context: Context, case: Case) -> bool:
    """Whether the case is approved with deferred materials (容缺): what the applicant promised to hand in later.

    Their own clock runs to the latest of the promised days. Only asked where the item has materials of that kind.
    """
    asked = context.release.materials.get(case.item_code, ())
    if all(material.necessity != "deferrable" for material in asked):
        return False
    promised = {
        code: material.promised_by
        for code, material in materials_of(context.session, context.stage_case_id).items()
        if material.status == "deferred" and material.promised_by is not None and case.item_code in material.items
    }
    if not promised:
        return False
    due_on = max(promised.values())
    until = due_on.isoformat()
    row = Promise(
        id=uuid4(),
        stage_case_id=context.stage_case_id,
        item_case_id=case.id,
        kind="deferred",
        content={"promised_by": until},
        materials=sorted(promised),
        due_on=due_on,
        **_place(context.session, case),
        status="open",
        made_at=context.now,
    )

    def attach(session: Session, instance_id: UUID) -> None:
        row.instance_id = instance_id
        session.add(row)
        session.flush()

    _begin(context, case, row.id, "deferred", until, context.release.handling.deferred_check, attach)
    return True


def _place(session: Session, case: Case) -> dict[str, Any]:
    """Whose it is to follow a promise up: the department of the item, the lead of its stage, the region."""
    row = session.execute(
        select(ItemCase.department_id, StageCase.lead_id, StageCase.region_code)
        .join(StageCase, StageCase.id == ItemCase.stage_case_id)
        .where(ItemCase.id == case.id)
    ).one()
    return dict(row._mapping)


def _begin(
    context: Context,
    case: Case,
    promise_id: UUID,
    kind: str,
    limit: str,
    check_limit: str,
    attach: Callable[[Session, UUID], None],
) -> None:
    department, window = context.session.execute(
        select(ItemCase.department_id, StageCase.window_id)
        .join(StageCase, StageCase.id == ItemCase.stage_case_id)
        .where(ItemCase.id == case.id)
    ).one()
    data = {
        "stage_case": str(context.stage_case_id),
        "item": {"code": case.item_code, "name": case.name},
        "promise": str(promise_id),
        "kind": kind,
        "limit": limit,
        "check_limit": check_limit,
        "department": str(department),
        "window": str(window),
    }
    context.changes.beginnings.append(Beginning(uuid4(), PROCESS_KIND, case, data, attach))


def hand_in(performed: OperationPerformed, context: Context) -> None:
    """The deferred materials, all of them, are at the window."""
    submit_materials(context)
    promise_id = UUID(str(performed.inputs["promise"]))

    def complete(session: Session) -> None:
        promised = session.get_one(Promise, promise_id).materials
        materials = materials_of(session, context.stage_case_id)
        missing = [materials[code].name for code in promised if materials[code].status in ("deferred", "returned")]
        if missing:
            raise Conflict("deferred_incomplete", f"承诺补交的材料还缺“{'”“'.join(missing)}”，请收齐后一并提交。")

    context.changes.later.append(complete)


def may_record(inputs: Inputs, context: Context) -> Outputs:
    """A pledge has nothing to be given back for."""
    kind = context.session.scalar(select(Promise.kind).where(Promise.id == UUID(str(inputs["promise"]))))
    if kind == "pledge" and inputs["result"] == "returned":
        raise Invalid("nothing_to_return", "告知承诺没有可退回补交的材料，请登记核查结果。", field="values.result")
    return {}


def record(performed: OperationPerformed, context: Context) -> None:
    """What the check found; 15 where the decision is revoked. Returned materials are awaited anew."""
    result, promise_id = performed.inputs["result"], UUID(str(performed.inputs["promise"]))
    if result == "revoked":
        context.changes.set_status(context.case_of(performed.instance_id), Status.REVOKED)

    def write(session: Session) -> None:
        promise = session.get_one(Promise, promise_id)
        promise.note = context.submission.get("note")
        if result in ("kept", "returned"):
            materials = materials_of(session, context.stage_case_id)
            for code in promise.materials:
                materials[code].status = "passed" if result == "kept" else "returned"
                materials[code].reason = None if result == "kept" else promise.note
                materials[code].changed_at = context.now
        if result != "returned":
            promise.status, promise.checked_at, promise.checked_by = result, context.now, context.actor_id

    context.changes.later.append(write)


OPERATIONS = {
    "item.pledge_notice": Operation(write=inform),
    "item.pledge_signed": Operation(write=sign),
    "promise.hand_in": Operation(write=hand_in),
    "promise.record": Operation(may_record, record),
}
