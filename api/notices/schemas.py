"""What clients send to and get of their inbox."""

from __future__ import annotations

from marshmallow import fields

from api.fields import Input, Moment, Output, Text, Truth, shown
from api.pagination import PageQuery, page_of

ADDRESS = r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(\.[A-Za-z0-9\-]{1,63}){1,4}"
ADDRESS_HINT = "请填写邮件地址，例如 name@example.gov.cn。"


class NoticeQuery(PageQuery):
    """Which notices to list."""

    unread = Truth(metadata={"description": "true 只列未读，false 只列已读。"})


class InboxNoticeAnswer(Output):
    """A notice that reached somebody."""

    id = shown(fields.UUID, "编号。")
    kind = shown(fields.String, "种类：task_opened 待办，light 亮灯，reminder 催办等。")
    title = shown(fields.String, "内容。")
    stage_case_id = shown(fields.UUID, "阶段办理。", empty=True)
    item_case_id = shown(fields.UUID, "办件。", empty=True)
    work_item_id = shown(fields.UUID, "任务。", empty=True)
    delivered_at = shown(Moment, "送达时间。")
    read_at = shown(Moment, "阅读时间。", empty=True)


InboxNoticePage = page_of(InboxNoticeAnswer)


class UnreadAnswer(Output):
    """How many notices are not read yet."""

    unread = shown(fields.Integer, "未读数。")


class UntilInput(Input):
    """Up to which notice everything was read."""

    until = Moment(required=True, metadata={"description": "此刻及以前送达的全部标为已读。"})


class ReadAnswer(Output):
    """How many notices were marked."""

    read = shown(fields.Integer, "标为已读的条数。")


class MailInput(Input):
    """Where notices go by mail."""

    email = Text(
        required=True,
        allow_none=True,
        longest=254,
        pattern=ADDRESS,
        hint=ADDRESS_HINT,
        metadata={"description": "邮件地址；null 为不用邮件接收。"},
    )


class MailAnswer(Output):
    """Where notices go by mail."""

    email = shown(fields.String, "邮件地址。", empty=True)
    available = shown(fields.Boolean, "平台是否接通了邮件服务器。")
