"""Suspension as a step of the diagram (计时环节自动暂停): the special procedure begins and ends by itself.

What happens in between is a called process of the kind ``procedure``, which no hold of its item stops.
"""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy.orm import Session

from cases import hot
from cases.context import Context
from cases.documents import limit_in_chinese
from cases.holds import hold_stage, lift, open_hold, stop_limits
from cases.models.due import Hold
from cases.operations.item import tell
from cases.operations.operation import Inputs, Operation, Outputs
from cases.procedure_limit import set_procedure_limit
from cases.special_procedures import freezes, named_procedure
from cases.status import Status
from engine.happenings import OperationPerformed
from errors import Conflict
from files.documents.issue import in_chinese


def may_suspend(inputs: Inputs, context: Context) -> Outputs:
    """The procedure is one of the pack's."""
    named_procedure(context.release, str(inputs["procedure"]))
    return {}


def suspend(performed: OperationPerformed, context: Context) -> None:
    """9: the item is held for the procedure from here on; what its diagram declares for ``suspended`` follows."""
    inputs, case = performed.inputs, context.case_of(performed.instance_id)
    named = named_procedure(context.release, str(inputs["procedure"]))
    reason = str(inputs.get("reason") or f"流程进入“{named.name}”环节")
    hold = Hold(
        id=uuid4(),
        stage_case_id=context.stage_case_id,
        item_case_id=case.id,
        procedure=named.code,
        cause=named.name,
        reason=reason,
        basis=str(inputs.get("basis") or ""),
        started_at=context.now,
        started_by=context.actor_id,
    )
    context.changes.set_status(case, Status.SPECIAL_PROCEDURE_STARTED)
    item = performed.instance_id
    set_procedure_limit(context.changes, context.release, item, context.stage_case_id, hold.id, named.limit)

    def hold_item(session: Session) -> None:
        position = hot.read_chain(session, hot.BY_INSTANCE, item)
        assert position is not None
        hold.freezes_stage = freezes(context.release, position)
        session.add(hold)
        session.flush()
        if hold.freezes_stage:
            hold_stage(session, context.release, context.stage_case_id, context)
        stop_limits(session, context.stage_case_id, item)

    context.changes.later.append(hold_item)
    limit, since = limit_in_chinese(named.limit), in_chinese(context.now)
    tell(context, case, "special_procedure", {"procedure": named.name, "reason": reason, "limit": limit, "from": since})


def resume(performed: OperationPerformed, context: Context) -> None:
    """10: the procedure has ended and the clock runs on; nothing where somebody resumed the item before.

    Where the pack asks for evidence the diagram gives it, or somebody recorded it.
    """
    case, item = context.case_of(performed.instance_id), performed.instance_id
    if case.history[-1] != Status.SPECIAL_PROCEDURE_STARTED:
        return
    context.changes.set_status(case, Status.SPECIAL_PROCEDURE_ENDED)
    document = str(performed.inputs.get("evidence") or "")

    def lift_hold(session: Session) -> None:
        own = open_hold(session, context.stage_case_id, case.id)
        assert own is not None
        if document:
            at, by = context.now.isoformat(), context.actor_id and str(context.actor_id)
            own.evidence = {"document": document, "files": [], "recorded_at": at, "recorded_by": by}
        procedure = context.release.special_procedures.get(own.procedure or "")
        if procedure is not None and procedure.evidence and not own.evidence:
            raise Conflict("evidence_missing", f"“{procedure.name}”结束要有{procedure.evidence}，请登记之后再办。")
        lift(session, context.release, context.stage_case_id, case.id, item, context)
        stop_limits(session, context.stage_case_id, item)  # what began in this command under a hold that stays

    context.changes.later.append(lift_hold)


OPERATIONS = {
    "item.suspend": Operation(may_suspend, suspend),
    "item.resume": Operation(write=resume),
}
