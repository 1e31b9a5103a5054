"""Accounts of people and of other systems."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from accounts.actor import data_scope
from accounts.models import Organisation, User
from accounts.passwords import random_password
from accounts.sign_in import end_sessions
from accounts.users import create_user, disable_user, enable_user, reset_password, unlock_user
from api.operation import Call, Resource
from api.pagination import Page, SortKey, paginate
from api.users.schemas import (
    InitialPasswordAnswer,
    NewUserAnswer,
    ReasonInput,
    UserAnswer,
    UserInput,
    UserPage,
    UserQuery,
)
from errors import NotFound

resource = Resource("users", "用户")

ORDER = [SortKey(User.username, str, lambda row: row.username)]


@resource.operation("GET", "/users", UserPage, permission="user.read", query=UserQuery)
def list_users(call: Call) -> Page:
    """用户列表

    按用户名排序。
    """
    statement = select(User).join(Organisation, Organisation.id == User.organisation_id)
    statement = statement.where(_within(call, "user.read"))
    for name in ("organisation_id", "status"):
        if name in call.query:
            statement = statement.where(getattr(User, name) == call.query[name])
    if "name" in call.query:
        part = call.query["name"]
        matches = (User.display_name.contains(part, autoescape=True), User.username.contains(part, autoescape=True))
        statement = statement.where(or_(*matches))
    return paginate(call.session, statement, ORDER, call.query)


@resource.operation(
    "POST",
    "/users",
    NewUserAnswer,
    status=201,
    permission="user.write",
    body=UserInput,
    refusals=(404,),
    secret=("initial_password",),
)
def add_user(call: Call) -> dict[str, Any]:
    """新建用户

    给出随机的初始密码，首次登录须修改；岗位另行任命。初始密码只显示一次：以同一 Idempotency-Key 重复提交时，
    答复里的 initial_password 为 null，遗失的用“重置密码”另给。
    """
    body = call.body
    password = None if body["system"] else random_password()
    user = create_user(
        call.session,
        call.actor,
        username=body["username"],
        display_name=body["display_name"],
        organisation_id=body["organisation_id"],
        password=password,
        valid_until=body.get("valid_until"),
        now=call.now(),
    )
    return {"user": user, "initial_password": password}


@resource.operation("GET", "/users/<uuid:user_id>", UserAnswer, permission="user.read", tagged=True)
def read_user(call: Call, user_id: UUID) -> User:
    """查看用户

    岗位另见任职列表。
    """
    return _find(call, user_id, "user.read")


@resource.operation("POST", "/users/<uuid:user_id>/deactivation", UserAnswer, permission="user.write", body=ReasonInput)
def deactivate_user(call: Call, user_id: UUID) -> User:
    """停用用户

    立即不能登录，所有会话失效；历史保留。重复停用没有效果。
    """
    return disable_user(call.session, call.actor, user_id, reason=call.body["reason"], now=call.now())


@resource.operation("POST", "/users/<uuid:user_id>/activation", UserAnswer, permission="user.write")
def activate_user(call: Call, user_id: UUID) -> User:
    """恢复用户

    让停用的用户重新可以登录。
    """
    return enable_user(call.session, call.actor, user_id, now=call.now())


@resource.operation("POST", "/users/<uuid:user_id>/unlock", UserAnswer, permission="user.unlock")
def unlock_locked_user(call: Call, user_id: UUID) -> User:
    """解除锁定

    解除因连续输错密码造成的锁定。
    """
    return unlock_user(call.session, call.actor, user_id, now=call.now())


@resource.operation(
    "POST",
    "/users/<uuid:user_id>/password-reset",
    InitialPasswordAnswer,
    permission="user.write",
    secret=("initial_password",),
)
def reset_user_password(call: Call, user_id: UUID) -> dict[str, str]:
    """重置密码

    给出新的随机初始密码，首次登录须修改；原有会话全部失效。以同一 Idempotency-Key 重复提交时不再显示。
    """
    password = random_password()
    reset_password(call.session, call.actor, user_id, password=password, now=call.now())
    return {"initial_password": password}


@resource.operation("DELETE", "/users/<uuid:user_id>/sessions", None, status=204, permission="session.end")
def end_user_sessions(call: Call, user_id: UUID) -> None:
    """强制下线

    结束某用户的全部会话。
    """
    user = _find(call, user_id, "session.end", lock=True)
    end_sessions(call.session, call.actor, user, call.now())


def _within(call: Call, permission: str) -> ColumnElement[bool]:
    return data_scope(call.actor, permission, region=Organisation.region_code, organisations=(User.organisation_id,))


def _find(call: Call, user_id: UUID, permission: str, *, lock: bool = False) -> User:
    statement = select(User).join(Organisation, Organisation.id == User.organisation_id)
    statement = statement.where(User.id == user_id, _within(call, permission))
    if lock:
        statement = statement.with_for_update(key_share=True, of=User)
    found = call.session.scalar(statement)
    if found is None:
        raise NotFound("user_not_found", "没有这个用户，或他不在您的管理范围内。")
    return found
