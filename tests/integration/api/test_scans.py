"""Scans over HTTP: several images in, one PDF kept, which from then on is a file like any other."""

from __future__ import annotations

import io
from typing import Any

import pypdfium2
import pytest

from files.scanning import INFECTED, SCANNER, Scan
from tests.integration.api.test_files import kept
from tests.integration.api.world import Client, Reply, World, open_stage, problem
from tests.unit.files.images import image

RED, BLUE = image((255, 0, 0), "PNG"), image((0, 0, 255), "JPEG")


def scan(client: Client, *images: bytes, headers: dict[str, str] | None = None, **texts: Any) -> Reply:
    """Send a form with the images of one scan."""
    files = [(io.BytesIO(content), f"{number}.jpg") for number, content in enumerate(images)]
    data = {"name": "营业执照", **{key: str(value) for key, value in texts.items()}, "file": files}
    return client("POST", "/files/scans", data=data, headers=headers, content_type="multipart/form-data")


def test_the_images_of_a_scan_are_one_pdf_in_their_order(world: World) -> None:
    stage_case = open_stage(world)
    clerk = world.client("window_clerk")

    made = scan(clerk, RED, BLUE, stage_case_id=stage_case["id"], purpose="material", label="M001")

    assert made.status == 201, made.text
    assert (made.body["name"], made.body["media_type"]) == ("营业执照.pdf", "application/pdf")
    assert made.body["scan_state"] == "not_scanned"
    assert [use["label"] for use in made.body["uses"]] == ["M001"]
    content = clerk.browser.get(f"/api/v1/files/{made.body['id']}/content").get_data()
    document = pypdfium2.PdfDocument(content)
    try:
        colours = [page.render(scale=0.1).to_pil().convert("RGB").getpixel((20, 20)) for page in document]
    finally:
        document.close()
    assert [colour[0] > colour[2] for colour in colours] == [True, False]
    assert kept(world) == (1, 1)


def test_a_repeated_scan_has_one_effect(world: World) -> None:
    key = {"Idempotency-Key": "scan-00001"}
    first, again = (scan(world.client("window_clerk"), RED, BLUE, headers=key) for _ in range(2))

    assert first.body == again.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert kept(world) == (1, 1)
    assert problem(scan(world.client("window_clerk"), BLUE, RED, headers=key)) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("images", "code"),
    [
        ((RED, b"%PDF-1.7\n"), (422, "page_kind")),
        ((RED, BLUE[:500]), (422, "page_damaged")),
        ((), (422, "invalid_input")),
        ((RED,) * 101, (400, "invalid_form")),
    ],
    ids=["no image", "damaged", "none", "too many"],
)
def test_a_scan_that_is_not_right_keeps_nothing(world: World, images: tuple[bytes, ...], code: tuple[int, str]) -> None:
    assert problem(scan(world.client("window_clerk"), *images)) == code
    assert kept(world) == (0, 0)


def test_a_scan_needs_a_name_and_takes_nothing_unknown(world: World) -> None:
    clerk = world.client("window_clerk")
    assert problem(scan(clerk, RED, name="")) == (422, "invalid_input")
    assert problem(scan(clerk, RED, unknown="x")) == (422, "invalid_input")
    assert kept(world) == (0, 0)


def test_a_scan_goes_through_the_virus_scanner_like_any_file(world: World) -> None:
    class Finds:
        def scan(self, file: object) -> Scan:
            return Scan(INFECTED, "Eicar-Signature")

    world.sessions.kw["info"][SCANNER] = Finds()
    assert problem(scan(world.client("window_clerk"), RED)) == (422, "file_infected")
    assert kept(world) == (0, 0)


def test_who_may_not_upload_may_not_scan(world: World) -> None:
    assert problem(scan(Client(world.app), RED)) == (401, "not_signed_in")
    assert problem(scan(world.client("supervisor"), RED)) == (403, "permission_missing")
