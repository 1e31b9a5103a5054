"""Do again what an incident stopped, when its cause is mended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actor import Actor, Post
from accounts.models import Appointment, User
from accounts.posts import holds
from accounts.roles import combine
from audit.record import record
from cases.complete_task import complete_task
from cases.fire_due import fire_due
from cases.models.instances import ProcessInstance
from cases.models.stages import StageCase
from cases.models.work import Incident
from cases.start_supplementary_planning import MESSAGE, start_supplementary_planning
from cases.withdraw_item import withdraw_item
from database.clock import current_time
from errors import Conflict, NotFound


def retry_incident(session: Session, actor: Actor, incident_id: UUID) -> Incident:
    """Carry the command out again, as the person who gave it; the incident is resolved when that succeeds.

    Raises ``NotFound`` outside the actor's data scope, and ``Conflict`` when the incident is resolved already, when
    what it was about has been done otherwise, or when it fails again (which is another incident).
    """
    incident = session.get(Incident, incident_id, with_for_update={"key_share": True})
    region = session.scalar(
        select(StageCase.region_code)
        .join(ProcessInstance, ProcessInstance.stage_case_id == StageCase.id)
        .join(Incident, Incident.instance_id == ProcessInstance.id)
        .where(Incident.id == incident_id)
    )
    if incident is None or not actor.sees("incident.retry", region_code=region):
        raise NotFound("incident_not_found", "没有这个异常，或它不在您的管理范围内。")
    if incident.status != "open":
        raise Conflict("incident_resolved", "这个异常已经处理完毕，不用再重试。")
    command = incident.command
    now = current_time(session)
    if command["name"] == "fire_due":
        fire_due(session, UUID(command["due"]))
    elif command["name"] == "withdraw_item":
        applicant = _original(session, UUID(command["actor"]), now)
        withdraw_item(session, applicant, UUID(command["item_case"]), reason=command["reason"])
    else:
        _again(session, _original(session, UUID(command["actor"]), now), command)
    found = session.get_one(Incident, incident_id)
    found.status, found.resolved_by, found.resolved_at = "resolved", actor.user_id, now
    user = session.get_one(User, actor.user_id)
    record(
        session,
        user,
        actor=actor,
        action="incident.retry",
        recorded_at=now,
        object_type="incidents",
        object_id=incident_id,
    )
    return found


def _again(session: Session, actor: Actor, command: Mapping[str, Any]) -> None:
    if command["name"] == MESSAGE:
        stage_case_id = UUID(command["stage_case"])
        start_supplementary_planning(session, actor, stage_case_id, items=command["items"], reason=command["reason"])
    else:
        copies = [UUID(organisation) for organisation in command.get("copies", ())]
        complete_task(session, actor, UUID(command["task"]), command["values"], copies)


def _original(session: Session, user_id: UUID, now: datetime) -> Actor:
    """The person who gave the command, with the posts held today: without them, somebody else does the task anew."""
    user = session.get_one(User, user_id)
    posts = frozenset(
        Post(organisation_id, role)
        for organisation_id, role in session.execute(
            select(Appointment.organisation_id, Appointment.role)
            .join(User, User.id == Appointment.user_id)
            .where(User.id == user_id, holds(now))
        )
    )
    return Actor(
        user_id=user_id,
        username=user.username,
        display_name=user.display_name,
        organisation_id=user.organisation_id,
        region_code="",
        posts=posts,
        grants=combine([post.role for post in posts]),
        via="retry",
    )
