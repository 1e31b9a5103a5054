"""Signing in and out, and one's own password."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import change_password, sign_in
from accounts.actor import Actor
from accounts.authenticate import authenticate_session
from accounts.models import ApiToken, Organisation, SignIn
from accounts.roles import ROLES
from api import authentication
from api.description import SESSION_COOKIE
from api.operation import Answer, Call, Resource
from api.services import Services
from api.sessions.schemas import PasswordInput, SessionAnswer, SignInInput
from database.transaction import in_transaction
from errors import NotAllowed

resource = Resource("sessions", "登录与会话")

PER_ADDRESS = "240 per minute"  # an office may stand behind one address
PER_NAME = "20 per minute"


@resource.operation(
    "POST",
    "/sessions",
    SessionAnswer,
    status=201,
    body=SignInInput,
    public=True,
    transaction=False,
    refusals=(401, 429),
)
def sign_in_to_platform(call: Call) -> Answer:
    """登录

    成功后设置会话 Cookie。连续输错密码会锁定账号；过于频繁的登录会被推迟。
    """
    services, address = call.services, request.remote_addr
    username, password = call.body["username"], call.body["password"]
    name = hashlib.sha256(username.strip().lower().encode()).hexdigest()[:32]
    with (
        services.limiter.limit(PER_ADDRESS, scope="sign-in"),
        services.limiter.limit(PER_NAME, scope="sign-in-name", key_func=lambda: f"{address}:{name}"),
    ):
        secret = sign_in.sign_in(services.sessions, username, password, address=address).secret

    def describe(session: Session) -> dict[str, Any]:
        actor = authenticate_session(session, secret, address=address)
        return _describe(services, session, actor, secret)

    return Answer(in_transaction(services.sessions, describe), headers={"Set-Cookie": _cookie(secret)})


@resource.operation("GET", "/sessions/current", SessionAnswer)
def read_session(call: Call) -> dict[str, Any]:
    """当前会话

    我是谁、有哪些岗位和权限，以及修改类请求要用的 csrf_token。
    """
    assert call.caller is not None
    return _describe(call.services, call.session, call.actor, call.caller.cookie)


@resource.operation("DELETE", "/sessions/current", None, status=204, once=False)
def sign_out_of_platform(call: Call) -> Answer:
    """退出登录

    会话立即失效，Cookie 清除。
    """
    _require_session(call.actor)
    sign_in.sign_out(call.session, call.actor, call.now())
    return Answer(None, headers={"Set-Cookie": _cookie("", age=0)})


@resource.operation("POST", "/sessions/current/password", None, status=204, body=PasswordInput, once=False)
def change_own_password(call: Call) -> None:
    """修改自己的密码

    成功后本人的其他会话全部失效。新密码不得与最近用过的相同。
    """
    _require_session(call.actor)
    body = call.body
    change_password.change_password(call.services.sessions, call.actor, body["present"], body["new"])


def _require_session(actor: Actor) -> None:
    if actor.via != "session":
        raise NotAllowed("session_only", "这个操作只能由登录的人进行，不能用接口令牌。")


def _describe(services: Services, session: Session, actor: Actor, cookie: str | None) -> dict[str, Any]:
    credential = SignIn if actor.via == "session" else ApiToken
    expires_at = session.scalar(select(credential.expires_at).where(credential.id == actor.credential_id))
    names = dict(
        session.execute(
            select(Organisation.id, Organisation.name).where(Organisation.id.in_(actor.organisation_ids))
        ).all()
    )
    posts = [
        {
            "organisation_id": post.organisation_id,
            "organisation_name": names[post.organisation_id],
            "role": post.role,
            "role_title": ROLES[post.role].title if post.role in ROLES else post.role,
        }
        for post in sorted(actor.posts)
    ]
    user = {
        "id": actor.user_id,
        "username": actor.username,
        "display_name": actor.display_name,
        "organisation_id": actor.organisation_id,
        "region_code": actor.region_code,
    }
    return {
        "user": user,
        "posts": posts,
        "permissions": sorted(actor.permissions),
        "must_change_password": actor.password_expired,
        "csrf_token": None if cookie is None else authentication.csrf_token(cookie),
        "expires_at": expires_at,
        "demo": services.settings.demo,
    }


def _cookie(secret: str, *, age: int | None = None) -> str:
    secure = "" if authentication.is_loopback(request.host) else "; Secure"
    ends = "" if age is None else f"; Max-Age={age}"
    return f"{SESSION_COOKIE}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}{ends}"
