"""The local operations that a diagram may name.

Each has two halves: ``perform`` answers the engine while it steps (it reads and decides, it writes nothing), and
``write`` turns what was performed into rows, after the engine has stepped.
"""

from cases.operations import dispatch, intake, item, planning, planning_report, promise, stage, suspension
from cases.operations.operation import Operation

OPERATIONS: dict[str, Operation] = {
    **planning.OPERATIONS,
    **planning_report.OPERATIONS,
    **intake.OPERATIONS,
    **dispatch.OPERATIONS,
    **item.OPERATIONS,
    **suspension.OPERATIONS,
    **promise.OPERATIONS,
    **stage.OPERATIONS,
}

__all__ = ["OPERATIONS", "Operation"]
