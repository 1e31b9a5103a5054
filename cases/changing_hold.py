"""What suspending and resuming an item case have in common: the locks, who may, and the write."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actor import Actor
from audit.chain import Entry
from cases import hot, hot_write
from cases.changes import Case, Changes
from cases.models.instances import ProcessInstance
from cases.models.items import ItemCase
from cases.position import Position
from cases.releases import release_of
from errors import Conflict, NotAllowed, NotFound
from processes.calendars import know_version


def locked_item(session: Session, actor: Actor, item_case_id: UUID) -> Position:
    """Lock the instances from the stage down to the item's; raises ``NotFound``, ``NotAllowed`` and ``Conflict``.

    An item case is suspended and resumed by its own department.
    """
    row = session.execute(
        select(ProcessInstance.id, ItemCase.department_id)
        .join(ItemCase, ItemCase.id == ProcessInstance.item_case_id)
        .where(ItemCase.id == item_case_id, ProcessInstance.kind == "item")
    ).one_or_none()
    if row is None:
        raise _not_found()
    position = hot.read_chain(session, hot.BY_INSTANCE, row.id)
    if position is None:
        raise _not_found()
    know_version(session, position.calendar_version)
    if row.department_id not in actor.organisation_ids or "task.work" not in actor.grants:
        region = release_of(session, position.release_id).region.code
        if actor.sees("task.read", region_code=region, organisation_id=row.department_id):
            raise NotAllowed("not_your_item", "办件由承办部门挂起和解挂，您可以查看，不能办理。")
        raise _not_found()
    if position.item_case_id != item_case_id or position.item_ended_at is not None:
        raise Conflict("item_ended", "办件已经结束，不能挂起或解挂。")
    return position


def _not_found() -> NotFound:
    return NotFound("item_case_not_found", "没有这个办件，或它不在您的办理范围内。")


def case_of(position: Position) -> Case:
    """The item case of a locked position."""
    assert position.item_case_id is not None
    assert position.item_code is not None
    assert position.item_name is not None
    return Case(position.item_case_id, position.item_code, position.item_name, position.history or [])


def write_change(
    session: Session, actor: Actor, position: Position, changes: Changes, action: str, details: dict[str, Any]
) -> None:
    """Write the status event, the audit entry and the messages of a hold that was set or lifted."""
    changes.entries.append(
        Entry(
            stream_kind="process_instances",
            stream_id=str(position.id),
            action=action,
            object_type="item_cases",
            object_id=str(position.item_case_id),
            effective_at=position.now,
            recorded_at=position.now,
            actor_id=actor.user_id,
            address=actor.address,
            details={"before": {"history": position.history}, "after": details},
        )
    )
    hot_write.write(session, changes, position.id, position.head)
