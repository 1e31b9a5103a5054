"""The materials that the form of a task names by their code."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.context import Context
from cases.models.intake import StageMaterial
from errors import Invalid

SETTLED = ("passed", "not_applicable")


def materials_of(session: Session, stage_case_id: UUID) -> dict[str, StageMaterial]:
    """The materials of a stage case by code."""
    rows = session.scalars(
        select(StageMaterial).where(StageMaterial.stage_case_id == stage_case_id).order_by(StageMaterial.code)
    )
    return {row.code: row for row in rows}


def named(context: Context, materials: dict[str, StageMaterial]) -> list[tuple[StageMaterial, dict[str, Any]]]:
    """Each material that the form names with what it says; raises ``Invalid`` for unknown and repeated codes."""
    found = []
    seen: set[str] = set()
    for number, entry in enumerate(context.submission.get("materials") or []):
        field = f"values.materials.{number}.code"
        code = entry["code"]
        if code not in materials:
            raise Invalid("material_unknown", f"本阶段的材料清单里没有 {code}，请按清单填写。", field=field)
        if code in seen:
            raise Invalid("material_repeated", f"材料 {code} 填了两次，每份材料只填一次。", field=field)
        seen.add(code)
        found.append((materials[code], entry))
    return found


def submit_materials(context: Context) -> None:
    """Keep what the form hands in: a reference to the document, or not applicable with its reason."""

    def write(session: Session) -> None:
        materials = materials_of(session, context.stage_case_id)
        for number, (material, entry) in enumerate(named(context, materials)):
            if entry["status"] == "not_applicable" and material.necessity == "required":
                raise Invalid(
                    "material_necessary",
                    f"“{material.name}”是必要材料，不能填不适用，请提交材料。",
                    field=f"values.materials.{number}.status",
                )
            material.status = entry["status"]
            material.reference = entry.get("reference")
            material.reason = entry.get("reason")
            material.changed_at = context.now

    context.changes.later.append(write)


def open_materials(materials: dict[str, StageMaterial]) -> list[StageMaterial]:
    """The materials that keep formal intake from happening: necessary ones that have not passed, returned ones."""
    return [
        material
        for material in materials.values()
        if material.status in ("returned", "submitted")
        or (material.necessity == "required" and material.status not in SETTLED)
    ]
