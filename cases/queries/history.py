"""What was done on a stage case, from its tasks; and the incidents of a region."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from accounts.actor import Actor, data_scope
from accounts.models import Organisation, User
from cases.models.instances import ProcessInstance, WorkItem
from cases.models.stages import StageCase
from cases.models.work import Incident
from cases.queries.stage_cases import in_scope


def history(actor: Actor, stage_case_id: UUID) -> Select[*tuple[Any, ...]]:
    """The tasks of a stage case that are over, with who did them; order (closed_at, id)."""
    return (
        select(
            WorkItem.id,
            WorkItem.element_id,
            WorkItem.name,
            WorkItem.status,
            WorkItem.role,
            WorkItem.item_case_id,
            ProcessInstance.subject["code"].astext.label("item_code"),
            ProcessInstance.subject["name"].astext.label("item_name"),
            Organisation.name.label("organisation_name"),
            User.display_name.label("closed_by_name"),
            WorkItem.opened_at,
            WorkItem.closed_at,
            WorkItem.submission,
        )
        .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
        .join(StageCase, StageCase.id == WorkItem.stage_case_id)
        .join(Organisation, Organisation.id == WorkItem.organisation_id)
        .outerjoin(User, User.id == WorkItem.closed_by)
        .where(
            WorkItem.stage_case_id == stage_case_id,
            WorkItem.status != "open",
            in_scope(actor, "history.read"),
        )
    )


def visible_incidents(actor: Actor) -> Select[Incident]:
    """The incidents of the actor's regions; order (created_at, id)."""
    return (
        select(Incident)
        .join(ProcessInstance, ProcessInstance.id == Incident.instance_id)
        .join(StageCase, StageCase.id == ProcessInstance.stage_case_id)
        .where(data_scope(actor, "incident.read", region=StageCase.region_code))
    )
