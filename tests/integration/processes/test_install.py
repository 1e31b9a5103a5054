"""Releases in the database: installed once, in force from then on, fetched by those who are pinned to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.regions import create_region
from audit.models import AuditEntry
from cases.releases import vocabulary
from errors import Conflict, NotFound
from processes.install import Releases, in_force, install
from processes.loader import PACKS, load_files, load_folder
from processes.models import InstalledRelease
from processes.release import Release

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture
def release(session: Session) -> Release:
    loaded = load_folder(PACKS / "beizhen", vocabulary())
    create_region(session, None, code=loaded.region.code, name=loaded.region.name, parent_code=None, now=NOW)
    return loaded


def changed(release: Release) -> Release:
    files = {**release.files, "pack.toml": release.files["pack.toml"].replace(b"2026.11", b"2026.12")}
    return load_files(files, vocabulary())


def test_a_release_is_installed_once_and_in_force_from_then_on(session: Session, release: Release) -> None:
    assert in_force(session, release.region.code) is None
    assert install(session, release, NOW)
    assert not install(session, release, NOW + timedelta(days=1))
    assert in_force(session, release.region.code) == release.id
    assert session.scalar(select(func.count()).select_from(InstalledRelease)) == 1


def test_a_changed_pack_is_another_release_and_the_older_one_stays(session: Session, release: Release) -> None:
    later = changed(release)
    install(session, release, NOW)
    install(session, later, NOW + timedelta(days=1))
    assert in_force(session, release.region.code) == later.id != release.id
    releases = Releases(vocabulary())
    assert releases.get(session, release.id).version == "2026.11"
    assert releases.current(session, release.region.code).version == "2026.12"


def test_an_older_release_can_be_put_in_force_again(session: Session, release: Release) -> None:
    install(session, release, NOW)
    install(session, changed(release), NOW + timedelta(days=1))
    assert install(session, release, NOW + timedelta(days=2))
    assert in_force(session, release.region.code) == release.id


def test_what_comes_out_of_the_database_is_what_went_in(session: Session, release: Release) -> None:
    install(session, release, NOW)
    fetched = Releases(vocabulary()).get(session, release.id)
    assert fetched.id == release.id
    assert fetched.files == release.files
    assert fetched.process_types == release.process_types
    assert fetched.materials == release.materials


def test_putting_a_release_in_force_leaves_an_audit_entry(session: Session, release: Release) -> None:
    install(session, release, NOW)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.stream_kind == "releases")).one()
    assert (entry.action, entry.stream_id, entry.effective_at) == ("release.put_in_force", release.id, NOW)


def test_a_release_that_is_not_there_is_not_found(session: Session) -> None:
    releases = Releases(vocabulary())
    with pytest.raises(NotFound, match="000000"):
        releases.get(session, "0" * 64)
    with pytest.raises(NotFound, match="210782"):
        releases.current(session, "210782")


def test_a_release_of_a_region_that_is_not_there_cannot_be_installed(session: Session, release: Release) -> None:
    stranger = replace(release, region=replace(release.region, code="999999"))
    with pytest.raises(Exception, match="fk_releases_region_code_regions"):
        install(session, stranger, NOW)


def test_a_release_of_another_software_version_is_named_with_what_to_do(session: Session, release: Release) -> None:
    install(session, release, NOW)
    row = session.get_one(InstalledRelease, release.id)
    row.files = {name: text for name, text in row.files.items() if not name.endswith("stage.bpmn")}
    session.flush()
    with pytest.raises(Conflict, match=rf"{release.id[:12]} 是别的软件版本安装的.*\./bl deploy") as refused:
        Releases(vocabulary()).current(session, release.region.code)
    assert refused.value.code == "release_unreadable"
