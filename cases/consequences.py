"""What an act would do to a stage, before it is done: the act itself, rehearsed and taken back.

Nothing is told twice in code: whatever the diagram, the pack and the holds make of the act is what is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

# U2: an item, and a task of it, is active when neither it nor its stage is held.
_ACTIVE = """NOT EXISTS (
    SELECT FROM holds h WHERE h.stage_case_id = {stage_case} AND h.ended_at IS NULL
      AND (h.item_case_id IS NULL OR h.item_case_id = {item_case})
)"""
STAGE = text("SELECT status FROM stage_cases WHERE id = :stage_case")
ITEMS = text(f"""
    SELECT i.id, i.item_code, i.name, i.main, {_ACTIVE.format(stage_case="i.stage_case_id", item_case="i.id")} AS active
    FROM item_cases i WHERE i.stage_case_id = :stage_case AND i.ended_at IS NULL ORDER BY i.item_code
""")
TASKS = text(f"""
    SELECT w.id, {_ACTIVE.format(stage_case="w.stage_case_id", item_case="w.item_case_id")} AS active
    FROM work_items w WHERE w.stage_case_id = :stage_case AND w.status = 'open'
""")
CLOCKS = text("""
    SELECT d.id, NOT d.held AS active FROM due_rows d JOIN process_instances p ON p.id = d.instance_id
    WHERE p.stage_case_id = :stage_case AND d.cancelled_at IS NULL AND d.kind NOT IN ('timer', 'procedure', 'hold')
""")


@dataclass(frozen=True, slots=True)
class Affected:
    """An item case that the act would touch."""

    id: UUID
    item_code: str
    name: str
    main: bool


@dataclass(frozen=True, slots=True)
class Consequences:
    """The difference that the act makes; ``stage_status`` is what the stage would have."""

    stage_status: str
    items_frozen: list[Affected]
    items_ended: list[Affected]
    tasks_frozen: int
    tasks_closed: int
    clocks_stopped: int
    clocks_ended: int


@dataclass(frozen=True, slots=True)
class _Standing:
    """What there is in a stage case by id, and whether it is active."""

    stage_status: str
    items: dict[UUID, Any]
    tasks: dict[UUID, bool]
    clocks: dict[UUID, bool]


def rehearse(session: Session, stage_case_id: UUID, act: Callable[[], object]) -> Consequences:
    """What ``act`` would change in the stage case; it raises what the act raises, and nothing stays of it."""
    before = _standing(session, stage_case_id)
    rehearsal = session.begin_nested()
    try:
        act()
        session.flush()
        after = _standing(session, stage_case_id)
    finally:
        rehearsal.rollback()
    return Consequences(
        stage_status=after.stage_status,
        items_frozen=[
            _affected(found)
            for key, found in before.items.items()
            if found.active and key in after.items and not after.items[key].active
        ],
        items_ended=[_affected(found) for key, found in before.items.items() if key not in after.items],
        tasks_frozen=_stopped(before.tasks, after.tasks),
        tasks_closed=len(before.tasks.keys() - after.tasks.keys()),
        clocks_stopped=_stopped(before.clocks, after.clocks),
        clocks_ended=len(before.clocks.keys() - after.clocks.keys()),
    )


def _standing(session: Session, stage_case_id: UUID) -> _Standing:
    values = {"stage_case": stage_case_id}
    return _Standing(
        stage_status=str(session.execute(STAGE, values).scalar_one()),
        items={row.id: row for row in session.execute(ITEMS, values)},
        tasks={row.id: row.active for row in session.execute(TASKS, values)},
        clocks={row.id: row.active for row in session.execute(CLOCKS, values)},
    )


def _affected(row: Any) -> Affected:
    return Affected(row.id, row.item_code, row.name, row.main)


def _stopped(before: dict[UUID, bool], after: dict[UUID, bool]) -> int:
    return sum(active and after.get(key) is False for key, active in before.items())
