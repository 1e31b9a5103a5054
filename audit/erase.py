"""Erases what an entry says (classified matter entered by mistake), as an act of two persons that leaves its trace.

The entry itself stays: who, when, which object, and a digest whose salt is gone with the details.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from audit.chain import place
from audit.models import AuditEntry, AuditStreamRow
from audit.record import Acting, record
from audit.refusals import PLATFORM
from database.clock import current_time
from errors import Conflict, NotAllowed, NotFound

ACTION = "audit.erase_details"


@dataclass(frozen=True, slots=True)
class EntryPlace:
    """Which entry: the stream and the number in it."""

    stream_kind: str
    stream_id: str
    sequence: int

    def __str__(self) -> str:
        return place({"stream_kind": self.stream_kind, "stream_id": self.stream_id, "sequence": self.sequence}).decode()


def erase_details(session: Session, first: Acting, second: Acting, which: EntryPlace, *, reason: str) -> None:
    """Erase the details of one entry, and record that these two persons did it, in one transaction.

    ``session`` is the owner role's: the application's may not change the audit. The caller has made sure of both
    persons and their permission. Raises ``NotAllowed``, ``NotFound`` and ``Conflict``.
    """
    if first.user_id == second.user_id:
        raise NotAllowed("two_persons_needed", "清除审计内容须由两人共同办理，请由另一人输入其账号。")
    platform = session.get_one(AuditStreamRow, PLATFORM, with_for_update=True)
    entry = session.scalar(
        select(AuditEntry)
        .where(
            AuditEntry.stream_kind == which.stream_kind,
            AuditEntry.stream_id == which.stream_id,
            AuditEntry.sequence == which.sequence,
        )
        .with_for_update()
    )
    if entry is None:
        raise NotFound("entry_not_found", "没有这条审计记录，请核对流类别、流编号和序号。")
    if entry.details is None:
        raise Conflict("already_erased", "这条审计记录的内容已经清除。")
    session.execute(update(AuditEntry).where(AuditEntry.id == entry.id).values(details=None))
    record(
        session,
        platform,
        actor=first,
        action=ACTION,
        recorded_at=current_time(session),
        object_type="audit_entries",
        object_id=which,
        after={"second_person": second.user_id},
        reason=reason,
    )


def erased_places(session: Session) -> frozenset[bytes]:
    """The places of the entries whose details two persons erased."""
    erasures = select(AuditEntry.object_id).where(AuditEntry.action == ACTION, AuditEntry.result == "done")
    return frozenset(where.encode() for where in session.scalars(erasures))
