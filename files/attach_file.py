"""Let an upload serve a project, a stage case or an item case."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
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
