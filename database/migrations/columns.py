"""Column words of the migrations: ``required`` for what may not be null, ``Instant`` for a point in time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP

Instant = TIMESTAMP(timezone=True)
Name = Text(collation="C")


def required(name: str, kind: Any, *more: Any, **options: Any) -> Column[Any]:
    """A column that may not be null."""
    return Column(name, kind, *more, nullable=False, **options)
