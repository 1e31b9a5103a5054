"""Dispatch: the departments' final confirmations, and all planned items opened at once."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cases.context import Context
from cases.models.intake import DispatchConfirmation
from cases.models.plannings import Planning
from cases.models.stages import StageCase
from cases.operations.operation import Inputs, Operation, Outputs
from engine.happenings import OperationPerformed
from errors import Conflict


def record_confirmation(performed: OperationPerformed, context: Context) -> None:
    """What a department said about the items that come to it."""
    inputs = performed.inputs
    row = DispatchConfirmation(
        stage_case_id=context.stage_case_id,
        department_id=UUID(str(inputs["department"])),
        result=inputs["result"],
        content=dict(context.submission),
        given_by=context.actor_id,
        given_at=context.now,
    )
    context.changes.later.append(lambda session: session.add(row))


def conclude(inputs: Inputs, context: Context) -> Outputs:
    """The departments that see a problem."""
    return {"problems": [key for key, answer in inputs["confirmations"].items() if answer.get("result") == "problem"]}


def open_items(inputs: Inputs, context: Context) -> Outputs:
    """The main-line and the auxiliary items to open: exactly the planned set, after formal intake."""
    required = list(inputs["required"])
    planned = _planned(context.session, context.stage_case_id)
    if {item["code"]: item["department"] for item in required} != planned:
        raise Conflict("not_the_planned_set", "转办的事项与策划结论不一致，请先完成补充策划再转办。")
    received = context.session.scalar(select(StageCase.received_at).where(StageCase.id == context.stage_case_id))
    if received is None:
        raise Conflict("not_formally_received", "尚未正式收件，不能转办；请先完成正式收件。")
    return {
        "main_items": [item for item in required if item["main"]],
        "auxiliary_items": [item for item in required if not item["main"]],
    }


def _planned(session: Session, stage_case_id: UUID) -> dict[str, str]:
    """The union of the required items of all plannings of the stage case: department by item code."""
    rows = session.scalars(
        select(Planning.conclusions)
        .where(Planning.stage_case_id == stage_case_id, Planning.conclusions.is_not(None))
        .order_by(Planning.number)
    )
    return {
        item["code"]: item["department"]
        for conclusions in rows
        for item in conclusions or ()
        if item["conclusion"] == "required"
    }


def keep_dispatch(performed: OperationPerformed, context: Context) -> None:
    """The stage case is dispatched."""

    def write(session: Session) -> None:
        session.execute(
            update(StageCase).where(StageCase.id == context.stage_case_id).values(dispatched_at=context.now)
        )

    context.changes.later.append(write)


OPERATIONS = {
    "dispatch.record_confirmation": Operation(write=record_confirmation),
    "dispatch.conclude": Operation(perform=conclude),
    "dispatch.open_items": Operation(open_items, keep_dispatch),
}
