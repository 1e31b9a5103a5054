"""Resume a suspended item case: its tasks are offered again and its clock runs on from where it stood."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from accounts.actor import Actor
from cases.changes import Changes
from cases.changing_hold import case_of, locked_item, write_change
from cases.evidence import Evidence, keep_evidence
from cases.holds import lift, open_hold
from cases.models.due import Hold
from cases.releases import citing, release_of
from cases.status import Status
from errors import Conflict


def resume_item(
    session: Session, actor: Actor, item_case_id: UUID, *, evidence: str | None = None, files: Sequence[UUID] = ()
) -> Hold | None:
    """Lift the item's own hold; the frozen stage is lifted with the last one that froze it.

    ``evidence`` says what proves the end of the special procedure, ``files`` are uploads of it; where the pack asks
    for evidence it is given here or was before. Lifting is idempotent: None when the item case is not suspended. A
    hold of the stage that others cause stays, and with it the item's limits stand. Raises ``NotFound``,
    ``NotAllowed`` and ``Conflict`` (the item case has ended, the evidence is missing).
    """
    position = locked_item(session, actor, item_case_id)
    own = open_hold(session, position.stage_case_id, item_case_id)
    if own is None:
        return None
    release = release_of(session, position.release_id)
    if evidence:
        keep_evidence(session, actor, own, Evidence(evidence, tuple(files)), position.now)
    procedure = release.special_procedures.get(own.procedure or "")
    if procedure is not None and procedure.evidence and not own.evidence:
        with citing(session, position.release_id):
            raise Conflict("evidence_missing", f"“{procedure.name}”结束要有{procedure.evidence}，请登记之后再解挂。")
    changes = Changes(position.now, actor.user_id)
    lift(session, release, position.stage_case_id, item_case_id, position.id, changes)
    changes.set_status(case_of(position), Status.SPECIAL_PROCEDURE_ENDED)
    details = {"hold": str(own.id), "evidence": own.evidence}
    write_change(session, actor, position, changes, "item_case.resume", details)
    return own
