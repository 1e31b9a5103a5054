"""The explanation of a due in Chinese sentences."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from fractions import Fraction

from worktime.calendar import DayKind
from worktime.counting import DAYS, WORKING
from worktime.explanation import Cause, Explanation, Run
from worktime.limits import Unit

DAY = timedelta(days=1)
LARGEST_DENOMINATOR = 1440  # finer parts of a day than a minute are told as decimals
WEEKDAYS = "一二三四五六日"
UNITS = {
    Unit.WORKING_DAYS: "个工作日",
    Unit.NATURAL_DAYS: "个自然日",
    Unit.WORKING_HOURS: "个工作小时",
    Unit.NATURAL_HOURS: "小时",
}
KINDS = {
    DayKind.WORKDAY: "工作日",
    DayKind.MAKE_UP: "调休上班",
    DayKind.WEEKEND: "休息日",
    DayKind.HOLIDAY: "法定节假日",
    DayKind.LOCAL_WORK: "本地安排上班",
    DayKind.LOCAL_OFF: "本地安排放假",
}
CAUSES = {
    Cause.START: "期限开始的当日不计入",
    Cause.HELD: "挂起，不计入",
    Cause.OUTSIDE: "没有计入的时间",
}


def lines(explanation: Explanation) -> tuple[str, ...]:
    """The explanation, one sentence a line: start, days, holds, due."""
    unit = UNITS[explanation.limit.unit]
    told = [f"期限 {explanation.limit.amount} {unit}，自 {moment(explanation.start)} 开始。"]
    if explanation.first_counted is not None:
        told.append(f"从 {day_text(explanation.first_counted)} 起计算。")
    told += [_run(run, explanation) for run in explanation.runs]
    for hold in explanation.holds:
        until = f"至 {moment(hold.end)} 挂起" if hold.end else "起挂起，尚未解除"
        told.append(f"{moment(hold.start)} {until}，期间不计时。")
    return (*told, *_end(explanation))


def moment(instant: datetime) -> str:
    """An instant on the clocks that it carries; midnight is the 24:00 of the day that it ends."""
    if instant.time() == time():
        return f"{day_text(instant.date() - DAY)} 24:00"
    seconds = f":{instant.second:02}" if instant.second or instant.microsecond else ""
    part = f".{instant.microsecond:06}".rstrip("0") if instant.microsecond else ""
    return f"{day_text(instant.date())} {instant:%H:%M}{seconds}{part}"


def day_text(day: date) -> str:
    """A day with its weekday."""
    return f"{day.year}年{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


def amount_text(amount: Fraction) -> str:
    """An amount as a mixed number, or about as a decimal where the fraction tells nobody anything."""
    whole, rest = divmod(amount, 1)
    if not rest:
        return str(whole)
    if rest.denominator > LARGEST_DENOMINATOR:
        return f"约 {float(amount):.4f}"
    return f"{whole} 又 {rest}" if whole else str(rest)


def _run(run: Run, explanation: Explanation) -> str:
    days = day_text(run.first) if run.first == run.last else f"{day_text(run.first)}至{day_text(run.last)}"
    unit = explanation.limit.unit
    if run.worth:
        partly = "" if run.whole else "，部分时间计入"
        return f"{days}：{KINDS[run.kind]}{partly}，计 {amount_text(run.worth)} {UNITS[unit]}。"
    if run.cause is not None:
        return f"{days}：{KINDS[run.kind]}，{CAUSES[run.cause]}。"
    return f"{days}：{KINDS[run.kind]}，不计入。"


def _end(explanation: Explanation) -> tuple[str, ...]:
    unit, due, used = explanation.limit.unit, explanation.due, explanation.consumed_at
    if due is None or used is None:
        rest = explanation.limit.amount - explanation.worth
        return (f"时钟停着：已用 {amount_text(explanation.worth)}，还剩 {amount_text(rest)} {UNITS[unit]}。",)
    told = []
    if due.at != used:
        rule = "按本地规定延至当日结束"
        if unit in DAYS and unit not in WORKING and (due.at - used) >= DAY:
            rule = "最后一日不上班，按本地规定顺延到下一个工作日"
        told.append(f"{moment(used)} 用完；{rule}。")
    told.append(f"到期时刻：{moment(due.at)}。")
    if due.provisional:
        told.append("其中有的年份尚未公布放假安排，这一时刻是暂定的，公布后重新计算。")
    return tuple(told)
