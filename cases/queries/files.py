"""Uploads in an actor's data scope: his own, and those that serve what he may see."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, false, func, or_, select

from accounts.actor import Actor
from accounts.models import User
from cases.models.items import ItemCase
from cases.models.projects import Project
from cases.models.stages import StageCase
from cases.queries.projects import visible_projects
from cases.queries.stage_cases import in_scope
from files.models import FileUse, StoredFile, Upload

READ = "stage_case.read"


def visible_uses(actor: Actor) -> Select[FileUse]:
    """The uses of uploads for what the actor may see."""
    if READ not in actor.grants:
        return select(FileUse).where(false())
    stage_case_id = func.coalesce(FileUse.stage_case_id, ItemCase.stage_case_id)
    stages = exists().where(StageCase.id == stage_case_id, in_scope(actor, READ))
    projects = FileUse.project_id.in_(visible_projects(actor).with_only_columns(Project.id))
    return select(FileUse).outerjoin(ItemCase, ItemCase.id == FileUse.item_case_id).where(or_(stages, projects))


def visible_uploads(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Rows (Upload, StoredFile, name of who uploaded it)."""
    served = visible_uses(actor).with_only_columns(FileUse.id).where(FileUse.upload_id == Upload.id)
    own = Upload.uploaded_by == actor.user_id
    return (
        select(Upload, StoredFile, User.display_name.label("uploaded_by_name"))
        .join(StoredFile, StoredFile.sha256 == Upload.sha256)
        .join(User, User.id == Upload.uploaded_by)
        .where(or_(own, served.exists()))
    )


def uses_of(actor: Actor, upload_id: UUID) -> Select[FileUse]:
    """What an upload serves, as far as the actor may see it."""
    return visible_uses(actor).where(FileUse.upload_id == upload_id).order_by(FileUse.attached_at, FileUse.id)
