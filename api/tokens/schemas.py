"""What clients send to and get of API tokens."""

from __future__ import annotations

from marshmallow import fields

from accounts.roles import ROLES
from accounts.tokens import CLIENT_ROLE
from api.fields import Choice, Identifier, Input, Listed, Moment, Output, Part, Text, shown
from api.pagination import PageQuery, page_of

SCOPES = tuple(sorted(ROLES[CLIENT_ROLE].grants))


class TokenInput(Input):
    """A token for another system."""

    user_id = Identifier(required=True, metadata={"description": "外部系统的账号。"})
    name = Text(required=True, longest=100, metadata={"description": "用途。"})
    scopes = Listed(
        Choice(*SCOPES), least=1, most=len(SCOPES), required=True, metadata={"description": "权限范围，至少一项。"}
    )
    expires_at = Moment(required=True, metadata={"description": "到期时间，最长一年。"})


class TokenQuery(PageQuery):
    """Which tokens to list."""

    user_id = Identifier(metadata={"description": "外部系统的账号。"})


class TokenAnswer(Output):
    """A token, without its secret."""

    id = shown(fields.UUID, "编号。")
    user_id = shown(fields.UUID, "外部系统的账号。")
    name = shown(fields.String, "用途。")
    scopes = fields.List(fields.String(), required=True, metadata={"description": "权限范围。"})
    created_at = shown(Moment, "建立时间。")
    expires_at = shown(Moment, "到期时间。")
    revoked_at = shown(Moment, "撤销时间。", empty=True)


class NewTokenAnswer(Output):
    """A new token with its secret."""

    token = Part(TokenAnswer, required=True)
    secret = shown(fields.String, "令牌本身，只显示这一次。", empty=True)


TokenPage = page_of(TokenAnswer)
