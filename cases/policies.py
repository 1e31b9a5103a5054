"""What follows by itself: from the timeout policy of a limit that passed, and from the end of a special procedure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from cases.models.stages import StageCase
from cases.procedure_limit import ask_again_later
from cases.releases import release_of
from cases.remind import remind_by_itself, remind_of_hold, remind_of_resumption
from cases.tell_lights import tell_ladder


def _limit_passed(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """``remind`` asks the holders of the post, ``escalate`` tells the ladder of the pack; red itself is told anyway."""
    task = UUID(payload["work_item"]) if payload.get("work_item") else None
    if payload.get("policy") == "remind" and task is not None:
        remind_by_itself(session, task, now)
    elif payload.get("policy") == "escalate" and payload.get("due"):
        tell_ladder(session, UUID(payload["due"]), "escalate", now)


def _procedure_ended(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """An item that is not resumed by now is reminded of."""
    remind_of_resumption(session, UUID(payload["hold"]), now)


def _hold_stands(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Those concerned are asked whether the hold must last, and will be again as long as it does."""
    hold = UUID(payload["subject"])
    if remind_of_hold(session, hold, now):
        stage_case = session.get_one(StageCase, UUID(payload["stage_case"]))
        ask_again_later(session, release_of(session, stage_case.release_id), hold, now)


POLICIES: dict[str, Callable[[Session, Mapping[str, Any], datetime], None]] = {
    "limit_passed": _limit_passed,
    "procedure_ended": _procedure_ended,
    "hold_stands": _hold_stands,
}
