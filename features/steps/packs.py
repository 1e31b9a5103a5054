"""Put the pack of the run in force with a setting changed, as a city of other rules would have it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from bootstrap import load_releases, open_sessions
from cases.releases import vocabulary
from database.clock import current_time
from database.transaction import in_transaction
from features.selection import current
from launcher.system import Platform
from processes.install import install
from processes.loader import load_files, read_folder


def put_in_force(platform: Platform, changed: Mapping[str, tuple[tuple[str, str], ...]]) -> None:
    """Install the pack with texts of its files replaced; the platform is put back before the next scenario.

    ``changed``: for each file, what is replaced by what. A text that is not there fails the scenario.
    """
    files = dict(read_folder(current().pack))
    for name, replacements in changed.items():
        content = files[name].decode("utf-8")
        for old, new in replacements:
            assert old in content or new in content, f"地区包的 {name} 没有写明“{old}”"
            content = content.replace(old, new)
        files[name] = content.encode("utf-8")
    release = load_files(files, vocabulary())

    def work(session: Session) -> None:
        install(session, release, current_time(session))

    sessions = open_sessions(platform.settings, load_releases())
    try:
        in_transaction(sessions, work)
    finally:
        sessions.kw["bind"].dispose()
