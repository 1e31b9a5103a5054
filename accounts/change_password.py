"""Use case: a person changes the own password."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session, sessionmaker

from accounts import passwords
from accounts.actor import Actor
from accounts.models import User
from accounts.policy import PASSWORD_HISTORY
from accounts.sign_in import count_attempt, end_sessions
from audit.record import record
from audit.refusals import record_refusal
from database.clock import current_time
from database.transaction import in_transaction
from errors import Conflict, Invalid, NotAllowed


def change_password(sessions: sessionmaker[Session], actor: Actor, present: str, new: str) -> None:
    """Replace the password and end the person's other sessions.

    A wrong present password counts towards the lock like a failed sign-in. Raises ``NotAllowed`` for it, ``Invalid``
    for a new one that breaks the policy or was used lately.
    """
    passwords.check_password(new, actor.username, field="new")
    attempt = in_transaction(sessions, lambda session: count_attempt(session, actor.username))
    if attempt is None or not passwords.is_right(attempt.password_hash, present):
        record_refusal(
            sessions,
            actor=actor,
            action="user.change_password",
            object_type="users",
            object_id=actor.user_id,
            details={"code": "password_wrong"},
        )
        raise NotAllowed("password_wrong", "现用密码不正确，或账号已锁定；请核对后重试。", field="present")
    former = in_transaction(sessions, lambda session: _former(session, attempt))
    if any(passwords.is_right(old, new) for old in former):
        message = f"新密码与最近 {PASSWORD_HISTORY} 次用过的密码相同，请换一个。"
        raise Invalid("password_used_before", message, field="new")
    new_hash = passwords.hash_password(new)
    in_transaction(sessions, lambda session: _write(session, actor, attempt.password_hash, new_hash))


def _former(session: Session, attempt: Row[Any]) -> list[str]:
    """The hashes that a new password is compared with; takes back the failure that was counted in advance."""
    user = session.get_one(User, attempt.id, with_for_update={"key_share": True})
    user.failures, user.locked_until = 0, None
    return [str(attempt.password_hash), *user.former_password_hashes][:PASSWORD_HISTORY]


def _write(session: Session, actor: Actor, present_hash: str, new_hash: str) -> None:
    user = session.get_one(User, actor.user_id, with_for_update={"key_share": True})
    if user.password_hash != present_hash:
        raise Conflict("password_changed_meanwhile", "密码刚刚已被修改，请用新密码重新登录后再改。")
    now = current_time(session)
    user.former_password_hashes = [present_hash, *user.former_password_hashes][: PASSWORD_HISTORY - 1]
    user.password_hash, user.password_changed_at, user.must_change_password = new_hash, now, False
    record(session, user, actor=actor, action="user.change_password", recorded_at=now)
    end_sessions(session, actor, user, now, keep=actor.credential_id)
