"""What a limit counts and how much of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """The unit of a limit, in the codes of the exchange standard (时限单位)."""

    WORKING_DAYS = "WD"
    NATURAL_DAYS = "ND"
    WORKING_HOURS = "WH"
    NATURAL_HOURS = "NH"


class LimitInvalid(ValueError):
    """A text is no limit; the message says in Chinese what is accepted."""


@dataclass(frozen=True, slots=True)
class Limit:
    """``amount`` (whole, at least 1) of ``unit``."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if not 1 <= self.amount <= MOST[self.unit]:
            raise LimitInvalid(f"期限要在 1 到 {MOST[self.unit]}{self.unit.value} 之间，现在是 {self.amount}")

    def __str__(self) -> str:
        return f"{self.amount}{self.unit.value}"

    def extended(self, by: int) -> Limit:
        """The limit with an extension of ``by`` of its own unit."""
        return Limit(self.amount + by, self.unit)


MOST_DAYS = 3660
MOST = {
    Unit.WORKING_DAYS: MOST_DAYS,
    Unit.NATURAL_DAYS: MOST_DAYS,
    Unit.WORKING_HOURS: MOST_DAYS * 24,
    Unit.NATURAL_HOURS: MOST_DAYS * 24,
}
TEXT = re.compile(r"([0-9]{1,6})(WD|ND|WH|NH)")


def parse_limit(text: str) -> Limit:
    """Read ``5WD``, ``3ND``, ``8WH`` or ``24NH``; raises ``LimitInvalid``."""
    match = TEXT.fullmatch(text)
    if match is None:
        raise LimitInvalid(f"“{text[:40]}”不是期限；写作 5WD (工作日)、3ND (自然日)、8WH (工作小时) 或 24NH (自然小时)")
    return Limit(int(match[1]), Unit(match[2]))
