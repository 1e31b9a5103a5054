"""Copies: what was done and is for the person to read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from api.copies.schemas import CopyPage, CopyQuery
from api.operation import Call, Resource
from api.pagination import Page, SortKey, paginate
from cases.models import Copy, CopyReading
from cases.queries.copies import my_copies
from cases.read_copy import read_copy

resource = Resource("copies", "抄送")

ORDER = [
    SortKey(Copy.made_at, datetime, lambda row: row.made_at),
    SortKey(Copy.id, UUID, lambda row: row.id),
]


@resource.operation("GET", "/copies", CopyPage, permission="stage_case.read", query=CopyQuery)
def list_copies(call: Call) -> Page:
    """抄送给我的岗位的

    最近的在前。抄送只供阅读，不是任务；看得到抄送就看得到它的阶段办理。
    """
    query, statement = call.query, my_copies(call.actor)
    if "stage_case_id" in query:
        statement = statement.where(Copy.stage_case_id == query["stage_case_id"])
    if "unread" in query:
        unread = CopyReading.read_at.is_(None)
        statement = statement.where(unread if query["unread"] else ~unread)
    return paginate(call.session, statement, ORDER, query, descending=True)


@resource.operation("PUT", "/copies/<uuid:copy_id>/reading", None, status=204, permission="stage_case.read")
def note_reading(call: Call, copy_id: UUID) -> None:
    """标为已读

    记下本人第一次阅读的时间；重复标记没有效果。
    """
    read_copy(call.session, call.actor, copy_id, call.now())
