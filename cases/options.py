"""The choices of a form that come from the region at run time (``valuesKey``)."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Organisation
from forms import Field, FormDefinition
from processes.release import Release


class Choice(NamedTuple):
    """What a form sends, and what people read."""

    value: str
    label: str


def choices(
    session: Session, release: Release, form: FormDefinition, filled: Container[str] | None = None
) -> dict[str, list[Choice]]:
    """The choices of every run-time list that ``form`` uses, by its key; with ``filled``, of those fields only."""
    fields = tuple(field for field in form.fields if filled is None or field.key in filled)
    return {key: SOURCES[key](session, release) for key in sorted(set(_keys(fields))) if key in SOURCES}


def _keys(fields: tuple[Field, ...]) -> Iterator[str]:
    for field in fields:
        if field.options_key:
            yield field.options_key
        yield from _keys(field.fields)


def _departments(session: Session, release: Release) -> list[Choice]:
    rows = session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.region_code == release.region.code, Organisation.kind == "department", Organisation.active)
        .order_by(Organisation.code)
    )
    return [Choice(str(identifier), name) for identifier, name in rows]


def _process_types(session: Session, release: Release) -> list[Choice]:
    return [Choice(entry.code, entry.name) for entry in release.process_types.values()]


SOURCES = {"departments": _departments, "process_types": _process_types}
