"""The copies (抄送) that a person may read."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select, tuple_

from accounts.actor import Actor
from accounts.models import Organisation, User
from cases.models.copies import Copy, CopyReading
from cases.models.instances import ProcessInstance, WorkItem
from cases.models.projects import Engineering, Project
from cases.models.stages import StageCase


def copied_to(actor: Actor) -> ColumnElement[bool]:
    """The copies for a post of the actor, or for everybody in an organisation where he holds one."""
    posts = sorted((post.organisation_id, post.role) for post in actor.posts)
    whole = and_(Copy.role.is_(None), Copy.organisation_id.in_(sorted(actor.organisation_ids)))
    return whole | tuple_(Copy.organisation_id, Copy.role).in_(posts)


def my_copies(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The copies that the actor may read, each with what it is about and whether he has; order (made_at, id)."""
    reading = and_(CopyReading.copy_id == Copy.id, CopyReading.user_id == actor.user_id)
    return (
        select(
            Copy.id,
            Copy.stage_case_id,
            Copy.work_item_id,
            Copy.organisation_id,
            Organisation.name.label("organisation_name"),
            Copy.role,
            Copy.cause,
            Copy.made_at,
            User.display_name.label("made_by_name"),
            WorkItem.name,
            WorkItem.submission,
            ProcessInstance.subject["code"].astext.label("item_code"),
            ProcessInstance.subject["name"].astext.label("item_name"),
            StageCase.number.label("stage_case_number"),
            Project.name.label("project_name"),
            CopyReading.read_at,
        )
        .join(WorkItem, WorkItem.id == Copy.work_item_id)
        .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
        .join(StageCase, StageCase.id == Copy.stage_case_id)
        .join(Engineering, Engineering.id == StageCase.engineering_id)
        .join(Project, Project.id == Engineering.project_id)
        .join(Organisation, Organisation.id == Copy.organisation_id)
        .join(User, User.id == Copy.made_by)
        .outerjoin(CopyReading, reading)
        .where(copied_to(actor))
    )
