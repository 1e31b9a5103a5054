"""What clients send to and get of engineerings: the parts of a project that are approved as one."""

from __future__ import annotations

from marshmallow import fields

from api.fields import Identifier, Input, Moment, Output, Text, shown
from api.pagination import PageQuery, page_of


class EngineeringInput(Input):
    """A new engineering of a project."""

    project_id = Identifier(required=True, metadata={"description": "所属项目。"})
    name = Text(required=True, metadata={"description": "名称。"})
    scope = Text(lines=True, shortest=0, longest=2000, load_default="", metadata={"description": "范围说明。"})


class EngineeringQuery(PageQuery):
    """Which engineerings to list."""

    project_id = Identifier(metadata={"description": "所属项目。"})


class EngineeringAnswer(Output):
    """An engineering."""

    id = shown(fields.UUID, "编号。")
    project_id = shown(fields.UUID, "所属项目。")
    code = shown(fields.String, "工程代码。")
    name = shown(fields.String, "名称。")
    scope = shown(fields.String, "范围说明；未拆分的项目为空。")
    created_at = shown(Moment, "设立时间。")


EngineeringPage = page_of(EngineeringAnswer)
