"""The materials that the form of a task names by their code, and handing them in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.context import Context
from cases.models.intake import StageMaterial
from cases.operations.uploads import named_twice, references, use_uploads
from errors import Conflict, Invalid

SETTLED = ("passed", "deferred", "not_applicable")
TAKEN = {"passed": "已经通过审查", "submitted": "已经提交，等待审查"}


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
    """Keep what the form hands in: an upload, a promise (容缺), or not applicable with its reason.

    Only what is missing, promised or was returned may be handed in: what has passed stays as it is.
    """

    def write(session: Session) -> None:
        entries = named(context, materials_of(session, context.stage_case_id))
        for number, (material, _) in enumerate(entries):
            if material.status in TAKEN:
                message = f"“{material.name}”{TAKEN[material.status]}，不用再交；请只交缺少的和退回的材料。"
                raise Invalid("material_taken", message, field=f"values.materials.{number}.code")
        _hand_in(session, context, entries, "submitted")

    context.changes.later.append(write)


def correct_materials(context: Context, item_code: str) -> None:
    """Keep what the window takes in for the correction of an item: materials of that item, checked as they come."""

    def write(session: Session) -> None:
        entries = named(context, materials_of(session, context.stage_case_id))
        for number, (material, _) in enumerate(entries):
            if item_code not in material.items:
                message = f"“{material.name}”不是这个事项的材料，请只补正这个事项的材料。"
                raise Invalid("material_of_another_item", message, field=f"values.materials.{number}.code")
        _hand_in(session, context, entries, "passed")

    context.changes.later.append(write)


def _hand_in(session: Session, context: Context, entries: list[tuple[StageMaterial, dict[str, Any]]], as_: str) -> None:
    """Write the entries of a form; a document that is handed in becomes ``as_``."""
    today = context.release.calendar.local(context.now).date()
    documents: dict[str, str] = {}
    labels: dict[str, str] = {}
    for number, (material, entry) in enumerate(entries):
        field = f"values.materials.{number}"
        if entry["status"] == "submitted":
            files = _files_of(entry, field)
            documents |= files
            labels |= dict.fromkeys(files, material.code)
        elif entry["status"] == "deferred":
            _check_promise(material, entry, today, field)
        elif material.necessity == "required":
            message = f"“{material.name}”是必要材料，不能填不适用，请提交材料。"
            raise Invalid("material_necessary", message, field=f"{field}.status")
    uploads = use_uploads(session, context, documents, purpose="material", labels=labels)
    for number, (material, entry) in enumerate(entries):
        handed_in = entry["status"] == "submitted"
        files = _files_of(entry, f"values.materials.{number}") if handed_in else {}
        material.status = as_ if handed_in else entry["status"]
        material.source, material.upload_ids = "applicant", [uploads[field] for field in files]
        material.result_of_id = material.result_document_id = None
        material.reason = entry.get("reason")
        material.promised_by = date.fromisoformat(entry["promised_by"]) if entry["status"] == "deferred" else None
        material.changed_at = context.now


def _files_of(entry: Mapping[str, Any], path: str) -> dict[str, str]:
    """The files of a material that is handed in, in their order, by the field that names each."""
    first = f"{path}.reference"
    more = references(entry.get("more"), f"{path}.more")
    for field, text in more.items():
        if text == entry["reference"]:
            raise named_twice(field)
    return {first: entry["reference"], **more}


def _check_promise(material: StageMaterial, entry: dict[str, Any], today: date, field: str) -> None:
    if material.necessity != "deferrable":
        message = f"“{material.name}”不是可以容缺的材料，不能承诺后补，请提交材料。"
        raise Invalid("material_not_deferrable", message, field=f"{field}.status")
    if date.fromisoformat(entry["promised_by"]) <= today:
        message = f"“{material.name}”承诺补交的日期要在今天之后，请改为以后的日期。"
        raise Invalid("promise_past", message, field=f"{field}.promised_by")


def is_open(status: str) -> bool:
    """Whether a material keeps formal intake from happening.

    Everything does that is neither here and passed, nor promised, nor not applicable: what is conditional too, until
    somebody has judged whether its condition holds.
    """
    return status not in SETTLED


def unjudged(materials: Iterable[StageMaterial], statuses: Mapping[str, str]) -> list[StageMaterial]:
    """The conditional materials of which nobody has said whether they are needed; ``statuses`` by code."""
    return [found for found in materials if found.necessity == "conditional" and statuses[found.code] == "missing"]


def condition_words(waiting: Sequence[StageMaterial]) -> str:
    """What to do about conditional materials that nobody judged."""
    named = "；".join(f"“{found.name}”（条件：{found.condition or '未写明'}）" for found in waiting[:3])
    return (
        f"还有 {len(waiting)} 份有条件的材料没有判断条件是否满足：{named}。"
        "条件满足的请提交，不满足的请填写不适用并写明理由。"
    )


def refuse_open(materials: Mapping[str, StageMaterial]) -> None:
    """Raise ``Conflict`` while a material keeps formal intake from happening."""
    still_open = [material for material in materials.values() if is_open(material.status)]
    waiting = unjudged(still_open, {material.code: material.status for material in still_open})
    if waiting:
        raise Conflict("condition_unjudged", condition_words(waiting))
    if still_open:
        names = "、".join(material.name for material in still_open[:3])
        raise Conflict(
            "materials_open", f"还有 {len(still_open)} 份材料没有通过形式审查（{names}），不能正式收件；请先补齐。"
        )
