"""Promises that are not kept yet, in an actor's scope, by the day that was promised.

Each organisation and region is the head of one ordered partial index, which holds only what is still open: a page costs
the same however many promises were kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, select, text, true, tuple_, union_all

from accounts.actor import Actor, data_scope
from accounts.models import Organisation
from accounts.roles import Scope
from cases.models.due import DueRow
from cases.models.items import ItemCase
from cases.models.outcomes import PROMISED, Promise
from cases.queries.belonging import BELONGING, with_project
from database.paging import at_most

READ = "light.read"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which promises somebody asks for: due before a day, of a kind, ``after`` the day and id of the last one seen."""

    before: date | None = None
    kind: str | None = None
    lead_id: UUID | None = None
    department_id: UUID | None = None
    after: tuple[Any, ...] | None = None


def promises_to_keep(actor: Actor, asked: Asked, most: int) -> Select[*tuple[Any, ...]]:
    """At most ``most`` open promises that the actor follows up, by (due_on, id).

    The lead of the stage and the department of the item see theirs; whoever sees a region sees all of it, and may ask
    for those of one lead or department.
    """
    organisations = (Promise.lead_id, Promise.department_id)
    permitted = data_scope(actor, READ, region=Promise.region_code, organisations=organisations)
    heads = [
        select(Promise.id, Promise.due_on)
        .where(text(f"promises.{PROMISED}"), scope, permitted, *_narrowed(asked))
        .order_by(Promise.due_on, Promise.id)
        .limit(at_most(most))
        .subquery()
        for scope in _scopes(actor, asked)
    ]
    if not heads:
        return _shown().where(false())
    found = union_all(*(select(head) for head in heads)).subquery()
    ordered = select(found.c.id, found.c.due_on).distinct().order_by(found.c.due_on, found.c.id)
    first = ordered.limit(at_most(most)).subquery()
    return _shown().join(first, first.c.id == Promise.id).order_by(first.c.due_on, first.c.id)


def _scopes(actor: Actor, asked: Asked) -> Iterator[ColumnElement[bool]]:
    """Each range of an index that is asked for: of one lead or department, or all that the actor may see."""
    scope = actor.grants.get(READ)
    if scope is None:
        return
    if asked.lead_id is not None or asked.department_id is not None:
        yield true()
        return
    if scope is Scope.ALL:
        yield true()
        return
    for organisation in sorted(actor.organisation_ids):
        yield Promise.lead_id == organisation
        yield Promise.department_id == organisation
    if scope is Scope.REGION:
        for region in sorted(actor.region_codes):
            yield Promise.region_code == region


def _narrowed(asked: Asked) -> Iterator[ColumnElement[bool]]:
    if asked.before is not None:
        yield Promise.due_on < asked.before
    if asked.lead_id is not None:
        yield Promise.lead_id == asked.lead_id
    if asked.department_id is not None:
        yield Promise.department_id == asked.department_id
    if asked.kind is not None:
        yield Promise.kind == asked.kind
    if asked.after is not None:
        yield tuple_(Promise.due_on, Promise.id) > tuple_(*asked.after)


def _shown() -> Select[*tuple[Any, ...]]:
    """Promises with what people need to follow them up; ``step_due_at`` is the limit of the step that waits now."""
    step = (
        select(func.min(DueRow.due_at))
        .where(DueRow.instance_id == Promise.instance_id, DueRow.cancelled_at.is_(None))
        .scalar_subquery()
    )
    rows = (
        select(
            Promise.id,
            Promise.kind,
            Promise.due_on,
            Promise.materials,
            Promise.made_at,
            Promise.item_case_id,
            ItemCase.number.label("item_case_number"),
            ItemCase.item_code,
            ItemCase.name.label("item_name"),
            Promise.department_id,
            Organisation.name.label("department_name"),
            Promise.lead_id,
            Promise.region_code,
            Promise.stage_case_id,
            *BELONGING,
            step.label("step_due_at"),
        )
        .join(ItemCase, ItemCase.id == Promise.item_case_id)
        .join(Organisation, Organisation.id == Promise.department_id)
    )
    return with_project(rows, Promise.stage_case_id)
