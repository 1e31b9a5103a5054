"""What follows from the timeout policy of a limit that passed: the platform reminds, or tells those above."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from cases.remind import remind_by_itself
from cases.tell_lights import tell_ladder


def _limit_passed(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """``remind`` asks the holders of the post, ``escalate`` tells the ladder of the pack; red itself is told anyway."""
    task = UUID(payload["work_item"]) if payload.get("work_item") else None
    if payload.get("policy") == "remind" and task is not None:
        remind_by_itself(session, task, now)
    elif payload.get("policy") == "escalate" and payload.get("due"):
        tell_ladder(session, UUID(payload["due"]), "escalate", now)


POLICIES: dict[str, Callable[[Session, Mapping[str, Any], datetime], None]] = {"limit_passed": _limit_passed}
