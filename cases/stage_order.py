"""The order of the stages, as the pack declares it, and what an engineering brings along from earlier ones."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cases.models.items import ItemCase
from cases.models.stages import StageCase
from cases.status import APPROVING
from errors import Conflict
from processes.release import ProcessType, Stage

CLOSED_WELL = ("completed", "closed_empty")


def check_order(session: Session, engineering_id: UUID, process_type: ProcessType, stage: Stage) -> None:
    """Raise ``Conflict`` while a stage that must be completed before this one is not."""
    if not stage.after:
        return
    done = session.scalars(
        select(StageCase.stage).where(
            StageCase.engineering_id == engineering_id,
            StageCase.stage.in_(stage.after),
            StageCase.status.in_(CLOSED_WELL),
        )
    ).all()
    waiting = [process_type.stages[code].name for code in stage.after if code not in done]
    if waiting:
        raise Conflict(
            "earlier_stage_open", f"“{'”“'.join(waiting)}”阶段尚未办结，不能发起“{stage.name}”；请待其办结后再发起。"
        )


def earlier_stages(case: StageCase) -> Select[StageCase]:
    """The completed stages of the same engineering: their information is the base of this one."""
    return (
        select(StageCase)
        .where(
            StageCase.engineering_id == case.engineering_id,
            StageCase.id != case.id,
            StageCase.status == "completed",
        )
        .order_by(StageCase.completed_at)
    )


def results_of(stage_cases: list[UUID]) -> Select[*tuple[Any, ...]]:
    """The results of the items that were approved in these stage cases; order (stage case, item)."""
    return (
        select(
            ItemCase.stage_case_id,
            ItemCase.item_code,
            ItemCase.name,
            ItemCase.result_number,
            ItemCase.result_title,
            ItemCase.result_date,
            ItemCase.result_valid_until,
        )
        .where(ItemCase.stage_case_id.in_(stage_cases), ItemCase.status.in_([int(code) for code in APPROVING]))
        .order_by(ItemCase.stage_case_id, ItemCase.item_code)
    )
