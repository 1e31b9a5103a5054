"""What clients send to and get of signing in."""

from __future__ import annotations

from marshmallow import fields

from accounts.policy import PASSWORD_LENGTH_MOST
from api.fields import Input, Moment, Output, Part, Text, shown


class SignInInput(Input):
    """User name and password."""

    username = Text(required=True, longest=100, metadata={"description": "用户名。"})
    password = Text(
        required=True,
        longest=PASSWORD_LENGTH_MOST,
        load_only=True,
        metadata={"format": "password", "description": "密码。"},
    )


class PasswordInput(Input):
    """A change of one's own password."""

    present = Text(
        required=True, longest=PASSWORD_LENGTH_MOST, metadata={"format": "password", "description": "现在的密码。"}
    )
    new = Text(required=True, longest=PASSWORD_LENGTH_MOST, metadata={"format": "password", "description": "新密码。"})


class PersonAnswer(Output):
    """Who is signed in."""

    id = shown(fields.UUID, "编号。")
    username = shown(fields.String, "用户名。")
    display_name = shown(fields.String, "姓名。")
    organisation_id = shown(fields.UUID, "所属机构。")
    region_code = shown(fields.String, "所属地区。")


class HeldPostAnswer(Output):
    """A post that the person holds now."""

    organisation_id = shown(fields.UUID, "机构。")
    organisation_name = shown(fields.String, "机构名称。")
    role = shown(fields.String, "角色。")
    role_title = shown(fields.String, "角色名称。")


class SessionAnswer(Output):
    """The session: who, in which posts, with which permissions."""

    user = Part(PersonAnswer, required=True)
    posts = fields.List(Part(HeldPostAnswer), required=True)
    permissions = fields.List(fields.String(), required=True, metadata={"description": "现有权限。"})
    must_change_password = shown(fields.Boolean, "为 true 时须先修改密码，才能办理其他事务。")
    csrf_token = shown(fields.String, "修改类请求须以 X-CSRF-Token 带上；用接口令牌时为 null。", empty=True)
    expires_at = shown(Moment, "最迟到何时须重新登录；用接口令牌时为令牌的到期时间。")
    demo = shown(fields.Boolean, "是否为演示环境。")
