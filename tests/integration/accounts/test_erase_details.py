"""Two persons erase what an entry says; the chain still verifies, and the erasure is on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from accounts.erase_details import Credentials, erase_details_by_two
from audit.erase import EntryPlace
from audit.models import AuditEntry
from audit.report import verify_database
from audit.vault import Vault
from database import migrate
from errors import Conflict, NotAllowed, NotFound, NotSignedIn
from launcher.audit import main as verify
from launcher.erase import main
from launcher.postgres import OWNER, PrivatePostgres
from launcher.system import DATABASE
from launcher.trouble import CannotStart
from tests.conftest import Database, sessions_on
from tests.integration.accounts.conftest import PASSWORD, World, settle

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


def ask_for(*names: str) -> dict[str, Any]:
    """How the command asks, and what these people answer."""
    given = iter(names)
    return {"ask": lambda _: next(given), "ask_secretly": lambda _: PASSWORD}


def test_the_command_asks_both_and_erases(
    world: World, data_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    which = place(world)
    arguments = [which.stream_kind, which.stream_id, "1", "--reason", "误录涉密内容", "--data", str(data_folder)]
    monkeypatch.setenv("DATABASE_URL", world.database.url)
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    with pytest.raises(CannotStart, match="DATABASE_OWNER_URL"):
        main(arguments)
    monkeypatch.setenv("DATABASE_OWNER_URL", world.database.owner_url)
    with pytest.raises(CannotStart, match="密钥"):
        main([*arguments[:-1], str(tmp_path)])
    with pytest.raises(CannotStart, match="终端"):
        main(arguments, ask=end_of_input)
    assert details(world) is not None
    assert main(arguments, **ask_for("security", "auditor")) == 0
    assert details(world) is None


def end_of_input(_: str) -> str:
    """Nobody sits at the terminal."""
    raise EOFError


def test_the_command_finds_the_private_database_of_a_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with PrivatePostgres(tmp_path, durable=False) as server:
        server.create_database(DATABASE)
        url, owner_url = server.url(DATABASE), server.url(DATABASE, OWNER)
        migrate.upgrade(owner_url, url)
        with sessions_on(url, Vault.open(tmp_path / "keys")) as sessions:
            world = World(Database(DATABASE, url, owner_url, ""), sessions, {}, {})
            world.do(lambda session, now: settle(session, now, world))
            which = place(world)
    data = ["--data", str(tmp_path)]
    arguments = [which.stream_kind, which.stream_id, "1", "--reason", "误录涉密内容", *data]
    assert main(arguments, **ask_for("security", "auditor")) == 0
    assert verify(["verify", *data]) == 0
    assert "经双人清除内容的记录 1 条" in capsys.readouterr().out


def test_the_help_says_in_chinese_what_the_command_needs(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert all(word in text for word in ("用法：", "流类别", "DATABASE_OWNER_URL", "--data 目录"))
    assert not re.search("usage|positional|options", text)
    with pytest.raises(SystemExit):
        main(["projects"])
    assert "缺少参数" in capsys.readouterr().err
