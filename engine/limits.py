"""The grammar of limit texts: ``5WD`` working days, ``3ND`` natural days, ``8WH``, ``24NH``, ``PT30M``, an instant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache


class LimitInvalid(ValueError):
    """A text is no limit; the message says in Chinese what is accepted."""


class Unit(StrEnum):
    """What the amount of a limit counts."""

    WORKING_DAYS = "WD"
    NATURAL_DAYS = "ND"
    WORKING_HOURS = "WH"
    NATURAL_HOURS = "NH"
    SECONDS = "S"
    INSTANT = "@"


@dataclass(frozen=True, slots=True)
class Limit:
    """``amount`` of ``unit``: a whole number, or for ``INSTANT`` a date or an aware datetime."""

    amount: int | date | datetime
    unit: Unit


LONGEST_DAYS = 3660
LONGEST_SECONDS = LONGEST_DAYS * 24 * 3600
LONGEST_TEXT = 64
ACCEPTED = (
    "期限写作 5WD（工作日）、3ND（自然日）、8WH（工作小时）、24NH（自然小时）、PT30M（时长）或 2026-11-03（日期）"
)

COUNTED = re.compile(r"([0-9]{1,6})(WD|ND|WH|NH)")
DURATION = re.compile(
    r"P(?:([0-9]{1,5})W)?(?:([0-9]{1,6})D)?(?:T(?:([0-9]{1,7})H)?(?:([0-9]{1,8})M)?(?:([0-9]{1,9})S)?)?"
)
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})")


@lru_cache(maxsize=1024)
def parse_limit(text: str) -> Limit:
    """Read a limit text; raises ``LimitInvalid`` naming the text and the accepted forms.

    Days and hours are whole and at least 1; a duration may be zero (it is due at once); years and months are refused
    because their length is not fixed; an instant must carry its offset.
    """
    if len(text) <= LONGEST_TEXT:
        text = text.strip()
        limit = _counted(text) or _duration(text) or _instant(text)
        if limit is not None:
            return limit
    raise LimitInvalid(f"“{text[:LONGEST_TEXT]}”不是期限；{ACCEPTED}")


def _counted(text: str) -> Limit | None:
    match = COUNTED.fullmatch(text)
    if match is None:
        return None
    amount, unit = int(match[1]), Unit(match[2])
    longest = LONGEST_DAYS if unit in (Unit.WORKING_DAYS, Unit.NATURAL_DAYS) else LONGEST_DAYS * 24
    return Limit(amount, unit) if 1 <= amount <= longest else None


def _duration(text: str) -> Limit | None:
    match = DURATION.fullmatch(text)
    if match is None or text.endswith(("P", "T")):
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    amount = (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds
    return Limit(amount, Unit.SECONDS) if amount <= LONGEST_SECONDS else None


def _instant(text: str) -> Limit | None:
    try:
        if DATE.fullmatch(text):
            return Limit(date.fromisoformat(text), Unit.INSTANT)
        if INSTANT.fullmatch(text):
            return Limit(datetime.fromisoformat(text), Unit.INSTANT)
    except ValueError:
        return None
    return None
