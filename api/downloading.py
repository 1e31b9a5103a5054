"""Sends content of the store so that no browser ever takes it for a page."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response

from files.read_file import Download

INERT = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"


def respond(download: Download) -> Response:
    """The content as an attachment, its true name in UTF-8 (RFC 6266); the type says bytes, whatever they are."""
    response = Response(download.chunks, content_type="application/octet-stream")
    response.content_length = download.size
    simple = "".join(
        letter if (letter.isascii() and letter.isalnum()) or letter in "._-" else "_" for letter in download.name
    )
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{simple}\"; filename*=UTF-8''{quote(download.name, safe='')}"
    )
    response.headers["Content-Security-Policy"] = INERT
    return response
