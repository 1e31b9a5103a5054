"""Stage cases, their item cases and materials, in an actor's data scope."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, select, true
from sqlalchemy.orm import aliased

from accounts.actor import Actor, data_scope
from accounts.models import Organisation
from cases.models.copies import Copy
from cases.models.due import Hold
from cases.models.instances import WorkItem
from cases.models.intake import StageMaterial
from cases.models.items import ItemCase, StatusEvent
from cases.models.plannings import Planning, PlanningOpinion, PlanningReport
from cases.models.projects import Engineering, Project
from cases.models.stages import StageCase
from cases.queries.copies import copied_to
from files.models import StoredFile, Upload


def in_scope(actor: Actor, permission: str) -> ColumnElement[bool]:
    """The stage cases of the actor's region, of the own unit, with a task of the own organisation, or copied to it."""
    if permission not in actor.grants:
        return false()
    scope = data_scope(
        actor,
        permission,
        region=StageCase.region_code,
        organisations=(StageCase.applicant_id, StageCase.lead_id, StageCase.window_id),
    )
    task = aliased(WorkItem)  # a task of its own: the query around may be about tasks too
    tasks = select(task.id).where(
        task.stage_case_id == StageCase.id, task.organisation_id.in_(sorted(actor.organisation_ids))
    )
    copies = select(Copy.id).where(Copy.stage_case_id == StageCase.id, copied_to(actor))
    return scope | tasks.exists() | copies.exists()


def visible_stage_cases(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Rows (StageCase, Project, Engineering); order (opened_at, id)."""
    return (
        select(StageCase, Project, Engineering)
        .join(Engineering, Engineering.id == StageCase.engineering_id)
        .join(Project, Project.id == Engineering.project_id)
        .where(in_scope(actor, "stage_case.read"))
    )


def visible_item_cases(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Rows (ItemCase, name of the department); order (opened_at, id)."""
    return (
        select(ItemCase, Organisation.name.label("department_name"))
        .join(StageCase, StageCase.id == ItemCase.stage_case_id)
        .join(Organisation, Organisation.id == ItemCase.department_id)
        .where(in_scope(actor, "stage_case.read"))
    )


def status_events(item_case_id: UUID) -> Select[StatusEvent]:
    """The status events of an item case in order."""
    return select(StatusEvent).where(StatusEvent.item_case_id == item_case_id).order_by(StatusEvent.sequence)


def materials(stage_case_id: UUID) -> Select[*tuple[Any, ...]]:
    """Rows (StageMaterial, number of the result that it is) of a stage case."""
    return (
        select(StageMaterial, ItemCase.result_number)
        .outerjoin(ItemCase, ItemCase.id == StageMaterial.result_of_id)
        .where(StageMaterial.stage_case_id == stage_case_id)
        .order_by(StageMaterial.code)
    )


def material_files(stage_case_id: UUID) -> Select[*tuple[Any, ...]]:
    """Rows (id of the material, Upload, StoredFile): the files of all materials of a stage case, each in its order."""
    listed = func.unnest(StageMaterial.upload_ids).table_valued("upload_id", with_ordinality="place").render_derived()
    return (
        select(StageMaterial.id.label("material_id"), Upload, StoredFile)
        .select_from(StageMaterial)
        .join(listed, true())
        .join(Upload, Upload.id == listed.c.upload_id)
        .join(StoredFile, StoredFile.sha256 == Upload.sha256)
        .where(StageMaterial.stage_case_id == stage_case_id)
        .order_by(StageMaterial.code, listed.c.place)
    )


def plannings(stage_case_id: UUID) -> Select[Planning]:
    """The plannings of a stage case in order."""
    return select(Planning).where(Planning.stage_case_id == stage_case_id).order_by(Planning.number)


def opinions(stage_case_id: UUID) -> Select[PlanningOpinion]:
    """What the departments answered in all plannings of a stage case."""
    return (
        select(PlanningOpinion)
        .join(Planning, Planning.id == PlanningOpinion.planning_id)
        .where(Planning.stage_case_id == stage_case_id)
        .order_by(Planning.number, PlanningOpinion.item_code, PlanningOpinion.round)
    )


def reports(stage_case_id: UUID) -> Select[PlanningReport]:
    """The planning reports of a stage case."""
    return (
        select(PlanningReport)
        .join(Planning, Planning.id == PlanningReport.planning_id)
        .where(Planning.stage_case_id == stage_case_id)
        .order_by(Planning.number)
    )


def open_holds(stage_case_id: UUID) -> Select[Hold]:
    """The holds that stop the stage or one of its items now."""
    return select(Hold).where(Hold.stage_case_id == stage_case_id, Hold.ended_at.is_(None)).order_by(Hold.started_at)
