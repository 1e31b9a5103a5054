"""Notices: the inbox of whoever asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import User
from api.notices.schemas import (
    InboxNoticeAnswer,
    InboxNoticePage,
    MailAnswer,
    MailInput,
    NoticeQuery,
    ReadAnswer,
    UnreadAnswer,
    UntilInput,
)
from api.operation import Call, Resource
from api.pagination import Page, SortKey, paginate
from cases.models import Notice
from cases.read_notices import count_unread, my_notices, read_notice, read_notices_until, set_mail_address

resource = Resource("notices", "通知")

ORDER = [
    SortKey(Notice.delivered_at, datetime, lambda row: row.delivered_at),
    SortKey(Notice.id, UUID, lambda row: row.id),
]


@resource.operation("GET", "/notices", InboxNoticePage, query=NoticeQuery)
def list_my_notices(call: Call) -> Page:
    """我的通知

    最近送达的在前。
    """
    statement = my_notices(call.actor)
    if "unread" in call.query:
        unread = Notice.read_at.is_(None)
        statement = statement.where(unread if call.query["unread"] else ~unread)
    return paginate(call.session, statement, ORDER, call.query, descending=True)


@resource.operation("GET", "/notices/unread-count", UnreadAnswer)
def count_my_unread(call: Call) -> dict[str, Any]:
    """未读数

    收件箱里还没有标为已读的通知。
    """
    return {"unread": count_unread(call.session, call.actor)}


@resource.operation("POST", "/notices/<uuid:notice_id>/read", InboxNoticeAnswer, refusals=(404,))
def mark_notice_read(call: Call, notice_id: UUID) -> Notice:
    """标为已读

    重复标记没有效果。
    """
    return read_notice(call.session, call.actor, notice_id, call.now())


@resource.operation("POST", "/notices/read", ReadAnswer, body=UntilInput)
def mark_notices_read(call: Call) -> dict[str, Any]:
    """全部标为已读

    只标到给出的时间为止，之后新到的不受影响。
    """
    return {"read": read_notices_until(call.session, call.actor, call.body["until"], call.now())}


@resource.operation("GET", "/notices/mail", MailAnswer)
def read_mail_setting(call: Call) -> dict[str, Any]:
    """邮件接收设置

    通知另发到哪个邮件地址，以及平台是否接通了邮件服务器。
    """
    return _mail(call, call.session.get_one(User, call.actor.user_id))


@resource.operation("PUT", "/notices/mail", MailAnswer, body=MailInput)
def set_mail_setting(call: Call) -> dict[str, Any]:
    """设置邮件接收

    填写后，通知除收件箱外也发到这个地址。
    """
    return _mail(call, set_mail_address(call.session, call.actor, call.body["email"], call.now()))


def _mail(call: Call, user: User) -> dict[str, Any]:
    return {"email": user.email, "available": call.services.settings.smtp is not None}
