"""Cursors: the sort keys of the last entry shown; opaque to clients and checked when they come back."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from marshmallow import fields
from sqlalchemy import ColumnElement, Select, tuple_
from sqlalchemy.orm import Session

from api.fields import Input, Output, Part, Text, Whole
from api.problems import FieldError, Problem
from database.paging import at_most

LARGEST_PAGE = 200
ORDINARY_PAGE = 50
LONGEST_CURSOR = 500

Key = datetime | date | UUID | str | int


class PageQuery(Input):
    """The two query parameters of every list."""

    cursor = Text(
        longest=LONGEST_CURSOR,
        pattern="[A-Za-z0-9_-]+",
        hint="不是有效的翻页游标，请原样使用上一页 next_cursor 的值。",
        metadata={"description": "上一页答复里的 next_cursor；不写则从第一页开始。"},
    )
    limit = Whole(
        1, LARGEST_PAGE, load_default=ORDINARY_PAGE, metadata={"description": f"每页条数，1 至 {LARGEST_PAGE}。"}
    )


def page_of(entry: type[Output]) -> type[Output]:
    """The schema of one page of ``entry``."""
    name = entry.__name__.removesuffix("Answer") + "Page"
    members = {
        "entries": fields.List(Part(entry), required=True, metadata={"description": "本页内容。"}),
        "next_cursor": fields.String(
            required=True, allow_none=True, metadata={"description": "下一页的游标；没有下一页时为 null。"}
        ),
    }
    return type(name, (Output,), members)


@dataclass(frozen=True, slots=True)
class Page:
    """One page: the entries and the cursor of the next page, None when this is the last."""

    entries: Sequence[Any]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column of a stable order: how to compare it in SQL and to read it off an entry."""

    column: ColumnElement[Any] | Any
    kind: type[Key]
    read: Callable[[Any], Key]


def encode(values: Sequence[Key]) -> str:
    """The cursor behind an entry with these sort keys."""
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    return base64.urlsafe_b64encode(orjson.dumps(plain)).rstrip(b"=").decode()


def decode(cursor: str, kinds: Sequence[type[Key]]) -> tuple[Key, ...]:
    """The sort keys of a cursor; refuses one that this list did not give."""
    try:
        plain = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        if not isinstance(plain, list) or len(plain) != len(kinds):
            raise ValueError(cursor)
        return tuple(_restore(value, kind) for value, kind in zip(plain, kinds, strict=True))
    except (binascii.Error, ValueError, TypeError):
        message = "不是这个列表的翻页游标，请原样使用上一页 next_cursor 的值。"
        raise Problem(422, "invalid_cursor", message, errors=(FieldError("query", "cursor", message),)) from None


def _restore(value: Any, kind: type[Key]) -> Key:
    if kind is int:
        if type(value) is not int or abs(value) >= 2**63:
            raise ValueError(value)
        return value
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(value)
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment
    if kind is date:
        return date.fromisoformat(value)
    return UUID(value) if kind is UUID else value


def paginate(
    session: Session,
    statement: Select[Any],
    keys: Sequence[SortKey],
    query: dict[str, Any],
    *,
    descending: bool = False,
) -> Page:
    """One page of ``statement`` in the order of ``keys``; the last key must be unique."""
    columns = tuple_(*(key.column for key in keys))
    if "cursor" in query:
        after = tuple_(*decode(query["cursor"], [key.kind for key in keys]))
        statement = statement.where(columns < after if descending else columns > after)
    order = [key.column.desc() if descending else key.column.asc() for key in keys]
    statement = statement.order_by(None).order_by(*order).limit(at_most(query["limit"] + 1))
    result = session.execute(statement)
    rows = list(result.scalars()) if len(statement.column_descriptions) == 1 else list(result)
    return cut(rows, query["limit"], lambda row: [key.read(row) for key in keys])


def cut(rows: Sequence[Any], limit: int, keys: Callable[[Any], Sequence[Key]]) -> Page:
    """The page of ``rows``, of which one more than ``limit`` was asked for."""
    if len(rows) <= limit:
        return Page(rows, None)
    shown = rows[:limit]
    return Page(shown, encode(keys(shown[-1])))
