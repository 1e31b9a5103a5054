"""The one declarative base: how columns are typed and how constraints are named."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Date, Interval, LargeBinary, MetaData, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING_CONVENTION = {
    "pk": "pk_%(table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
}

Id = Annotated[UUID, mapped_column(primary_key=True, default=uuid4)]
"""Primary key of an ordinary table: ``id: Mapped[Id]``."""

BigInt = Annotated[int, mapped_column(BigInteger)]
"""A 64-bit integer column: ``audit_sequence: Mapped[BigInt]``."""


class Base(DeclarativeBase):
    """Base of every model. Text is unlimited, instants carry their zone, dictionaries are jsonb."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        bytes: LargeBinary(),
        UUID: Uuid(),
        datetime: TIMESTAMP(timezone=True),
        date: Date(),
        timedelta: Interval(),
        list[str]: ARRAY(Text()),
        list[UUID]: ARRAY(Uuid()),
        dict[str, Any]: JSONB(),
        dict[str, object]: JSONB(),
        dict[str, str]: JSONB(),
        list[dict[str, Any]]: JSONB(),
        list[dict[str, object]]: JSONB(),
    }
