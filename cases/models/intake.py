"""Intake and dispatch: the materials of a stage case, and the departments' final confirmations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base, Id

MATERIAL_STATUSES = ("missing", "submitted", "passed", "returned", "deferred", "not_applicable")
SOURCES = ("applicant", "result", "on_file")


class StageMaterial(Base):
    """One material of the union over the required items, each once; ``items`` are the codes that ask for it.

    ``necessity``: ``required`` (必要), ``deferrable`` (容缺), ``conditional`` with its ``condition`` in words.
    ``source``: where the document at hand comes from: ``applicant``; ``result`` of the item case ``result_of_id``;
    ``on_file``, handed in for the project before. ``upload_ids`` are the files of it, in their order; that each exists
    is kept by its use of a file. Of a result, ``result_document_id`` is the document that was issued with it. A
    ``deferred`` material is promised by the day ``promised_by``.
    """

    __tablename__ = "stage_materials"
    __table_args__ = (
        UniqueConstraint("stage_case_id", "code"),
        CheckConstraint("necessity IN ('required', 'deferrable', 'conditional')", name="necessity"),
        CheckConstraint(f"status IN ({', '.join(map(repr, MATERIAL_STATUSES))})", name="status"),
        CheckConstraint("status NOT IN ('returned', 'not_applicable') OR reason IS NOT NULL", name="reason"),
        CheckConstraint(f"source IN ({', '.join(map(repr, SOURCES))})", name="source"),
        CheckConstraint(
            "status <> 'deferred' OR (necessity = 'deferrable' AND promised_by IS NOT NULL)", name="deferred"
        ),
        CheckConstraint(
            "status NOT IN ('submitted', 'passed') OR upload_ids <> '{}' OR result_of_id IS NOT NULL "
            "OR starts_with(coalesce(reason, ''), '此前登记：')",  # taken before documents were uploads
            name="document",
        ),
        *(
            Index(f"ix_stage_materials_{name}", name, postgresql_where=text(f"{name} IS NOT NULL"))
            for name in ("result_of_id", "result_document_id")
        ),
    )

    id: Mapped[Id]
    stage_case_id: Mapped[UUID] = mapped_column(ForeignKey("stage_cases.id"))
    code: Mapped[str]
    name: Mapped[str]
    necessity: Mapped[str]
    items: Mapped[list[str]]
    status: Mapped[str] = mapped_column(server_default=text("'missing'"))
    reason: Mapped[str | None]
    source: Mapped[str] = mapped_column(server_default=text("'applicant'"))
    condition: Mapped[str | None]
    upload_ids: Mapped[list[UUID]] = mapped_column(default=list, server_default=text("'{}'"))
    result_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("item_cases.id"))
    result_document_id: Mapped[UUID | None] = mapped_column(ForeignKey("issued_documents.id"))
    promised_by: Mapped[date | None]
    changed_at: Mapped[datetime]


class DispatchConfirmation(Base):
    """What a department said before dispatch; a joint meeting opens another round."""

    __tablename__ = "dispatch_confirmations"
    __table_args__ = (
        CheckConstraint("result IN ('confirmed', 'problem')", name="result"),
        Index("ix_dispatch_confirmations_stage_case_id", "stage_case_id", "given_at"),
    )

    id: Mapped[Id]
    stage_case_id: Mapped[UUID] = mapped_column(ForeignKey("stage_cases.id"))
    department_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    result: Mapped[str]
    content: Mapped[dict[str, Any]]
    given_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    given_at: Mapped[datetime]
