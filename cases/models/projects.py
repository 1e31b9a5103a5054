"""Projects with their one code, and the engineerings that are approved as one."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import AuditStream
from database.base import Base, Id


class Project(AuditStream, Base):
    """A construction project. ``code`` is the national project code or, without fixed-asset investment, a local one.

    ``total_investment`` is in ten thousand yuan (万元).
    """

    __tablename__ = "projects"
    __table_args__ = (
        CheckConstraint("code_kind IN ('national', 'local')", name="code_kind"),
        CheckConstraint("(code_kind = 'local') = (code LIKE 'L%')", name="code_shape"),
        CheckConstraint("code_kind = 'national' OR NOT fixed_asset_investment", name="investment_has_national_code"),
        CheckConstraint("planned_start < planned_finish", name="planned_period"),
        CheckConstraint("total_investment >= 0", name="total_investment"),
        Index("ix_projects_region", "region_code", "registered_at", "id"),
        Index("ix_projects_registered_at", "registered_at", "id"),
        Index("ix_projects_bigrams", text("bigrams(name)"), postgresql_using="gin"),
    )

    id: Mapped[Id]
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    code: Mapped[str] = mapped_column(unique=True)
    code_kind: Mapped[str]
    fixed_asset_investment: Mapped[bool]
    name: Mapped[str]
    applicant_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    credit_code: Mapped[str]
    address: Mapped[str]
    scale: Mapped[str]
    total_investment: Mapped[Decimal | None] = mapped_column(Numeric(14, 4))
    planned_start: Mapped[date | None]
    planned_finish: Mapped[date | None]
    registered_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    registered_at: Mapped[datetime]


class Engineering(AuditStream, Base):
    """The part of a project that is approved as one; the code of an unsplit project is its engineering's code."""

    __tablename__ = "engineerings"
    __table_args__ = (Index("ix_engineerings_project_id", "project_id", "created_at"),)

    id: Mapped[Id]
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    scope: Mapped[str] = mapped_column(server_default=text("''"))
    created_at: Mapped[datetime]
