"""Withdraw an item case (撤件): a message of the applicant's; the diagram says where it is heard."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actor import Actor
from cases import hot
from cases.carry_out import Admitted, Perform, carry_out
from cases.models.instances import ProcessInstance
from cases.models.items import ItemCase
from cases.models.stages import StageCase
from cases.position import Position
from engine import Definitions, commands
from engine.errors import NotWaiting, SnapshotNeeded
from engine.snapshot import Outcome, Snapshot
from errors import Conflict, Invalid, NotAllowed, NotFound

MESSAGE = "withdrawal"
"""The name of the message in the diagrams."""


def withdraw_item(session: Session, actor: Actor, item_case_id: UUID, *, reason: str) -> Position:
    """The applicant, or the window for him, withdraws an item case, before or after acceptance, suspended or not.

    What follows is the diagram's. Raises ``NotFound``, ``NotAllowed``, ``Invalid`` (no reason) and ``Conflict`` (the
    item case has ended, the diagram hears no withdrawal now).
    """
    if not reason.strip():
        raise Invalid("reason_missing", "请写明撤件的理由。", field="reason")
    instance_id = _instance(session, actor, item_case_id)
    position = carry_out(
        session, actor, hot.BY_INSTANCE, instance_id, lambda found: _admit(actor, found, item_case_id, reason.strip())
    )
    assert position is not None
    return position


def _instance(session: Session, actor: Actor, item_case_id: UUID) -> UUID:
    """The instance of the item case; it is withdrawn by its applicant, or at the window of its stage."""
    row = session.execute(
        select(
            ProcessInstance.id,
            ItemCase.department_id,
            StageCase.applicant_id,
            StageCase.window_id,
            StageCase.lead_id,
            StageCase.region_code,
        )
        .join(ItemCase, ItemCase.id == ProcessInstance.item_case_id)
        .join(StageCase, StageCase.id == ItemCase.stage_case_id)
        .where(ItemCase.id == item_case_id, ProcessInstance.kind == "item")
    ).one_or_none()
    if row is not None:
        if actor.organisation_ids & {row.applicant_id, row.window_id} and "task.work" in actor.grants:
            return UUID(str(row.id))
        seen = {row.applicant_id, row.window_id, row.lead_id, row.department_id}
        if any(actor.sees("stage_case.read", region_code=row.region_code, organisation_id=each) for each in seen):
            raise NotAllowed("not_your_application", "撤件由申报单位提出，或由综合窗口代为提出；您可以查看，不能撤件。")
    raise _ended_or_gone(session, actor, item_case_id)


def _ended_or_gone(session: Session, actor: Actor, item_case_id: UUID) -> Conflict | NotFound:
    """A case whose instance went on to a new one has ended; anything else is not there for the actor."""
    row = session.execute(
        select(ItemCase.ended_at, StageCase.applicant_id, StageCase.region_code)
        .join(StageCase, StageCase.id == ItemCase.stage_case_id)
        .where(ItemCase.id == item_case_id)
    ).one_or_none()
    seen = row is not None and actor.sees(
        "stage_case.read", region_code=row.region_code, organisation_id=row.applicant_id
    )
    if row is not None and seen and row.ended_at is not None:
        return Conflict("item_ended", "办件已经结束，不能撤件。")
    return NotFound("item_case_not_found", "没有这个办件，或它不在您的办理范围内。")


def _admit(actor: Actor, position: Position, item_case_id: UUID, reason: str) -> Admitted:
    if position.item_case_id != item_case_id or position.item_ended_at is not None:
        raise Conflict("item_ended", "办件已经结束，不能撤件。")
    if position.held_item is not None and not position.above:
        raise SnapshotNeeded(position.root_id)  # a hold is lifted under the lock of its stage

    def step(definitions: Definitions, snapshots: Mapping[UUID, Snapshot], perform: Perform) -> Outcome:
        try:
            return commands.correlate(definitions, snapshots, position.id, MESSAGE, {}, perform=perform)
        except NotWaiting as error:
            raise Conflict(
                "withdrawal_not_open", "按流程，办件现在不能撤件：已经决定或正在登记结果；请向承办部门了解进度。"
            ) from error

    return Admitted(
        step=step,
        action="item_case.withdraw",
        object_type="item_cases",
        object_id=item_case_id,
        command={
            "name": "withdraw_item",
            "item_case": str(item_case_id),
            "reason": reason,
            "actor": str(actor.user_id),
        },
        submission={"reason": reason},
    )
