"""Extend the limit of an item case: by decision of a head of its department, once, at most what the pack allows."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actor import Actor, Post
from cases.changes import Changes
from cases.changing_hold import locked_item, write_change
from cases.context import Context
from cases.documents import issue_for_item, limit_in_chinese
from cases.holds import PAST, intervals
from cases.models.due import DueRow
from cases.models.instances import ProcessInstance
from cases.models.items import ItemCase
from cases.models.outcomes import LimitExtension
from cases.move_due import move_due
from cases.position import Position
from cases.releases import citing, release_of
from cases.status import Status
from errors import Conflict, Invalid, NotAllowed
from files.documents.issue import in_chinese
from processes.release import Release
from worktime import LimitInvalid, parse_limit

HEAD = "department_head"


def extend_limit(session: Session, actor: Actor, item_case_id: UUID, *, limit: str, reason: str) -> LimitExtension:
    """Extend the item's running limit by ``limit``, a text such as ``5WD``; the applicant is told in writing.

    Raises ``NotFound``, ``NotAllowed`` (no head of the department), ``Invalid`` (no reason, too long, another unit)
    and ``Conflict`` (not accepted, suspended, without a limit, extended already).
    """
    position = locked_item(session, actor, item_case_id)
    release = release_of(session, position.release_id)
    with citing(session, position.release_id):
        _require_head(session, actor, item_case_id)
        if not reason.strip():
            raise Invalid("grounds_missing", "延长办理时限要写明理由，请补填。", field="reason")
        _check(session, position, item_case_id)
        row = _running(session, item_case_id)
        longer = _longer(release, row, limit)
    due_before = row.due_at
    past = session.execute(PAST, {"stage_cases": [position.stage_case_id]}).all()
    move_due(session, release, row, longer, position.now, intervals(past, item_case_id))
    extension = LimitExtension(
        item_case_id=item_case_id,
        limit_text=limit.strip(),
        reason=reason.strip(),
        due_before=due_before,
        due_after=row.due_at,
        decided_by=actor.user_id,
        decided_at=position.now,
    )
    session.add(extension)
    session.flush()
    _write(session, actor, position, extension)
    return extension


def _require_head(session: Session, actor: Actor, item_case_id: UUID) -> None:
    department = session.scalar(select(ItemCase.department_id).where(ItemCase.id == item_case_id))
    if department is None or Post(department, HEAD) not in actor.posts:
        raise NotAllowed("head_decides", "延长办理时限由承办部门负责人决定，请报负责人办理。")


def _check(session: Session, position: Position, item_case_id: UUID) -> None:
    if Status.ACCEPTED not in (position.history or []):
        raise Conflict("not_in_handling", "办件还没有受理，没有起算时限，不能延长。")
    if position.hold_id is not None:
        raise Conflict("item_suspended", f"办件正在挂起（{position.hold_cause}），时限已停；请解挂之后再延长。")
    if session.scalar(select(LimitExtension.id).where(LimitExtension.item_case_id == item_case_id)) is not None:
        raise Conflict("extended_already", "办理时限只能延长一次，这个办件已经延长过。")


def _running(session: Session, item_case_id: UUID) -> DueRow:
    """The limit of the item that runs: of its own instance, whichever step it is at."""
    row = session.scalar(
        select(DueRow)
        .join(ProcessInstance, ProcessInstance.id == DueRow.instance_id)
        .where(
            ProcessInstance.item_case_id == item_case_id,
            ProcessInstance.kind == "item",
            DueRow.kind.in_(("task", "item")),
            DueRow.cancelled_at.is_(None),
        )
        .order_by(DueRow.due_at.desc())
        .limit(1)
        .with_for_update(of=DueRow, key_share=True)
    )
    if row is None:
        raise Conflict("no_limit", "这个办件现在没有在计的时限，不能延长。")
    return row


def _longer(release: Release, row: DueRow, limit: str) -> str:
    """The whole limit after the extension; raises ``Invalid`` where the pack does not allow it."""
    most = parse_limit(release.handling.extension)
    try:
        by, present = parse_limit(limit.strip()), parse_limit(row.limit_text)
    except LimitInvalid as error:
        raise Invalid("limit_invalid", f"{error}，请写成 5WD 这样的期限。", field="limit") from error
    if by.unit is not most.unit or by.unit is not present.unit or by.amount > most.amount:
        raise Invalid(
            "extension_too_long", f"最多延长{limit_in_chinese(release.handling.extension)}，请改正。", field="limit"
        )
    return str(present.extended(by.amount))


def _write(session: Session, actor: Actor, position: Position, extension: LimitExtension) -> None:
    changes = Changes(position.now, actor.user_id)
    release = release_of(session, position.release_id)
    context = Context(session, release, actor, position.now, position.stage_case_id, changes)
    facts = {
        "reason": extension.reason,
        "extension": limit_in_chinese(extension.limit_text),
        "due_on": in_chinese(extension.due_after),
    }
    case_id = extension.item_case_id
    changes.later.append(lambda session: issue_for_item(session, context, "extension", case_id, facts))
    changes.send("extension", {"stage_case": str(position.stage_case_id), "item_case": str(case_id)})
    details = {"extension": extension.limit_text, "due": extension.due_after.isoformat(), "reason": extension.reason}
    write_change(session, actor, position, changes, "item_case.extend_limit", details)
