"""Processes of the platform say that they live; readiness asks for it."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cases.models.work import Heartbeat

FORGOTTEN_AFTER = timedelta(days=1)


def record_heartbeat(session: Session, kind: str, now: datetime) -> None:
    """This process, of ``kind`` ``scan``, ``worker`` or ``outside``, lives at ``now``.

    Those that were silent for a day are forgotten.
    """
    row = {"kind": kind, "host": socket.gethostname(), "pid": os.getpid(), "seen_at": now}
    session.execute(
        insert(Heartbeat).values(row).on_conflict_do_update(constraint="pk_heartbeats", set_={"seen_at": now})
    )
    session.execute(delete(Heartbeat).where(Heartbeat.seen_at < now - FORGOTTEN_AFTER))
