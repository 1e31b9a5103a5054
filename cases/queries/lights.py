"""The boards of lights: one colour at a time, from partial indexes over the instants; and the counts.

What a colour is follows from the time: green before ``yellow_at``, red after ``due_at`` unless provisional, yellow
between, grey while held. A page is the head of a few ordered index ranges, so its cost does not grow with the rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, TextClause, false, or_, select, text, true, tuple_, union_all
from sqlalchemy.orm import InstrumentedAttribute

from accounts.actor import Actor, data_scope
from accounts.models import Organisation
from accounts.roles import Scope
from cases.models.due import BURNING, LIT, TOLD_YELLOW, DueRow
from cases.models.instances import ProcessInstance, WorkItem
from cases.models.lights import LightCount
from cases.queries.belonging import BELONGING, with_project
from database.paging import at_most

READ = "light.read"
COLOURS = ("green", "yellow", "red", "grey")
Instant = InstrumentedAttribute[Any]


def instant_of(colour: str) -> Instant:
    """What a board of the colour is sorted by: green by the next yellow, the rest by the due."""
    return DueRow.yellow_at if colour == "green" else DueRow.due_at


@dataclass(frozen=True, slots=True)
class Board:
    """Which lights somebody asks for; ``after`` is the instant and id of the last one seen."""

    colour: str
    organisation_id: UUID | None = None
    region_code: str | None = None
    kind: str | None = None
    after: tuple[Any, ...] | None = None


def board(actor: Actor, asked: Board, most: int, now: datetime) -> Select[*tuple[Any, ...]]:
    """At most ``most`` limits of a colour at ``now`` in the actor's scope, by (``instant_of``, id)."""
    instant = instant_of(asked.colour)
    heads = [
        select(DueRow.id, instant.label("instant"))
        .where(*where, scope, *_asked(asked, instant), _permitted(actor))
        .order_by(instant, DueRow.id)
        .limit(at_most(most))
        .subquery()
        for scope in _scopes(actor, asked)
        for where in _ranges(asked.colour, now)
    ]
    if not heads:
        return shown().where(false())
    found = union_all(*(select(head) for head in heads)).subquery()
    ordered = select(found.c.id, found.c.instant).distinct().order_by(found.c.instant, found.c.id)
    first = ordered.limit(at_most(most)).subquery()
    return shown().join(first, first.c.id == DueRow.id).order_by(first.c.instant, first.c.id)


def _ranges(colour: str, now: datetime) -> Iterator[tuple[ColumnElement[bool] | TextClause, ...]]:
    """The index ranges that make up a colour; the texts are the conditions of the partial indexes, to the letter."""
    burning = text(BURNING)
    in_time = or_(DueRow.due_at >= now, DueRow.provisional)
    match colour:
        case "green":
            yield burning, DueRow.yellow_at > now
        case "yellow":
            yield burning, text(TOLD_YELLOW), in_time
            # what the scan has not told of yet: few while it runs
            yield burning, text("light_at IS NOT NULL"), DueRow.light_at <= now, text(f"NOT {TOLD_YELLOW}"), in_time
        case "red":
            yield burning, text("NOT provisional"), DueRow.due_at < now
        case "grey":
            yield text(f"{LIT} AND cancelled_at IS NULL AND held"), true()


def _scopes(actor: Actor, asked: Board) -> Iterator[ColumnElement[bool]]:
    """Each range of an index that the actor may see: one organisation or one region."""
    scope = actor.grants.get(READ)
    if scope is None:
        return
    if asked.organisation_id is not None:
        yield DueRow.organisation_id == asked.organisation_id
        return
    if scope is Scope.ALL:
        yield true()
        return
    for organisation in sorted(actor.organisation_ids):
        yield DueRow.organisation_id == organisation
    if scope is Scope.REGION:
        for region in sorted(actor.region_codes):
            if asked.region_code in (None, region):
                yield DueRow.region_code == region


def _permitted(actor: Actor) -> ColumnElement[bool]:
    return data_scope(actor, READ, region=DueRow.region_code, organisations=(DueRow.organisation_id,))


def _asked(asked: Board, instant: Instant) -> Iterator[ColumnElement[bool]]:
    if asked.region_code is not None:
        yield DueRow.region_code == asked.region_code
    if asked.kind is not None:
        yield DueRow.kind == asked.kind
    if asked.after is not None:
        yield tuple_(instant, DueRow.id) > tuple_(*asked.after)


def shown() -> Select[*tuple[Any, ...]]:
    """Limits with what people need to tell one from another."""
    rows = (
        select(
            DueRow.id,
            DueRow.kind,
            DueRow.element_id,
            DueRow.limit_text,
            DueRow.started_at,
            DueRow.yellow_at,
            DueRow.due_at,
            DueRow.provisional,
            DueRow.held,
            DueRow.region_code,
            DueRow.organisation_id,
            Organisation.name.label("organisation_name"),
            DueRow.stage_case_id,
            *BELONGING,
            ProcessInstance.item_case_id,
            ProcessInstance.subject["code"].astext.label("item_code"),
            ProcessInstance.subject["name"].astext.label("item_name"),
            WorkItem.id.label("task_id"),
            WorkItem.name.label("task_name"),
            ProcessInstance.release_id,
        )
        .join(ProcessInstance, ProcessInstance.id == DueRow.instance_id)
        .outerjoin(Organisation, Organisation.id == DueRow.organisation_id)
        .outerjoin(WorkItem, WorkItem.id == DueRow.task_id)
    )
    return with_project(rows, DueRow.stage_case_id)


def colour_at(row: Any, now: datetime) -> str:
    """The colour of a limit that has a light."""
    if row.held:
        return "grey"
    if now > row.due_at and not row.provisional:
        return "red"
    return "green" if now < row.yellow_at else "yellow"


def counts(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Rows (LightCount, name of the organisation) in the actor's scope; order (region_code, organisation_id, stage)."""
    return (
        select(LightCount, Organisation.name.label("organisation_name"))
        .join(Organisation, Organisation.id == LightCount.organisation_id)
        .where(data_scope(actor, READ, region=LightCount.region_code, organisations=(LightCount.organisation_id,)))
    )
