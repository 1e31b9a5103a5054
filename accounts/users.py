"""Use cases on users: create, disable, enable, unlock."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actor import Actor
from accounts.models import Organisation, User
from accounts.passwords import check_password, hash_password
from accounts.policy import USERNAME
from accounts.sign_in import end_sessions
from audit.record import record
from errors import Conflict, Invalid, NotAllowed, NotFound

FACTS = ("username", "display_name", "organisation_id", "status", "valid_until")


def create_user(
    session: Session,
    actor: Actor | None,
    *,
    username: str,
    display_name: str,
    organisation_id: UUID,
    password: str | None,
    now: datetime,
    must_change_password: bool = True,
    valid_until: datetime | None = None,
) -> User:
    """Create an account; a post is a matter of ``appoint``.

    ``password`` is the initial one (``passwords.random_password()``), None for another system, which only has tokens.
    ``actor`` None is the platform itself. Raises ``Invalid``, ``Conflict`` and ``NotFound``.
    """
    name = username.strip().lower()
    if USERNAME.fullmatch(name) is None:
        message = "用户名须为 3 至 64 位小写字母、数字或 . _ -，并以字母或数字开头。"
        raise Invalid("username_shape", message, field="username")
    if not display_name.strip():
        raise Invalid("name_missing", "请填写姓名。", field="display_name")
    organisation = session.get(Organisation, organisation_id)
    if organisation is None or not _reaches(actor, "user.write", organisation):
        raise NotFound("organisation_not_found", "没有这个机构，或它不在您的管理范围内。", field="organisation_id")
    if session.scalar(select(User.id).where(User.username == name)) is not None:
        raise Conflict("username_taken", f"用户名“{name}”已被使用，请换一个。", field="username")
    if valid_until is not None and valid_until <= now:
        raise Invalid("valid_until_past", "账号有效期须晚于现在。", field="valid_until")
    if password is not None:
        check_password(password, name)
    user = User(
        username=name,
        display_name=display_name.strip(),
        organisation_id=organisation_id,
        status="active",
        password_hash=hash_password(password) if password is not None else None,
        password_changed_at=now if password is not None else None,
        must_change_password=must_change_password,
        valid_until=valid_until,
        created_at=now,
    )
    record(session, user, actor=actor, action="user.create", recorded_at=now, after=facts(user))
    return user


def disable_user(session: Session, actor: Actor, user_id: UUID, *, reason: str, now: datetime) -> User:
    """Let a person sign in no more, and end every session at once; the history stays. Idempotent."""
    user = _locked(session, actor, user_id, "user.write")
    if user.id == actor.user_id:
        raise NotAllowed("not_oneself", "不能停用自己的账号，请由另一位系统管理员办理。")
    if user.status != "disabled":
        user.status = "disabled"
        end_sessions(session, actor, user, now)
        record(session, user, actor=actor, action="user.disable", recorded_at=now, after=facts(user), reason=reason)
    return user


def enable_user(session: Session, actor: Actor, user_id: UUID, *, now: datetime) -> User:
    """Let a disabled person sign in again. Idempotent."""
    user = _locked(session, actor, user_id, "user.write")
    if user.status != "active":
        user.status = "active"
        record(session, user, actor=actor, action="user.enable", recorded_at=now, after=facts(user))
    return user


def unlock_user(session: Session, actor: Actor, user_id: UUID, *, now: datetime) -> User:
    """Lift the lock that wrong passwords brought about. Idempotent."""
    user = _locked(session, actor, user_id, "user.unlock")
    if user.locked_until is not None or user.failures:
        user.failures, user.locked_until = 0, None
        record(session, user, actor=actor, action="user.unlock", recorded_at=now)
    return user


def reset_password(session: Session, actor: Actor, user_id: UUID, *, password: str, now: datetime) -> User:
    """Give a person who forgot it a new initial password, to be changed at the next sign-in; ends every session."""
    user = _locked(session, actor, user_id, "user.write")
    if user.id == actor.user_id:
        raise NotAllowed("not_oneself", "修改自己的密码请用“修改密码”。")
    check_password(password, user.username)
    user.password_hash, user.password_changed_at, user.must_change_password = hash_password(password), now, True
    user.failures, user.locked_until = 0, None
    end_sessions(session, actor, user, now)
    record(session, user, actor=actor, action="user.reset_password", recorded_at=now)
    return user


def facts(user: User) -> dict[str, Any]:
    """What the audit keeps of a user; never anything of the password."""
    return {name: getattr(user, name) for name in FACTS}


def _reaches(actor: Actor | None, permission: str, organisation: Organisation) -> bool:
    return actor is None or actor.sees(
        permission, region_code=organisation.region_code, organisation_id=organisation.id
    )


def _locked(session: Session, actor: Actor, user_id: UUID, permission: str) -> User:
    user = session.get(User, user_id, with_for_update={"key_share": True})
    if user is None or not _reaches(actor, permission, session.get_one(Organisation, user.organisation_id)):
        raise NotFound("user_not_found", "没有这个用户，或他不在您的管理范围内。")
    return user
