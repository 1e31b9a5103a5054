"""The one report of a planning: whole, told to the applicant once."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.context import Context
from cases.documents import issue_planning_report
from cases.models.plannings import Planning, PlanningReport
from cases.operations.operation import Operation
from engine.happenings import OperationPerformed
from errors import Conflict


def issue_report(performed: OperationPerformed, context: Context) -> None:
    """One report a planning, whole; the applicant is told through the outbox."""

    def write(session: Session) -> None:
        planning = session.scalars(
            select(Planning).where(Planning.stage_case_id == context.stage_case_id).order_by(Planning.number.desc())
        ).first()
        if planning is None or planning.conclusions is None:
            raise Conflict("planning_open", "策划意见尚未齐全，不能出具策划报告。")
        session.add(
            PlanningReport(
                planning_id=planning.id,
                content={"items": planning.conclusions, **context.submission},
                issued_by=context.actor_id,
                issued_at=context.now,
            )
        )
        issue_planning_report(session, context, planning, summary=context.submission.get("summary") or "")

    context.changes.later.append(write)
    context.changes.send("planning_report", {"stage_case": str(context.stage_case_id)})


OPERATIONS = {"planning.issue_report": Operation(write=issue_report)}
