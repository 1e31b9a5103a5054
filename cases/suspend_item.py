"""Suspend an item case for a special procedure: its tasks wait, its clock stops, and its stage may be frozen."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from accounts.actor import Actor
from cases.changes import Changes
from cases.changing_hold import case_of, locked_item, write_change
from cases.context import Context
from cases.documents import issue_for_item, limit_in_chinese
from cases.holds import hold_stage, stop_limits
from cases.models.due import Hold
from cases.position import Position
from cases.procedure_limit import set_procedure_limit
from cases.releases import citing, release_of
from cases.special_procedures import freezes, named_procedure
from cases.status import Status, following
from errors import Conflict, Invalid
from files.documents.issue import in_chinese
from processes.release import Release, SpecialProcedure


def suspend_item(
    session: Session,
    actor: Actor,
    item_case_id: UUID,
    *,
    procedure: str,
    reason: str,
    basis: str,
    expected_end: date | None = None,
) -> Hold:
    """Hold the item case from now on; what its diagram declares for ``suspended`` follows in the same transaction.

    ``procedure`` is the code of a special procedure of the pack, whose own limit begins to run; ``expected_end`` is
    its last day where it has none, or an earlier day. Raises ``NotFound``, ``NotAllowed``, ``Invalid`` (unknown
    procedure, no reason or basis, a day that is over) and ``Conflict`` (suspended already, not in handling).
    """
    position = locked_item(session, actor, item_case_id)
    release = release_of(session, position.release_id)
    with citing(session, position.release_id):
        named = named_procedure(release, procedure)
        _check(position, item_case_id, reason, basis)
        _check_day(release, position, expected_end)
    hold = Hold(
        id=uuid4(),
        stage_case_id=position.stage_case_id,
        item_case_id=item_case_id,
        procedure=named.code,
        cause=named.name,
        reason=reason.strip(),
        basis=basis.strip(),
        expected_end=expected_end,
        freezes_stage=freezes(release, position),
        started_at=position.now,
        started_by=actor.user_id,
    )
    changes = Changes(position.now, actor.user_id)
    session.add(hold)
    session.flush()
    if hold.freezes_stage:
        hold_stage(session, release, position.stage_case_id, changes)
    stop_limits(session, position.stage_case_id, position.id)
    changes.set_status(case_of(position), Status.SPECIAL_PROCEDURE_STARTED)
    own = _own_limit(named, expected_end)
    set_procedure_limit(changes, release, position.id, position.stage_case_id, hold.id, own)
    _inform(session, actor, position, changes, named, hold)
    details = {"hold": str(hold.id), "procedure": named.code, "freezes": hold.freezes_stage}
    write_change(session, actor, position, changes, "item_case.suspend", details)
    return hold


def _check(position: Position, item_case_id: UUID, reason: str, basis: str) -> None:
    for field, value, word in (("reason", reason, "事由"), ("basis", basis, "依据")):
        if not value.strip():
            raise Invalid("grounds_missing", f"挂起要写明{word}，请补填。", field=field)
    if position.held_item == item_case_id:
        raise Conflict("already_suspended", f"办件已经挂起（{position.hold_cause}），不能再次挂起。")
    if Status.SPECIAL_PROCEDURE_STARTED not in following(position.history or []):
        raise Conflict("not_in_handling", "办件还没有受理，或者已经决定，不能登记挂起；受理之后、决定之前才能挂起。")


def _check_day(release: Release, position: Position, expected_end: date | None) -> None:
    if expected_end is not None and expected_end <= release.calendar.local(position.now).date():
        raise Invalid("day_is_over", "预计结束的日期要在今天之后，请改正。", field="expected_end")


def _own_limit(procedure: SpecialProcedure, expected_end: date | None) -> str | None:
    return expected_end.isoformat() if expected_end else procedure.limit


def _inform(
    session: Session, actor: Actor, position: Position, changes: Changes, procedure: SpecialProcedure, hold: Hold
) -> None:
    """The applicant is told in writing which procedure, why, and how long."""
    release = release_of(session, position.release_id)
    context = Context(session, release, actor, position.now, position.stage_case_id, changes)
    limit = _own_limit(procedure, hold.expected_end)
    facts = {
        "procedure": procedure.name,
        "reason": hold.reason,
        "limit": limit_in_chinese(limit),
        "from": in_chinese(position.now),
    }
    item_case_id = hold.item_case_id
    assert item_case_id is not None
    changes.later.append(lambda session: issue_for_item(session, context, "special_procedure", item_case_id, facts))
    payload = {"stage_case": str(position.stage_case_id), "item_case": str(item_case_id)}
    changes.send("special_procedure", payload)
