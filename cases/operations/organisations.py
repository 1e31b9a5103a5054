"""The organisations that a diagram's data or a form names by id."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Organisation
from cases.context import Context
from errors import Invalid
from processes.release import Release


def organisation(context: Context, value: Any, field: str) -> UUID:
    """The id of an active organisation of the release's region; raises ``Invalid`` for anything else."""
    try:
        identifier = UUID(str(value))
    except ValueError:
        identifier = None
    found = identifier and context.session.scalar(
        select(Organisation.id).where(
            Organisation.id == identifier,
            Organisation.region_code == context.release.region.code,
            Organisation.kind == "department",
            Organisation.active,
        )
    )
    if not found:
        raise Invalid("organisation_unknown", "所选部门不存在或已停用，请从部门列表中选择。", field=f"values.{field}")
    return UUID(str(found))


def organisation_ids(session: Session, release: Release) -> dict[str, UUID]:
    """The active organisations of the release's region: id by code."""
    rows = session.execute(
        select(Organisation.code, Organisation.id).where(
            Organisation.region_code == release.region.code, Organisation.active
        )
    )
    return {row.code: row.id for row in rows}
