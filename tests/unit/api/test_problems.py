"""Refusals become problem documents, whole and without a word of the inside."""

from __future__ import annotations

import pytest

from api.authentication import csrf_token, is_loopback
from api.entity_tags import require_match, tag
from api.problems import FieldError, Problem, from_refusal, pointer
from errors import Busy, Conflict, Invalid, NotAllowed, NotFound, NotSignedIn, Refused

SENTENCES = {"beizhen-4-1a": "原则上所有项目需经业务协同平台统一进行策划生成。"}


@pytest.mark.parametrize(
    ("kind", "status"),
    [(NotSignedIn, 401), (NotAllowed, 403), (NotFound, 404), (Conflict, 409), (Invalid, 422), (Busy, 503)],
)
def test_each_kind_of_refusal_has_its_status(kind: type[Refused], status: int) -> None:
    problem = from_refusal(kind("some_code", "说明"), SENTENCES)
    assert (problem.status, problem.code, problem.detail, problem.errors) == (status, "some_code", "说明", ())
    assert problem.members == {}


def test_a_refusal_by_the_regulation_quotes_it() -> None:
    refusal = Conflict("no_planning", "没有策划结果，不能收件。", clause="beizhen-4-1a")
    clause = {"id": "beizhen-4-1a", "sentence": SENTENCES["beizhen-4-1a"]}
    assert from_refusal(refusal, SENTENCES).members == {"clause": clause}
    unknown = Conflict("no_planning", "没有策划结果。", clause="elsewhere-1")
    assert from_refusal(unknown, SENTENCES).members == {"clause": {"id": "elsewhere-1", "sentence": None}}


def test_every_field_of_a_refused_form_is_named() -> None:
    errors = [{"field": "materials.0.file", "message": "必须填写。"}, {"field": "note", "message": "过长。"}]
    refusal = Invalid("form_invalid", "必须填写。", field="materials.0.file", details={"errors": errors, "round": 2})
    problem = from_refusal(refusal, {})
    assert problem.errors == (
        FieldError("body", "/materials/0/file", "必须填写。"),
        FieldError("body", "/note", "过长。"),
    )
    assert problem.members == {"details": {"round": 2}}
    assert refusal.details == {"errors": errors, "round": 2}


def test_a_field_is_told_as_a_pointer() -> None:
    assert pointer("name") == "/name"
    assert pointer("materials.0.file") == "/materials/0/file"
    assert pointer("/already/there") == "/already/there"


def test_an_edit_must_name_the_present_version() -> None:
    require_match(tag(b"{}"), b"{}")
    for given, status in ((None, 428), (tag(b"{ }"), 412), ("*", 412), (f"W/{tag(b'{}')}", 412)):
        with pytest.raises(Problem) as refused:
            require_match(given, b"{}")
        assert refused.value.status == status


def test_the_csrf_token_follows_from_the_session_and_does_not_betray_it() -> None:
    assert csrf_token("secret") == csrf_token("secret") != csrf_token("secret2")
    assert "secret" not in csrf_token("secret")
    assert len(csrf_token("secret")) == 64


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:5000", "127.0.0.1", "[::1]:80", "[::1]"])
def test_this_machine_is_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "example.cn", "localhost.example.cn", "127.0.0.1.example.cn:80", "10.0.0.1"])
def test_other_machines_are_not(host: str) -> None:
    assert not is_loopback(host)
