"""Signing in and out: the slow hash outside of any transaction, failures counted in the database before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from accounts import passwords
from accounts.actor import Actor
from accounts.models import SignIn, User
from accounts.policy import FAILURES_BEFORE_LOCK, LOCK, PASSWORD_AGE, SESSION_ABSOLUTE, SESSIONS_PER_USER, USERNAME
from accounts.secrets import hash_secret, new_secret
from audit.record import record
from audit.refusals import append_refusal
from database.clock import current_time
from database.transaction import in_transaction
from errors import NotSignedIn

COUNT_ATTEMPT = text("""
    UPDATE users SET
        failures = CASE WHEN locked_until <= :now THEN 1 ELSE failures + 1 END,
        locked_until = CASE
            WHEN (CASE WHEN locked_until <= :now THEN 1 ELSE failures + 1 END) >= :most THEN :now + :lock
        END
    WHERE username = :username AND status = 'active' AND (locked_until IS NULL OR locked_until <= :now)
        AND (valid_until IS NULL OR valid_until > :now)
    RETURNING id, password_hash
""")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The secret for the cookie, shown nowhere else; when the session ends at the latest; who it is."""

    secret: str = field(repr=False)
    expires_at: datetime
    user_id: UUID
    password_expired: bool


@dataclass(frozen=True, slots=True)
class _Person:
    """The person who signs in, as the audit wants to know."""

    user_id: UUID
    address: str | None


def sign_in(sessions: sessionmaker[Session], username: str, password: str, *, address: str | None = None) -> SignedIn:
    """Check the password and begin a session.

    Raises ``NotSignedIn`` with the same words, after the same work, whether the user is unknown, disabled, expired or
    locked, or the password wrong: an answer must not tell which names exist. The failure is counted before the
    password is looked at, so that guessing in parallel gains nothing.
    """
    username = username.strip().lower()
    if USERNAME.fullmatch(username) is None:
        username = ""  # nobody's
    attempt = in_transaction(sessions, lambda session: count_attempt(session, username))
    signed_in = None
    if passwords.is_right(attempt.password_hash if attempt else None, password) and attempt is not None:
        signed_in = in_transaction(sessions, lambda session: _begin(session, attempt, password, address))
    if signed_in is None:
        in_transaction(sessions, lambda session: _note_failure(session, attempt, username, address))
        raise NotSignedIn(
            "sign_in_refused",
            f"用户名或密码不正确，或账号已停用、已锁定（连续输错 {FAILURES_BEFORE_LOCK} 次锁定 "
            f"{LOCK.seconds // 60} 分钟）。请核对后重试，或联系安全管理员解锁。",
        )
    return signed_in


def sign_out(session: Session, actor: Actor, now: datetime) -> None:
    """End the session that the request came with."""
    person = session.get_one(User, actor.user_id)
    signed_in = session.get_one(SignIn, actor.credential_id)
    signed_in.ended_at = signed_in.ended_at or now
    record(session, person, actor=actor, action="session.end", recorded_at=now)


def end_sessions(session: Session, actor: Actor | None, user: User, now: datetime, *, keep: UUID | None = None) -> None:
    """End every session of a person, but the one to ``keep``: log-out everywhere."""
    live = (SignIn.user_id == user.id) & SignIn.ended_at.is_(None)
    if keep is not None:
        live &= SignIn.id != keep
    session.execute(update(SignIn).where(live).values(ended_at=now))
    record(session, user, actor=actor, action="session.end_all", recorded_at=now)


def count_attempt(session: Session, username: str) -> Row[Any] | None:
    """Count one failure, and lock at the limit; None when nobody may sign in under this name."""
    now = current_time(session)
    parameters = {"username": username, "now": now, "most": FAILURES_BEFORE_LOCK, "lock": LOCK}
    return session.execute(COUNT_ATTEMPT, parameters).one_or_none()


def _note_failure(session: Session, attempt: Row[Any] | None, username: str, address: str | None) -> None:
    user_id = attempt.id if attempt else session.scalar(select(User.id).where(User.username == username))
    append_refusal(
        session,
        user_id,
        action="session.begin",
        object_type="users",
        object_id=user_id or "unknown",
        details={"username": username},
        address=address,
    )


def _begin(session: Session, attempt: Row[Any], password: str, address: str | None) -> SignedIn | None:
    """A new session; None when the password or the person changed while the hash was computed."""
    user = session.get_one(User, attempt.id, with_for_update={"key_share": True})
    if user.password_hash != attempt.password_hash or user.status != "active":
        return None
    now = current_time(session)
    user.failures, user.locked_until, user.last_signed_in_at = 0, None, now
    if passwords.needs_new_hash(attempt.password_hash):
        user.password_hash = passwords.hash_password(password)
    _end_surplus(session, user.id, now)
    secret, expires_at = new_secret(), now + SESSION_ABSOLUTE
    session.add(
        SignIn(
            secret_hash=hash_secret(secret),
            user_id=user.id,
            address=address,
            created_at=now,
            last_seen_at=now,
            expires_at=expires_at,
        )
    )
    record(session, user, actor=_Person(user.id, address), action="session.begin", recorded_at=now)
    return SignedIn(secret, expires_at, user.id, password_has_expired(user, now))


def _end_surplus(session: Session, user_id: UUID, now: datetime) -> None:
    """End the oldest sessions, so that with the new one the person has as many as the policy allows."""
    live = select(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None), SignIn.expires_at > now)
    oldest_first = session.scalars(live.order_by(SignIn.created_at)).all()
    for surplus in oldest_first[: max(0, len(oldest_first) - SESSIONS_PER_USER + 1)]:
        surplus.ended_at = now


def password_has_expired(user: User, now: datetime) -> bool:
    """Whether the person must change the password before anything else."""
    changed = user.password_changed_at
    return user.must_change_password or changed is None or changed <= now - PASSWORD_AGE
