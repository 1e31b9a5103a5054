"""Keep releases in the database: install one, find the one in force, fetch a pinned one."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import datetime
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.record import Acting, record
from errors import Conflict, NotFound
from processes.calendars import Announced, above, calendar_at, known_version
from processes.findings import PackInvalid
from processes.loader import Vocabulary, load_files
from processes.models import InstalledRelease
from processes.release import Release

YOUNG_OBJECTS = 10_000
"""How many new objects the garbage collector waits for; Python's own 700 are one command's."""


def install(session: Session, release: Release, now: datetime, actor: Acting | None = None) -> bool:
    """Store a release and put it in force from ``now``; returns whether anything changed. The region must exist.

    ``actor`` None is the platform itself. Installing the release that is in force already changes nothing.
    """
    before = in_force(session, release.region.code)
    if before == release.id:
        return False
    row = session.get(InstalledRelease, release.id, with_for_update={"key_share": True})
    if row is None:
        files = {name: content.decode("utf-8") for name, content in release.files.items()}
        row = InstalledRelease(
            id=release.id,
            region_code=release.region.code,
            title=release.title,
            version=release.version,
            files=files,
        )
    row.in_force_from = now
    after = {"region_code": row.region_code, "version": row.version, "in_force_from": now}
    record(
        session, row, actor=actor, action="release.put_in_force", recorded_at=now, before={"id": before}, after=after
    )
    return True


def in_force(session: Session, region_code: str) -> str | None:
    """The id of the release that new stage cases of the region are pinned to."""
    return session.scalar(
        select(InstalledRelease.id)
        .where(InstalledRelease.region_code == region_code, InstalledRelease.in_force_from.is_not(None))
        .order_by(InstalledRelease.in_force_from.desc(), InstalledRelease.id)
        .limit(1)
    )


class Releases:
    """The releases that this process has loaded; a release never changes, so it is loaded once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._loaded: dict[str, Release] = {}
        self._dated: dict[str, Release] = {}
        self._lock = Lock()

    def get(self, session: Session, release_id: str) -> Release:
        """The release of this id with the calendar as it was announced last; raises ``NotFound``."""
        version = known_version(session)
        dated = self._dated.get(release_id)
        if dated is None or dated.calendar_version != version:
            dated = self._dated[release_id] = self._with_calendar(session, release_id, version)
        return dated

    def as_if_announced(self, session: Session, release_id: str, draft: Announced) -> Release:
        """The release with a notice that is not published yet; raises ``NotFound``, ``NoticeInvalid``."""
        return self._with_calendar(session, release_id, known_version(session), draft)

    def _with_calendar(
        self, session: Session, release_id: str, version: int, draft: Announced | None = None
    ) -> Release:
        release = self._as_loaded(session, release_id)
        calendar = calendar_at(session, above(release.region), release.calendar, version, draft)
        return replace(release, calendar=calendar, calendar_version=version)

    def _as_loaded(self, session: Session, release_id: str) -> Release:
        release = self._loaded.get(release_id)
        if release is not None:
            return release
        with self._lock:
            row = session.get(InstalledRelease, release_id)
            if row is None:
                raise NotFound("release_not_found", f"没有编号为 {release_id[:12]} 的发布版本，请先安装地区包。")
            self.add(_load(row, self.vocabulary))
            return self._loaded[release_id]

    def current(self, session: Session, region_code: str) -> Release:
        """The release in force in a region; raises ``NotFound`` when there is none."""
        release_id = in_force(session, region_code)
        if release_id is None:
            raise NotFound("no_release_in_force", f"地区 {region_code} 没有生效的发布版本，请先安装地区包。")
        return self.get(session, release_id)

    def add(self, release: Release) -> None:
        """Keep a release that was loaded from files.

        It stays as long as the process: without ``freeze``, the garbage collector would walk its objects again and
        again, which cost every command a fifth of its time. What a command makes goes by itself when it is done.
        """
        self._loaded[release.id] = release
        self._dated.pop(release.id, None)
        gc.collect()
        gc.freeze()
        gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])


def _load(row: InstalledRelease, vocabulary: Vocabulary) -> Release:
    files = {name: text.encode("utf-8") for name, text in row.files.items()}
    try:
        return load_files(files, vocabulary)
    except PackInvalid as invalid:
        raise Conflict(
            "release_unreadable",
            f"地区 {row.region_code} 的发布版本 {row.id[:12]} 是别的软件版本安装的，现在的软件读不了："
            f"{invalid.findings[0]}。请换回原来的软件版本，或用 ./bl deploy 部署与现在的软件相配的地区包。",
        ) from invalid
