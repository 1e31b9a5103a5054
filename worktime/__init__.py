"""Working time: calendars, and limits in working days, natural days, working hours and natural hours."""

from worktime.calendar import Calendar, DayKind, Season, Spans, national_calendar
from worktime.counting import ClockStands, Due, Hold, Rules, consumed, consumed_at, due, due_after_hold, remaining
from worktime.explanation import Cause, Explanation, Run, explain
from worktime.lights import Light, Threshold, light, yellow_at
from worktime.limits import Limit, LimitInvalid, Unit, parse_limit
from worktime.notices import Notice, NoticeInvalid, read_csv, read_json, with_notice, with_notices
from worktime.preview import Move, Running, moves
from worktime.wording import lines

__all__ = [
    "Calendar",
    "Cause",
    "ClockStands",
    "DayKind",
    "Due",
    "Explanation",
    "Hold",
    "Light",
    "Limit",
    "LimitInvalid",
    "Move",
    "Notice",
    "NoticeInvalid",
    "Rules",
    "Run",
    "Running",
    "Season",
    "Spans",
    "Threshold",
    "Unit",
    "consumed",
    "consumed_at",
    "due",
    "due_after_hold",
    "explain",
    "light",
    "lines",
    "moves",
    "national_calendar",
    "parse_limit",
    "read_csv",
    "read_json",
    "remaining",
    "with_notice",
    "with_notices",
    "yellow_at",
]
