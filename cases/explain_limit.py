"""Why this date: how a limit came to its due, in Chinese sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

import worktime
from accounts.actor import Actor
from cases.models.due import DueChange, DueRow, Hold
from cases.models.instances import ProcessInstance
from cases.models.stages import StageCase
from cases.queries.stage_cases import in_scope
from cases.releases import release_of
from engine.limits import Unit, parse_limit
from errors import NotFound
from processes.release import Release
from worktime import Explanation, lines
from worktime.wording import moment

CHANGES = {"calendar": "放假安排公布（日历版本 {}）", "extension": "延长期限"}


@dataclass(frozen=True, slots=True)
class ExplainedLimit:
    """A limit, what led to its due, and the dues that it had before.

    ``explanation`` is None where nothing is counted: a duration runs by the clock, a date is a date.
    """

    row: DueRow
    sentences: tuple[str, ...]
    explanation: Explanation | None
    changes: Sequence[DueChange]


def explain_limit(session: Session, actor: Actor, due_id: UUID) -> ExplainedLimit:
    """Explain a limit to somebody who may see its stage case; raises ``NotFound``."""
    found = session.execute(
        select(DueRow, ProcessInstance, StageCase.release_id)
        .join(ProcessInstance, ProcessInstance.id == DueRow.instance_id)
        .join(StageCase, StageCase.id == DueRow.stage_case_id)
        .where(DueRow.id == due_id, in_scope(actor, "stage_case.read"))
    ).one_or_none()
    if found is None:
        raise NotFound("limit_not_found", "没有这个期限，或它不在您的范围内。")
    row, instance, release_id = found
    release = release_of(session, release_id)
    changes = session.scalars(
        select(DueChange).where(DueChange.due_id == due_id).order_by(DueChange.changed_at, DueChange.id)
    ).all()
    explanation = _explain(release, row, _holds(session, row, instance))
    told = lines(explanation) if explanation else (_by_the_clock(release, row),)
    return ExplainedLimit(row, (*told, *(_changed(release, change) for change in changes)), explanation, changes)


def _explain(release: Release, row: DueRow, holds: Sequence[worktime.Hold]) -> Explanation | None:
    if parse_limit(row.limit_text).unit in (Unit.SECONDS, Unit.INSTANT):
        return None
    limit = worktime.parse_limit(row.limit_text.strip())
    return worktime.explain(release.calendar, row.started_at, limit, holds, release.counting)


def _holds(session: Session, row: DueRow, instance: ProcessInstance) -> list[worktime.Hold]:
    """The holds that stop or stopped the limit, also the one that is open."""
    if row.kind in ("procedure", "hold") or instance.kind in ("promise", "procedure"):
        return []
    item_case_id = instance.item_case_id
    stage = Hold.item_case_id.is_(None)
    reached = or_(stage, Hold.item_case_id == item_case_id) if item_case_id else stage & Hold.stops_clock
    found = select(Hold).where(Hold.stage_case_id == row.stage_case_id, reached).order_by(Hold.started_at)
    return [worktime.Hold(hold.started_at, hold.ended_at) for hold in session.scalars(found)]


def _by_the_clock(release: Release, row: DueRow) -> str:
    start, due = (moment(release.calendar.local(at)) for at in (row.started_at, row.due_at))
    return f"期限 {row.limit_text} 按钟点计算，自 {start} 开始；到期时刻：{due}。"


def _changed(release: Release, change: DueChange) -> str:
    when, before, after = (
        moment(release.calendar.local(at)) for at in (change.changed_at, change.before_at, change.after_at)
    )
    cause = CHANGES[change.cause].format(change.calendar_version)
    same = "到期时刻不变，不再是暂定" if before == after else f"到期时刻由 {before} 改为 {after}"
    return f"{when} {cause}：{same}。"
