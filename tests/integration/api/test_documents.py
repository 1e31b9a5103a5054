"""Issued documents over HTTP: seen by who sees the stage case, and the same bytes at every download."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from tests.integration.api.known import issued_document
from tests.integration.api.world import Client, World, open_stage, problem


def issue(world: World, stage_case: dict[str, Any]) -> str:
    """Issue a document of the stage case; its id."""
    with world.sessions() as session:
        issued = issued_document(session, UUID(stage_case["id"]), world.region_code)
        session.commit()
        return str(issued)


def pdf(client: Client, document_id: str) -> bytes:
    """The content of a document."""
    response = client.browser.get(f"/api/v1/documents/{document_id}/content")
    assert response.status_code == 200, response.text
    return response.get_data()


def test_a_document_is_listed_with_its_number_and_downloaded_alike_by_everybody(world: World) -> None:
    stage_case = open_stage(world)
    document_id = issue(world, stage_case)
    applicant, lead = world.client("applicant"), world.client("lead_officer")
    [listed] = applicant("GET", f"/stage-cases/{stage_case['id']}/documents").body["entries"]
    assert (listed["id"], listed["kind"], listed["title"]) == (document_id, "void", "阶段办理作废通知书")
    assert listed["number"].startswith("作废〔")
    assert listed["sha256"] is None
    first, second = pdf(applicant, document_id), pdf(lead, document_id)
    assert first == second
    assert first.startswith(b"%PDF-1.7")
    assert lead("GET", f"/documents/{document_id}").body["sha256"] == hashlib.sha256(first).hexdigest()


def test_a_document_is_sent_as_an_attachment_under_its_title_and_number(world: World) -> None:
    document_id = issue(world, open_stage(world))
    headers = world.client("applicant")("GET", f"/documents/{document_id}/content").headers
    assert headers["Content-Disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''%E9%98%B6%E6%AE%B5" in headers["Content-Disposition"]
    assert headers["Content-Type"] == "application/octet-stream"
    assert "sandbox" in headers["Content-Security-Policy"]


def test_who_does_not_see_the_stage_case_does_not_see_its_documents(world: World) -> None:
    stage_case = open_stage(world)
    document_id = issue(world, stage_case)
    officer = world.client("officer")
    assert problem(officer("GET", f"/documents/{document_id}")) == (404, "document_not_found")
    assert problem(officer("GET", f"/documents/{document_id}/content")) == (404, "document_not_found")
    listed = officer("GET", f"/stage-cases/{stage_case['id']}/documents")
    assert problem(listed) == (404, "stage_case_not_found")
