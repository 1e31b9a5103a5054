"""The RQ jobs: each id in a transaction of its own, so that one that fails keeps no other from its work.

A job may run twice, or be cut off: the use cases do nothing for what is done already, and what was left undone is
claimed anew when its lease has passed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

import structlog
from sqlalchemy.orm import Session, sessionmaker

from audit.seal import run_sealer
from cases.count_lights import count_lights
from cases.deliver_outbox import deliver_outbox
from cases.fire_due import fire_due
from cases.recompute_dues import recompute_dues
from database.clock import current_time
from database.transaction import in_transaction
from files.sweep_store import sweep_store

FIRE_DUE, DELIVER, SEAL = "timers.jobs.fire_due_rows", "timers.jobs.deliver_messages", "timers.jobs.seal_audit"
RECOMPUTE, SWEEP = "timers.jobs.recompute_limits", "timers.jobs.sweep_files"
COUNT = "timers.jobs.count_colours"
BATCHES = 50  # of limits computed anew in one job; what is left is another job's

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Workshop:
    """What the jobs of a process need: how to open sessions (after the fork), and the data folder."""

    open_sessions: Callable[[], sessionmaker[Session]]
    data: Path


_workshop: list[Workshop] = []


def equip(workshop: Workshop) -> None:
    """Give the jobs of this process, and of those it forks, what they need."""
    _workshop[:] = [workshop]
    _sessions.cache_clear()


@cache
def _sessions() -> sessionmaker[Session]:
    return _workshop[0].open_sessions()


def fire_due_rows(ids: Sequence[str]) -> None:
    """Fire the limits that passed."""
    _each(ids, fire_due)


def deliver_messages(ids: Sequence[str]) -> None:
    """Deliver messages of the outbox."""
    _each(ids, deliver_outbox)


def seal_audit() -> None:
    """Seal what was committed to the audit since the last seal."""
    run_sealer(_sessions(), _workshop[0].data)


def recompute_limits() -> None:
    """Compute anew the limits whose due an older calendar gave, batch by batch, each in its own transaction."""
    for _ in range(BATCHES):
        if in_transaction(_sessions(), recompute_dues) == 0:
            return


def sweep_files() -> None:
    """Drop what transactions that failed left in the store."""
    sweep_store(_sessions(), in_transaction(_sessions(), current_time))


def count_colours() -> None:
    """Count the lights for the boards."""
    in_transaction(_sessions(), lambda session: count_lights(session, current_time(session)))


def _each(ids: Sequence[str], use_case: Callable[[Session, UUID], object]) -> None:
    for identifier in ids:
        try:
            in_transaction(_sessions(), _on(use_case, UUID(identifier)))
        except Exception:
            log.exception("job failed", use_case=use_case.__name__, id=identifier)


def _on(use_case: Callable[[Session, UUID], object], row: UUID) -> Callable[[Session], object]:
    return lambda session: use_case(session, row)
