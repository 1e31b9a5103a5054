"""Copies for information (抄送): made when a task is completed, by the diagram or by choice; never a task."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Organisation
from cases.context import Context
from cases.models.copies import Copy
from cases.position import Position
from cases.releases import release_of
from engine.happenings import TaskClosed
from errors import Invalid


def readers(session: Session, position: Position, chosen: Sequence[UUID]) -> tuple[UUID, ...]:
    """The organisations that a person chose, each once; raises ``Invalid`` for one that is not of the region."""
    if not chosen:
        return ()
    region = release_of(session, position.release_id).region.code
    known = set(
        session.scalars(
            select(Organisation.id).where(
                Organisation.id.in_(chosen),
                Organisation.region_code == region,
                Organisation.kind != "applicant",
                Organisation.active,
            )
        )
    )
    for number, organisation in enumerate(chosen):
        if organisation not in known:
            message = "抄送的机构不存在、已停用或不是本地区的机关，请从机构列表中选择。"
            raise Invalid("organisation_unknown", message, field=f"copies.{number}")
    return tuple(dict.fromkeys(chosen))


def make_copies(closed: TaskClosed, context: Context) -> None:
    """A copy for each post that the diagram names, and for each organisation that was chosen."""
    ruled = [(role, UUID(organisation), "diagram") for role, organisation in dict.fromkeys(closed.copies)]
    chosen = [(None, organisation, "choice") for organisation in context.copies]
    actor_id = context.actor_id
    if actor_id is None or not (ruled or chosen):
        return
    rows = [
        Copy(
            stage_case_id=context.stage_case_id,
            work_item_id=closed.task_id,
            organisation_id=organisation,
            role=role,
            made_by=actor_id,
            made_at=context.now,
            cause=cause,
        )
        for role, organisation, cause in [*ruled, *chosen]
    ]
    context.changes.later.append(lambda session: session.add_all(rows))
