"""Limits that belong to a case and not to a token of the diagram: the stage's total, a special procedure's own."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from cases import lights, limits
from cases.changes import Changes
from cases.context import Context
from cases.models.due import DueRow
from cases.models.stages import StageCase
from processes.release import Release


def start_limit(
    changes: Changes,
    release: Release,
    *,
    kind: str,
    subject_id: UUID,
    instance_id: UUID,
    stage_case_id: UUID,
    limit: str,
    since: datetime | None = None,
) -> None:
    """A limit of a case runs from ``since`` (now); one a ``kind`` and subject.

    ``subject_id`` is what it belongs to (:class:`cases.models.due.DueRow`); ``instance_id`` the instance whose end
    ends it too. When it passes, those responsible are told.
    """
    start = since or changes.now
    due = limits.due(release, start, limit)
    changes.set_limit(
        {
            "instance_id": instance_id,
            "task_id": subject_id,
            "element_id": kind,
            "kind": kind,
            "timeout": "remind",
            "limit_text": limit,
            "started_at": start,
            "due_at": due.at,
            "provisional": due.provisional,
            "held": False,
            "stage_case_id": stage_case_id,
            "region_code": release.region.code,
            "calendar_version": release.calendar_version,
            **lights.lit(release, kind, start, limit, due.at),
        }
    )


def start_stage_clock(context: Context, instance_id: UUID, at: str) -> None:
    """The stage's total limit (阶段总时限) runs from here, if the pack says that it starts ``at`` this act.

    It runs once: what is received or dispatched later, in a supplement, starts nothing anew.
    """
    release = context.release
    if release.stage_clock != at:
        return
    running = select(DueRow.id).where(DueRow.task_id == context.stage_case_id, DueRow.kind == "stage")
    if context.session.scalar(running) is not None:
        return
    found = select(StageCase.process_type, StageCase.stage).where(StageCase.id == context.stage_case_id)
    process_type, stage = context.session.execute(found).one()
    start_limit(
        context.changes,
        release,
        kind="stage",
        subject_id=context.stage_case_id,
        instance_id=context.places[instance_id].root_id,
        stage_case_id=context.stage_case_id,
        limit=release.process_types[process_type].stages[stage].limit,
    )
