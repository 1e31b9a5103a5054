"""Keep a half-filled form with its task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import update
from sqlalchemy.orm import Session

from accounts.actor import Actor
from cases.models.instances import WorkItem
from cases.working_on import working_on
from errors import Invalid

LARGEST_DRAFT = 200_000
"""Bytes of JSON."""


def save_draft(session: Session, actor: Actor, task_id: UUID, values: Mapping[str, Any]) -> None:
    """Keep ``values`` as the draft of the task, unchecked but for their size.

    Raises ``NotFound``, ``NotAllowed``, ``Conflict`` (done, cancelled, claimed by another) and ``Invalid``.
    """
    size = len(orjson.dumps(values))
    if size > LARGEST_DRAFT:
        raise Invalid("draft_too_large", f"草稿太大（{size} 字节），最多 {LARGEST_DRAFT} 字节。", field="values")
    with working_on(session, actor, task_id, "task.save_draft"):
        session.execute(update(WorkItem).where(WorkItem.id == task_id).values(draft=dict(values)))
