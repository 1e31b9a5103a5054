"""Hand content out, and keep who took it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import structlog
from sqlalchemy.orm import Session

from audit.record import Acting, record
from errors import Refused
from files.models import IssuedDocument, StoredFile, Upload
from files.store import Content, Missing, store_of

log = structlog.get_logger(__name__)


class Lost(Refused):
    """The store no longer has content that the database knows: a matter for operations."""

    status = 500


class Download(NamedTuple):
    """Content on its way out under the name that it is saved as."""

    name: str
    size: int
    chunks: Iterator[bytes]


def read_file(
    session: Session, actor: Acting, owner: Upload | IssuedDocument, stored: StoredFile, name: str, *, now: datetime
) -> Download:
    """Open content for the actor, with an audit entry on the stream of what it belongs to.

    Whether the actor may see it is the caller's to check. Raises ``Lost``.
    """
    content = Content(stored.sha256, stored.size)
    try:
        chunks = store_of(session).read(content)
    except Missing as error:
        log.error("content lost", sha256=stored.sha256)
        raise Lost("file_lost", "文件内容在存储里找不到，请把文件编号告诉运维人员从备份恢复。") from error
    after = {"name": name, "sha256": stored.sha256}
    record(
        session,
        owner,
        actor=actor,
        action=f"{'file' if isinstance(owner, Upload) else 'document'}.download",
        recorded_at=now,
        after=after,
    )
    return Download(name, stored.size, chunks)
