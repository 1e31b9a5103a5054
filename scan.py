"""The scan entry: finds due rows and messages and hands them to the workers, until it is told to stop."""

from __future__ import annotations

import signal
from threading import Event

from api import logbook
from bootstrap import load_releases, open_sessions
from settings import Settings
from timers import scan


def main() -> None:
    """Scan with the settings of the environment."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    logbook.configure()
    settings = Settings.from_environment()
    scan.run(open_sessions(settings, load_releases()), settings.redis_url, stop)


if __name__ == "__main__":
    main()
