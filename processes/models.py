"""Every release that was ever installed, with its files, and every year's days off that were announced."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import AuditStream
from database.base import Base, BigInt, Id


class InstalledRelease(AuditStream, Base):
    """A release by the hash of its contents.

    ``files`` holds each file's text by its path in the pack. ``in_force_from`` is when new stage cases began to be
    pinned to it; the release in force is the latest of its region.
    """

    __tablename__ = "releases"
    __table_args__ = (Index("ix_releases_region_code", "region_code", "in_force_from"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    title: Mapped[str]
    version: Mapped[str]
    files: Mapped[dict[str, str]]
    in_force_from: Mapped[datetime | None]


class CalendarNotice(AuditStream, Base):
    """The days off and the make-up days of a year, as they were announced: one version of the calendar.

    Of two for one year the later version counts. ``region_code`` null: the State Council's, for every region; else
    for that region and those below. ``version`` counts all notices, so that one number says which calendar is meant.
    ``days`` has the members ``off`` and ``on``; ``source`` names the document.
    """

    __tablename__ = "calendar_notices"
    __table_args__ = (
        CheckConstraint("year BETWEEN 2004 AND 2199", name="year"),
        CheckConstraint("version > 0", name="version"),
        Index("ix_calendar_notices_region_code", "region_code", "year", "version"),
    )

    id: Mapped[Id]
    version: Mapped[BigInt] = mapped_column(unique=True)
    region_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    year: Mapped[int]
    days: Mapped[dict[str, Any]]
    source: Mapped[str]
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    published_at: Mapped[datetime]
