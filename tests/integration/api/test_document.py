"""The OpenAPI document says what the app does, whole and in Chinese."""

from __future__ import annotations

import re
from typing import Any

import pytest

from accounts.roles import PERMISSIONS
from tests.integration.api.world import Client, World

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def document(shared_world: World) -> dict[str, Any]:
    """The document as it is served."""
    reply = Client(shared_world.app)("GET", "/openapi.json")
    assert reply.status == 200
    found: dict[str, Any] = reply.body
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Path, method and operation of everything that can be done."""
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def test_every_route_but_the_documentation_is_described(shared_world: World, document: dict[str, Any]) -> None:
    routes = {
        (re.sub("<(?:[a-z]+:)?([a-z_]+)>", r"{\1}", rule.rule), method.lower())
        for rule in shared_world.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.endpoint.startswith("documentation.")
    }
    assert {(path, method) for path, method, _ in operations(document)} == routes


def test_every_operation_is_named_and_explained_in_chinese(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    for path, method, operation in operations(document):
        where = f"{method} {path}"
        assert re.search("[一-鿿]", operation["summary"]), where
        assert re.search("[一-鿿]", operation["description"]), where
        assert operation["tags"], where


def test_every_error_is_a_problem_document(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    for path, method, operation in operations(document):
        for status, answer in operation["responses"].items():
            if int(status) < 400 or path == "/readyz":
                continue
            assert answer == {"$ref": answer["$ref"]}, (path, method, status)
            response = document["components"]["responses"][answer["$ref"].rsplit("/", 1)[1]]
            schema = {"schema": {"$ref": "#/components/schemas/ProblemAnswer"}}
            assert response["content"] == {"application/problem+json": schema}
            assert ("Allow" in response.get("headers", {})) is (status == "405")
            assert ("Retry-After" in response.get("headers", {})) is (status in ("409", "429", "503"))
        assert "default" not in operation["responses"]


def test_whoever_must_sign_in_finds_out_how(document: dict[str, Any]) -> None:
    assert set(document["components"]["securitySchemes"]) == {"session", "csrf", "token"}
    for path, method, operation in operations(document):
        expected: list[dict[str, list[str]]] = [{"session": []}, {"token": []}]
        if method != "get":
            expected[0]["csrf"] = []
        if "401" not in operation["responses"] or path == "/api/v1/sessions":
            expected = []
        assert operation["security"] == expected, (path, method)
        assert set(operation.get("x-permissions", ())) <= PERMISSIONS, (path, method)


def test_no_schema_admits_what_the_platform_refuses(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        assert schema["additionalProperties"] is False, name
    for path, method, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            assert parameter["schema"].get("type"), (path, method, parameter)
            if parameter["in"] == "query":
                assert parameter.get("description"), (path, method, parameter["name"])


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    pending: list[Any] = [document]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            reference = part.get("$ref")
            if isinstance(reference, str):
                target: Any = document
                for step in reference.removeprefix("#/").split("/"):
                    target = target[step]
            pending.extend(part.values())
        elif isinstance(part, list):
            pending.extend(part)


def test_no_page_header_is_promised_that_is_never_sent(document: dict[str, Any]) -> None:
    assert "X-Pagination" not in str(document)
