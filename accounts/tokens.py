"""Use cases on API tokens: create one for another system, revoke it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actor import Actor
from accounts.models import ApiToken, Appointment, Organisation, User
from accounts.policy import TOKEN_AGE_MOST
from accounts.posts import holds
from accounts.roles import ROLES
from accounts.secrets import hash_secret, new_secret
from audit.record import record
from errors import Invalid, NotFound

PREFIX = "bl_"
CLIENT_ROLE = "api_client"


def create_api_token(
    session: Session,
    actor: Actor | None,
    *,
    user_id: UUID,
    name: str,
    scopes: Collection[str],
    expires_at: datetime,
    now: datetime,
) -> tuple[ApiToken, str]:
    """A token for the account of another system (post ``api_client``), and its secret, which is shown this once.

    ``scopes`` are permissions of that role; at every use the token grants no more than the account's posts do then.
    Raises ``Invalid`` and ``NotFound``.
    """
    user = session.get(User, user_id, with_for_update={"key_share": True})
    if user is None or not _reaches(session, actor, user):
        raise NotFound("user_not_found", "没有这个用户，或他不在您的管理范围内。", field="user_id")
    client = select(Appointment.id).join(User, User.id == Appointment.user_id)
    client = client.where(User.id == user_id, Appointment.role == CLIENT_ROLE, holds(now)).limit(1)
    if session.scalar(client) is None:
        raise Invalid("not_a_system", "接口令牌只发给任“外部系统”岗位的账号，请先任命。", field="user_id")
    if not name.strip():
        raise Invalid("name_missing", "请填写令牌用途。", field="name")
    stray = set(scopes) - set(ROLES[CLIENT_ROLE].grants)
    if stray or not scopes:
        allowed = "、".join(sorted(ROLES[CLIENT_ROLE].grants))
        raise Invalid("scope_unknown", f"权限范围须从以下选择，至少一项：{allowed}。", field="scopes")
    if not now < expires_at <= now + TOKEN_AGE_MOST:
        message = f"有效期须晚于现在，且不超过 {TOKEN_AGE_MOST.days} 天。"
        raise Invalid("token_period", message, field="expires_at")
    secret = new_secret(PREFIX)
    token = ApiToken(
        secret_hash=hash_secret(secret),
        user_id=user_id,
        name=name.strip(),
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=expires_at,
    )
    session.add(token)
    session.flush()
    _record(session, actor, user, token, "token.create", now)
    return token, secret


def revoke_api_token(session: Session, actor: Actor, token_id: UUID, *, now: datetime) -> ApiToken:
    """Revoke a token at once. Idempotent; raises ``NotFound``."""
    token = session.get(ApiToken, token_id)
    user = session.get(User, token.user_id, with_for_update={"key_share": True}) if token else None
    if token is None or user is None or not _reaches(session, actor, user):
        raise NotFound("token_not_found", "没有这个令牌，或它不在您的管理范围内。")
    session.refresh(token)
    if token.revoked_at is None:
        token.revoked_at = now
        _record(session, actor, user, token, "token.revoke", now)
    return token


def _reaches(session: Session, actor: Actor | None, user: User) -> bool:
    organisation = session.get_one(Organisation, user.organisation_id)
    return actor is None or actor.sees(
        "token.write", region_code=organisation.region_code, organisation_id=organisation.id
    )


def _record(session: Session, actor: Actor | None, user: User, token: ApiToken, action: str, now: datetime) -> None:
    after = {"name": token.name, "scopes": token.scopes, "expires_at": token.expires_at}
    record(
        session,
        user,
        actor=actor,
        action=action,
        recorded_at=now,
        object_type="api_tokens",
        object_id=token.id,
        after=after,
    )
