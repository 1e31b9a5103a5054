"""Intake: the list of materials, what is handed in, the formal review and the formal receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cases.case_limits import start_stage_clock
from cases.context import Context
from cases.documents import issue_intake_receipt
from cases.facts import facts_of
from cases.models.intake import StageMaterial
from cases.models.stages import StageCase
from cases.operations.materials import (
    condition_words,
    is_open,
    materials_of,
    named,
    refuse_open,
    submit_materials,
    unjudged,
)
from cases.operations.on_file import on_file_of
from cases.operations.operation import Inputs, Operation, Outputs
from engine.happenings import OperationPerformed
from errors import Invalid
from files.attach_file import attach_files
from files.documents.kinds import KINDS
from processes.release import Material


def received_already(inputs: Inputs, context: Context) -> Outputs:
    """Whether formal intake is over: what a supplementary planning adds is then taken in on its own."""
    received = select(StageCase.received_at).where(StageCase.id == context.stage_case_id)
    return {"received": context.session.scalar(received) is not None}


def open_intake(performed: OperationPerformed, context: Context) -> None:
    """The union over the required items, each material once; what the project already has on file is reused."""
    required = performed.inputs["required"]

    def write(session: Session) -> None:
        wanted = wanted_materials(required, context, facts_of(session, context.stage_case_id))
        known = materials_of(session, context.stage_case_id)
        on_file = on_file_of(session, context, {material.code: material for material, _ in wanted.values()})
        for code, (_, row) in wanted.items():
            if code in known:  # a supplementary planning asks for it too
                known[code].items = sorted({*known[code].items, *row.items})
                continue
            if code in on_file:
                row.source, row.upload_ids, row.result_of_id, row.result_document_id = on_file[code]
                row.status, row.reason = "passed", None
            session.add(row)
        reused = [(upload, code) for code, found in on_file.items() if code not in known for upload in found.upload_ids]
        attach_files(
            session,
            reused,
            subject_id=context.stage_case_id,
            purpose="material",
            by=context.actor_id,
            now=context.now,
        )

    context.changes.later.append(write)


def wanted_materials(
    required: Sequence[Mapping[str, Any]], context: Context, facts: Mapping[str, Any]
) -> dict[str, tuple[Material, StageMaterial]]:
    """The materials of the required items by code, without what one of those items will itself result in."""
    deciding = {item["code"] for item in required}
    wanted: dict[str, tuple[Material, StageMaterial]] = {}
    for item in required:
        for material in context.release.materials.get(item["code"], ()):
            if deciding.isdisjoint(material.result_of):
                _, row = wanted.setdefault(material.code, (material, _row(material, context, facts)))
                row.items.append(item["code"])
    return wanted


def _row(material: Material, context: Context, facts: Mapping[str, Any]) -> StageMaterial:
    """A conditional material is required when the declared facts say so, not applicable when they say the contrary."""
    condition = material.condition
    holds = None if condition is None else condition.holds(facts)
    return StageMaterial(
        stage_case_id=context.stage_case_id,
        code=material.code,
        name=material.name,
        necessity="required" if holds else material.necessity,
        condition=condition.text if condition is not None else None,
        items=[],
        status="not_applicable" if holds is False else "missing",
        reason=f"仅在“{condition.text}”时需要" if condition is not None and holds is False else None,
        changed_at=context.now,
    )


def submit(performed: OperationPerformed, context: Context) -> None:
    """The applicant, or the window for him, hands materials in."""
    submit_materials(context)


def formal_review(inputs: Inputs, context: Context) -> Outputs:
    """Whether nothing necessary is open after this review; refuses a decision that its own list contradicts."""
    materials = materials_of(context.session, context.stage_case_id)
    after = {code: material.status for code, material in materials.items()}
    for number, (material, entry) in enumerate(named(context, materials)):
        if material.status == "missing" and entry["result"] == "passed":
            raise Invalid(
                "material_missing",
                f"“{material.name}”还没有提交，不能审查通过。",
                field=f"values.materials.{number}.result",
            )
        if entry["result"] == "not_applicable" and material.necessity == "required":
            raise Invalid(
                "material_necessary",
                f"“{material.name}”是必要材料，不能填不适用，请退回申报单位提交。",
                field=f"values.materials.{number}.result",
            )
        after[material.code] = _reviewed(material.status, entry["result"])
    _check_each_reviewed(materials, after)
    still_open = [material for code, material in materials.items() if is_open(after[code])]
    _check_decision(inputs.get("decision"), still_open, unjudged(still_open, after))
    return {"formal": not still_open}


def _reviewed(status: str, result: str) -> str:
    """What becomes of a material: a promise, and what is not applicable, stay what they are when they pass."""
    return status if result == "passed" and status in ("deferred", "not_applicable") else result


def _check_each_reviewed(materials: Mapping[str, StageMaterial], after: Mapping[str, str]) -> None:
    waiting = [material.name for code, material in materials.items() if after[code] == "submitted"]
    if waiting:
        raise Invalid(
            "materials_unreviewed",
            f"还有 {len(waiting)} 份提交的材料没有审查（{'、'.join(waiting[:3])}），请逐份填写通过或退回。",
            field="values.materials",
        )


def _check_decision(
    decision: str | None, still_open: Sequence[StageMaterial], waiting: Sequence[StageMaterial]
) -> None:
    if decision == "passed" and waiting:
        raise Invalid("condition_unjudged", condition_words(waiting), field="values.materials")
    if decision == "passed" and still_open:
        names = "、".join(material.name for material in still_open[:3])
        raise Invalid(
            "materials_open",
            f"还有 {len(still_open)} 份材料没有通过（{names}），不能整体通过。",
            field="values.decision",
        )
    if decision == "returned" and not still_open:
        raise Invalid(
            "nothing_returned",
            "没有退回的材料，也没有缺少的材料，不能整体退回；请写明退回哪份材料，或改为审查通过。",
            field="values.decision",
        )


def keep_review(performed: OperationPerformed, context: Context) -> None:
    """Each material passes, or is returned with its reason."""

    def write(session: Session) -> None:
        for material, entry in named(context, materials_of(session, context.stage_case_id)):
            status = _reviewed(material.status, entry["result"])
            if status == material.status:
                continue  # also a promise or a reason that was accepted: it stays
            material.status, material.reason, material.changed_at = status, entry.get("reason"), context.now

    context.changes.later.append(write)


def formal(performed: OperationPerformed, context: Context) -> None:
    """Formal intake: the applicant gets a receipt (收件凭证)."""

    def write(session: Session) -> None:
        refuse_open(materials_of(session, context.stage_case_id))
        document = issue_intake_receipt(session, context)
        number = KINDS[document.kind].number(document.year, document.number)
        session.execute(
            update(StageCase)
            .where(StageCase.id == context.stage_case_id)
            .values(  # a supplement has a receipt of its own, and changes nothing here
                received_at=func.coalesce(StageCase.received_at, context.now),
                receipt=func.coalesce(StageCase.receipt, f"{document.region_code} {number}"),
            )
        )

    start_stage_clock(context, performed.instance_id, "received")
    context.changes.later.append(write)
    context.changes.send("receipt", {"stage_case": str(context.stage_case_id)})


OPERATIONS = {
    "intake.open": Operation(received_already, open_intake),
    "intake.submit": Operation(write=submit),
    "intake.review": Operation(formal_review, keep_review),
    "intake.formal": Operation(write=formal),
}
