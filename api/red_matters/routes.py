"""Red matters: notices that reach nobody, with what to do."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from accounts.roles import ROLES
from api.operation import Call, Resource
from api.pagination import Page, SortKey, paginate
from api.red_matters.schemas import MatterPage, MatterQuery
from cases.models import OutboxMessage
from cases.queries.red_matters import visible_matters
from cases.retry_delivery import retry_delivery

resource = Resource("red-matters", "红色事项")

ORDER = [
    SortKey(OutboxMessage.created_at, datetime, lambda row: row.OutboxMessage.created_at),
    SortKey(OutboxMessage.id, UUID, lambda row: row.OutboxMessage.id),
]
ADVICE = {
    "vacant": "请安全管理员任命这个岗位的人员；任命后自动重发，已停止重试的请再点“重试”。",
    "failed": "请系统管理员按原因核对通道或流程，改好后点“重试”。",
}


@resource.operation("GET", "/red-matters", MatterPage, permission="matter.read", query=MatterQuery)
def list_matters(call: Call) -> Page:
    """红色事项

    没有送达任何人的通知：岗位空缺，或通道失败。最早的在前。
    """
    statement = visible_matters(call.actor)
    if "problem" in call.query:
        statement = statement.where(OutboxMessage.problem == call.query["problem"])
    page = paginate(call.session, statement, ORDER, call.query)
    return Page([_show(row) for row in page.entries], page.next_cursor)


@resource.operation("POST", "/red-matters/<uuid:matter_id>/retry", None, status=204, permission="matter.retry")
def retry_red_matter(call: Call, matter_id: UUID) -> None:
    """重试

    岗位补齐或通道恢复后重新送达；送达之前仍列为红色事项。
    """
    retry_delivery(call.session, call.actor, matter_id, call.now())


def _show(row: Row[Any]) -> dict[str, Any]:
    message: OutboxMessage = row.OutboxMessage
    role = ROLES.get(message.role or "")
    return {
        "id": message.id,
        "problem": message.problem,
        "topic": message.topic,
        "title": message.payload.get("title"),
        "region_code": message.region_code,
        "organisation_id": message.organisation_id,
        "organisation_name": row.organisation_name,
        "role": message.role,
        "role_title": role and role.title,
        "stage_case_id": message.stage_case_id,
        "created_at": message.created_at,
        "attempts": message.attempts,
        "next_attempt_at": None if message.dead_at else message.claimed_until,
        "stopped_at": message.dead_at,
        "reason": message.last_error or "",
        "advice": ADVICE[message.problem or "failed"],
    }
