"""Item cases: one item handled for one stage case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from api.fields import Input
from api.item_cases.schemas import (
    ConsequencesAnswer,
    ConsequencesQuery,
    DeliveryInput,
    EvidenceInput,
    ItemCaseAnswer,
    ItemCaseDetailAnswer,
    ItemCasePage,
    ItemCaseQuery,
    LimitExtensionInput,
    ProcedureExtensionInput,
    PromiseAnswer,
    ResumptionInput,
    SuspensionInput,
    WithdrawalInput,
)
from api.operation import Call, Resource
from api.pagination import Page, SortKey, paginate
from cases.consequences import Consequences, rehearse
from cases.deliver_result import deliver_result
from cases.evidence import Evidence, record_evidence
from cases.extend_limit import extend_limit
from cases.extend_procedure import extend_procedure
from cases.models import ItemCase
from cases.queries.outcomes import delivery, extension, promises, suspensions
from cases.queries.stage_cases import status_events, visible_item_cases
from cases.resume_item import resume_item
from cases.status import NAMES, Status
from cases.suspend_item import suspend_item
from cases.withdraw_item import withdraw_item
from errors import NotFound

resource = Resource("item-cases", "事项办件")

REHEARSED = "试算"


def act(path: str, body: type[Input]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An act on an item case by those who work on it; answers the case as it is then."""
    rule = f"/item-cases/<uuid:item_case_id>/{path}"
    return resource.operation("POST", rule, ItemCaseDetailAnswer, permission="task.work", body=body)


ORDER = [
    SortKey(ItemCase.opened_at, datetime, lambda row: row.ItemCase.opened_at),
    SortKey(ItemCase.id, UUID, lambda row: row.ItemCase.id),
]


@resource.operation("GET", "/item-cases", ItemCasePage, permission="stage_case.read", query=ItemCaseQuery)
def list_item_cases(call: Call) -> Page:
    """办件列表

    先转办的在前。
    """
    query, statement = call.query, visible_item_cases(call.actor)
    for name in ("stage_case_id", "department_id", "status"):
        if name in query:
            statement = statement.where(getattr(ItemCase, name) == query[name])
    if "ended" in query:
        ended = ItemCase.ended_at.is_not(None)
        statement = statement.where(ended if query["ended"] else ~ended)
    page = paginate(call.session, statement, ORDER, query)
    return Page([show_item_case(row) for row in page.entries], page.next_cursor)


@resource.operation(
    "GET", "/item-cases/<uuid:item_case_id>", ItemCaseDetailAnswer, permission="stage_case.read", tagged=True
)
def read_item_case(call: Call, item_case_id: UUID) -> dict[str, Any]:
    """查看办件

    含结果文件、全部状态记录、挂起、延期、承诺和送达。
    """
    return _detail(call, item_case_id)


@act("withdrawal", WithdrawalInput)
def withdraw(call: Call, item_case_id: UUID) -> dict[str, Any]:
    """撤件

    由申报单位提出，或由综合窗口代为提出；受理前后都可以，挂起中也可以。主流程事项撤件后由牵头部门决定重新办理或者作废。
    """
    withdraw_item(call.session, call.actor, item_case_id, **call.body)
    return _detail(call, item_case_id)


@act("suspension", SuspensionInput)
def suspend(call: Call, item_case_id: UUID) -> dict[str, Any]:
    """挂起

    受理之后遇特殊环节，由承办部门选定环节、写明事由和依据；时限停下，主流程事项挂起则本阶段冻结。
    """
    suspend_item(call.session, call.actor, item_case_id, **call.body)
    return _detail(call, item_case_id)


@act("suspension/evidence", EvidenceInput)
def give_evidence(call: Call, item_case_id: UUID) -> dict[str, Any]:
    """登记特殊环节的结束证明

    办件仍然挂起，直到解挂。
    """
    evidence = Evidence(call.body["evidence"], tuple(call.body["files"]))
    record_evidence(call.session, call.actor, item_case_id, evidence)
    return _detail(call, item_case_id)


@act("suspension/extension", ProcedureExtensionInput)
def extend_suspension(call: Call, item_case_id: UUID) -> dict[str, Any]:
    """延长特殊环节

    写明事由；预计结束的日期后移，办件的时限仍然停着。
    """
    extend_procedure(call.session, call.actor, item_case_id, **call.body)
    return _detail(call, item_case_id)


@act("resumption", ResumptionInput)
def resume(call: Call, item_case_id: UUID) -> dict[str, Any]:
    """解挂

    时限从停下的地方继续，办件回到挂起前的环节。重复解挂没有效果。
    """
    resume_item(call.session, call.actor, item_case_id, **call.body)
    return _detail(call, item_case_id)


@act("extension", LimitExtensionInput)
def extend(call: Call, item_case_id: UUID) -> dict[str, Any]:
    """延长办理时限

    由承办部门负责人决定，写明理由，只能一次，不超过规则发布的上限。
    """
    extend_limit(call.session, call.actor, item_case_id, **call.body)
    return _detail(call, item_case_id)


@act("delivery", DeliveryInput)
def deliver(call: Call, item_case_id: UUID) -> dict[str, Any]:
    """登记送达

    办结通过的结果由承办部门或综合窗口送达，出具送达回证；只登记一次。
    """
    deliver_result(call.session, call.actor, item_case_id, **call.body)
    return _detail(call, item_case_id)


@resource.operation(
    "GET",
    "/item-cases/<uuid:item_case_id>/consequences",
    ConsequencesAnswer,
    permission="task.work",
    query=ConsequencesQuery,
    refusals=(409,),
)
def consequences(call: Call, item_case_id: UUID) -> Consequences:
    """试算挂起或撤件的后果

    说明将冻结或结束哪些办件、停下哪些时限、关闭多少待办；什么也不改变。
    """
    session, actor, query = call.session, call.actor, call.query
    stage_case_id = session.scalar(select(ItemCase.stage_case_id).where(ItemCase.id == item_case_id))
    if stage_case_id is None:
        raise _not_found()

    def do() -> object:
        if query["act"] == "withdrawal":
            return withdraw_item(session, actor, item_case_id, reason=REHEARSED)
        procedure = query.get("procedure") or ""
        return suspend_item(session, actor, item_case_id, procedure=procedure, reason=REHEARSED, basis=REHEARSED)

    return rehearse(session, stage_case_id, do)


def _detail(call: Call, item_case_id: UUID) -> dict[str, Any]:
    session = call.session
    session.expire_all()
    row = find_item_case(call, item_case_id)
    events = [
        {
            "sequence": event.sequence,
            "code": event.code,
            "name": NAMES[Status(event.code)],
            "effective_at": event.effective_at,
            "recorded_at": event.recorded_at,
            "actor_id": event.actor_id,
        }
        for event in session.scalars(status_events(item_case_id))
    ]
    return {
        **show_item_case(row),
        "outcome": row.ItemCase.outcome,
        "status_events": events,
        "suspensions": session.scalars(suspensions(item_case_id)).all(),
        "extension": session.scalar(extension(item_case_id)),
        "promises": [_show_promise(found) for found in session.execute(promises(item_case_id))],
        "delivery": session.scalar(delivery(item_case_id)),
    }


def _show_promise(row: Row[Any]) -> dict[str, Any]:
    shown = {name: getattr(row.Promise, name, None) for name in PromiseAnswer().fields}
    return {**shown, "due_at": row.due_at}


def _not_found() -> NotFound:
    return NotFound("item_case_not_found", "没有这个办件，或它不在您的范围内。")


def find_item_case(call: Call, item_case_id: UUID) -> Row[Any]:
    """The row of an item case in the actor's data scope; raises ``NotFound``."""
    row = call.session.execute(visible_item_cases(call.actor).where(ItemCase.id == item_case_id)).one_or_none()
    if row is None:
        raise _not_found()
    return row


def show_item_case(row: Row[Any]) -> dict[str, Any]:
    """The members of an item case in any answer, from a row of ``visible_item_cases``."""
    case = row.ItemCase
    shown = {name: getattr(case, name, None) for name in ItemCaseAnswer().fields}
    status = None if case.status is None else NAMES[Status(case.status)]
    return {**shown, "department_name": row.department_name, "status_name": status}
