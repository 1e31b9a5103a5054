"""Record an upload whose content is in the store."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from audit.record import Acting, record
from files.models import StoredFile, Upload
from files.receive_file import Received
from files.scanning import CLEAN, Scan
from files.store import Content


def upload_file(session: Session, actor: Acting, received: Received, *, now: datetime) -> Upload:
    """The rows of an upload and its audit entry; the same content is stored once, however often it comes."""
    keep_content(session, received.content, received.media_type, received.scan, now=now)
    upload = Upload(
        id=uuid4(),
        sha256=received.content.sha256,
        name=received.name,
        uploaded_by=actor.user_id,
        uploaded_at=now,
    )
    after = {
        "name": upload.name,
        "sha256": upload.sha256,
        "size": received.content.size,
        "scan": received.scan.state,
    }
    record(session, upload, actor=actor, action="file.upload", recorded_at=now, after=after)
    return upload


def keep_content(session: Session, content: Content, media_type: str, scan: Scan, *, now: datetime) -> None:
    """The row of content in the store. A scan that finds it clean is remembered; a missing one takes nothing away."""
    row = insert(StoredFile).values(
        sha256=content.sha256,
        size=content.size,
        media_type=media_type,
        scan_state=scan.state,
        scan_detail=scan.detail,
        scanned_at=now if scan.state == CLEAN else None,
        stored_at=now,
    )
    session.execute(
        row.on_conflict_do_update(
            index_elements=[StoredFile.sha256],
            set_={
                "scan_state": row.excluded.scan_state,
                "scan_detail": row.excluded.scan_detail,
                "scanned_at": func.coalesce(row.excluded.scanned_at, StoredFile.scanned_at),
            },
            where=row.excluded.scan_state == CLEAN,
        )
    )
