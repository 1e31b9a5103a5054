"""The policy of lights in ``pack.toml``: from when on a limit is yellow, and who is told of which colour."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from processes.reading import Row
from worktime import Threshold

KEYS = ("basis", "yellow", "told", "notice")
BASES = ("share", "remaining")
RUNGS = ("yellow", "red", "escalate")
HANDLER = "handler"
PLACES = ("department", "lead", "region")
MEND_RUNGS = f"请写成 ['{HANDLER}', '角色@处所']，处所为 {'、'.join(PLACES)} 之一"


class Rung(NamedTuple):
    """Who is told: a role ``at`` the department that handles, the lead department, or in the region.

    ``handler`` at ``task`` is whoever may take the open task.
    """

    role: str
    at: str


@dataclass(frozen=True, slots=True)
class Lights:
    """``threshold`` of yellow, and the ladder: who is told of each colour, and when a task escalates.

    ``notice``: whether the limit of a notification has a light; that it was missed is kept either way.
    """

    threshold: Threshold
    told: Mapping[str, tuple[Rung, ...]]
    notice: bool = True


USUAL_LIGHTS = Lights(
    Threshold(Fraction(1, 5), of_limit=True),
    {
        "yellow": (Rung(HANDLER, "task"),),
        "red": (Rung(HANDLER, "task"), Rung("lead_officer", "lead"), Rung("supervisor", "region")),
        "escalate": (Rung("department_head", "department"), Rung("supervisor", "region")),
    },
)
"""For a pack without a section ``[lights]``: the last fifth is yellow; red goes up to lead and supervisor."""


def read_lights(table: Row, roles: Collection[str]) -> Lights:
    """The section ``[lights]``; every role of the ladder is one of ``roles``."""
    table.no_more_than(KEYS)
    told = table.table("told")
    told.no_more_than(RUNGS)
    ladder = {colour: _rungs(told, colour, roles) for colour in RUNGS}
    return Lights(_threshold(table), ladder, _notice(table))


def _threshold(table: Row) -> Threshold:
    """``share``: of the whole limit; ``remaining``: so many of the limit's own unit."""
    share = table.choice("basis", BASES) == "share"
    text = table.text("yellow")
    try:
        return Threshold(Fraction(text), of_limit=share) if text else USUAL_LIGHTS.threshold
    except (ValueError, ZeroDivisionError):
        table.fault(f"黄灯阈值 {text} 不对", '按比例写 "1/5"（0 到 1 之间），按剩余写单位数如 "1"', "yellow")
        return USUAL_LIGHTS.threshold


def _notice(table: Row) -> bool:
    value = table.values.get("notice", True)
    if not isinstance(value, bool):
        table.fault("notice 要是 true 或 false", "请写 notice = true（通知逾期亮灯）或 notice = false", "notice")
    return value is True


def _rungs(told: Row, colour: str, roles: Collection[str]) -> tuple[Rung, ...]:
    words = told.values.get(colour)
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        told.fault(f"没有写明 {colour} 通知谁", MEND_RUNGS, colour)
        return ()
    rungs = []
    for word in words:
        role, _, at = word.partition("@")
        if word == HANDLER:
            rungs.append(Rung(HANDLER, "task"))
        elif role in roles and at in PLACES:
            rungs.append(Rung(role, at))
        else:
            told.fault(f"{colour} 里的“{word}”不是角色和处所", MEND_RUNGS, colour)
    if len(set(words)) < len(words):
        told.fault(f"{colour} 里有重复的人", "每个只写一次", colour)
    return tuple(rungs)
