"""The legal order of an item case's status events (办理状态, codes 1 to 15), and what each does to its clock. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum

from errors import Conflict
from worktime import Hold


class Status(IntEnum):
    """办理状态 as the exchange standard numbers it."""

    RECEIVED = 1
    WITHDRAWN_BEFORE_ACCEPTANCE = 2
    ACCEPTED = 3
    RETURNED_AT_WINDOW = 4
    DECLINED = 5
    CORRECTION_STARTED = 6
    CORRECTION_ENDED = 7
    HANDLING = 8
    SPECIAL_PROCEDURE_STARTED = 9
    SPECIAL_PROCEDURE_ENDED = 10
    APPROVED = 11
    APPROVED_WITH_DEFERRED_MATERIALS = 12
    REFUSED = 13
    WITHDRAWN_AFTER_ACCEPTANCE = 14
    REVOKED = 15


NAMES = {
    Status.RECEIVED: "已接件",
    Status.WITHDRAWN_BEFORE_ACCEPTANCE: "已撤件",
    Status.ACCEPTED: "已受理",
    Status.RETURNED_AT_WINDOW: "不受理",
    Status.DECLINED: "不予受理",
    Status.CORRECTION_STARTED: "补正(开始)",
    Status.CORRECTION_ENDED: "补正(结束)",
    Status.HANDLING: "部门开始办理",
    Status.SPECIAL_PROCEDURE_STARTED: "特别程序(开始)",
    Status.SPECIAL_PROCEDURE_ENDED: "特别程序(结束)",
    Status.APPROVED: "办结(通过)",
    Status.APPROVED_WITH_DEFERRED_MATERIALS: "办结(容缺通过)",
    Status.REFUSED: "办结(不通过)",
    Status.WITHDRAWN_AFTER_ACCEPTANCE: "撤回",
    Status.REVOKED: "撤销",
}

APPROVING = frozenset({Status.APPROVED, Status.APPROVED_WITH_DEFERRED_MATERIALS})
ENDING = APPROVING | {
    Status.WITHDRAWN_BEFORE_ACCEPTANCE,
    Status.RETURNED_AT_WINDOW,
    Status.DECLINED,
    Status.REFUSED,
    Status.WITHDRAWN_AFTER_ACCEPTANCE,
}
BEFORE_ACCEPTANCE = frozenset(
    {Status.WITHDRAWN_BEFORE_ACCEPTANCE, Status.ACCEPTED, Status.RETURNED_AT_WINDOW, Status.DECLINED}
)
IN_HANDLING = APPROVING | {
    Status.SPECIAL_PROCEDURE_STARTED,
    Status.REFUSED,
    Status.WITHDRAWN_AFTER_ACCEPTANCE,
}
AFTER: dict[Status | None, frozenset[Status]] = {
    None: frozenset({Status.RECEIVED}),
    Status.RECEIVED: BEFORE_ACCEPTANCE,
    Status.ACCEPTED: frozenset({Status.HANDLING, Status.WITHDRAWN_AFTER_ACCEPTANCE}),
    Status.CORRECTION_STARTED: frozenset({Status.CORRECTION_ENDED}),
    Status.HANDLING: IN_HANDLING,
    Status.SPECIAL_PROCEDURE_STARTED: frozenset({Status.SPECIAL_PROCEDURE_ENDED, Status.WITHDRAWN_AFTER_ACCEPTANCE}),
    Status.SPECIAL_PROCEDURE_ENDED: IN_HANDLING,
    Status.APPROVED: frozenset({Status.REVOKED}),
    Status.APPROVED_WITH_DEFERRED_MATERIALS: frozenset({Status.REVOKED}),
}
MAY_BE_CORRECTED = frozenset({Status.RECEIVED, Status.ACCEPTED, Status.HANDLING, Status.SPECIAL_PROCEDURE_ENDED})


def following(history: Sequence[int]) -> frozenset[Status]:
    """The codes that may come next after ``history`` (all codes so far, in order; DOMAIN: one 6/7 pair a case)."""
    last = Status(history[-1]) if history else None
    if last is Status.CORRECTION_ENDED:
        # Correction leads back to where it interrupted.
        return AFTER[Status(history[-3])]
    allowed = AFTER.get(last, frozenset())
    if last in MAY_BE_CORRECTED and Status.CORRECTION_STARTED not in history:
        allowed |= {Status.CORRECTION_STARTED}
    return allowed


def follow(history: Sequence[int], code: Status) -> list[int]:
    """``history`` with ``code`` at its end; raises ``Conflict`` when the order does not allow it."""
    if code not in following(history):
        last = NAMES[Status(history[-1])] if history else "尚未接件"
        again = "每个办件只能补正一次，" if code is Status.CORRECTION_STARTED and code in history else ""
        raise Conflict(
            "status_out_of_order", f"{again}办件现为“{last}”，不能登记“{NAMES[code]}”；请按办件现在的环节办理。"
        )
    return [*history, code]


def clock_runs(history: Sequence[int]) -> bool:
    """Whether the item's clock runs after these events (exchange standard, column *clock* of 办理状态)."""
    if Status.ACCEPTED not in history:
        return False
    return history[-1] in {
        Status.ACCEPTED,
        Status.CORRECTION_ENDED,
        Status.HANDLING,
        Status.SPECIAL_PROCEDURE_ENDED,
    }


def stretches_held(events: Sequence[tuple[int, datetime]]) -> tuple[datetime | None, tuple[Hold, ...]]:
    """The item's clock from its events alone: when it started (``None``: not yet), and when it stood since.

    ``events`` are (code, effective_at) in order. An open hold has no end; what ends the case leaves the clock as it
    stands there.
    """
    started: datetime | None = None
    stood: datetime | None = None
    holds: list[Hold] = []
    history: list[int] = []
    for code, at in events:
        history.append(code)
        if started is None:
            started = at if clock_runs(history) else None
            continue
        if stood is None and not clock_runs(history):
            stood = at
        elif stood is not None and clock_runs(history):
            holds.append(Hold(stood, at))
            stood = None
    return started, (*holds, *([] if stood is None else [Hold(stood)]))
