"""Intake: the list of materials, what is handed in, the formal review and the formal receipt."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from cases.context import Context
from cases.models.intake import StageMaterial
from cases.models.projects import Engineering
from cases.models.stages import StageCase
from cases.operations.materials import SETTLED, materials_of, named, open_materials, submit_materials
from cases.operations.operation import Inputs, Operation, Outputs
from engine.happenings import OperationPerformed
from errors import Conflict, Invalid


def open_intake(performed: OperationPerformed, context: Context) -> None:
    """The union over the required items, each material once; what the project already has on file is reused."""
    wanted: dict[str, StageMaterial] = {}
    for item in performed.inputs["required"]:
        for material in context.release.materials.get(item["code"], ()):
            row = wanted.setdefault(
                material.code,
                StageMaterial(
                    stage_case_id=context.stage_case_id,
                    code=material.code,
                    name=material.name,
                    necessity=material.necessity,
                    items=[],
                    status="missing",
                    changed_at=context.now,
                ),
            )
            row.items.append(item["code"])

    def write(session: Session) -> None:
        known = materials_of(session, context.stage_case_id)
        on_file = _on_file(session, context, set(wanted))
        for code, material in wanted.items():
            if code in known:  # a supplementary planning asks for it too
                known[code].items = sorted({*known[code].items, *material.items})
            else:
                material.reference = on_file.get(code)
                material.status = "passed" if material.reference else "missing"
                session.add(material)

    context.changes.later.append(write)


def _on_file(session: Session, context: Context, codes: set[str]) -> dict[str, str]:
    """What has passed in other stage cases of the same project: reference by code."""
    here, there = aliased(Engineering), aliased(Engineering)
    rows = session.execute(
        select(StageMaterial.code, StageMaterial.reference)
        .join(StageCase, StageCase.id == StageMaterial.stage_case_id)
        .join(there, there.id == StageCase.engineering_id)
        .join(here, here.project_id == there.project_id)
        .where(
            here.id == select(StageCase.engineering_id).where(StageCase.id == context.stage_case_id).scalar_subquery(),
            StageCase.id != context.stage_case_id,
            StageMaterial.code.in_(codes),
            StageMaterial.status == "passed",
            StageMaterial.reference.is_not(None),
        )
        .order_by(StageMaterial.changed_at)
    )
    return {code: reference for code, reference in rows if reference is not None}


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
        after[material.code] = entry["result"]
    still_open = [
        material
        for code, material in materials.items()
        if after[code] in ("returned", "submitted") or (material.necessity == "required" and after[code] not in SETTLED)
    ]
    if inputs.get("decision") == "passed" and still_open:
        names = "、".join(material.name for material in still_open[:3])
        raise Invalid(
            "materials_open",
            f"还有 {len(still_open)} 份材料没有通过（{names}），不能整体通过。",
            field="values.decision",
        )
    return {"formal": not still_open}


def keep_review(performed: OperationPerformed, context: Context) -> None:
    """Each material passes, or is returned with its reason."""

    def write(session: Session) -> None:
        for material, entry in named(context, materials_of(session, context.stage_case_id)):
            if material.status == "not_applicable" and entry["result"] == "passed":
                continue
            material.status = entry["result"]
            material.reason = entry.get("reason")
            material.changed_at = context.now

    context.changes.later.append(write)


def formal(performed: OperationPerformed, context: Context) -> None:
    """Formal intake: the applicant gets a receipt (收件凭证)."""

    def write(session: Session) -> None:
        if open_materials(materials_of(session, context.stage_case_id)):
            raise Conflict("materials_open", "还有材料没有通过形式审查，不能正式收件。")
        session.execute(
            update(StageCase)
            .where(StageCase.id == context.stage_case_id)
            .values(received_at=context.now, receipt=StageCase.region_code + "-" + StageCase.number)
        )

    context.changes.later.append(write)
    context.changes.send("receipt", {"stage_case": str(context.stage_case_id)})


OPERATIONS = {
    "intake.open": Operation(write=open_intake),
    "intake.submit": Operation(write=submit),
    "intake.review": Operation(formal_review, keep_review),
    "intake.formal": Operation(write=formal),
}
