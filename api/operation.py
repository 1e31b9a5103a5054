"""One decorator for every operation: authenticate, permission, schema, one transaction, schema out.

What an operation declares is what is enforced and what the OpenAPI document says; nothing is written twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

import orjson
from flask import Response, current_app, g, request
from flask_smorest import Blueprint
from marshmallow import Schema
from sqlalchemy.orm import Session

from api import authentication, description, downloading, entity_tags, idempotency, reading, uploading
from api.authentication import Caller
from api.fields import Input, Output
from api.problems import FieldError, Problem
from api.services import Services
from audit.refusals import record_refusal
from database.clock import current_time
from database.transaction import in_transaction
from errors import NotAllowed
from files.read_file import Download
from files.receive_file import Received
from files.scanning import Scanner, scanner_of
from files.store import Store, store_of

View = TypeVar("View", bound=Callable[..., Any])

SAFE_METHODS = frozenset({"GET"})


class NoQuery(Input):
    """An operation without query parameters."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a view answers when the declared status and headers are not enough."""

    value: Any
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Sent:
    """A finished answer: what goes over the wire and what a repeated request gets again; or content of the store."""

    status: int
    body: bytes
    headers: dict[str, str]
    download: Download | None = None


@dataclass(frozen=True)
class Operation:
    """The declaration of one operation.

    ``permission`` is a name of ``accounts/permissions.toml``, or several of which one is enough; without any, and with
    ``public=False``, anybody signed in may call.
    ``tagged`` gives the answer an entity tag, ``guarded`` asks for If-Match. ``once`` lets a client send an
    Idempotency-Key; the members ``secret`` are shown once and not kept with the answer. ``also`` are further statuses
    with the same answer. Without ``transaction`` the view opens what it needs itself, and ``call.session`` is None.
    With ``upload`` the body is a form with one file, which is in the store before the view is called
    (``call.file``); with ``scan`` too, it is merged of the images in the form. With ``download`` the view answers
    content of the store, with ``text`` a text of that media type. ``guidance`` tells whoever has no permission for it
    what to do instead.
    """

    method: str
    rule: str
    answer: type[Output] | None
    status: int = 200
    permission: str | tuple[str, ...] = ()
    public: bool = False
    query: type[Input] = NoQuery
    body: type[Input] | None = None
    also: tuple[int, ...] = ()
    refusals: tuple[int, ...] = ()
    transaction: bool = True
    upload: bool = False
    scan: bool = False
    download: bool = False
    text: str | None = None
    tagged: bool = False
    guarded: bool = False
    once: bool = True
    secret: tuple[str, ...] = ()
    guidance: str | None = None

    @property
    def permissions(self) -> tuple[str, ...]:
        """The permissions of which one is enough."""
        return (self.permission,) if isinstance(self.permission, str) else self.permission

    @property
    def unsafe(self) -> bool:
        """Whether the method may change something."""
        return self.method not in SAFE_METHODS

    @property
    def repeatable(self) -> bool:
        """Whether an Idempotency-Key has a meaning here."""
        return self.once and self.unsafe and not self.public

    @cached_property
    def query_schema(self) -> Schema:
        """One instance for the life of the process."""
        return self.query()

    @cached_property
    def body_schema(self) -> Schema | None:
        """One instance for the life of the process."""
        return self.body() if self.body else None

    @cached_property
    def answer_schema(self) -> Schema | None:
        """One instance for the life of the process."""
        return self.answer() if self.answer else None

    def dump(self, value: Any) -> bytes:
        """The representation of ``value``."""
        if self.text is not None:
            return str(value).encode()
        return b"" if self.answer_schema is None else orjson.dumps(self.answer_schema.dump(value))


@dataclass(slots=True)
class Call:
    """What a view works with: the session of the request's transaction, who asks, and what was sent."""

    operation: Operation
    services: Services
    transaction: Session | None
    caller: Caller | None
    query: dict[str, Any]
    body: Any
    received: Received | None = None

    @property
    def file(self) -> Received:
        """The file that was uploaded; only where the operation takes one."""
        assert self.received is not None
        return self.received

    @property
    def session(self) -> Session:
        """The session of the request's transaction."""
        assert self.transaction is not None
        return self.transaction

    @property
    def actor(self) -> Any:
        """The person or system that asks; only where the operation is not public."""
        assert self.caller is not None
        return self.caller.actor

    def now(self) -> datetime:
        """The platform's time; take it after the locks that the decision depends on."""
        return current_time(self.session)

    def require_match(self, present: Any) -> None:
        """Refuse the edit unless If-Match names the ``present`` state, read under its lock."""
        entity_tags.require_match(request.headers.get("If-Match"), self.operation.dump(present))


class Resource(Blueprint):  # type: ignore[misc]  # flask-smorest carries no types
    """A blueprint whose operations are declared with ``operation``."""

    def __init__(self, name: str, title: str, prefix: str = "/api/v1") -> None:
        super().__init__(name, f"api.{name}", url_prefix=prefix, description=title)
        self.operations: list[Operation] = []

    def operation(self, method: str, rule: str, answer: type[Output] | None, **details: Any) -> Callable[[View], View]:
        """Declare the view below as the operation ``method rule``; see :class:`Operation`."""
        operation = Operation(method, rule, answer, **details)
        self.operations.append(operation)

        def decorate(view: View) -> View:
            def handle(**path: Any) -> Response:
                return _handle(operation, view, path)

            handle.__name__, handle.__doc__ = view.__name__, view.__doc__
            documented = self.doc(**description.describe(operation, view.__name__))(handle)
            documented.provide_automatic_options = False  # OPTIONS is no operation of ours: 405 like any other
            self.add_url_rule(rule, view.__name__, documented, methods=[method])
            return view

        return decorate


def _handle(operation: Operation, view: Callable[..., Any], path: dict[str, Any]) -> Response:
    services: Services = current_app.extensions["binglian"]
    exchange = Exchange(services, operation, view, path)
    if not operation.transaction:
        exchange.content = _content(operation)
        return respond(operation, exchange.perform(None))
    try:
        # before the transaction: a slow client must not hold one open
        if operation.upload:
            exchange.receive()
        else:
            exchange.content = _content(operation)
        return respond(operation, in_transaction(services.sessions, exchange.perform))
    except NotAllowed as refusal:
        if operation.unsafe:
            _audit_refusal(services, operation, refusal)
        raise


def _content(operation: Operation) -> bytes:
    return reading.content(request) if operation.unsafe else b""


def _audit_refusal(services: Services, operation: Operation, refusal: NotAllowed) -> None:
    """Keep the refused attempt, in a transaction of its own: that of the request is rolled back."""
    caller: Caller | None = g.get("caller")
    record_refusal(
        services.sessions,
        actor=caller.actor if caller else None,
        action=f"{operation.method} /api/v1{operation.rule}",
        object_type="operation",
        object_id=request.path,
        details={"code": refusal.code, "message": refusal.message},
        address=request.remote_addr,
    )


@dataclass(slots=True)
class Exchange:
    """One request on its way through an operation; ``perform`` may run again after a lost race."""

    services: Services
    operation: Operation
    view: Callable[..., Any]
    path: dict[str, Any]
    content: bytes = b""
    form: uploading.Form | None = None

    def receive(self) -> None:
        """Take the file into the store, once it is known that the caller may upload at all."""
        schema = self.operation.body_schema
        assert schema is not None

        def admit(session: Session) -> tuple[Store, Scanner]:
            self._admit(session)
            return store_of(session), scanner_of(session)

        store, scanner = in_transaction(self.services.sessions, admit)
        _check_headers(self.operation)
        self.form = uploading.receive_form(request, schema, store, scanner, scan=self.operation.scan)
        self.content = self.form.identity

    def _admit(self, session: Session) -> Caller:
        caller = g.caller = authentication.authenticate(session, request)
        if self.operation.unsafe:
            caller.require_csrf_token(request)
        try:
            caller.require(self.operation.permissions)
        except NotAllowed as refusal:
            if refusal.code == "permission_missing" and self.operation.guidance is not None:
                raise NotAllowed(refusal.code, self.operation.guidance) from refusal
            raise
        return caller

    def perform(self, session: Session | None) -> Sent:
        """Authenticate, permission, schema, view, schema out; within ``session``'s transaction if there is one."""
        operation, caller = self.operation, None
        if session is not None and not operation.public:
            caller = self._admit(session)
        _check_headers(operation)
        query = reading.query(request.args, operation.query_schema)
        call = Call(operation, self.services, session, caller, query, *self._body())
        key = request.headers.get("Idempotency-Key") if operation.repeatable else None
        return self._view(call) if key is None else self._once(call, key)

    def _body(self) -> tuple[Any, Received | None]:
        if self.form is not None:
            return self.form.texts, self.form.file
        return reading.body(request, self.content, self.operation.body_schema), None

    def _view(self, call: Call) -> Sent:
        result = self.view(call, **self.path)
        if self.operation.download:
            return Sent(self.operation.status, b"", {}, result)
        answer = result if isinstance(result, Answer) else Answer(result)
        operation = self.operation
        return Sent(answer.status or operation.status, operation.dump(answer.value), dict(answer.headers))

    def _once(self, call: Call, key: str) -> Sent:
        route = f"{self.operation.method} {self.operation.rule}"
        slot = idempotency.Slot.of(call.actor.user_id, route, key, request.full_path, self.content)
        kept = idempotency.recall(call.session, slot)
        if kept is not None:
            return Sent(kept.status, kept.body, {**kept.headers, "Idempotency-Replayed": "true"})
        sent = self._view(call)
        body = _without_secrets(self.operation, sent.body)
        idempotency.keep(call.session, slot, idempotency.Kept(sent.status, body, sent.headers))
        return sent


def _check_headers(operation: Operation) -> None:
    if operation.repeatable:
        _check_header("Idempotency-Key", description.IDEMPOTENCY_KEY)
    if operation.guarded:
        _check_header("If-Match", description.ENTITY_TAG)


def _check_header(name: str, schema: description.HeaderText) -> None:
    value = request.headers.get(name)
    if value is not None and schema.pattern.fullmatch(value) is None:
        message = f"请求头 {name} 的写法不对：{schema.hint}"
        raise Problem(422, "invalid_header", message, errors=(FieldError("header", name, message),))


def _without_secrets(operation: Operation, body: bytes) -> bytes:
    if not operation.secret:
        return body
    document = orjson.loads(body)
    document.update(dict.fromkeys(operation.secret))
    return orjson.dumps(document)


def respond(operation: Operation, sent: Sent) -> Response:
    """The response of a finished answer; 304 when the client already has it."""
    if sent.download is not None:
        return downloading.respond(sent.download)
    response = Response(sent.body, status=sent.status, headers=sent.headers)
    if sent.body:
        response.content_type = operation.text or "application/json"
    else:
        del response.headers["Content-Type"]
    if operation.tagged:
        response.headers["ETag"] = entity_tags.tag(sent.body)
        if not operation.unsafe:
            response.make_conditional(request)
    return response
