"""What clients send to and get of organisations."""

from __future__ import annotations

from marshmallow import fields

from accounts.models import ORGANISATION_KINDS
from api.fields import Change, Choice, Identifier, Input, Output, Text, Truth, shown
from api.pagination import PageQuery, page_of
from api.regions.schemas import CODE as REGION_CODE
from api.regions.schemas import CODE_HINT as REGION_HINT


class OrganisationInput(Input):
    """A new organisation."""

    region_code = Text(
        required=True,
        shortest=2,
        longest=12,
        pattern=REGION_CODE,
        hint=REGION_HINT,
        metadata={"description": "所在地区。"},
    )
    parent_id = Identifier(metadata={"description": "上级机构。"})
    code = Text(required=True, longest=50, metadata={"description": "机构编码，本地区内唯一。"})
    name = Text(required=True, longest=100, metadata={"description": "名称。"})
    kind = Choice(*ORGANISATION_KINDS, required=True)
    function = Text(longest=200, metadata={"description": "职能。"})
    credit_code = Text(
        longest=18,
        shortest=18,
        pattern="[0-9A-Za-z]{18}",
        hint="统一社会信用代码为 18 位数字或字母。",
        metadata={"description": "统一社会信用代码（GB 32100-2015）。"},
    )


class OrganisationChange(Change):
    """What may be changed of an organisation; what is not sent stays."""

    name = Text(longest=100, metadata={"description": "名称。"})
    function = Text(longest=200, metadata={"description": "职能。"})
    active = Truth(metadata={"description": "false 为停用：保留历史，其岗位不再给人权限。"})


class OrganisationQuery(PageQuery):
    """Which organisations to list."""

    region_code = Text(
        shortest=2, longest=12, pattern=REGION_CODE, hint=REGION_HINT, metadata={"description": "所在地区。"}
    )
    kind = Choice(*ORGANISATION_KINDS, metadata={"description": "机构类别。"})
    parent_id = Identifier(metadata={"description": "上级机构：只看其直接下级。"})
    name = Text(longest=50, metadata={"description": "名称中含有的字。"})
    active = Truth(metadata={"description": "只看在用的或已停用的。"})


class OrganisationAnswer(Output):
    """An organisation."""

    id = shown(fields.UUID, "编号。")
    region_code = shown(fields.String, "所在地区。")
    parent_id = shown(fields.UUID, "上级机构。", empty=True)
    code = shown(fields.String, "机构编码。")
    name = shown(fields.String, "名称。")
    kind = Choice(*ORGANISATION_KINDS, required=True)
    function = shown(fields.String, "职能。", empty=True)
    credit_code = shown(fields.String, "统一社会信用代码。", empty=True)
    active = shown(fields.Boolean, "是否在用。")


OrganisationPage = page_of(OrganisationAnswer)
