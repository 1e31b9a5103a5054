"""Notices leave by mail and by a signed webhook: through a real SMTP server and a real HTTP server, and not at all."""

from __future__ import annotations

import hmac
import socket
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import orjson
import pytest
from aiosmtpd.controller import Controller

from cases.channels import CHANNELS
from cases.claims import claim_messages, claim_outside
from cases.deliver_outbox import MOST_ATTEMPTS, deliver_outbox
from cases.mail import Mail
from cases.read_notices import set_mail_address
from cases.webhook import Webhook
from database.clock import current_time
from tests.integration.cases.world import World

SECRET = "a secret of at least thirty-two characters"
SENDER = "notice@example.gov.cn"
ADDRESS = "officer@example.gov.cn"


class Mailbox:
    """What the SMTP server took; ``refuses`` lets it refuse."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.refuses = False

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802
        """Take one mail, or refuse it for now."""
        if self.refuses:
            return "451 try again later"
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
        return "250 taken"


@pytest.fixture
def mailbox(world: World) -> Iterator[Mailbox]:
    """An SMTP server that the platform sends to."""
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    world.sessions.kw["info"][CHANNELS] = {"mail": Mail(f"smtp://127.0.0.1:{port}", SENDER)}
    yield box
    controller.stop()


class Endpoint(HTTPServer):
    """Another system that is told of notices; ``answer`` is the status that it gives."""

    answer = 204

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.received: list[tuple[dict[str, str], bytes]] = []


class Handler(BaseHTTPRequestHandler):
    """Keeps what was posted."""

    server: Endpoint

    def do_POST(self) -> None:
        """Take one notice."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((dict(self.headers), body))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def endpoint(world: World) -> Iterator[Endpoint]:
    """An HTTP server that the platform posts to."""
    server = Endpoint()
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/notices?from=platform"
    world.sessions.kw["info"][CHANNELS] = {"webhook": Webhook(url, SECRET)}
    yield server
    server.shutdown()
    server.server_close()


def notify(world: World) -> None:
    """One department's officer is told of his task: first in the inbox, then through the channels."""
    officer = world.person("sports", "officer")
    world.run(lambda session: set_mail_address(session, officer, ADDRESS, current_time(session)))
    world.start()
    deliver(world)
    deliver(world)


def deliver(world: World) -> None:
    inside = world.run(lambda session: claim_messages(session, 1000, current_time(session)))
    outside = world.run(lambda session: claim_outside(session, 1000, current_time(session)))
    for message in (*inside, *outside):
        world.run(partial(deliver_outbox, message_id=message))


def sent(world: World, topic: str) -> list[Any]:
    return world.rows("SELECT * FROM outbox WHERE topic = :topic ORDER BY created_at", topic=topic)


def test_a_notice_goes_by_mail_to_whoever_gave_an_address(world: World, mailbox: Mailbox) -> None:
    notify(world)
    [(to, mail)] = mailbox.mails
    title = world.scalar("SELECT title FROM notices WHERE user_id = :id", id=world.person("sports", "officer").user_id)
    assert to == [ADDRESS]
    assert str(make_header(decode_header(mail["Subject"]))) == title
    assert mail["Message-ID"] == f"<{sent(world, 'mail')[0].id}@example.gov.cn>"
    assert title in mail.get_payload(decode=True).decode()
    assert sent(world, "mail")[0].delivered_at is not None


def test_without_an_address_nothing_is_mailed(world: World, mailbox: Mailbox) -> None:
    world.person("sports", "officer")
    world.start()
    deliver(world)
    deliver(world)
    assert sent(world, "mail") == []
    assert mailbox.mails == []


def test_mail_that_is_refused_is_tried_again_after_a_pause(world: World, mailbox: Mailbox) -> None:
    mailbox.refuses = True
    notify(world)
    waiting = sent(world, "mail")[0]
    assert (waiting.delivered_at, waiting.attempts, waiting.problem) == (None, 1, "failed")
    assert waiting.claimed_until > world.database.now
    mailbox.refuses = False
    deliver(world)
    assert mailbox.mails == []
    world.database.move_clock(timedelta(minutes=1))
    deliver(world)
    assert len(mailbox.mails) == 1
    assert sent(world, "mail")[0].problem is None


def test_mail_that_never_goes_out_is_a_dead_letter_and_a_red_matter(world: World, mailbox: Mailbox) -> None:
    mailbox.refuses = True
    notify(world)
    for _ in range(MOST_ATTEMPTS):
        world.database.move_clock(timedelta(hours=5))
        deliver(world)
    dead = sent(world, "mail")[0]
    assert (dead.attempts, dead.delivered_at, dead.problem) == (MOST_ATTEMPTS, None, "failed")
    assert dead.dead_at is not None
    assert dead.region_code == world.release.region.code
    assert "邮件没有发出" in dead.last_error


def test_a_notice_is_posted_signed_with_its_time(world: World, endpoint: Endpoint) -> None:
    notify(world)
    [(headers, body)] = endpoint.received
    signed = headers["Binglian-Timestamp"].encode() + b"." + body
    assert headers["Binglian-Signature"] == "v1=" + hmac.new(SECRET.encode(), signed, "sha256").hexdigest()
    assert abs(int(headers["Binglian-Timestamp"]) - world.database.now.timestamp()) < 60
    content = orjson.loads(body)
    assert headers["Binglian-Delivery"] == content["id"] == str(sent(world, "webhook")[0].id)
    assert (content["username"], content["kind"]) == ("sports_officer_1", "task_opened")


@pytest.mark.parametrize("answer", [302, 404, 500])
def test_only_an_answer_of_success_is_a_delivery(world: World, endpoint: Endpoint, answer: int) -> None:
    endpoint.answer = answer
    notify(world)
    message = sent(world, "webhook")[0]
    assert (message.delivered_at, message.problem) == (None, "failed")
    assert str(answer) in message.last_error
    assert len(endpoint.received) == 1


def test_a_server_that_is_away_is_waited_for(world: World, endpoint: Endpoint) -> None:
    world.sessions.kw["info"][CHANNELS] = {"webhook": Webhook("http://127.0.0.1:1/", SECRET)}
    notify(world)
    message = sent(world, "webhook")[0]
    assert (message.delivered_at, message.problem) == (None, "failed")
    assert "没有应答" in message.last_error


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Mail("http://mail", SENDER),
        lambda: Mail("smtp://127.0.0.1", "nobody"),
        lambda: Webhook("ftp://there", SECRET),
        lambda: Webhook("https://there", "short"),
    ],
)
def test_a_setting_that_does_not_fit_is_refused_at_once(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"邮件服务器|通知接口"):
        wrong()
