"""Use case: two persons erase what one audit entry says (classified matter entered by mistake).

The database's owner role does it, for the application's may not change the audit.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy.orm import Session, sessionmaker

from accounts.actor import Actor
from accounts.authenticate import authenticate_session
from accounts.sign_in import sign_in, sign_out
from audit.erase import EntryPlace, erase_details
from database.clock import current_time
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
