"""Incidents: a command that the diagram could not carry out is kept, with its cause, in a transaction of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy.orm import Session, sessionmaker

from accounts.actor import Actor
from cases.models.work import Incident
from database.transaction import in_transaction
from errors import Conflict

LONGEST_TRACE = 20_000


@dataclass(frozen=True, slots=True)
class Failure:
    """What failed where; ``command`` is what a retry does again."""

    instance_id: UUID
    element_id: str | None
    reason: str
    trace: str
    command: Mapping[str, Any]


def record_incident(session: Session, actor: Actor | None, failure: Failure, now: datetime) -> Conflict:
    """Keep the failure, apart from the transaction of ``session`` that is about to be rolled back.

    Returns the refusal to raise.
    """
    incident_id = uuid4()

    def work(apart: Session) -> None:
        apart.add(
            Incident(
                id=incident_id,
                instance_id=failure.instance_id,
                element_id=failure.element_id,
                reason=failure.reason,
                trace=failure.trace[-LONGEST_TRACE:],
                command=orjson.loads(orjson.dumps(failure.command, default=str)),
                created_by=actor.user_id if actor else None,
                created_at=now,
            )
        )

    in_transaction(apart_from(session), work)
    where = f"（环节 {failure.element_id}）" if failure.element_id else ""
    return Conflict(
        "execution_failed",
        f"流程图在这一步出错{where}，本次操作没有生效，已登记为异常，请联系流程管理员处理后重试。",
        details={"incident": str(incident_id)},
    )


def apart_from(session: Session) -> sessionmaker[Session]:
    """Sessions on the same database, for what must stand when ``session`` is rolled back."""
    return sessionmaker(
        session.get_bind().engine, class_=type(session), expire_on_commit=False, info=dict(session.info)
    )
