"""Deliver the result of an approved item case, with a record of to whom, how and when, and a receipt (送达回证)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actor import Actor
from audit.record import record
from cases.changes import Changes
from cases.context import Context
from cases.documents import issue
from cases.models.instances import ProcessInstance
from cases.models.items import ItemCase
from cases.models.outcomes import Delivery
from cases.models.stages import StageCase
from cases.refusals import in_words
from cases.releases import release_of
from cases.status import APPROVING
from database.clock import current_time
from errors import Conflict, Invalid, NotAllowed, NotFound
from files.documents.issue import in_chinese


def deliver_result(
    session: Session,
    actor: Actor,
    item_case_id: UUID,
    *,
    way: str,
    recipient: str,
    delivered_on: date,
    note: str | None = None,
) -> Delivery:
    """Record the delivery; the department of the item or the window of the stage delivers, once.

    Raises ``NotFound``, ``NotAllowed``, ``Invalid`` (a way that the pack does not have, a day before the result or
    after today) and ``Conflict`` (nothing approved, delivered already).
    """
    case, stage_case, instance = _locked(session, actor, item_case_id)
    now = current_time(session)
    release = release_of(session, stage_case.release_id)
    if case.status not in APPROVING or case.result_date is None:
        raise Conflict("nothing_to_deliver", "办件还没有办结通过，没有可以送达的结果。")
    if way not in release.handling.delivery:
        raise Invalid("way_unknown", f"送达方式可选：{'、'.join(release.handling.delivery)}。", field="way")
    if not case.result_date <= delivered_on <= release.calendar.local(now).date():
        raise Invalid("day_impossible", "送达日期要在结果文件日期和今天之间，请改正。", field="delivered_on")
    delivery = Delivery(
        item_case_id=case.id,
        way=way,
        recipient=recipient,
        delivered_on=delivered_on,
        note=note,
        delivered_by=actor.user_id,
        recorded_at=now,
    )
    session.add(delivery)
    with in_words():
        session.flush()
    record(
        session,
        instance,
        actor=actor,
        action="item_case.deliver",
        recorded_at=now,
        object_type="item_cases",
        object_id=case.id,
        after={"way": way, "recipient": recipient, "delivered_on": delivered_on.isoformat(), "note": note},
    )
    result = {
        "title": case.result_title,
        "number": case.result_number,
        "date": in_chinese(case.result_date),
    }
    context = Context(session, release, actor, now, stage_case.id, Changes(now, actor.user_id))
    facts = {
        "results": [result],
        "delivered_on": in_chinese(delivered_on),
        "way": way,
        "recipient": recipient,
    }
    issue(session, context, "delivery_receipt", facts)
    return delivery


def _locked(session: Session, actor: Actor, item_case_id: UUID) -> tuple[ItemCase, StageCase, ProcessInstance]:
    """The case with the instance whose audit stream it has, locked; only for those who may deliver."""
    row = session.execute(
        select(ItemCase, StageCase)
        .join(StageCase, StageCase.id == ItemCase.stage_case_id)
        .where(ItemCase.id == item_case_id)
    ).one_or_none()
    if row is None:
        raise _not_found()
    case, stage_case = row
    if not actor.organisation_ids & {case.department_id, stage_case.window_id} or "task.work" not in actor.grants:
        seen = (case.department_id, stage_case.window_id, stage_case.lead_id, stage_case.applicant_id)
        region = stage_case.region_code
        if any(actor.sees("stage_case.read", region_code=region, organisation_id=each) for each in seen):
            raise NotAllowed("not_your_delivery", "结果由承办部门或综合窗口送达；您可以查看，不能登记送达。")
        raise _not_found()
    instance = session.scalars(
        select(ProcessInstance)
        .where(ProcessInstance.item_case_id == case.id, ProcessInstance.kind == "item")
        .with_for_update(key_share=True)
    ).one_or_none()
    if instance is None:
        raise Conflict("nothing_to_deliver", "办件还没有办结通过，没有可以送达的结果。")
    session.refresh(case)
    return case, stage_case, instance


def _not_found() -> NotFound:
    return NotFound("item_case_not_found", "没有这个办件，或它不在您的办理范围内。")
