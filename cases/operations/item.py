"""What happens to an item case: each operation appends its status events in the legal order and issues its document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.changes import Case
from cases.context import Context
from cases.documents import issue_for_item, limit_in_chinese
from cases.holds import lift
from cases.models.items import ItemCase
from cases.operations.materials import correct_materials, materials_of, named
from cases.operations.operation import Inputs, Operation, Outputs
from cases.operations.promise import follow_up_deferred, follow_up_pledge
from cases.operations.uploads import keep_files
from cases.status import Status
from engine.happenings import OperationPerformed
from errors import Conflict, Invalid
from files.documents.issue import in_chinese

RESULT = ("result_date", "result_number", "result_title")
WITHOUT_END = "长期有效"


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


def may_accept(inputs: Inputs, context: Context) -> Outputs:
    """An item is decided on a pledge only where the catalogue of the release says that it may be."""
    entry = context.release.items.get(str(inputs["item"]))
    if inputs.get("by_pledge") and entry is not None and not entry.pledge:
        raise Invalid(
            "pledge_not_offered",
            f"“{entry.name}”在事项目录里没有标明告知承诺制，不能按承诺办理；请去掉勾选，按一般程序受理。",
            field="values.by_pledge",
        )
    return {}


def accept(performed: OperationPerformed, context: Context) -> None:
    """3 and 8: accepted, and the department begins to handle; the clock starts here."""
    case = context.case_of(performed.instance_id)
    context.changes.set_status(case, Status.ACCEPTED)
    context.changes.set_status(case, Status.HANDLING)
    tell(context, case, "acceptance", {"accepted_on": in_chinese(context.now)}, with_limit=True)


def decline(performed: OperationPerformed, context: Context) -> None:
    """5: formally declined, with the reason and the basis of the form."""
    tell(context, _end(performed, context, Status.DECLINED), "non_acceptance", _grounds(context))


def ask_once(inputs: Inputs, context: Context) -> Outputs:
    """The codes of the materials that are asked for; each must be one that the item asks for."""
    materials = materials_of(context.session, context.stage_case_id)
    asked = []
    for number, (material, _) in enumerate(named(context, materials)):
        if inputs["item"] not in material.items:
            raise Invalid(
                "material_of_other_item",
                f"“{material.name}”不是本事项要的材料，不能要求补正。",
                field=f"values.materials.{number}.code",
            )
        asked.append(material.code)
    return {"asked": asked}


def correction_start(performed: OperationPerformed, context: Context) -> None:
    """6: the applicant is told once, in one document, everything that is missing."""
    case = context.case_of(performed.instance_id)
    context.changes.set_status(case, Status.CORRECTION_STARTED)
    missing: list[dict[str, str]] = []

    def give_back(session: Session) -> None:
        for material, entry in named(context, materials_of(session, context.stage_case_id)):
            material.status, material.reason = "returned", entry["reason"]
            material.changed_at = context.now
            missing.append({"name": material.name, "reason": entry["reason"]})
        missing.append({"name": "需要补正的内容", "reason": context.submission["missing"]})

    context.changes.later.append(give_back)
    tell(context, case, "correction", {"missing": missing})


def correction_end(performed: OperationPerformed, context: Context) -> None:
    """7: the window has the missing materials, all of those that were asked for."""
    case = context.case_of(performed.instance_id)
    context.changes.set_status(case, Status.CORRECTION_ENDED)
    correct_materials(context, case.item_code)
    asked = performed.inputs.get("asked") or []

    def nothing_is_missing(session: Session) -> None:
        materials = materials_of(session, context.stage_case_id)
        missing = [materials[code].name for code in asked if materials[code].status in ("returned", "missing")]
        if missing:
            names = "”“".join(missing)
            raise Conflict("correction_incomplete", f"要求补正的材料还缺“{names}”，请收齐后一次提交。")

    context.changes.later.append(nothing_is_missing)


def withdraw(performed: OperationPerformed, context: Context) -> None:
    """2 before acceptance, 14 after it: the applicant withdraws; a hold of the case ends with it."""
    case = context.case_of(performed.instance_id)
    if case.history[-1] == Status.CORRECTION_STARTED:
        context.changes.set_status(case, Status.CORRECTION_ENDED)
    accepted = Status.ACCEPTED in case.history
    _end(performed, context, Status.WITHDRAWN_AFTER_ACCEPTANCE if accepted else Status.WITHDRAWN_BEFORE_ACCEPTANCE)

    def lift_own_hold(session: Session) -> None:
        lift(session, context.release, context.stage_case_id, case.id, performed.instance_id, context)

    context.changes.later.append(lift_own_hold)


def approve(performed: OperationPerformed, context: Context) -> None:
    """11, or 12 with deferred materials: approved, with the date, number, title and validity of the result document.

    What was promised is followed up from here on, by a process and a limit of its own.
    """
    submission = context.submission
    missing = [name for name in RESULT if not submission.get(name)]
    if missing:
        raise Invalid(
            "result_document_missing",
            "办结要有结果文件的日期、文号和标题，请补填后再办结。",
            field=f"values.{missing[0]}",
        )
    case = context.case_of(performed.instance_id)
    deferred = follow_up_deferred(context, case)
    _end(performed, context, Status.APPROVED_WITH_DEFERRED_MATERIALS if deferred else Status.APPROVED)
    follow_up_pledge(context, case)
    issued, valid = _day(submission["result_date"]), _day(submission.get("result_valid_until"))
    case.changed.update(
        result_date=issued,
        result_number=submission["result_number"],
        result_title=submission["result_title"],
        result_valid_until=valid,
    )
    keep_files(context, "result", case.item_code, case.id)
    facts = {
        "result_title": submission["result_title"],
        "result_number": submission["result_number"],
        "result_date": in_chinese(issued) if issued else "",
        "valid_until": in_chinese(valid) if valid else WITHOUT_END,
    }
    tell(context, case, "approval_cover", facts)


def refuse(performed: OperationPerformed, context: Context) -> None:
    """13: not approved, with the reason and the basis of the form."""
    tell(context, _end(performed, context, Status.REFUSED), "refusal", _grounds(context))


def tell(context: Context, case: Case, kind: str, facts: Mapping[str, Any], *, with_limit: bool = False) -> None:
    """Issue a document of the case at the end of the command, and tell the applicant."""

    def write(session: Session) -> None:
        limit = {"limit": limit_in_chinese(_limit(session, case))} if with_limit else {}
        issue_for_item(session, context, kind, case.id, {**facts, **limit})

    context.changes.later.append(write)
    context.changes.send(kind, {"stage_case": str(context.stage_case_id), "item_case": str(case.id)})


def _limit(session: Session, case: Case) -> str | None:
    return session.scalar(select(ItemCase.limit_text).where(ItemCase.id == case.id))


def _grounds(context: Context) -> dict[str, str]:
    return {name: context.submission.get(name) or "" for name in ("reason", "basis")}


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
    "item.accept": Operation(may_accept, accept),
    "item.decline": Operation(write=decline),
    "item.correction_start": Operation(ask_once, correction_start),
    "item.correction_end": Operation(write=correction_end),
    "item.withdraw": Operation(write=withdraw),
    "item.approve": Operation(write=approve, decides=True),
    "item.refuse": Operation(write=refuse, decides=True),
}
