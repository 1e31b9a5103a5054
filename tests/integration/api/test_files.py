"""Files over HTTP: uploaded in a stream, kept once, seen only by those who see what they serve, never rendered."""

from __future__ import annotations

import hashlib
import io
import os
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from audit.models import AuditEntry
from errors import Busy
from files.models import StoredFile, Upload
from files.scanning import INFECTED, SCANNER, Scan
from files.store import STORE
from tests.integration.api.world import Client, Reply, World, open_stage, problem

PDF = b"%PDF-1.7\n" + b"a plan " * 100
FORM = "multipart/form-data"


def upload(client: Client, content: bytes = PDF, name: str = "总平面图.pdf", **texts: Any) -> Reply:
    """Send a form with one file."""
    headers = texts.pop("headers", None)
    data = {"file": (io.BytesIO(content), name), **{key: str(value) for key, value in texts.items()}}
    return client("POST", "/files", data=data, headers=headers)


def kept(world: World) -> tuple[int, int]:
    """How many rows of content and of uploads there are."""
    with world.sessions() as session:
        counts = [session.scalar(select(func.count()).select_from(model)) for model in (StoredFile, Upload)]
        return counts[0] or 0, counts[1] or 0


def test_an_upload_is_kept_and_comes_back_as_it_was(world: World) -> None:
    stage_case = open_stage(world)
    applicant = world.client("applicant")
    made = upload(applicant, stage_case_id=stage_case["id"], purpose="material", label="M001")
    assert made.status == 201, made.text
    assert made.body["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert (made.body["size"], made.body["media_type"]) == (len(PDF), "application/pdf")
    assert made.body["scan_state"] == "not_scanned"
    assert [(use["stage_case_id"], use["label"]) for use in made.body["uses"]] == [(stage_case["id"], "M001")]
    content = applicant("GET", f"/files/{made.body['id']}/content")
    assert content.status == 200
    assert content.text.encode() == PDF


def test_content_is_sent_so_that_no_browser_renders_it(world: World) -> None:
    made = upload(world.client("applicant"))
    headers = world.client("applicant")("GET", f"/files/{made.body['id']}/content").headers
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["Content-Disposition"].startswith("attachment; filename=\"____.pdf\"; filename*=UTF-8''%E6%80%BB")
    assert headers["Content-Length"] == str(len(PDF))


def test_the_same_content_is_stored_once_for_any_number_of_uploads(world: World) -> None:
    first, second = upload(world.client("applicant")), upload(world.client("window_clerk"), name="别名.pdf")
    assert first.body["sha256"] == second.body["sha256"]
    assert first.body["id"] != second.body["id"]
    assert kept(world) == (1, 2)


def test_a_repeated_upload_has_one_effect(world: World) -> None:
    key = {"Idempotency-Key": "upload-0001"}
    first, again = (upload(world.client("applicant"), headers=key) for _ in range(2))
    assert first.body == again.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert kept(world) == (1, 1)
    other = upload(world.client("applicant"), PDF + b"!", headers=key)
    assert problem(other) == (422, "idempotency_key_reused")


def test_one_upload_serves_many_and_is_attached_once_each(world: World) -> None:
    applicant = world.client("applicant")
    first, second = open_stage(world, 1), open_stage(world, 2)
    made = upload(applicant, stage_case_id=first["id"], purpose="material")
    for _ in range(2):
        body = {"stage_case_id": second["id"], "purpose": "material"}
        used = applicant("POST", f"/files/{made.body['id']}/uses", body)
        assert used.status == 201, used.text
    assert [use["stage_case_id"] for use in used.body["uses"]] == [first["id"], second["id"]]


def test_only_who_sees_what_it_serves_gets_the_file(world: World) -> None:
    made = upload(world.client("applicant"))
    path = f"/files/{made.body['id']}/content"
    for role in ("lead_officer", "officer", "supervisor"):
        assert problem(world.client(role)("GET", path)) == (404, "file_not_found")
    stage_case = open_stage(world)
    used = world.client("applicant")("POST", f"/files/{made.body['id']}/uses", {"stage_case_id": stage_case["id"]})
    assert used.status == 201, used.text
    assert world.client("lead_officer")("GET", path).status == 200
    assert world.client("supervisor")("GET", path).status == 200
    assert problem(world.client("officer")("GET", path)) == (404, "file_not_found")
    assert problem(world.client("system_administrator")("GET", path)) == (403, "permission_missing")


def test_nobody_attaches_to_what_he_does_not_see(world: World) -> None:
    stage_case = open_stage(world)
    officer = world.client("officer")
    refused = upload(officer, stage_case_id=stage_case["id"])
    assert problem(refused) == (404, "subject_not_found")
    assert kept(world) == (0, 0)
    mine = upload(officer)
    refused = officer("POST", f"/files/{mine.body['id']}/uses", {"stage_case_id": stage_case["id"]})
    assert problem(refused) == (404, "subject_not_found")
    stolen = world.client("applicant")("POST", f"/files/{mine.body['id']}/uses", {"stage_case_id": stage_case["id"]})
    assert problem(stolen) == (404, "file_not_found")


def test_upload_use_and_download_are_audited_with_who_did_it(world: World) -> None:
    stage_case = open_stage(world)
    made = upload(world.client("applicant"), stage_case_id=stage_case["id"])
    world.client("lead_officer")("GET", f"/files/{made.body['id']}/content")
    with world.sessions() as session:
        entries = session.execute(
            select(AuditEntry.action, AuditEntry.actor_id)
            .where(AuditEntry.stream_kind == "uploads", AuditEntry.stream_id == made.body["id"])
            .order_by(AuditEntry.sequence)
        ).all()
    applicant, lead = world.people["applicant"], world.people["lead_officer"]
    assert [tuple(entry) for entry in entries] == [
        ("file.upload", applicant),
        ("file.attach", applicant),
        ("file.download", lead),
    ]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"MZ\x90\0", "报告.pdf", "file_is_program"),
        (b"<svg onload='x()'/>", "图.svg", "file_kind"),
        (PDF, "报告.exe", "file_name_misleads"),
        (b"", "空.pdf", "file_empty"),
    ],
    ids=["program", "svg", "name", "empty"],
)
def test_what_is_not_accepted_is_refused_and_nothing_is_kept(
    world: World, content: bytes, name: str, code: str
) -> None:
    reply = upload(world.client("applicant"), content, name)
    assert problem(reply) == (422, code)
    assert reply.body["errors"][0]["field"] == "/file"
    assert kept(world) == (0, 0)


def test_a_full_disk_answers_507_and_records_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert problem(upload(world.client("applicant"))) == (507, "storage_full")
    assert kept(world) == (0, 0)


def test_an_infected_file_is_refused(world: World) -> None:
    class Finder:
        def scan(self, file: Any) -> Scan:
            return Scan(INFECTED, "Eicar-Test-Signature")

    world.sessions.kw["info"][SCANNER] = Finder()
    reply = upload(world.client("applicant"))
    assert problem(reply) == (422, "file_infected")
    assert "Eicar-Test-Signature" in reply.body["detail"]
    assert kept(world) == (0, 0)


def test_a_scanner_that_is_down_makes_the_client_wait(world: World) -> None:
    class Down:
        def scan(self, file: Any) -> Scan:
            raise Busy("scanner_unavailable", "查毒服务没有应答，文件没有保存；请稍后再上传。")

    world.sessions.kw["info"][SCANNER] = Down()
    reply = upload(world.client("applicant"))
    assert problem(reply) == (503, "scanner_unavailable")
    assert reply.headers["Retry-After"]


def test_content_that_the_store_lost_is_a_plain_failure(world: World) -> None:
    made = upload(world.client("applicant"))
    world.sessions.kw["info"][STORE].path(made.body["sha256"]).unlink()
    assert problem(world.client("applicant")("GET", f"/files/{made.body['id']}/content")) == (500, "file_lost")


def test_a_form_is_read_strictly(world: World) -> None:
    applicant = world.client("applicant")
    assert problem(applicant("POST", "/files", {})) == (415, "unsupported_media_type")
    assert problem(applicant("POST", "/files", data={"file": "text"}, content_type=FORM)) == (400, "invalid_form")
    two = {"file": [(io.BytesIO(PDF), "一.pdf"), (io.BytesIO(PDF), "二.pdf")]}
    assert problem(applicant("POST", "/files", data=two)) == (400, "invalid_form")
    assert problem(upload(applicant, unknown="x")) == (422, "invalid_input")
    assert problem(upload(applicant, stage_case_id="x")) == (422, "invalid_input")
    assert problem(upload(applicant, stage_case_id=uuid4(), project_id=uuid4())) == (422, "invalid_input")
    assert problem(upload(applicant, label="y" * 5000)) == (400, "invalid_form")
    missing = applicant("POST", "/files", data={"label": "x"}, content_type=FORM)
    assert problem(missing) == (422, "invalid_input")
    assert kept(world) == (0, 0)


@pytest.mark.parametrize("cut", [10, 60, 150, 400])
def test_a_form_that_breaks_off_keeps_nothing(world: World, cut: int) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + PDF + b"\r\n--x--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    reply = world.client("applicant")("POST", "/files", data=body[:cut], headers=headers)
    assert problem(reply) == (400, "invalid_form")
    assert kept(world) == (0, 0)


def test_nobody_unknown_and_nobody_without_permission_sends_a_byte(world: World) -> None:
    assert problem(upload(Client(world.app))) == (401, "not_signed_in")
    assert problem(upload(world.client("supervisor"))) == (403, "permission_missing")
    assert kept(world) == (0, 0)
