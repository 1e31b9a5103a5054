"""The tables of files: content once by its digest, each upload of it, what uses it, and the issued documents."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import AuditStream
from database.base import Base, BigInt, Id

SUBJECTS = ("project_id", "stage_case_id", "item_case_id")


class StoredFile(Base):
    """Content in the store; ``scan_state`` is not_scanned (未扫描) or clean: what is infected is never kept."""

    __tablename__ = "stored_files"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="digest"),
        CheckConstraint("scan_state IN ('not_scanned', 'clean')", name="scan_state"),
        CheckConstraint("(scan_state = 'clean') = (scanned_at IS NOT NULL)", name="scanned"),
        CheckConstraint("size > 0", name="size"),
    )

    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[BigInt]
    media_type: Mapped[str]
    scan_state: Mapped[str]
    scan_detail: Mapped[str | None]
    scanned_at: Mapped[datetime | None]
    stored_at: Mapped[datetime]


class Upload(AuditStream, Base):
    """A person's upload, under the name that he gave it; the stream of what was done with it."""

    __tablename__ = "uploads"
    __table_args__ = (Index("ix_uploads_uploaded_by", "uploaded_by", "uploaded_at", "id"),)

    id: Mapped[Id]
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_files.sha256"), index=True)
    name: Mapped[str]
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    uploaded_at: Mapped[datetime]


class FileUse(Base):
    """An upload serves a project, a stage case or an item case: exactly one; the same upload may serve many.

    ``purpose`` is what it is there for: ``material``, ``result``, ``evidence``, ``minutes`` ...; ``label`` names it
    more exactly (the code of the material).
    """

    __tablename__ = "file_uses"
    __table_args__ = (
        CheckConstraint(f"num_nonnulls({', '.join(SUBJECTS)}) = 1", name="one_subject"),
        UniqueConstraint(
            "upload_id", *SUBJECTS, "purpose", "label", name="uq_file_uses_once", postgresql_nulls_not_distinct=True
        ),
        *(Index(f"ix_file_uses_{name}", name, postgresql_where=text(f"{name} IS NOT NULL")) for name in SUBJECTS),
    )

    id: Mapped[Id]
    upload_id: Mapped[UUID] = mapped_column(ForeignKey("uploads.id"))
    project_id: Mapped[UUID | None] = mapped_column(ForeignKey("projects.id"))
    stage_case_id: Mapped[UUID | None] = mapped_column(ForeignKey("stage_cases.id"))
    item_case_id: Mapped[UUID | None] = mapped_column(ForeignKey("item_cases.id"))
    purpose: Mapped[str]
    label: Mapped[str] = mapped_column(server_default=text("''"))
    attached_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    attached_at: Mapped[datetime]


class DocumentNumber(Base):
    """The last number given to a kind of document in a region and year; locked by whoever issues the next."""

    __tablename__ = "document_numbers"

    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class IssuedDocument(AuditStream, Base):
    """A paper that the platform issued: its number and data are fixed at issue, its PDF is set once and kept.

    ``item_case_id`` is null for a document of the whole stage; ``data`` is all that the PDF shows.
    """

    __tablename__ = "issued_documents"
    __table_args__ = (
        UniqueConstraint("region_code", "kind", "year", "number", name="uq_issued_documents_number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("(sha256 IS NULL) = (rendered_at IS NULL)", name="rendered"),
        Index("ix_issued_documents_stage_case", "stage_case_id", "issued_at", "id"),
        Index("ix_issued_documents_item_case_id", "item_case_id", postgresql_where=text("item_case_id IS NOT NULL")),
        Index("ix_issued_documents_sha256", "sha256", postgresql_where=text("sha256 IS NOT NULL")),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    year: Mapped[int]
    number: Mapped[int]
    stage_case_id: Mapped[UUID] = mapped_column(ForeignKey("stage_cases.id"))
    item_case_id: Mapped[UUID | None] = mapped_column(ForeignKey("item_cases.id"))
    data: Mapped[dict[str, Any]]
    issued_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    issued_at: Mapped[datetime]
    sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_files.sha256"))
    rendered_at: Mapped[datetime | None]
