"""What clients send to and get of reminders."""

from __future__ import annotations

from marshmallow import fields

from api.fields import Identifier, Input, Moment, Output, Text, Truth, shown
from api.pagination import PageQuery, page_of


class ReminderQuery(PageQuery):
    """Which reminders to list."""

    stage_case_id = Identifier(metadata={"description": "阶段办理。"})
    work_item_id = Identifier(metadata={"description": "任务。"})
    answered = Truth(metadata={"description": "true 只列已答复，false 只列未答复。"})


class WordsInput(Input):
    """What is said."""

    text = Text(required=True, longest=1000, metadata={"description": "内容。"})


class ReminderAnswer(Output):
    """A reminder and its answer."""

    id = shown(fields.UUID, "编号。")
    stage_case_id = shown(fields.UUID, "阶段办理。")
    work_item_id = shown(fields.UUID, "任务。", empty=True)
    task_name = shown(fields.String, "任务名称。", empty=True)
    hold_id = shown(fields.UUID, "挂起。", empty=True)
    organisation_id = shown(fields.UUID, "被催办的单位。")
    organisation_name = shown(fields.String, "被催办的单位名称。")
    role = shown(fields.String, "被催办的岗位。")
    text = shown(fields.String, "催办内容。")
    sent_by = shown(fields.UUID, "催办人；null 为系统自动催办。", empty=True)
    sent_by_name = shown(fields.String, "催办人姓名。", empty=True)
    sent_at = shown(Moment, "催办时间。")
    reply = shown(fields.String, "答复。", empty=True)
    replied_by_name = shown(fields.String, "答复人。", empty=True)
    replied_at = shown(Moment, "答复时间。", empty=True)


ReminderPage = page_of(ReminderAnswer)
