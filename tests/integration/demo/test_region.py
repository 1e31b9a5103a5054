"""The demonstration region is installed once, survives interruption, and nobody else can read its passwords."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from accounts import passwords
from accounts.models import Appointment, Organisation, Region, User
from cases.deploy_release import deploy_release
from cases.releases import vocabulary
from database.clock import current_time
from demo import region
from demo.accounts import FILE, read_accounts
from processes.install import in_force
from processes.loader import load_files, load_folder, read_folder

PACK = load_folder(region.PACK, vocabulary())


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def counts(session: Session) -> list[int | None]:
    return [
        session.scalar(select(func.count()).select_from(table)) for table in (Region, Organisation, User, Appointment)
    ]


def test_everybody_of_the_demonstration_has_an_account_and_a_post(
    session_factory: sessionmaker[Session], session: Session, tmp_path: Path
) -> None:
    region.prepare(session_factory, tmp_path)
    accounts = read_accounts(tmp_path)
    assert set(accounts) == {person.username for person in PACK.people}
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    for username, password_hash in session.execute(select(User.username, User.password_hash)):
        assert passwords.is_right(password_hash, accounts[username].password)
    assert in_force(session, "210782") is not None
    assert session.get_one(Region, "210782").parent_code == "210700"


def test_a_second_start_changes_nothing(
    session_factory: sessionmaker[Session], session: Session, tmp_path: Path
) -> None:
    region.prepare(session_factory, tmp_path)
    before, file = counts(session), (tmp_path / FILE).read_bytes()
    region.prepare(session_factory, tmp_path)
    assert counts(session) == before
    assert (tmp_path / FILE).read_bytes() == file


def test_what_was_deployed_since_stays_in_force_over_a_second_start(
    session_factory: sessionmaker[Session], session: Session, tmp_path: Path
) -> None:
    region.prepare(session_factory, tmp_path)
    files = read_folder(region.PACK)
    later = load_files({**files, "pack.toml": files["pack.toml"] + b"\n"}, vocabulary())
    deploy_release(session, None, later, current_time(session))
    session.commit()
    region.prepare(session_factory, tmp_path)
    assert in_force(session, "210782") == later.id


def test_an_interruption_before_the_commit_leaves_no_account_without_a_known_password(
    session_factory: sessionmaker[Session], session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(folder: Path, accounts: object) -> Path:
        raise OSError("disk full")

    monkeypatch.setattr(region, "write_accounts", broken)
    with pytest.raises(OSError, match="disk full"):
        region.prepare(session_factory, tmp_path)
    assert counts(session) == [0, 0, 0, 0]
    monkeypatch.undo()
    region.prepare(session_factory, tmp_path)
    assert len(read_accounts(tmp_path)) == len(PACK.people)
