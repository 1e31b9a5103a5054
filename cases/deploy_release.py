"""Deploy a release: put it in force in its region, with the organisations that its pack names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actor import Actor
from accounts.models import Organisation, Region
from accounts.organisations import create_organisation
from errors import Invalid
from processes.install import install
from processes.models import InstalledRelease
from processes.release import OrganisationEntry, Release

APPLICANT = "applicant"


@dataclass(frozen=True, slots=True)
class Deployed:
    """What a deployment did: whether anything changed, since when the release is in force, organisations it made."""

    changed: bool
    in_force_from: datetime
    organisations: tuple[str, ...]


def deploy_release(session: Session, actor: Actor | None, release: Release, now: datetime) -> Deployed:
    """Put a release in force for the stage cases that begin from ``now``; those under way keep theirs.

    Departments and windows of the pack that are not there yet are created; applicant units register themselves. Raises
    ``Invalid`` when the region is not there. A release that is in force already stays as it is.
    """
    require_region(session, release)
    authorities = [entry for entry in release.organisations.values() if entry.kind != APPLICANT]
    created = create_missing_organisations(session, actor, release.region.code, authorities, now)
    changed = install(session, release, now, actor)
    since = session.get_one(InstalledRelease, release.id).in_force_from
    assert since is not None
    return Deployed(changed or bool(created), since, created)


def require_region(session: Session, release: Release) -> None:
    """Raises ``Invalid`` when the platform does not know the region of the release."""
    region = release.region
    if session.get(Region, region.code) is None:
        raise Invalid(
            "region_unknown",
            f"平台还没有地区 {region.code} {region.name}。请系统管理员先建立它（首次设置时填写，"
            "或 POST /api/v1/regions），或核对 pack.toml 里 region 的 code。",
            field="region_code",
        )


def create_missing_organisations(
    session: Session, actor: Actor | None, region_code: str, entries: list[OrganisationEntry], now: datetime
) -> tuple[str, ...]:
    """Create the organisations of a pack that the region has not yet, parents first; the names of the new ones."""
    rows = session.execute(select(Organisation.code, Organisation.id).where(Organisation.region_code == region_code))
    known: dict[str, UUID] = {row.code: row.id for row in rows}
    missing = [entry for entry in entries if entry.code not in known]
    for entry in missing:
        known[entry.code] = create_organisation(
            session,
            actor,
            region_code=region_code,
            code=entry.code,
            name=entry.name,
            kind=entry.kind,
            parent_id=known[entry.parent] if entry.parent else None,
            function=entry.function,
            credit_code=entry.credit_code,
            now=now,
        ).id
    return tuple(entry.name for entry in missing)
