"""What every operation does with a request that is wrong in itself."""

from __future__ import annotations

import json

import pytest
from structlog.testing import capture_logs

from api.reading import DEEPEST, LARGEST_BODY
from api.regions import routes as regions
from tests.integration.api.world import Client, World, problem

APPLICANT = {"region_code": "210782", "code": "u-1", "name": "甲公司", "kind": "applicant"}


@pytest.fixture
def clerk(shared_world: World) -> Client:
    """A window clerk, who may register applicant units."""
    return shared_world.client("window_clerk")


def send(client: Client, content: bytes | str, media_type: str | None = "application/json") -> tuple[int, str]:
    """What becomes of a raw body."""
    headers = {} if media_type is None else {"Content-Type": media_type}
    return problem(client("POST", "/organisations", data=content, headers=headers))


NOT_PLAIN_JSON: dict[str, bytes | str] = {
    "cut off": "{",
    "trailing comma": "[1,]",
    "not a number": '{"a": NaN}',
    "infinity": '{"a": Infinity}',
    "beyond floating point": '{"a": 1e999}',
    "the same name twice": '{"a": 1, "a": 2}',
    "half a character": '{"a": "\\ud800"}',
    "half a word": "nul",
    "single quotes": "{'a': 1}",
    "no utf-8": b'{"a": "\xff"}',
    "byte order mark": b"\xef\xbb\xbf{}",
    "very deep lists": "[" * 5000 + "]" * 5000,
    "deeper than allowed": '{"a":' * (DEEPEST + 1) + "1" + "}" * (DEEPEST + 1),
    "an endless number": '{"a": ' + "9" * 5000 + "}",
}


@pytest.mark.parametrize("content", NOT_PLAIN_JSON.values(), ids=NOT_PLAIN_JSON)
def test_a_body_that_is_no_plain_json_is_refused(clerk: Client, content: bytes | str) -> None:
    assert send(clerk, content) == (400, "invalid_json")


@pytest.mark.parametrize("number", [2**53, -(2**53), 10**300])
def test_a_whole_number_beyond_what_browsers_keep_is_refused(clerk: Client, number: int) -> None:
    assert send(clerk, json.dumps({"a": {"b": [number]}})) == (422, "number_too_large")
    assert send(clerk, json.dumps({"a": 2**53 - 1})) == (422, "invalid_input")


def test_a_body_of_another_kind_is_refused(clerk: Client) -> None:
    assert send(clerk, json.dumps(APPLICANT), "text/plain") == (415, "unsupported_media_type")
    assert send(clerk, json.dumps(APPLICANT), None) == (415, "unsupported_media_type")
    assert send(clerk, "a=1", "application/x-www-form-urlencoded") == (415, "unsupported_media_type")
    assert send(clerk, "", "application/json") == (400, "missing_body")


def test_a_body_beyond_the_limit_is_refused_unread(clerk: Client) -> None:
    assert send(clerk, b'"' + b"x" * LARGEST_BODY + b'"') == (413, "body_too_large")


def test_a_body_where_none_belongs_is_refused(clerk: Client) -> None:
    assert problem(clerk("DELETE", "/sessions/current", {})) == (400, "unexpected_body")


@pytest.mark.parametrize("value", [None, [], "text", 3, True])
def test_a_body_that_is_no_object_is_refused(clerk: Client, value: object) -> None:
    assert send(clerk, json.dumps(value)) == (422, "invalid_input")


def test_every_offending_field_is_named(clerk: Client) -> None:
    reply = clerk("POST", "/organisations", {"name": 3, "code": "", "kind": "city-state", "extra": 1})
    assert problem(reply) == (422, "invalid_input")
    fields = {error["field"] for error in reply.body["errors"]}
    assert fields == {"/name", "/code", "/kind", "/extra", "/region_code"}
    assert all(error["location"] == "body" for error in reply.body["errors"])
    assert all(any("一" <= letter <= "鿿" for letter in error["message"]) for error in reply.body["errors"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "   "),
        ("name", "甲" * 101),
        ("name", None),
        ("name", ["甲"]),
        ("code", True),
        ("parent_id", "{12345678-1234-1234-1234-123456789012}"),
        ("parent_id", "123456781234123412341234567890ab"),
        ("parent_id", 1),
        ("region_code", "２１０７８２"),
        ("credit_code", "91210782MA0QCQ8H00"),
        ("credit_code", "9" * 17),
    ],
)
def test_a_wrong_field_is_refused_by_name(clerk: Client, field: str, value: object) -> None:
    reply = clerk("POST", "/organisations", {**APPLICANT, field: value})
    assert reply.status == 422
    problem(reply)
    assert {error["field"] for error in reply.body["errors"]} == {f"/{field}"}


def test_a_text_with_a_hidden_nul_is_refused(clerk: Client) -> None:
    assert problem(clerk("POST", "/organisations", {**APPLICANT, "name": "甲\0公司"})) == (422, "control_character")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=1.0",
        "limit=１",
        "limit=+1",
        "limit=%201",
        "limit=1_0",
        "limit=",
        "limit=1&limit=2",
        "unknown=1",
        "active=1",
        "active=True",
        "kind=",
        "kind=none",
        "parent_id=none",
        "name=%00",
        "cursor=!",
        "cursor=AAAA",
        "cursor=" + "A" * 501,
    ],
)
def test_a_wrong_query_is_refused_by_name(clerk: Client, query: str) -> None:
    reply = clerk("GET", f"/organisations?{query}")
    assert problem(reply)[0] == 422
    assert [error["location"] for error in reply.body["errors"]] == ["query"]
    assert [error["field"] for error in reply.body["errors"]] == [query.split("=")[0]]


def test_an_unknown_address_and_a_wrong_method_are_problems_too(shared_world: World, clerk: Client) -> None:
    assert problem(clerk("GET", "/nothing")) == (404, "no_such_address")
    assert problem(clerk("GET", "/organisations/not-a-uuid")) == (404, "no_such_address")
    assert problem(clerk("GET", "/organisations/")) == (404, "no_such_address")
    reply = clerk("PUT", "/organisations")
    assert problem(reply) == (405, "method_not_allowed")
    assert reply.headers["Allow"] == "GET, HEAD, POST"
    assert clerk("OPTIONS", "/organisations").status == 405
    assert clerk("TRACE", "/organisations").status == 405


def test_every_answer_carries_the_security_headers(clerk: Client) -> None:
    for path in ("/organisations", "/nothing", "/docs", "/docs/swagger-ui-bundle.js", "/openapi.json"):
        reply = clerk("GET", path)
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
        assert reply.headers["X-Request-ID"]
        assert "Server" not in reply.headers


def test_the_request_id_is_the_clients_own_when_it_is_harmless(clerk: Client) -> None:
    assert clerk("GET", "/regions", headers={"X-Request-ID": "trace-0001"}).headers["X-Request-ID"] == "trace-0001"
    forged = clerk("GET", "/regions", headers={"X-Request-ID": '"><script>'}).headers["X-Request-ID"]
    assert len(forged) == 32


def test_a_failure_tells_its_number_and_nothing_of_the_inside(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("password=secret at /srv/binglian")

    client = world.client("officer")
    monkeypatch.setattr(regions, "paginate", fail)
    with capture_logs() as logged:
        reply = client("GET", "/regions")
    assert problem(reply) == (500, "internal_error")
    assert "secret" not in reply.text
    assert "Traceback" not in reply.text
    failure = next(entry for entry in logged if entry["event"] == "request failed")
    assert failure["request_id"] == reply.body["request_id"]
    assert "password=secret" in str(failure["exc_info"])


def test_the_documentation_page_needs_nothing_from_elsewhere(clerk: Client) -> None:
    page = clerk("GET", "/docs")
    assert page.status == 200
    assert "http" not in page.text
    assert "<script>" not in page.text
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "start.js", "favicon-32x32.png"):
        assert f"docs/{name}" in page.text
        assert clerk("GET", f"/docs/{name}").status == 200
    assert clerk("GET", "/docs/../../wsgi.py").status == 404
    assert clerk("GET", "/docs/index.html").status == 404
