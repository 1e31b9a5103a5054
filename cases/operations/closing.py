"""How a stage case is closed: its status, with the reason of the form."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from cases.context import Context
from cases.models.stages import StageCase


def close_stage_case(context: Context, status: str, **columns: Any) -> None:
    """Set the status of the stage case, with the reason of the form; its total limit is over."""

    def write(session: Session) -> None:
        values = {"status": status, "closing_reason": context.submission.get("reason"), **columns}
        session.execute(update(StageCase).where(StageCase.id == context.stage_case_id).values(values))

    context.changes.clear_limits(context.stage_case_id)
    context.changes.later.append(write)
