"""Two persons erase what an entry says; the chain still verifies, and the erasure is on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from accounts.erase_details import Credentials, erase_details_by_two, main
from audit.cli import verify_database
from audit.erase import EntryPlace
from audit.models import AuditEntry
from audit.vault import Vault
from errors import Conflict, NotAllowed, NotFound, NotSignedIn
from tests.conftest import sessions_on
from tests.integration.accounts.conftest import PASSWORD, World

SECURITY, AUDITOR = Credentials("security", PASSWORD), Credentials("auditor", PASSWORD)


@pytest.fixture
def owner_sessions(world: World, vault: Vault) -> Iterator[sessionmaker[Session]]:
    with sessions_on(world.database.owner_url, vault) as factory:
        yield factory


def place(world: World) -> EntryPlace:
    return EntryPlace("organisations", str(world.organisations["applicant"]), 1)


def details(world: World) -> bytes | None:
    query = select(AuditEntry.details).where(AuditEntry.stream_id == place(world).stream_id, AuditEntry.sequence == 1)
    return world.do(lambda session, _: session.scalars(query).one())


def test_two_persons_erase_and_the_chain_still_verifies(
    world: World, owner_sessions: sessionmaker[Session], data_folder: Path
) -> None:
    erase_details_by_two(world.sessions, owner_sessions, SECURITY, AUDITOR, place(world), reason="误录涉密内容")
    assert details(world) is None
    report = verify_database(world.database.url, data_folder)
    assert (report.findings, report.erased) == ([], 1)
    erasure = select(AuditEntry).where(AuditEntry.action == "audit.erase_details")
    entry = world.do(lambda session, _: session.scalars(erasure).one())
    assert entry.actor_id == world.people["security"]
    assert entry.object_id == str(place(world))


@pytest.mark.parametrize(
    ("second", "kind"),
    [
        (SECURITY, NotAllowed),
        (Credentials("system", PASSWORD), NotAllowed),
        (Credentials("auditor", "wrong"), NotSignedIn),
        (Credentials("nobody", PASSWORD), NotSignedIn),
    ],
)
def test_one_person_is_not_enough(
    world: World, owner_sessions: sessionmaker[Session], second: Credentials, kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        erase_details_by_two(world.sessions, owner_sessions, SECURITY, second, place(world), reason="误录")
    assert details(world) is not None


def test_the_application_role_cannot_erase(world: World) -> None:
    with pytest.raises(Exception, match="permission denied"):
        erase_details_by_two(world.sessions, world.sessions, SECURITY, AUDITOR, place(world), reason="误录")
    assert details(world) is not None


def test_what_is_not_there_or_erased_already_is_refused(world: World, owner_sessions: sessionmaker[Session]) -> None:
    which = EntryPlace("organisations", "nowhere", 1)
    with pytest.raises(NotFound):
        erase_details_by_two(world.sessions, owner_sessions, SECURITY, AUDITOR, which, reason="误录")
    erase_details_by_two(world.sessions, owner_sessions, SECURITY, AUDITOR, place(world), reason="误录")
    with pytest.raises(Conflict):
        erase_details_by_two(world.sessions, owner_sessions, SECURITY, AUDITOR, place(world), reason="误录")


def test_the_command_asks_both_and_erases(world: World, data_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    which = place(world)
    arguments = [which.stream_kind, which.stream_id, "1", "--reason", "误录涉密内容"]
    assert main(arguments, {}) == 2
    assert "DATABASE_OWNER_URL" in capsys.readouterr().err
    environment = {
        "DATABASE_URL": world.database.url,
        "DATABASE_OWNER_URL": world.database.owner_url,
        "BINGLIAN_DATA": str(data_folder),
    }
    names = iter(["security", "auditor"])
    assert main(arguments, environment, ask=lambda _: next(names), ask_secretly=lambda _: PASSWORD) == 0
    assert details(world) is None
