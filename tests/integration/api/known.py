"""Rows that a request can be about: one of every kind, none of them of somebody who acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.posts import appoint
from accounts.tokens import create_api_token
from accounts.users import create_user
from cases.models import (
    Copy,
    DueRow,
    Incident,
    ItemCase,
    Notice,
    OutboxMessage,
    ProcessInstance,
    Reminder,
)
from database.clock import current_time
from files.attach_file import attach_file
from files.documents.issue import issue_document
from files.documents.kinds import KINDS
from files.receive_file import accept_file
from files.scanning import NoScanner
from files.store import store_of
from files.upload_file import upload_file
from tests.integration.api.world import World, open_stage, task_of
from tests.unit.files.samples import sample


def known_file(session: Session, user_id: UUID, stage_case_id: UUID) -> UUID:
    """A file that somebody uploaded for a stage case."""
    person = Person(user_id)
    now = current_time(session)
    with store_of(session).receive(1000) as incoming:
        incoming.write(b"%PDF-1.7 site plan")
        received = accept_file(incoming, NoScanner(), "总平面图.pdf")
    made = upload_file(session, person, received, now=now)
    attach_file(session, person, made, subject="stage_case_id", subject_id=stage_case_id, purpose="material", now=now)
    return made.id


@dataclass(frozen=True)
class Person:
    """Who acts, as far as the audit asks."""

    user_id: UUID
    address: str | None = None


def told_rows(session: Session, stage_case: dict[str, Any], task: dict[str, Any], owner: UUID) -> dict[str, str]:
    """A notice of somebody else, a reminder of a task, and a red matter."""
    now = current_time(session)
    message = OutboxMessage(
        topic="light",
        payload={"title": "红灯"},
        created_at=now,
        last_error="岗位空缺",
        problem="vacant",
        region_code=stage_case["region_code"],
    )
    session.add(message)
    session.flush()
    notice = Notice(message_id=message.id, user_id=owner, kind="light", title="红灯", delivered_at=now)
    reminder = Reminder(
        stage_case_id=UUID(stage_case["id"]),
        work_item_id=UUID(task["id"]),
        organisation_id=UUID(task["organisation_id"]),
        role=task["role"],
        text="请尽快办理",
        sent_at=now,
    )
    session.add_all([notice, reminder])
    session.flush()
    return {"notice_id": str(notice.id), "reminder_id": str(reminder.id), "matter_id": str(message.id)}


def issued_document(session: Session, stage_case_id: UUID, region_code: str) -> UUID:
    """A document that was issued for a stage case."""
    return issue_document(
        session,
        None,
        "void",
        region_code=region_code,
        stage_case_id=stage_case_id,
        data=sample(KINDS["void"]),
        now=current_time(session),
    ).id


def known_rows(world: World) -> dict[str, str]:
    """Rows that a request can be about, by the name of the path's parameter; nobody in ``people`` is among them."""
    stage_case = open_stage(world)
    task = task_of(world.client("lead_officer"), stage_case, "接收申请")
    with world.sessions() as session:
        now, unit, lead = current_time(session), world.organisations["unit"], world.people["lead_officer"]
        spare = create_user(
            session,
            None,
            username="spare",
            display_name="外部系统",
            organisation_id=unit,
            password=None,
            now=now,
        )
        appointment = appoint(session, None, user_id=spare.id, organisation_id=unit, role="api_client", now=now)
        ends = now + timedelta(days=30)
        token, _ = create_api_token(
            session, None, user_id=spare.id, name="备用", scopes=["task.read"], expires_at=ends, now=now
        )
        instance = session.scalars(select(ProcessInstance)).first()
        assert instance is not None
        incident = Incident(
            instance_id=instance.id,
            element_id="receive_application",
            reason="演练",
            trace="",
            command={"name": "complete_task", "task": task["id"], "values": {}, "actor": str(lead)},
            status="open",
            created_at=now,
        )
        item_case = ItemCase(
            stage_case_id=UUID(stage_case["id"]),
            item_code="015",
            name="初步设计审批",
            department_id=world.organisations["approval"],
            main=True,
            pledge=False,
            predecessors=[],
            opened_at=now,
        )
        limit = DueRow(
            instance_id=instance.id,
            task_id=UUID(stage_case["id"]),
            element_id="",
            kind="stage",
            limit_text="20WD",
            started_at=now,
            due_at=now + timedelta(days=30),
            stage_case_id=UUID(stage_case["id"]),
            region_code=world.region_code,
        )
        copy = Copy(
            stage_case_id=UUID(stage_case["id"]),
            work_item_id=UUID(task["id"]),
            organisation_id=world.organisations["natural_resources"],
            made_by=lead,
            made_at=now,
            cause="choice",
        )
        session.add_all([incident, item_case, limit, copy])
        told = told_rows(session, stage_case, task, spare.id)
        file_id = known_file(session, world.people["applicant"], UUID(stage_case["id"]))
        document_id = issued_document(session, UUID(stage_case["id"]), world.region_code)
        session.commit()
        return {
            **told,
            "file_id": str(file_id),
            "document_id": str(document_id),
            "organisation_id": str(unit),
            "user_id": str(spare.id),
            "appointment_id": str(appointment.id),
            "token_id": str(token.id),
            "incident_id": str(incident.id),
            "task_id": task["id"],
            "limit_id": str(limit.id),
            "stage_case_id": stage_case["id"],
            "engineering_id": stage_case["engineering_id"],
            "project_id": stage_case["project_id"],
            "item_case_id": str(item_case.id),
            "copy_id": str(copy.id),
            "release_id": world.release.id,
            "name": "stage.bpmn",
            "form_id": "receive_application",
        }
