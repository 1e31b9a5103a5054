"""Tell of limits that became yellow or red: once for each (limit, colour, due), to the ladder of the pack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cases.lights import NOTICE
from cases.models.lights import LightEvent
from cases.models.work import OutboxMessage
from cases.releases import release_of
from processes.calendars import known_version
from processes.lights import Rung

# The WHERE repeats the condition of ix_due_rows_light_at. A due that rests on a year without announced holidays is
# never red: it waits for its year. What an older calendar gave waits until it is computed anew, so that nobody is told
# of an instant that is no longer true.
CHANGED = text("""
    SELECT id FROM due_rows
    WHERE yellow_at IS NOT NULL AND cancelled_at IS NULL AND NOT held AND light_at IS NOT NULL AND light_at < :now
      AND NOT (provisional AND light_at >= due_at) AND calendar_version >= :version
    ORDER BY light_at LIMIT :most FOR NO KEY UPDATE SKIP LOCKED
""")
LIMITS = text("""
    SELECT d.id, d.kind, d.due_at, d.provisional, d.organisation_id, d.region_code, d.stage_case_id, p.item_case_id,
        p.release_id, p.subject->>'name' AS item, s.lead_id, j.name AS project, w.name AS task,
        o.name AS department
    FROM due_rows d JOIN process_instances p ON p.id = d.instance_id JOIN stage_cases s ON s.id = d.stage_case_id
    JOIN engineerings e ON e.id = s.engineering_id JOIN projects j ON j.id = e.project_id
    LEFT JOIN work_items w ON w.id = d.task_id LEFT JOIN organisations o ON o.id = w.organisation_id
    WHERE d.id = ANY(:ids)
""")
# Whoever may take the open task of a limit; of the limit of an item, or of another instance: its open tasks. That
# somebody was not told is handled by the lead of the stage.
HANDLERS = text("""
    SELECT d.id, CASE WHEN d.kind = 'notice' THEN s.lead_id ELSE w.organisation_id END AS organisation_id,
        CASE WHEN d.kind = 'notice' THEN 'lead_officer' ELSE w.role END AS role, w.id AS work_item
    FROM due_rows d JOIN work_items w ON w.id = d.task_id JOIN stage_cases s ON s.id = d.stage_case_id
    WHERE d.id = ANY(:ids) AND w.status = 'open'
    UNION
    SELECT d.id, w.organisation_id, w.role, w.id FROM due_rows d JOIN process_instances p ON p.id = d.instance_id
    JOIN work_items w ON w.item_case_id = p.item_case_id
    WHERE d.id = ANY(:ids) AND d.kind NOT IN ('task', 'notice') AND w.status = 'open'
    UNION
    SELECT d.id, w.organisation_id, w.role, w.id FROM due_rows d JOIN work_items w ON w.instance_id = d.instance_id
    WHERE d.id = ANY(:ids) AND d.kind NOT IN ('task', 'notice') AND w.status = 'open'
""")
TOLD = text("UPDATE due_rows SET light_at = CASE WHEN id = ANY(:red) THEN NULL ELSE due_at END WHERE id = ANY(:ids)")
WORDS = {
    "yellow": "黄灯：“{subject}”（{project}）应于 {due} 前办结",
    "red": "红灯：“{subject}”（{project}）已超过期限 {due}",
    "escalate": "超时上报：“{subject}”（{project}）超过期限 {due} 仍未办结",
}

Limit = Row[*tuple[Any, ...]]


def tell_lights(session: Session, most: int, now: datetime) -> int:
    """Tell of at most ``most`` changes of colour before ``now``; how many limits.

    Any number of scanners may tell at once: each takes rows that the others have not, and what was told of one due is
    not told again. A limit that passed yellow unseen is told as red only.
    """
    ids = list(session.execute(CHANGED, {"now": now, "most": most, "version": known_version(session)}).scalars())
    if not ids:
        return 0
    found = _Found(session, ids)
    colours = {
        key: "red" if now > row.due_at and not row.provisional else "yellow" for key, row in found.limits.items()
    }
    messages: list[dict[str, Any]] = []
    for event in _record(session, found, colours, now):
        messages += found.messages(event.due_row_id, event.colour, now)
    if messages:
        session.execute(insert(OutboxMessage), messages)
    red = [key for key, colour in colours.items() if colour == "red"]
    session.execute(TOLD, {"ids": ids, "red": red})
    return len(ids)


def tell_ladder(session: Session, due_row_id: UUID, rung: str, now: datetime) -> None:
    """Tell those whom the pack names for ``rung`` of one limit."""
    for message in _Found(session, [due_row_id]).messages(due_row_id, rung, now):
        session.add(OutboxMessage(**message))


def _record(session: Session, found: _Found, colours: dict[UUID, str], now: datetime) -> Sequence[Any]:
    """The events that nobody told of before."""
    rows = [
        {"id": uuid4(), "due_row_id": key, "colour": colours[key], "due_at": row.due_at, "told_at": now}
        for key, row in found.limits.items()
    ]
    statement = insert(LightEvent).values(rows).on_conflict_do_nothing()
    return session.execute(statement.returning(LightEvent.due_row_id, LightEvent.colour)).all()


class _Found:
    """The limits with their handlers: two queries, however many."""

    def __init__(self, session: Session, ids: Sequence[UUID]) -> None:
        self.session = session
        self.limits: dict[UUID, Limit] = {row.id: row for row in session.execute(LIMITS, {"ids": ids})}
        self.handlers: dict[UUID, list[Limit]] = {}
        for row in session.execute(HANDLERS, {"ids": ids}):
            self.handlers.setdefault(row.id, []).append(row)

    def messages(self, due_row_id: UUID, rung: str, now: datetime) -> Iterator[dict[str, Any]]:
        """One message for each post of the rung."""
        limit = self.limits[due_row_id]
        release = release_of(self.session, limit.release_id)
        due = release.calendar.local(limit.due_at)
        subject = limit.item or limit.task or "阶段总时限"
        if limit.kind == NOTICE:
            subject = f"通知{limit.department}办理{subject}"
        about = {
            "due": str(limit.id),
            "title": WORDS[rung].format(subject=subject, project=limit.project, due=f"{due:%Y-%m-%d %H:%M}"),
            "stage_case": str(limit.stage_case_id),
            "item_case": limit.item_case_id and str(limit.item_case_id),
        }
        told = set()
        for step in release.lights.told[rung]:
            for post in self._posts(limit, step):
                key = (post["organisation"], post["role"])
                if key not in told:
                    told.add(key)
                    yield {"id": uuid4(), "topic": "light", "payload": {**about, **post}, "created_at": now}

    def _posts(self, limit: Limit, step: Rung) -> Iterator[dict[str, str | None]]:
        match step.at:
            case "task":
                for row in self.handlers.get(limit.id, ()):
                    yield {**_post(row.organisation_id, row.role), "work_item": str(row.work_item)}
            case "department":
                yield _post(limit.organisation_id, step.role)
            case "lead":
                yield _post(limit.lead_id, step.role)
            case "region":
                yield {"organisation": None, "role": step.role, "region": limit.region_code}


def _post(organisation_id: UUID, role: str) -> dict[str, str | None]:
    return {"organisation": str(organisation_id), "role": role, "region": None}
