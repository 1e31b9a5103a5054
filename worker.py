"""The worker entry: runs the jobs, each in a process of its own, until it is told to stop.

``worker.py`` works on what happens on the platform, ``worker.py outside`` delivers mail and calls of the webhook: a
server that hangs holds up nothing else.
"""

from __future__ import annotations

import sys
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from api import logbook
from bootstrap import load_releases, open_sessions
from cases.heartbeats import record_heartbeat
from database.clock import current_time
from database.transaction import in_transaction
from processes.install import Releases
from processes.models import InstalledRelease
from settings import Settings
from timers import queues, worker
from timers.jobs import Workshop


def main() -> None:
    """Work with the settings of the environment."""
    logbook.configure()
    settings, releases = Settings.from_environment(), load_releases()
    workshop = Workshop(partial(open_sessions, settings, releases), settings.data)
    outside = sys.argv[1:] == [queues.OUTSIDE]
    elsewhere = () if settings.delivers_outside else (queues.OUTSIDE,)  # what no channel takes is refused at once
    served = (queues.OUTSIDE,) if outside else (*queues.QUEUES, *elsewhere)
    kind = queues.OUTSIDE if outside else "worker"
    worker.run(workshop, settings.redis_url, served, partial(say_alive, settings, releases, kind))


def say_alive(settings: Settings, releases: Releases, kind: str) -> None:
    """Write the heartbeat, and load what is newly in force, so that the jobs forked from here find it loaded."""
    sessions = open_sessions(settings, releases)
    try:
        in_transaction(sessions, partial(beat_and_load, releases=releases, kind=kind))
    finally:
        sessions.kw["bind"].dispose()  # no connection may be open when a job is forked


def beat_and_load(session: Session, *, releases: Releases, kind: str) -> None:
    """The heartbeat, and the release in force of every region."""
    record_heartbeat(session, kind, current_time(session))
    installed = select(InstalledRelease.region_code).where(InstalledRelease.in_force_from.is_not(None)).distinct()
    for region_code in session.scalars(installed):
        releases.current(session, region_code)


if __name__ == "__main__":
    main()
