"""The accounts tables: where, who, which post, and the secrets by which they are known."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import AuditStream
from database.base import Base, Id

ORGANISATION_KINDS = ("city", "district", "department", "window", "applicant")
USER_STATUSES = ("active", "disabled")


def one_of(column: str, values: tuple[str, ...]) -> str:
    """The SQL condition that a column holds one of the values."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Region(AuditStream, Base):
    """An administrative region (GB/T 2260) or a development zone with a local code."""

    __tablename__ = "regions"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"), index=True)


class Organisation(AuditStream, Base):
    """A government body, one of its departments, a service window, or a unit that applies."""

    __tablename__ = "organisations"
    __table_args__ = (
        UniqueConstraint("region_code", "code"),
        CheckConstraint(one_of("kind", ORGANISATION_KINDS), name="kind"),
        Index(
            "uq_organisations_applicant_credit_code",
            "credit_code",
            unique=True,
            postgresql_where=text("kind = 'applicant'"),
        ),
    )

    id: Mapped[Id]
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    function: Mapped[str | None]
    credit_code: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    created_at: Mapped[datetime]


class User(AuditStream, Base):
    """A person, or another system. ``failures`` counts wrong passwords since the last right one."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint(one_of("status", USER_STATUSES), name="status"),)

    id: Mapped[Id]
    username: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    status: Mapped[str] = mapped_column(default="active", server_default=text("'active'"))
    password_hash: Mapped[str | None]
    former_password_hashes: Mapped[list[str]] = mapped_column(default=list, server_default=text("'{}'"))
    password_changed_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    failures: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    locked_until: Mapped[datetime | None]
    last_signed_in_at: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    email: Mapped[str | None]


class Appointment(Base):
    """A person holding a post (organisation and role) from an instant, until another or for the time being."""

    __tablename__ = "appointments"
    __table_args__ = (
        Index(
            "uq_appointments_held",
            "user_id",
            "organisation_id",
            "role",
            unique=True,
            postgresql_where=text("valid_until IS NULL"),
        ),
        Index("ix_appointments_post", "organisation_id", "role"),
        CheckConstraint("valid_until >= valid_from", name="period"),
    )

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    role: Mapped[str]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]


class SignIn(Base):
    """A session of a signed-in person; the secret itself is only in the person's cookie."""

    __tablename__ = "sessions"

    id: Mapped[Id]
    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    address: Mapped[str | None]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ApiToken(Base):
    """The key of another system, with the permissions (scopes) it may use out of those its user has."""

    __tablename__ = "api_tokens"

    id: Mapped[Id]
    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str]
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SetupCode(Base):
    """The one-time code by which the first administrator of a new platform is made."""

    __tablename__ = "setup_codes"

    id: Mapped[Id]
    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
