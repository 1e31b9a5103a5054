"""Use case and command: two persons erase what one audit entry says (classified matter entered by mistake).

``./bl erase``: both type their passwords at the server; the database's owner role does it, for the application's may
not change the audit.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.orm import Session, sessionmaker

from accounts.actor import Actor
from accounts.authenticate import authenticate_session
from accounts.sign_in import sign_in, sign_out
from audit.erase import EntryPlace, erase_details
from audit.vault import VAULT, Vault
from database.clock import current_time
from database.connect import create_session_factory
from database.transaction import in_transaction

PERMISSION = "audit.erase"


class Credentials(NamedTuple):
    """User name and password."""

    username: str
    password: str


def erase_details_by_two(
    sessions: sessionmaker[Session],
    owner_sessions: sessionmaker[Session],
    first: Credentials,
    second: Credentials,
    which: EntryPlace,
    *,
    reason: str,
) -> None:
    """Check both persons as a sign-in would, lock-out included, and erase the details of the entry ``which``.

    Raises ``NotSignedIn``, ``NotAllowed`` (no permission, or one person twice), ``NotFound`` and ``Conflict``.
    """
    one, other = _check(sessions, first), _check(sessions, second)
    in_transaction(owner_sessions, lambda session: erase_details(session, one, other, which, reason=reason))


def main(
    arguments: Sequence[str],
    environment: Mapping[str, str] = os.environ,
    ask: Callable[[str], str] = input,
    ask_secretly: Callable[[str], str] = getpass.getpass,
) -> int:
    """Erase as the command line says; 0 when done, 2 when the surroundings are not set."""
    parser = argparse.ArgumentParser(prog="./bl erase", description="双人清除一条审计记录的内容（记录本身仍在链上）")
    parser.add_argument("stream_kind", help="流类别，如 projects")
    parser.add_argument("stream_id", help="流编号")
    parser.add_argument("sequence", type=int, help="序号")
    parser.add_argument("--reason", required=True, help="原因（不得含被清除的内容）")
    options = parser.parse_args(arguments)
    needed = ("DATABASE_URL", "DATABASE_OWNER_URL", "BINGLIAN_DATA")
    if missing := [name for name in needed if not environment.get(name)]:
        sys.stderr.write(f"请先设置 {'、'.join(missing)}：清除须由数据库属主账号执行。\n")
        return 2
    people = [Credentials(ask(f"{who}用户名："), ask_secretly(f"{who}密码：")) for who in ("第一人", "第二人")]
    which = EntryPlace(options.stream_kind, options.stream_id, options.sequence)
    vault = {VAULT: Vault.open(Path(environment["BINGLIAN_DATA"]) / "keys")}
    sessions = create_session_factory(environment["DATABASE_URL"], info=vault, pool_size=1)
    owner_sessions = create_session_factory(environment["DATABASE_OWNER_URL"], info=vault, pool_size=1)
    try:
        erase_details_by_two(sessions, owner_sessions, people[0], people[1], which, reason=options.reason)
    finally:
        sessions.kw["bind"].dispose()
        owner_sessions.kw["bind"].dispose()
    sys.stdout.write("内容已清除；记录、散列与本次清除的记录仍在链上。数据库备份中的旧内容须另行处理。\n")
    return 0


def _check(sessions: sessionmaker[Session], credentials: Credentials) -> Actor:
    secret = sign_in(sessions, *credentials).secret

    def use_once(session: Session) -> Actor:
        now = current_time(session)
        actor = authenticate_session(session, secret, now)
        sign_out(session, actor, now)
        return actor

    actor = in_transaction(sessions, use_once)
    actor.require(PERMISSION)
    return actor
