"""Let an upload serve a project, a stage case or an item case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Text, Uuid, column, func, literal, select, values
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from audit.record import Acting, record
from files.models import SUBJECTS, FileUse, Upload


def attach_file(
    session: Session,
    actor: Acting,
    upload: Upload,
    *,
    subject: str,
    subject_id: UUID,
    purpose: str,
    label: str = "",
    now: datetime,
) -> FileUse:
    """Attach once; the same use again changes nothing. ``subject`` is one of ``SUBJECTS``.

    Whether the actor may see the upload and work on the subject is the caller's to check.
    """
    values = {**dict.fromkeys(SUBJECTS), subject: subject_id}
    key = {"upload_id": upload.id, **values, "purpose": purpose, "label": label}
    row = insert(FileUse).values(id=uuid4(), attached_by=actor.user_id, attached_at=now, **key)
    added = session.scalar(row.on_conflict_do_nothing().returning(FileUse.id))
    if added is not None:
        after = {name: value for name, value in key.items() if value}
        record(
            session,
            upload,
            actor=actor,
            action="file.attach",
            recorded_at=now,
            object_type="file_uses",
            object_id=added,
            after=after,
        )
    same = [getattr(FileUse, name).is_not_distinct_from(value) for name, value in key.items()]
    return session.scalars(select(FileUse).where(*same)).one()


def attach_files(
    session: Session,
    uses: Sequence[tuple[UUID, str]],
    *,
    subject: str = "stage_case_id",
    subject_id: UUID,
    purpose: str,
    by: UUID | None,
    now: datetime,
) -> None:
    """Attach many uploads, each with its label, to one thing in one statement; the same use again adds nothing.

    ``by`` None is the platform itself: it goes on using what its uploader gave. The audit entry is that of the
    command that names the uploads, and whether they may be used is for that command to check.
    """
    if not uses:
        return
    named = values(column("upload_id", Uuid), column("label", Text), name="named").data(list(uses))
    rows = select(
        func.gen_random_uuid(),
        Upload.id,
        literal(subject_id, Uuid),
        literal(purpose, Text),
        named.c.label,
        func.coalesce(literal(by, Uuid), Upload.uploaded_by),
        literal(now, FileUse.attached_at.type),
    ).join(named, named.c.upload_id == Upload.id)
    columns = ["id", "upload_id", subject, "purpose", "label", "attached_by", "attached_at"]
    session.execute(insert(FileUse).from_select(columns, rows).on_conflict_do_nothing())
