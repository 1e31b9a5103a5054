"""What tells people which project an entry of a list belongs to."""

from __future__ import annotations

from marshmallow import fields

from api.fields import Output, shown


class Belonging(Output):
    """The stage case of an entry, and the project of that."""

    region_code = shown(fields.String, "地区。")
    stage_case_id = shown(fields.UUID, "阶段办理。")
    stage_case_number = shown(fields.String, "办理号。")
    stage = shown(fields.String, "阶段编码。")
    project_id = shown(fields.UUID, "项目。")
    project_code = shown(fields.String, "项目代码。")
    project_name = shown(fields.String, "项目名称。")
