"""Working time: calendars, and limits in working days, natural days, working hours and natural hours."""

from worktime.calendar import Calendar, national_calendar
from worktime.counting import Due, Hold, Rules, consumed, due, due_after_hold, remaining
from worktime.limits import Limit, LimitInvalid, Unit, parse_limit

__all__ = [
    "Calendar",
    "Due",
    "Hold",
    "Limit",
    "LimitInvalid",
    "Rules",
    "Unit",
    "consumed",
    "due",
    "due_after_hold",
    "national_calendar",
    "parse_limit",
    "remaining",
]
