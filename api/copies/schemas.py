"""What clients get of copies for information."""

from __future__ import annotations

from marshmallow import fields

from api.fields import Choice, Identifier, Moment, Open, Output, Truth, shown
from api.pagination import PageQuery, page_of


class CopyQuery(PageQuery):
    """Which copies to list."""

    unread = Truth(metadata={"description": "true 只列未读的，false 只列已读的。"})
    stage_case_id = Identifier(metadata={"description": "阶段办理。"})


class CopyAnswer(Output):
    """A task that was done, made known to a post of the reader."""

    id = shown(fields.UUID, "编号。")
    stage_case_id = shown(fields.UUID, "阶段办理。")
    stage_case_number = shown(fields.String, "阶段办理号。")
    project_name = shown(fields.String, "项目名称。")
    name = shown(fields.String, "办结的环节。")
    item_code = shown(fields.String, "事项编码。", empty=True)
    item_name = shown(fields.String, "事项名称。", empty=True)
    submission = shown(Open, "办理时填写的内容。", empty=True)
    organisation_id = shown(fields.UUID, "抄送给哪个机构。")
    organisation_name = shown(fields.String, "抄送给哪个机构。")
    role = shown(fields.String, "抄送给哪个岗位；null 为该机构的全部岗位。", empty=True)
    cause = Choice(
        "diagram", "choice", required=True, metadata={"description": "diagram 流程图规定，choice 办理人选定。"}
    )
    made_by_name = shown(fields.String, "办理人。")
    made_at = shown(Moment, "抄送时间。")
    read_at = shown(Moment, "本人阅读的时间；null 为未读。", empty=True)


CopyPage = page_of(CopyAnswer)
