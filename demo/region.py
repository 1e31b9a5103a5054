"""Install the demonstration region: its organisations, its people with accounts, and the release of its pack."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from accounts.models import Region, User
from accounts.passwords import random_password
from accounts.posts import appoint
from accounts.regions import create_region
from accounts.roles import ROLES
from accounts.users import create_user
from cases.deploy_release import create_missing_organisations
from cases.operations.organisations import organisation_ids
from cases.releases import vocabulary
from database.clock import current_time
from database.transaction import in_transaction
from demo.accounts import Account, write_accounts
from processes.install import install
from processes.loader import PACKS, load_folder
from processes.models import InstalledRelease
from processes.release import RegionEntry, Release

PACK = PACKS / "beizhen"


def prepare(sessions: sessionmaker[Session], data: Path, pack: Path = PACK) -> None:
    """Bring the demonstration region up to date with ``pack``; what is there already stays as it is.

    The accounts' file is written into ``data`` before the accounts are committed, so that an interruption leaves
    either nothing or accounts whose passwords are known; a second start mends the rest.
    """
    release = load_folder(pack, vocabulary())

    def work(session: Session) -> None:
        now = current_time(session)
        _region(session, release.region, now)
        code = release.region.code
        create_missing_organisations(session, None, code, list(release.organisations.values()), now)
        if session.get(InstalledRelease, release.id) is None:  # another one that was deployed since stays in force
            install(session, release, now)
        accounts = _accounts(session, release, organisation_ids(session, release), now)
        if accounts:
            write_accounts(data, accounts)

    in_transaction(sessions, work)


def _region(session: Session, entry: RegionEntry, now: datetime) -> None:
    if entry.parent is not None:
        _region(session, entry.parent, now)
    if session.get(Region, entry.code) is None:
        parent = entry.parent.code if entry.parent else None
        create_region(session, None, code=entry.code, name=entry.name, parent_code=parent, now=now)


def _accounts(session: Session, release: Release, organisations: dict[str, UUID], now: datetime) -> list[Account]:
    """Make all accounts, or none when they are there."""
    usernames = [person.username for person in release.people]
    if session.scalar(select(User.id).where(User.username.in_(usernames)).limit(1)) is not None:
        return []
    made = []
    for person in release.people:
        organisation, password = organisations[person.organisation], random_password()
        user = create_user(
            session,
            None,
            username=person.username,
            display_name=person.name,
            organisation_id=organisation,
            password=password,
            must_change_password=False,
            now=now,
        )
        appoint(session, None, user_id=user.id, organisation_id=organisation, role=person.role, now=now)
        name, post = release.organisations[person.organisation].name, ROLES[person.role].title
        made.append(Account(person.username, password, person.name, name, post))
    return made
