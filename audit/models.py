"""The audit tables, and the two columns by which a row heads an audit stream."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Identity, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import BYTEA
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base, BigInt

NAME = Text(collation="C")  # bytes order, so that verification sorts alike on every server


class AuditStream:
    """Mixin of a row that heads a stream: how many entries it has, and the hash of the last."""

    audit_sequence: Mapped[BigInt] = mapped_column(default=0, server_default=text("0"))
    audit_hash: Mapped[bytes] = mapped_column(default=b"", server_default=text("''::bytea"))


class AuditStreamRow(AuditStream, Base):
    """A stream for what has no row of its own: ``platform`` (set-up, unknown users, refusals without a person)."""

    __tablename__ = "audit_streams"
    name: Mapped[str] = mapped_column(primary_key=True)


class AuditEntry(Base):
    """One thing that was done or refused. ``details`` is encrypted and may be erased; ``digest`` stays."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        UniqueConstraint("stream_kind", "stream_id", "sequence"),
        CheckConstraint("result IN ('done', 'refused')", name="result"),
        Index("ix_audit_entries_recorded_at", "recorded_at", postgresql_using="brin"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    stream_kind: Mapped[str] = mapped_column(NAME)
    stream_id: Mapped[str] = mapped_column(NAME)
    sequence: Mapped[BigInt]
    hash: Mapped[bytes]
    actor_id: Mapped[UUID | None]
    address: Mapped[str | None]
    action: Mapped[str]
    result: Mapped[str]
    object_type: Mapped[str]
    object_id: Mapped[str]
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    digest: Mapped[bytes]
    details: Mapped[bytes | None] = mapped_column(BYTEA)


class AuditSeal(Base):
    """A signed statement: these streams had these heads at this time; chained to the seal before."""

    __tablename__ = "audit_seals"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    previous: Mapped[bytes]
    root: Mapped[bytes]
    heads: Mapped[BigInt]
    sealed_at: Mapped[datetime]
    settled_id: Mapped[BigInt]
    horizon_id: Mapped[BigInt]
    horizon_writers: Mapped[list[str]]
    signature: Mapped[bytes]


class AuditSealHead(Base):
    """The head of one stream at the moment of a seal: a leaf of its Merkle tree."""

    __tablename__ = "audit_seal_heads"
    __table_args__ = (
        ForeignKeyConstraint(["seal_number"], ["audit_seals.number"]),
        Index("ix_audit_seal_heads_stream", "stream_kind", "stream_id", "sequence"),
    )

    seal_number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    stream_kind: Mapped[str] = mapped_column(NAME, primary_key=True)
    stream_id: Mapped[str] = mapped_column(NAME, primary_key=True)
    sequence: Mapped[BigInt]
    hash: Mapped[bytes]
