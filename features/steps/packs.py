"""Put the pack of the run in force with a setting changed, as a city of other rules would have it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from bootstrap import load_releases, open_sessions
from cases.releases import vocabulary
from database.clock import current_time
from database.transaction import in_transaction
from features.selection import current
from launcher.system import Platform
from processes.install import install
from processes.loader import load_files, read_folder

Change = Callable[[str], str]


def setting(section: str, key: str, value: str) -> Change:
    """A setting of ``pack.toml`` as the scenario wants it, whatever the pack says; ``value`` as TOML writes it."""

    def change(content: str) -> str:
        head = re.search(rf"(?m)^\[{re.escape(section)}\]\n", content)
        if head is None:
            return f"{content.rstrip()}\n\n[{section}]\n{key} = {value}\n"
        before, after = content[: head.end()], content[head.end() :]
        own, mark, rest = after.partition("\n[")
        kept = re.sub(rf"(?m)^{re.escape(key)} = .*\n?", "", own)
        return f"{before}{key} = {value}\n{kept}{mark}{rest}"

    return change


def more_rows(*rows: str) -> Change:
    """Rows at the end of a CSV file."""
    return lambda content: "\n".join((content.rstrip("\n"), *rows, ""))


def column(row: str, name: str, value: str) -> Change:
    """The column ``name`` in the one row of a CSV file that has the text ``row`` in it; none with commas in a value."""

    def change(content: str) -> str:
        head, *rows = content.splitlines()
        place = head.split(",").index(name)
        [found] = [number for number, line in enumerate(rows) if row in line.split(",")]
        values = rows[found].split(",")
        values[place] = value
        rows[found] = ",".join(values)
        return "\n".join((head, *rows, ""))

    return change


def put_in_force(platform: Platform, changed: Mapping[str, tuple[Change, ...]]) -> None:
    """Install the pack with its files changed, by their names; the platform is put back before the next scenario."""
    files = dict(read_folder(current().pack))
    for name, changes in changed.items():
        content = files[name].decode("utf-8")
        for change in changes:
            content = change(content)
        files[name] = content.encode("utf-8")
    release = load_files(files, vocabulary())

    def work(session: Session) -> None:
        install(session, release, current_time(session))

    sessions = open_sessions(platform.settings, load_releases())
    try:
        in_transaction(sessions, work)
    finally:
        sessions.kw["bind"].dispose()
