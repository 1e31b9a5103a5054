"""What clients send to and get of users."""

from __future__ import annotations

from marshmallow import fields

from accounts.models import USER_STATUSES
from api.fields import Choice, Identifier, Input, Moment, Output, Part, Text, Truth, shown
from api.pagination import PageQuery, page_of

USERNAME = "[a-z0-9][a-z0-9._-]{2,63}"
USERNAME_HINT = "用户名为 3 至 64 位小写字母、数字或 . _ -，以字母或数字开头。"


class UserInput(Input):
    """A new account."""

    username = Text(
        required=True,
        shortest=3,
        longest=64,
        pattern=USERNAME,
        hint=USERNAME_HINT,
        metadata={"description": USERNAME_HINT},
    )
    display_name = Text(required=True, longest=50, metadata={"description": "姓名，或系统名称。"})
    organisation_id = Identifier(required=True, metadata={"description": "所属机构。"})
    system = Truth(load_default=False, metadata={"description": "true 为其他系统的账号：没有密码，只用接口令牌。"})
    valid_until = Moment(metadata={"description": "账号有效期；不写为长期。"})


class ReasonInput(Input):
    """Why something is done that is hard on somebody."""

    reason = Text(lines=True, required=True, longest=500, metadata={"description": "理由，记入审计。"})


class UserQuery(PageQuery):
    """Which users to list."""

    organisation_id = Identifier(metadata={"description": "所属机构。"})
    status = Choice(*USER_STATUSES, metadata={"description": "active 在用，disabled 停用。"})
    name = Text(longest=50, metadata={"description": "姓名或用户名中含有的字。"})


class UserAnswer(Output):
    """An account."""

    id = shown(fields.UUID, "编号。")
    username = shown(fields.String, "用户名。")
    display_name = shown(fields.String, "姓名。")
    organisation_id = shown(fields.UUID, "所属机构。")
    status = Choice(*USER_STATUSES, required=True)
    locked_until = shown(Moment, "因连续输错密码锁定到何时。", empty=True)
    last_signed_in_at = shown(Moment, "最近登录时间。", empty=True)
    valid_until = shown(Moment, "账号有效期。", empty=True)
    created_at = shown(Moment, "建立时间。")


class NewUserAnswer(Output):
    """A new account with its initial password."""

    user = Part(UserAnswer, required=True)
    initial_password = shown(fields.String, "初始密码，只显示这一次；系统账号没有。", empty=True)


class InitialPasswordAnswer(Output):
    """A new initial password."""

    initial_password = shown(fields.String, "新的初始密码，只显示这一次，首次登录后须修改。", empty=True)


UserPage = page_of(UserAnswer)
