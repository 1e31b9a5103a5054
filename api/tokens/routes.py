"""API tokens of other systems."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from accounts.actor import data_scope
from accounts.models import ApiToken, Organisation, User
from accounts.tokens import create_api_token, revoke_api_token
from api.operation import Call, Resource
from api.pagination import Page, SortKey, paginate
from api.tokens.schemas import NewTokenAnswer, TokenInput, TokenPage, TokenQuery

resource = Resource("tokens", "接口令牌")

ORDER = [
    SortKey(ApiToken.created_at, datetime, lambda row: row.created_at),
    SortKey(ApiToken.id, UUID, lambda row: row.id),
]


@resource.operation("GET", "/api-tokens", TokenPage, permission="token.read", query=TokenQuery)
def list_tokens(call: Call) -> Page:
    """令牌列表

    最新的在前；令牌本身不再显示。
    """
    statement = (
        select(ApiToken)
        .join(User, User.id == ApiToken.user_id)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(
            data_scope(call.actor, "token.read", region=Organisation.region_code, organisations=(User.organisation_id,))
        )
    )
    if "user_id" in call.query:
        statement = statement.where(ApiToken.user_id == call.query["user_id"])
    return paginate(call.session, statement, ORDER, call.query, descending=True)


@resource.operation(
    "POST",
    "/api-tokens",
    NewTokenAnswer,
    status=201,
    permission="token.write",
    body=TokenInput,
    refusals=(404,),
    secret=("secret",),
)
def add_token(call: Call) -> dict[str, Any]:
    """发放令牌

    只发给任“外部系统”岗位的账号；令牌本身只显示这一次。
    """
    token, secret = create_api_token(call.session, call.actor, now=call.now(), **call.body)
    return {"token": token, "secret": secret}


@resource.operation("DELETE", "/api-tokens/<uuid:token_id>", None, status=204, permission="token.write")
def revoke_token(call: Call, token_id: UUID) -> None:
    """撤销令牌

    立即失效。重复撤销没有效果。
    """
    revoke_api_token(call.session, call.actor, token_id, now=call.now())
