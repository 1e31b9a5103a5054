"""What clients send to and get of regions."""

from __future__ import annotations

from marshmallow import fields

from api.fields import Input, Output, Text, shown
from api.pagination import PageQuery, page_of

CODE = "[0-9A-Za-z]{2,12}"
CODE_HINT = "地区代码为 2 至 12 位数字或字母。"


class RegionInput(Input):
    """A new region."""

    code = Text(required=True, shortest=2, longest=12, pattern=CODE, hint=CODE_HINT)
    name = Text(required=True, longest=100, metadata={"description": "名称。"})
    parent_code = Text(
        shortest=2, longest=12, pattern=CODE, hint=CODE_HINT, metadata={"description": "上级地区的代码。"}
    )


class RegionQuery(PageQuery):
    """Which regions to list."""

    parent_code = Text(
        shortest=2, longest=12, pattern=CODE, hint=CODE_HINT, metadata={"description": "上级地区的代码。"}
    )


class RegionAnswer(Output):
    """An administrative region."""

    code = shown(fields.String, "行政区划代码。")
    name = shown(fields.String, "名称。")
    parent_code = shown(fields.String, "上级地区。", empty=True)


RegionPage = page_of(RegionAnswer)
