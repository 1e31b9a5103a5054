"""Mail as a channel: SMTP to those holders of a post who gave an address."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import User
from cases.addresses import Unneeded
from cases.channels import Undelivered
from cases.models.work import Notice

SECONDS_TO_SERVER = 10.0
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
FOOT = "请登录工程建设项目审批系统办理。本邮件由系统自动发出，请勿回复。"


@dataclass(frozen=True, slots=True)
class Mail:
    """``server`` is ``smtp://``, ``smtp+starttls://`` or ``smtps://`` with ``user:password@`` where it asks for one."""

    server: str
    sender: str

    def __post_init__(self) -> None:
        where = urlsplit(self.server)
        if where.scheme not in PORTS or not where.hostname or "@" not in self.sender:
            raise ValueError("邮件服务器写作 smtp://主机:端口（或 smtp+starttls、smtps），并写明发件地址")

    def wants(self, session: Session, notice_id: UUID) -> bool:
        """Whether the person gave an address."""
        return _address(session, notice_id) is not None

    def deliver(self, session: Session, message_id: UUID, payload: Mapping[str, Any]) -> None:
        """Send one mail; its Message-ID is the message's, so that a mailbox can tell a repetition."""
        notice = session.get_one(Notice, UUID(payload["notice"]))
        address = _address(session, notice.id)
        if address is None:
            raise Unneeded("收件人已不再用邮件接收通知")
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = notice.title, self.sender, address
        mail["Message-ID"] = f"<{message_id}@{self.sender.rpartition('@')[2]}>"
        mail.set_content(f"{notice.title}\n\n{FOOT}\n")
        try:
            with self._connect() as server:
                server.send_message(mail)
        except (OSError, smtplib.SMTPException) as error:
            raise Undelivered(f"邮件没有发出（{type(error).__name__}），请核对邮件服务器：{error}"[:500]) from error

    def _connect(self) -> smtplib.SMTP:
        where = urlsplit(self.server)
        host, port = where.hostname or "", where.port or PORTS[where.scheme]
        server = (
            smtplib.SMTP_SSL(host, port, timeout=SECONDS_TO_SERVER, context=ssl.create_default_context())
            if where.scheme == "smtps"
            else smtplib.SMTP(host, port, timeout=SECONDS_TO_SERVER)
        )
        if where.scheme == "smtp+starttls":
            server.starttls(context=ssl.create_default_context())
        if where.username:
            server.login(unquote(where.username), unquote(where.password or ""))
        return server


def _address(session: Session, notice_id: UUID) -> str | None:
    return session.scalar(select(User.email).join(Notice, Notice.user_id == User.id).where(Notice.id == notice_id))
