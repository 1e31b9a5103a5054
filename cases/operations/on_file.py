"""What a project has on file already: materials that passed in other stages, results of items approved before."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, select
from sqlalchemy.orm import Session, aliased

from cases.context import Context
from cases.models.intake import StageMaterial
from cases.models.items import ItemCase
from cases.models.projects import Engineering
from cases.models.stages import StageCase
from cases.status import APPROVING
from processes.release import Material


def on_file_of(session: Session, context: Context, wanted: Mapping[str, Material]) -> dict[str, str]:
    """The reference of each wanted material that need not be brought again, by the material's code.

    The result of an item counts before a document that was handed in: it is what the document is a copy of.
    """
    found = {code: reference for code, reference in session.execute(_handed_in(context, set(wanted))) if reference}
    results = _results(session, context, {item for material in wanted.values() for item in material.result_of})
    for code, material in wanted.items():
        for item in material.result_of:
            if item in results:
                found[code] = results[item]
                break
    return found


def _handed_in(context: Context, codes: set[str]) -> Select[str, str | None]:
    """What has passed in other stage cases of the same project, the latest last."""
    return (
        select(StageMaterial.code, StageMaterial.reference)
        .where(
            StageMaterial.stage_case_id.in_(_others(context.stage_case_id)),
            StageMaterial.code.in_(codes),
            StageMaterial.status == "passed",
        )
        .order_by(StageMaterial.changed_at)
    )


def _results(session: Session, context: Context, items: set[str]) -> dict[str, str]:
    """The number of the latest result of each item that was approved in another stage case and is still valid."""
    if not items:
        return {}
    today = context.release.calendar.local(context.now).date()
    rows = session.execute(
        select(ItemCase.item_code, ItemCase.result_number)
        .where(
            ItemCase.stage_case_id.in_(_others(context.stage_case_id)),
            ItemCase.item_code.in_(items),
            ItemCase.status.in_([int(code) for code in APPROVING]),
            ItemCase.result_valid_until.is_(None) | (ItemCase.result_valid_until >= today),
        )
        .order_by(ItemCase.result_date)
    )
    return {item: number for item, number in rows if number}


def _others(stage_case_id: UUID) -> ScalarSelect[UUID]:
    """The other stage cases of the project."""
    mine, its, other = aliased(StageCase), aliased(Engineering), aliased(Engineering)
    return (
        select(StageCase.id)
        .join(other, other.id == StageCase.engineering_id)
        .join(its, its.project_id == other.project_id)
        .join(mine, mine.engineering_id == its.id)
        .where(mine.id == stage_case_id, StageCase.id != stage_case_id)
        .scalar_subquery()
    )
