"""Dispatch: the departments' final confirmations, and all planned items opened at once.

What is dispatched is read from the plannings themselves, so that it is the planned set whatever the diagram carries.
A supplementary planning that begins after formal intake is confirmed on its own; begun before the dispatch it is
dispatched with the rest, begun after it on its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from cases.case_limits import start_stage_clock
from cases.context import Context
from cases.models.intake import DispatchConfirmation
from cases.models.plannings import Planning, PlanningReport
from cases.models.stages import StageCase
from cases.operations.operation import Inputs, Operation, Outputs
from cases.operations.planning import required_of
from cases.operations.uploads import keep_files
from engine.happenings import OperationPerformed
from errors import Conflict

MEETING = "联席会议"


def departments(inputs: Inputs, context: Context) -> Outputs:
    """The departments to confirm, once each, and the numbers of the plannings that this is about.

    Without ``planning`` those reported until formal intake (which may be happening now); otherwise the supplementary
    planning of that number.
    """
    number = inputs.get("planning")
    received = select(StageCase.received_at).where(StageCase.id == context.stage_case_id).scalar_subquery()
    joined = received.is_(None) | (PlanningReport.issued_at <= received)
    statement = (
        select(Planning)
        .join(PlanningReport, PlanningReport.planning_id == Planning.id)
        .where(Planning.stage_case_id == context.stage_case_id, Planning.confirmed_at.is_(None))
        .where(joined if number is None else Planning.number == number)
        .order_by(Planning.number)
    )
    plannings = context.session.scalars(statement).all()
    required = [item for planning in plannings for item in required_of(planning.conclusions or [])]
    return {
        "departments": list(dict.fromkeys(item["department"] for item in required)),
        "plannings": [planning.number for planning in plannings],
    }


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


def keep_confirmed(performed: OperationPerformed, context: Context) -> None:
    """What was planned may be dispatched once no department sees a problem."""
    if performed.outputs["problems"]:
        return
    confirmed = (
        update(Planning)
        .where(Planning.stage_case_id == context.stage_case_id, Planning.number.in_(performed.inputs["plannings"]))
        .values(confirmed_at=context.now)
    )
    context.changes.later.append(lambda session: session.execute(confirmed))


def open_items(inputs: Inputs, context: Context) -> Outputs:
    """The main-line and the auxiliary items to open: exactly the planned set, after formal intake.

    With ``planning`` what that supplementary planning added; otherwise the union of all plannings.
    """
    rows = context.session.execute(_undispatched(context.stage_case_id, inputs.get("planning"))).all()
    received = context.session.scalar(select(StageCase.received_at).where(StageCase.id == context.stage_case_id))
    if received is None:
        raise Conflict("not_formally_received", "尚未正式收件，不能转办；请先完成正式收件。")
    required = []
    for planning, reported in rows:
        items = required_of(planning.conclusions or [])
        if not reported or (items and planning.confirmed_at is None):
            raise Conflict(
                "not_the_planned_set",
                f"第 {planning.number} 次策划还没有办完（结论、报告、收件、最后确认），转办会与策划结论不一致。",
            )
        required += items
    return {
        "main_items": [item for item in required if item["main"]],
        "auxiliary_items": [item for item in required if not item["main"]],
    }


def _undispatched(stage_case_id: UUID, number: int | None) -> Select[Planning, bool]:
    """The plannings that are not dispatched, each with whether it is reported."""
    reported = select(PlanningReport.id).where(PlanningReport.planning_id == Planning.id).exists()
    statement = select(Planning, reported).where(
        Planning.stage_case_id == stage_case_id, Planning.dispatched_at.is_(None)
    )
    return (statement if number is None else statement.where(Planning.number == number)).order_by(Planning.number)


def keep_meeting(performed: OperationPerformed, context: Context) -> None:
    """The minutes of a joint meeting, as files of the stage case."""
    keep_files(context, "minutes", MEETING)


def keep_dispatch(performed: OperationPerformed, context: Context) -> None:
    """The stage case is dispatched, and with it the plannings whose items were opened."""
    keep_meeting(performed, context)
    number = performed.inputs.get("planning")

    def write(session: Session) -> None:
        found: Sequence[Planning] = [row[0] for row in session.execute(_undispatched(context.stage_case_id, number))]
        for planning in found:
            planning.dispatched_at = context.now
        session.execute(
            update(StageCase)
            .where(StageCase.id == context.stage_case_id)
            .values(dispatched_at=func.coalesce(StageCase.dispatched_at, context.now))
        )

    start_stage_clock(context, performed.instance_id, "dispatched")
    context.changes.later.append(write)


OPERATIONS = {
    "dispatch.departments": Operation(perform=departments),
    "dispatch.record_confirmation": Operation(write=record_confirmation),
    "dispatch.conclude": Operation(conclude, keep_confirmed),
    "dispatch.keep_meeting": Operation(write=keep_meeting),
    "dispatch.open_items": Operation(open_items, keep_dispatch),
}
