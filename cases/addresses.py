"""To which post a message of the outbox goes, and what its holders read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from accounts.models import Appointment, Organisation, Region, User
from accounts.posts import holds
from accounts.roles import ROLES
from cases.models.instances import WorkItem
from cases.models.projects import Engineering, Project
from cases.models.stages import StageCase
from files.documents.kinds import KINDS


class Unneeded(Exception):
    """Nobody has to be told any more; the text says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """The post (a role in an organisation, or wherever it looks over a region), and what is told about what."""

    title: str
    stage_case_id: UUID
    role: str
    organisation_id: UUID | None = None
    region_code: str | None = None
    work_item_id: UUID | None = None
    item_case_id: UUID | None = None


def holders(to: Addressed, now: datetime) -> Select[Any]:
    """The people who hold the post at ``now``."""
    people = select(Appointment.user_id).join(User, User.id == Appointment.user_id)
    people = people.where(Appointment.role == to.role, holds(now)).distinct()
    if to.organisation_id is not None:
        return people.where(Appointment.organisation_id == to.organisation_id)
    chain = select(Region.code, Region.parent_code).where(Region.code == to.region_code).cte("above", recursive=True)
    upper = aliased(Region)
    chain = chain.union(select(upper.code, upper.parent_code).join(chain, chain.c.parent_code == upper.code))
    home = people.join(Organisation, Organisation.id == Appointment.organisation_id)
    return home.where(Organisation.region_code.in_(select(chain.c.code)))


def name_of_post(session: Session, to: Addressed) -> str:
    """The post in words: 市教育局 部门经办人."""
    title = ROLES[to.role].title if to.role in ROLES else to.role
    place = select(Organisation.name).where(Organisation.id == to.organisation_id)
    if to.organisation_id is None:
        place = select(Region.name).where(Region.code == to.region_code)
    return f"{session.scalar(place) or ''} {title}".strip()


def _task(session: Session, payload: Mapping[str, Any]) -> Addressed:
    task = session.get_one(WorkItem, UUID(payload["work_item"]))
    if task.status != "open":
        raise Unneeded(f"任务“{task.name}”已经结束，不用再通知")
    return Addressed(
        title=f"待办：“{task.name}”（{_project(session, task.stage_case_id)}）",
        stage_case_id=task.stage_case_id,
        role=task.role,
        organisation_id=task.organisation_id,
        work_item_id=task.id,
        item_case_id=task.item_case_id,
    )


def _written(session: Session, payload: Mapping[str, Any]) -> Addressed:
    """The message says itself to which post it goes and what is to be read."""
    return Addressed(
        title=payload["title"],
        stage_case_id=UUID(payload["stage_case"]),
        role=payload["role"],
        organisation_id=_maybe(payload.get("organisation")),
        region_code=payload.get("region"),
        work_item_id=_maybe(payload.get("work_item")),
        item_case_id=_maybe(payload.get("item_case")),
    )


def _maybe(value: str | None) -> UUID | None:
    return UUID(value) if value else None


def _applicant(words: str) -> Callable[[Session, Mapping[str, Any]], Addressed]:
    def address(session: Session, payload: Mapping[str, Any]) -> Addressed:
        stage_case = session.get_one(StageCase, UUID(payload["stage_case"]))
        return Addressed(
            title=f"{words}（{_project(session, stage_case.id)}）",
            stage_case_id=stage_case.id,
            role="applicant",
            organisation_id=stage_case.applicant_id,
        )

    return address


def _project(session: Session, stage_case_id: UUID) -> str:
    name = (
        select(Project.name)
        .join(Engineering, Engineering.project_id == Project.id)
        .join(StageCase, StageCase.engineering_id == Engineering.id)
        .where(StageCase.id == stage_case_id)
    )
    return session.scalar(name) or ""


ADDRESSED: dict[str, Callable[[Session, Mapping[str, Any]], Addressed]] = {
    "task_opened": _task,
    "light": _written,
    "reminder": _written,
    "application_declined": _applicant("网上申请不予接收"),
    "planning_report": _applicant("策划报告已出具"),
    "receipt": _applicant("申报材料已正式收件，收件凭证已出具"),
    "stage_completed": _applicant("本阶段已办结"),
    "stage_void": _applicant("本阶段已作废"),
    **{name: _applicant(f"{kind.title}已出具") for name, kind in KINDS.items() if kind.of_item},
}
"""What each topic means; each function raises ``Unneeded`` when there is nothing to tell any more."""
