"""Read ``people.toml``: who plays in the demonstration and in the scenarios of a pack."""

from __future__ import annotations

from collections.abc import Collection

from processes.findings import Finding
from processes.reading import Files, read_tables
from processes.release import PersonEntry

FILE = "people.toml"
PERSON = ("username", "name", "organisation", "role")


def read_people(
    files: Files, organisations: Collection[str], roles: Collection[str], findings: list[Finding]
) -> tuple[PersonEntry, ...]:
    """The people in the order of the file; none for a pack without it, which no scenario can be played on."""
    people: dict[str, PersonEntry] = {}
    for [row] in read_tables(files, FILE, ("person",), findings) if FILE in files else ():
        row.no_more_than(PERSON)
        username, organisation = row.text("username"), row.text("organisation")
        if username in people:
            row.fault(f"人员 {username} 出现了两次", "请删去一处，或换一个用户名", "username")
        if organisation and organisation not in organisations:
            row.fault(f"机构 {organisation} 不在 organisations.toml 里", "请改正机构的编码", "organisation")
        people[username] = PersonEntry(username, row.text("name"), organisation, row.choice("role", roles))
    return tuple(people.values())
