"""What happens to an item case: each operation appends its status events in the legal order."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from cases.changes import Case
from cases.context import Context
from cases.models.items import ItemCase
from cases.operations.materials import correct_materials
from cases.operations.operation import Operation
from cases.status import Status
from engine.happenings import OperationPerformed
from errors import Invalid

RESULT = ("result_date", "result_number", "result_title")


def receive(performed: OperationPerformed, context: Context) -> None:
    """1: the case has arrived. After an ended case of the same instance, a new case of the item begins."""
    place = context.places[performed.instance_id]
    case = context.case_of(performed.instance_id)
    if case.ended:
        case = place.case = context.changes.open_case(_again(context, case))
        context.changes.pointed[performed.instance_id] = case.id
    context.changes.set_status(case, Status.RECEIVED)


def _again(context: Context, case: Case) -> dict[str, Any]:
    """The row of another attempt at the item of an ended case."""
    row = context.session.get_one(ItemCase, case.id)
    copied = ("item_code", "name", "department_id", "main", "limit_text", "pledge", "predecessors")
    return {"id": uuid4(), "stage_case_id": row.stage_case_id, **{name: getattr(row, name) for name in copied}}


def accept(performed: OperationPerformed, context: Context) -> None:
    """3 and 8: accepted, and the department begins to handle; the clock starts here."""
    case = context.case_of(performed.instance_id)
    context.changes.set_status(case, Status.ACCEPTED)
    context.changes.set_status(case, Status.HANDLING)


def decline(performed: OperationPerformed, context: Context) -> None:
    """5: formally declined, with the reason of the form."""
    _end(performed, context, Status.DECLINED)


def correction_start(performed: OperationPerformed, context: Context) -> None:
    """6: the applicant is told once what is missing."""
    context.changes.set_status(context.case_of(performed.instance_id), Status.CORRECTION_STARTED)


def correction_end(performed: OperationPerformed, context: Context) -> None:
    """7: the window has the missing materials."""
    case = context.case_of(performed.instance_id)
    context.changes.set_status(case, Status.CORRECTION_ENDED)
    correct_materials(context, case.item_code)


def approve(performed: OperationPerformed, context: Context) -> None:
    """11: approved, with the date, number and title of the result document (and its validity, if it has one)."""
    submission = context.submission
    missing = [name for name in RESULT if not submission.get(name)]
    if missing:
        raise Invalid(
            "result_document_missing",
            "办结要有结果文件的日期、文号和标题，请补填后再办结。",
            field=f"values.{missing[0]}",
        )
    case = _end(performed, context, Status.APPROVED)
    case.changed.update(
        result_date=_day(submission["result_date"]),
        result_number=submission["result_number"],
        result_title=submission["result_title"],
        result_valid_until=_day(submission.get("result_valid_until")),
    )


def refuse(performed: OperationPerformed, context: Context) -> None:
    """13: not approved, with the reason of the form."""
    _end(performed, context, Status.REFUSED)


def _end(performed: OperationPerformed, context: Context, code: Status) -> Case:
    case = context.case_of(performed.instance_id)
    context.changes.set_status(case, code)
    case.changed["outcome"] = dict(context.submission)
    case.changed["end_reason"] = context.submission.get("reason")
    return case


def _day(value: Any) -> date | None:
    if not value:
        return None
    return datetime.fromisoformat(value).date()


OPERATIONS = {
    "item.receive": Operation(write=receive),
    "item.accept": Operation(write=accept),
    "item.decline": Operation(write=decline),
    "item.correction_start": Operation(write=correction_start),
    "item.correction_end": Operation(write=correction_end),
    "item.approve": Operation(write=approve),
    "item.refuse": Operation(write=refuse),
}
