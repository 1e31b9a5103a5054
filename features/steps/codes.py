"""Project codes for projects that nobody has registered yet."""

from __future__ import annotations

import secrets

AREA = "210782"


def fresh_project_code(area: str = AREA) -> str:
    """A national project code of the right shape with a random serial number."""
    return f"2101-{area}-04-01-{secrets.randbelow(10**6):06d}"
