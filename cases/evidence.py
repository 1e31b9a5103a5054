"""What proves the end of a special procedure: kept with its hold, with the uploads that hold it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from accounts.actor import Actor
from cases.attach_file import attach_file
from cases.changes import Changes
from cases.changing_hold import locked_item, write_change
from cases.holds import open_hold
from cases.models.due import Hold
from cases.position import Position
from cases.procedure_limit import ask_of_ended
from cases.releases import release_of
from errors import Conflict, Invalid


class Evidence(NamedTuple):
    """Name and number of the document, and the uploads of it."""

    document: str
    files: tuple[UUID, ...] = ()


def record_evidence(session: Session, actor: Actor, item_case_id: UUID, evidence: Evidence) -> Hold:
    """The special procedure has ended; the item stays suspended until it is resumed, and is reminded of.

    Raises ``NotFound``, ``NotAllowed``, ``Invalid`` (nothing said) and ``Conflict`` (not suspended).
    """
    position = locked_item(session, actor, item_case_id)
    own = suspended(session, position)
    if not evidence.document.strip():
        raise Invalid("evidence_missing", "请写明证明特殊环节结束的文件名称和文号。", field="evidence")
    keep_evidence(session, actor, own, evidence, position.now)
    changes = Changes(position.now, actor.user_id)
    details = {"hold": str(own.id), "evidence": own.evidence}
    ask_of_ended(
        session, changes, release_of(session, position.release_id), position.id, position.stage_case_id, own.id
    )
    changes.send("procedure_ended", {"stage_case": str(position.stage_case_id), "hold": str(own.id)})
    write_change(session, actor, position, changes, "item_case.evidence", details)
    return own


def suspended(session: Session, position: Position) -> Hold:
    """The open hold of the item case; raises ``Conflict`` when there is none."""
    assert position.item_case_id is not None
    own = open_hold(session, position.stage_case_id, position.item_case_id)
    if own is None:
        raise Conflict("not_suspended", "办件没有挂起，不用登记特殊环节的情况。")
    return own


def keep_evidence(session: Session, actor: Actor, hold: Hold, evidence: Evidence, now: datetime) -> None:
    """Write it on the hold, and let the uploads serve the item case."""
    assert hold.item_case_id is not None
    for upload_id in evidence.files:
        attach_file(
            session,
            actor,
            upload_id,
            subject="item_case_id",
            subject_id=hold.item_case_id,
            purpose="evidence",
            label=hold.cause,
            now=now,
        )
    hold.evidence = {
        "document": evidence.document.strip(),
        "files": [str(upload_id) for upload_id in evidence.files],
        "recorded_at": now.isoformat(),
        "recorded_by": str(actor.user_id),
    }
    session.flush()
