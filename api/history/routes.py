"""The history of a stage case."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from api.history.schemas import HistoryEntryPage
from api.operation import Call, Resource
from api.pagination import Page, PageQuery, SortKey, paginate
from api.stage_cases.routes import find_stage_case
from cases.models import WorkItem
from cases.queries.history import history

resource = Resource("history", "办理过程")

ORDER = [
    SortKey(WorkItem.closed_at, datetime, lambda row: row.closed_at),
    SortKey(WorkItem.id, UUID, lambda row: row.id),
]


@resource.operation(
    "GET",
    "/stage-cases/<uuid:stage_case_id>/history",
    HistoryEntryPage,
    permission="history.read",
    query=PageQuery,
)
def list_history(call: Call, stage_case_id: UUID) -> Page:
    """办理过程

    谁在何时办了哪个环节、填了什么，最近的在前。
    """
    find_stage_case(call, stage_case_id)
    return paginate(call.session, history(call.actor, stage_case_id), ORDER, call.query, descending=True)
