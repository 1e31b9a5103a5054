"""Issue a document: its number and its data are fixed in the transaction of what it tells about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from audit.record import Acting, record
from files.documents.kinds import KINDS
from files.models import DocumentNumber, IssuedDocument
from worktime.calendar import ZONE


def issue_document(
    session: Session,
    actor: Acting | None,
    kind: str,
    *,
    region_code: str,
    stage_case_id: UUID,
    item_case_id: UUID | None = None,
    data: Mapping[str, Any],
    now: datetime,
) -> IssuedDocument:
    """Issue the next document of a kind in its region and year; its PDF is set when it is first asked for.

    ``data`` is everything that the template shows, in words: nothing is looked up later. Numbers have no gap: the
    counter is locked until the transaction ends, so call this as late in it as you can. Raises ``KeyError`` for an
    unknown kind and ``ValueError`` for data that does not fit it: both are mistakes of the caller.
    """
    form = KINDS[kind]
    form.check(data)
    if form.of_item != (item_case_id is not None):
        raise ValueError(f"{kind}: a document of {'an item case' if form.of_item else 'a stage case'}")
    year = now.astimezone(ZONE).year
    document = IssuedDocument(
        id=uuid4(),
        kind=kind,
        region_code=region_code,
        year=year,
        number=_next_number(session, region_code, kind, year),
        stage_case_id=stage_case_id,
        item_case_id=item_case_id,
        data=orjson.loads(orjson.dumps(data)),
        issued_by=actor.user_id if actor else None,
        issued_at=now,
    )
    after = {"kind": kind, "number": form.number(year, document.number), "data": document.data}
    record(session, document, actor=actor, action="document.issue", recorded_at=now, after=after)
    return document


def _next_number(session: Session, region_code: str, kind: str, year: int) -> int:
    first = insert(DocumentNumber).values(region_code=region_code, kind=kind, year=year, last=1)
    key = [DocumentNumber.region_code, DocumentNumber.kind, DocumentNumber.year]
    counted = first.on_conflict_do_update(index_elements=key, set_={"last": DocumentNumber.last + 1})
    return session.scalars(counted.returning(DocumentNumber.last)).one()


def in_chinese(day: datetime | date) -> str:
    """A day as documents write it: 2026年11月22日, in the time of the country."""
    local = day.astimezone(ZONE) if isinstance(day, datetime) else day
    return f"{local.year}年{local.month}月{local.day}日"
