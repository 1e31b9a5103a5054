"""The releases table: every release that was ever installed, with its files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import AuditStream
from database.base import Base


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
