"""Hand out an issued document: set when it is first asked for, and the same bytes ever after."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from audit.record import Acting
from files.documents.issue import in_chinese
from files.documents.kinds import KINDS
from files.documents.render import render
from files.models import IssuedDocument, StoredFile
from files.policy import LARGEST_FILE
from files.read_file import Download, read_file
from files.scanning import NOT_SCANNED, Scan
from files.store import store_of
from files.types import PDF
from files.upload_file import keep_content


def open_document(session: Session, actor: Acting, document: IssuedDocument, *, now: datetime) -> Download:
    """The PDF of a document, with an audit entry. Whether the actor may see it is the caller's to check."""
    stored = keep_rendering(session, document, now=now)
    kind = KINDS[document.kind]
    name = f"{kind.title} {kind.number(document.year, document.number)}.pdf"
    return read_file(session, actor, document, stored, name, now=now)


def keep_rendering(session: Session, document: IssuedDocument, *, now: datetime) -> StoredFile:
    """The PDF in the store; the first one who comes sets it, whoever comes meanwhile waits and gets the same."""
    if document.sha256 is None:
        session.refresh(document, with_for_update={"key_share": True})
    if document.sha256 is None:
        made = render(document.kind, paper_of(document), document.issued_at)
        with store_of(session).receive(LARGEST_FILE) as incoming:
            incoming.write(made)
            content = incoming.keep()
        scan = Scan(NOT_SCANNED, "平台生成的文件")
        keep_content(session, content, PDF.media_type, scan, now=now)
        document.sha256, document.rendered_at = content.sha256, now
        session.flush()
    return session.get_one(StoredFile, document.sha256)


def paper_of(document: IssuedDocument) -> dict[str, object]:
    """What the template is given, of what was fixed at issue alone."""
    kind = KINDS[document.kind]
    return {
        "title": kind.title,
        "number": kind.number(document.year, document.number),
        "issued_on": in_chinese(document.issued_at),
        "data": document.data,
    }
