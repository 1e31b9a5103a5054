"""Who may work on a task, and whether it can be worked on now."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actor import Actor, Post
from accounts.models import Appointment, Organisation, User
from accounts.posts import holds
from cases.models.instances import WorkItem
from cases.position import Position
from cases.releases import release_of
from errors import Conflict, NotAllowed, NotFound

MOST_NAMED = 3


def require_worker(session: Session, actor: Actor, position: Position) -> None:
    """Raise unless the actor holds the post of the task now; a claim does not outlive the post.

    ``NotFound`` when the task is outside what the actor may see at all.
    """
    if position.organisation_id is None or position.role is None:
        raise NotFound("task_not_found", "没有这个任务，或者它不在您的办理范围内。")
    if Post(position.organisation_id, position.role) in actor.posts:
        actor.require("task.work")
        return
    region = release_of(session, position.release_id).region.code
    if actor.sees("task.read", region_code=region, organisation_id=position.organisation_id):
        raise NotAllowed("not_your_task", f"“{position.task_name}”由其他单位或岗位办理，您可以查看，不能办理。")
    raise NotFound("task_not_found", "没有这个任务，或者它不在您的办理范围内。")


def require_open(session: Session, actor: Actor, position: Position) -> None:
    """Raise ``Conflict`` when the task is done, cancelled, or claimed by somebody else who is still on its post."""
    if position.task_status == "done":
        raise Conflict("task_already_done", f"“{position.task_name}”已经有人办过；{_now(session, position)}")
    if position.task_status == "cancelled":
        raise Conflict("task_cancelled", f"“{position.task_name}”已随流程取消，不用再办；{_now(session, position)}")
    if position.assignee_id not in (None, actor.user_id) and _is_on_the_post(session, position):
        raise Conflict("task_claimed", f"“{position.task_name}”已由同岗位的其他人员认领；需要时请先由其退回。")


def require_active(position: Position) -> None:
    """Raise ``Conflict`` while the item, or its whole stage, is suspended (DOMAIN U1, U2)."""
    if position.hold_id is None:
        return
    if position.held_item is None:
        raise Conflict("stage_suspended", f"本阶段已挂起（{position.hold_cause}），解除挂起之前不能办理。")
    raise Conflict("item_suspended", f"办件已挂起（{position.hold_cause}），解除挂起之前不能办理。")


def _now(session: Session, position: Position) -> str:
    """What can be done now and by whom, in the same item or planning if it goes on, otherwise in the stage."""
    mine = (WorkItem.instance_id == position.id).desc()
    found = session.execute(
        select(WorkItem.name, Organisation.name)
        .join(Organisation, Organisation.id == WorkItem.organisation_id)
        .where(WorkItem.stage_case_id == position.stage_case_id, WorkItem.status == "open")
        .order_by(mine, WorkItem.opened_at, WorkItem.id)
        .limit(MOST_NAMED)
    ).all()
    if not found:
        return "本阶段没有待办的环节。"
    return "当前环节：" + "、".join(f"{department}办理“{step}”" for step, department in found) + "。"


def _is_on_the_post(session: Session, position: Position) -> bool:
    """Whether the person who claimed the task still holds its post: nobody else could give it back."""
    held = select(Appointment.id).join(User, User.id == Appointment.user_id)
    held = held.where(
        Appointment.user_id == position.assignee_id,
        Appointment.organisation_id == position.organisation_id,
        Appointment.role == position.role,
        holds(position.now),
    )
    return session.scalar(held.limit(1)) is not None
