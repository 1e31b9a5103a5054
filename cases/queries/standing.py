"""Where a stage case or an item case stands: what it waits for, and who. A constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

import worktime
from accounts.models import Appointment, Organisation, User
from accounts.posts import holds
from accounts.roles import ROLES
from cases.holds import PAST, intervals
from cases.lights import ELAPSED
from cases.models.due import DueRow, Hold
from cases.models.instances import ProcessInstance, WorkItem
from cases.models.items import ItemCase
from cases.models.work import Incident
from cases.queries.lights import colour_at, shown
from cases.releases import release_of
from engine.limits import parse_limit

Found = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Subject:
    """A stage case, or with ``item_case_id`` one of its item cases."""

    stage_case_id: UUID
    item_case_id: UUID | None = None

    def of(self, stage_case: Any, item_case: Any) -> ColumnElement[bool]:
        """The rows of this subject, by their columns."""
        if self.item_case_id is None:
            return _condition(stage_case == self.stage_case_id)
        return and_(stage_case == self.stage_case_id, item_case == self.item_case_id)


def _condition(condition: Any) -> ColumnElement[bool]:
    """A comparison of columns, typed."""
    found: ColumnElement[bool] = condition
    return found


def open_tasks(subject: Subject, now: datetime) -> Select[*tuple[Any, ...]]:
    """The open tasks with the people who hold their posts: ``people`` is empty where the post is vacant."""
    people = (
        select(func.array_agg(aggregate_order_by(User.display_name, User.display_name)))
        .select_from(Appointment)
        .join(User, User.id == Appointment.user_id)
        .where(Appointment.organisation_id == WorkItem.organisation_id, Appointment.role == WorkItem.role, holds(now))
        .scalar_subquery()
    )
    assignee = select(User.display_name).where(User.id == WorkItem.assignee_id).scalar_subquery()
    return (
        select(
            WorkItem.id,
            WorkItem.name,
            WorkItem.role,
            WorkItem.organisation_id,
            Organisation.name.label("organisation_name"),
            WorkItem.item_case_id,
            WorkItem.opened_at,
            ProcessInstance.subject["name"].astext.label("item_name"),
            assignee.label("assignee_name"),
            people.label("people"),
        )
        .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
        .join(Organisation, Organisation.id == WorkItem.organisation_id)
        .where(WorkItem.status == "open", subject.of(WorkItem.stage_case_id, WorkItem.item_case_id))
        .order_by(WorkItem.opened_at, WorkItem.id)
    )


def standing_holds(subject: Subject) -> Select[*tuple[Any, ...]]:
    """The holds that stop the subject now: its own, and for an item those of its stage."""
    own = subject.item_case_id
    reach = or_(Hold.item_case_id.is_(None), Hold.item_case_id == own) if own else _condition(Hold.id.is_not(None))
    return (
        select(Hold.id, Hold.item_case_id, Hold.cause, Hold.started_at, ItemCase.name.label("item_name"))
        .outerjoin(ItemCase, ItemCase.id == Hold.item_case_id)
        .where(Hold.stage_case_id == subject.stage_case_id, Hold.ended_at.is_(None), reach)
        .order_by(Hold.started_at, Hold.id)
    )


def running_limits(subject: Subject) -> Select[*tuple[Any, ...]]:
    """The limits that run, or stand, with what people need to tell them apart."""
    return (
        shown()
        .add_columns(
            and_(
                DueRow.kind.not_in(("procedure", "hold")), ProcessInstance.kind.not_in(("promise", "procedure"))
            ).label("stoppable")
        )
        .where(
            DueRow.yellow_at.is_not(None),
            DueRow.cancelled_at.is_(None),
            subject.of(DueRow.stage_case_id, ProcessInstance.item_case_id),
        )
        .order_by(DueRow.due_at, DueRow.id)
    )


def open_incidents(subject: Subject) -> Select[*tuple[Any, ...]]:
    """The errors that stop the flow, the last first."""
    return (
        select(Incident.id, Incident.element_id, Incident.reason, Incident.created_at)
        .join(ProcessInstance, ProcessInstance.id == Incident.instance_id)
        .where(Incident.status == "open", subject.of(ProcessInstance.stage_case_id, ProcessInstance.item_case_id))
        .order_by(Incident.created_at.desc(), Incident.id)
    )


def limits_of(session: Session, subject: Subject, now: datetime) -> list[dict[str, Any]]:
    """The limits with their colour and what remains of each in its own unit (None for dates and durations)."""
    rows = session.execute(running_limits(subject)).all()
    past = session.execute(PAST, {"stage_cases": [subject.stage_case_id]}).all()
    standing = session.execute(standing_holds(Subject(subject.stage_case_id))).all()
    return [
        {**row._mapping, "color": colour_at(row, now), **_remaining(session, row, past, standing, now)} for row in rows
    ]


def _remaining(
    session: Session, row: Found, past: Sequence[Found], standing: Sequence[Found], now: datetime
) -> dict[str, Any]:
    if parse_limit(row.limit_text).unit in ELAPSED:
        return {"remaining": None, "unit": None}
    limit = worktime.parse_limit(row.limit_text.strip())
    release = release_of(session, row.release_id)
    stopped = intervals(past, row.item_case_id) if row.stoppable else ()
    if row.held:
        since = min(
            (hold.started_at for hold in standing if hold.item_case_id in (None, row.item_case_id)), default=now
        )
        stopped = (*stopped, worktime.Hold(since))
    left = worktime.remaining(release.calendar, row.started_at, limit, now, stopped, release.counting)
    return {"remaining": round(float(left), 2), "unit": limit.unit.value}


def what_next(tasks: Sequence[Found], holds: Sequence[Found], incidents: Sequence[Found]) -> list[str]:
    """What must happen for the subject to go on, in words."""
    words = [f"流程出错：{incident.reason} 请流程管理员处理异常后重试。" for incident in incidents]
    words += [f"“{hold.item_name or '本阶段'}”已挂起（{hold.cause}），解除挂起后继续办理。" for hold in holds]
    stopped = {hold.item_case_id for hold in holds}
    for task in tasks:
        post = f"{task.organisation_name}{title_of(task.role)}"
        if not task.people:
            words.append(f"“{task.name}”无人可办：{post}岗位空缺，请安全管理员任命。")
        elif task.item_case_id not in stopped and not (None in stopped and task.item_case_id is not None):
            who = task.assignee_name or "、".join(task.people)
            words.append(f"等待{post}（{who}）办理“{task.name}”。")
    return words or ["没有待办的任务。"]


def title_of(role: str) -> str:
    """The role in words."""
    return ROLES[role].title if role in ROLES else role
