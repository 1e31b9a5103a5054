"""The choices of a form that come from the region at run time (``valuesKey``)."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Organisation
from cases.models.stages import StageCase
from forms import Field, FormDefinition
from processes.release import Release


class Choice(NamedTuple):
    """What a form sends, and what people read."""

    value: str
    label: str


def choices(
    session: Session,
    release: Release,
    stage_case_id: UUID,
    form: FormDefinition,
    filled: Container[str] | None = None,
) -> dict[str, list[Choice]]:
    """The choices of every run-time list that ``form`` uses, by its key; with ``filled``, of those fields only."""
    fields = tuple(field for field in form.fields if filled is None or field.key in filled)
    return {key: SOURCES[key](session, release, stage_case_id) for key in sorted(set(_keys(fields))) if key in SOURCES}


def _keys(fields: tuple[Field, ...]) -> Iterator[str]:
    for field in fields:
        if field.options_key:
            yield field.options_key
        yield from _keys(field.fields)


def _departments(session: Session, release: Release, stage_case_id: UUID) -> list[Choice]:
    rows = session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.region_code == release.region.code, Organisation.kind == "department", Organisation.active)
        .order_by(Organisation.code)
    )
    return [Choice(str(identifier), name) for identifier, name in rows]


def _process_types(session: Session, release: Release, stage_case_id: UUID) -> list[Choice]:
    """The process types that have the stage, on the diagram that the stage case runs on."""
    case = session.execute(select(StageCase.stage, StageCase.process_type).where(StageCase.id == stage_case_id)).one()
    diagram = release.process_types[case.process_type].stages[case.stage].diagram
    return [
        Choice(entry.code, entry.name)
        for entry in release.process_types.values()
        if case.stage in entry.stages and entry.stages[case.stage].diagram == diagram
    ]


SOURCES = {"departments": _departments, "process_types": _process_types}
