"""The end of a stage: its completion with the information for the next one, the empty close, the void."""

from __future__ import annotations

from cases.context import Context
from cases.documents import issue_stage_completion, issue_void
from cases.operations.operation import Operation
from cases.operations.planning import close_stage_case
from engine.happenings import OperationPerformed


def complete(performed: OperationPerformed, context: Context) -> None:
    """The milestone: the main-line items are approved. Auxiliary items may still run."""
    close_stage_case(context, "completed", completed_at=context.now, completion=dict(context.submission))
    context.changes.later.append(lambda session: issue_stage_completion(session, context))
    context.changes.send("stage_completed", {"stage_case": str(context.stage_case_id)})


def close_empty(performed: OperationPerformed, context: Context) -> None:
    """No main-line item is required: an explicit record, with its reason."""
    close_stage_case(context, "closed_empty")


def void(performed: OperationPerformed, context: Context) -> None:
    """The stage case is void; a new one may be opened for the engineering."""
    close_stage_case(context, "void")
    context.changes.later.append(lambda session: issue_void(session, context, context.submission.get("reason")))
    context.changes.send("stage_void", {"stage_case": str(context.stage_case_id)})


OPERATIONS = {
    "stage.complete": Operation(write=complete),
    "stage.close_empty": Operation(write=close_empty),
    "stage.void": Operation(write=void),
}
