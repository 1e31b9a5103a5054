"""Attach an upload to a project, a stage case or an item case that the actor may see."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from accounts.actor import Actor
from cases.models.items import ItemCase
from cases.models.projects import Project
from cases.models.stages import StageCase
from cases.queries.files import visible_uploads
from cases.queries.projects import visible_projects
from cases.queries.stage_cases import in_scope, visible_item_cases
from errors import NotFound
from files.attach_file import attach_file as attach
from files.models import FileUse, Upload


def attach_file(
    session: Session,
    actor: Actor,
    upload_id: UUID,
    *,
    subject: str,
    subject_id: UUID,
    purpose: str,
    label: str = "",
    now: datetime,
) -> FileUse:
    """Let an upload serve one more thing; idempotent.

    ``subject`` is ``project_id``, ``stage_case_id`` or ``item_case_id``. Raises ``NotFound`` for an upload or a
    subject outside the actor's data scope.
    """
    upload = session.scalar(visible_uploads(actor).with_only_columns(Upload).where(Upload.id == upload_id))
    if upload is None:
        raise NotFound("file_not_found", "没有这个文件，或它不在您的范围内。")
    if session.scalar(_visible(actor, subject, subject_id)) is None:
        raise NotFound("subject_not_found", "没有要附到的项目或办理，或它不在您的范围内。", field=subject)
    return attach(session, actor, upload, subject=subject, subject_id=subject_id, purpose=purpose, label=label, now=now)


def _visible(actor: Actor, subject: str, subject_id: UUID) -> Select[UUID]:
    if subject == "project_id":
        return visible_projects(actor).with_only_columns(Project.id).where(Project.id == subject_id)
    if subject == "stage_case_id":
        return select(StageCase.id).where(StageCase.id == subject_id, in_scope(actor, "stage_case.read"))
    return visible_item_cases(actor).with_only_columns(ItemCase.id).where(ItemCase.id == subject_id)
