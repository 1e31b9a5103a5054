"""What a project has on file already: materials that passed in other stages, results of items approved before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cases.context import Context
from cases.models.intake import StageMaterial
from cases.models.items import ItemCase
from cases.models.stages import StageCase
from cases.operations.uploads import of_project
from cases.status import APPROVING
from files.models import IssuedDocument
from processes.release import Material

RESULT_DOCUMENT = "approval_cover"
"""The kind of the document that is issued with the result of an item."""


class OnFile(NamedTuple):
    """What need not be brought again: where from, its files in their order, and of a result its case and document."""

    source: str
    upload_ids: list[UUID]
    result_of_id: UUID | None = None
    result_document_id: UUID | None = None


def on_file_of(session: Session, context: Context, wanted: Mapping[str, Material]) -> dict[str, OnFile]:
    """What is there already of the wanted materials, by the material's code.

    The result of an item counts before a document that was handed in: it is what the document is a copy of.
    """
    found = {
        code: OnFile("on_file", upload_ids) for code, upload_ids in session.execute(_handed_in(context, set(wanted)))
    }
    results = results_on_file(session, context, {item for material in wanted.values() for item in material.result_of})
    papers = _papers_of(session, set(results.values()))
    for code, material in wanted.items():
        for item in material.result_of:
            if item in results:
                found[code] = papers[results[item]]
                break
    return found


def _papers_of(session: Session, cases: set[UUID]) -> dict[UUID, OnFile]:
    """The result of each item case: what was uploaded with the decision, and the document that was issued with it."""
    if not cases:
        return {}
    rows = session.execute(
        select(ItemCase.id, ItemCase.outcome, IssuedDocument.id.label("document"))
        .outerjoin(
            IssuedDocument, (IssuedDocument.item_case_id == ItemCase.id) & (IssuedDocument.kind == RESULT_DOCUMENT)
        )
        .where(ItemCase.id.in_(cases))
        .order_by(IssuedDocument.issued_at)
    )
    return {
        row.id: OnFile(
            "result", [UUID(file["reference"]) for file in (row.outcome or {}).get("files") or ()], row.id, row.document
        )
        for row in rows
    }


def _handed_in(context: Context, codes: set[str]) -> Select[str, list[UUID]]:
    """What has passed in other stage cases of the same project, the latest last."""
    return (
        select(StageMaterial.code, StageMaterial.upload_ids)
        .where(
            StageMaterial.stage_case_id.in_(_others(context.stage_case_id)),
            StageMaterial.code.in_(codes),
            StageMaterial.status == "passed",
            StageMaterial.upload_ids != [],
            StageMaterial.result_of_id.is_(None),  # a result is looked up anew: it may have expired since
        )
        .order_by(StageMaterial.changed_at)
    )


def results_on_file(session: Session, context: Context, items: set[str]) -> dict[str, UUID]:
    """The latest case of each item that was approved in another stage case and whose result is still valid."""
    if not items:
        return {}
    today = context.release.calendar.local(context.now).date()
    rows = session.execute(
        select(ItemCase.item_code, ItemCase.id)
        .where(
            ItemCase.stage_case_id.in_(_others(context.stage_case_id)),
            ItemCase.item_code.in_(items),
            ItemCase.status.in_([int(code) for code in APPROVING]),
            ItemCase.result_valid_until.is_(None) | (ItemCase.result_valid_until >= today),
        )
        .order_by(ItemCase.result_date)
    )
    return {row.item_code: row.id for row in rows}


def _others(stage_case_id: UUID) -> Select[UUID]:
    """The other stage cases of the project."""
    return of_project(stage_case_id).where(StageCase.id != stage_case_id)
