"""Lights: green within the limit, yellow near its end, red over it, grey while the clock stands.

Computed, never stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from worktime.calendar import Calendar
from worktime.counting import USUAL, Hold, Rules, consumed_at, due
from worktime.limits import Limit


class Light(StrEnum):
    """The colour of a limit."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"


@dataclass(frozen=True, slots=True)
class Threshold:
    """Yellow when no more than ``left`` remains: of the limit's own unit, or with ``of_limit`` of the whole limit.

    ``Threshold(Fraction(1))`` is one working day before the end of a limit in working days, ``Threshold(Fraction(1, 5),
    of_limit=True)`` the last fifth of any limit.
    """

    left: Fraction
    of_limit: bool = False

    def __post_init__(self) -> None:
        if self.left < 0 or (self.of_limit and self.left > 1):
            raise ValueError("黄灯阈值不能小于 0；按比例时不能大于 1")

    def of(self, limit: Limit) -> Fraction:
        """What remains of the limit when it turns yellow."""
        return self.left * limit.amount if self.of_limit else self.left


def yellow_at(
    calendar: Calendar,
    start: datetime,
    limit: Limit,
    threshold: Threshold,
    holds: Sequence[Hold] = (),
    rules: Rules = USUAL,
) -> datetime | None:
    """The first instant of yellow; ``None`` when the clock stands before it."""
    amount = limit.amount - threshold.of(limit)
    if amount <= 0:
        return calendar.local(start)
    return consumed_at(calendar, start, limit.unit, amount, holds, rules)


def light(
    calendar: Calendar,
    start: datetime,
    limit: Limit,
    now: datetime,
    threshold: Threshold,
    holds: Sequence[Hold] = (),
    rules: Rules = USUAL,
) -> Light:
    """The colour at ``now``, after the holds that are known then.

    Red only after the due, never at it, and never while the due is provisional: then yellow is the last colour.
    """
    if any(hold.start <= now and (hold.end is None or now < hold.end) for hold in holds):
        return Light.GREY
    known = [hold for hold in holds if hold.start <= now]
    reached = due(calendar, start, limit, known, rules)
    if now > reached.at and not reached.provisional:
        return Light.RED
    yellow = yellow_at(calendar, start, limit, threshold, known, rules)
    return Light.GREEN if yellow is None or now < yellow else Light.YELLOW
