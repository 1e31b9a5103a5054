"""What is sent to set a new platform up."""

from __future__ import annotations

from accounts.policy import PASSWORD_LENGTH_MOST
from api.fields import Input, Text
from api.regions.schemas import CODE, CODE_HINT
from api.users.schemas import USERNAME, USERNAME_HINT


class SetupInput(Input):
    """The one-time code and the first administrator."""

    code = Text(required=True, longest=200, metadata={"description": "启动平台时打印的一次性设置码。"})
    username = Text(
        required=True,
        shortest=3,
        longest=64,
        pattern=USERNAME,
        hint=USERNAME_HINT,
        metadata={"description": USERNAME_HINT},
    )
    display_name = Text(required=True, longest=50, metadata={"description": "姓名。"})
    password = Text(
        required=True, longest=PASSWORD_LENGTH_MOST, metadata={"format": "password", "description": "密码。"}
    )
    region_code = Text(required=True, shortest=2, longest=12, pattern=CODE, hint=CODE_HINT)
    region_name = Text(required=True, longest=100, metadata={"description": "地区名称。"})
    organisation_name = Text(required=True, longest=100, metadata={"description": "管理员所在机构。"})
