"""Split a project: an engineering is the part of it that is approved as one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.actor import Actor
from audit.record import record
from cases.models.projects import Engineering, Project
from cases.refusals import in_words
from errors import NotFound


def create_engineering(
    session: Session, actor: Actor, *, project_id: UUID, name: str, scope: str, now: datetime
) -> Engineering:
    """Add an engineering to a project; its code is the project's with the next number.

    Raises ``NotFound`` when the project is outside the actor's data scope.
    """
    project = session.get(Project, project_id, with_for_update={"key_share": True})
    if project is None or not actor.sees(
        "engineering.write", region_code=project.region_code, organisation_id=project.applicant_id
    ):
        raise NotFound("project_not_found", "没有这个项目，或它不在您的办理范围内。")
    count = session.scalar(select(func.count()).where(Engineering.project_id == project_id)) or 0
    code = f"{project.code}-{count:02}"
    return add_engineering(session, actor, project, code=code, name=name.strip(), scope=scope.strip(), now=now)


def add_engineering(
    session: Session, actor: Actor, project: Project, *, code: str, name: str, scope: str, now: datetime
) -> Engineering:
    """The row and its audit entry."""
    engineering = Engineering(id=uuid4(), project_id=project.id, code=code, name=name, scope=scope, created_at=now)
    after = {"project": str(project.id), "code": code, "name": name, "scope": scope}
    with in_words():
        record(session, engineering, actor=actor, action="engineering.create", recorded_at=now, after=after)
    return engineering
