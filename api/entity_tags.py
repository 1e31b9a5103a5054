"""Entity tags of editable resources: a digest of what is shown, compared before an edit."""

from __future__ import annotations

import hashlib

from api.problems import Problem

PATTERN = '"[0-9a-f]{32}"'


def tag(representation: bytes) -> str:
    """The strong entity tag of a representation."""
    return f'"{hashlib.sha256(representation).hexdigest()[:32]}"'


def require_match(given: str | None, representation: bytes) -> None:
    """Refuse an edit that names no version (428) or another one than the present (412)."""
    if given is None:
        raise Problem(428, "precondition_required", "修改前须先读取，并用请求头 If-Match 带上读到的 ETag。")
    if given.strip() != tag(representation):
        raise Problem(412, "stale_version", "内容已被他人改动，请重新读取后再改。")
