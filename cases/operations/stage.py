"""The beginning and the end of a stage: taken on or declined, completed, closed as empty, void."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from cases.context import Context
from cases.documents import issue_stage_completion, issue_void
from cases.models.stages import StageCase
from cases.operations.closing import close_stage_case
from cases.operations.operation import Inputs, Operation, Outputs
from cases.operations.organisations import organisation_ids
from cases.stage_order import check_order
from engine.happenings import OperationPerformed
from errors import Conflict, Invalid

DECLINED = "declined"


def receive(inputs: Inputs, context: Context) -> Outputs:
    """The lead and the window of the process type that the lead department chose; of a declined application as it was.

    Raises ``Invalid`` for a process type without this stage, ``Conflict`` when an organisation is missing.
    """
    case = context.session.get_one(StageCase, context.stage_case_id)
    if inputs["decision"] == DECLINED:
        return {"lead": str(case.lead_id), "window": str(case.window_id)}
    process_type = context.release.process_types.get(str(inputs["process_type"]))
    stage = None if process_type is None else process_type.stages.get(str(inputs["stage"]))
    if stage is None:
        raise Invalid("process_type_unknown", "所选的流程类型没有这个阶段，请重新选择。", field="values.process_type")
    assert process_type is not None
    check_order(context.session, case.engineering_id, process_type, stage)
    ids = organisation_ids(context.session, context.release)
    for code in (stage.lead, stage.window):
        if code not in ids:
            raise Conflict("organisation_missing", f"机构 {code} 尚未建立，请联系系统管理员建立机构后再办。")
    return {"lead": str(ids[stage.lead]), "window": str(ids[stage.window])}


def keep_receipt(performed: OperationPerformed, context: Context) -> None:
    """The application is taken on with its process type, or declined with the reason that the applicant reads."""
    if performed.inputs["decision"] == DECLINED:
        close_stage_case(context, DECLINED)
        context.changes.send("application_declined", _named(context))
        return
    taken = (
        update(StageCase)
        .where(StageCase.id == context.stage_case_id)
        .values(
            process_type=str(performed.inputs["process_type"]),
            lead_id=performed.outputs["lead"],
            window_id=performed.outputs["window"],
        )
    )
    context.changes.later.append(lambda session: session.execute(taken))


def progress(inputs: Inputs, context: Context) -> Outputs:
    """Whether the stage case is formally received and dispatched."""
    row = context.session.execute(
        select(StageCase.received_at, StageCase.dispatched_at).where(StageCase.id == context.stage_case_id)
    ).one()
    return {"received": row.received_at is not None, "dispatched": row.dispatched_at is not None}


def complete(performed: OperationPerformed, context: Context) -> None:
    """The milestone: the main-line items are approved. Auxiliary items may still run."""
    close_stage_case(context, "completed", completed_at=context.now, completion=dict(context.submission))
    context.changes.later.append(lambda session: issue_stage_completion(session, context))
    context.changes.send("stage_completed", _named(context))


def close_empty(performed: OperationPerformed, context: Context) -> None:
    """No main-line item is required: an explicit record, with its reason."""
    close_stage_case(context, "closed_empty")


def void(performed: OperationPerformed, context: Context) -> None:
    """The stage case is void; a new one may be opened for the engineering."""
    close_stage_case(context, "void")
    context.changes.later.append(lambda session: issue_void(session, context, context.submission.get("reason")))
    context.changes.send("stage_void", _named(context))


def _named(context: Context) -> dict[str, Any]:
    return {"stage_case": str(context.stage_case_id)}


OPERATIONS = {
    "stage.receive": Operation(receive, keep_receipt),
    "stage.progress": Operation(perform=progress),
    "stage.complete": Operation(write=complete),
    "stage.close_empty": Operation(write=close_empty),
    "stage.void": Operation(write=void),
}
