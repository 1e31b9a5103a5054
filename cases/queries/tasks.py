"""To-do lists and single tasks, each with what people need to tell one from another."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, select, tuple_

from accounts.actor import Actor, data_scope
from accounts.models import Organisation, User
from cases.models.due import DueRow
from cases.models.instances import ProcessInstance, WorkItem
from cases.models.items import ItemCase
from cases.models.projects import Engineering, Project
from cases.models.stages import StageCase

Tasks = Select[*tuple[Any, ...]]
"""Rows of the columns that ``tasks`` labels."""


def tasks() -> Tasks:
    """Every task with its project, stage, item, due and people; one row a task."""
    due = and_(DueRow.task_id == WorkItem.id, DueRow.kind == "task")
    return (
        select(
            WorkItem.id,
            WorkItem.instance_id,
            WorkItem.stage_case_id,
            WorkItem.item_case_id,
            WorkItem.element_id,
            WorkItem.name,
            WorkItem.role,
            WorkItem.organisation_id,
            _name(Organisation.name, Organisation.id == WorkItem.organisation_id).label("organisation_name"),
            WorkItem.form,
            WorkItem.status,
            WorkItem.assignee_id,
            _name(User.display_name, User.id == WorkItem.assignee_id).label("assignee_name"),
            WorkItem.opened_at,
            WorkItem.closed_at,
            WorkItem.closed_by,
            _name(User.display_name, User.id == WorkItem.closed_by).label("closed_by_name"),
            StageCase.region_code,
            StageCase.stage,
            StageCase.number.label("stage_case_number"),
            StageCase.release_id,
            Project.id.label("project_id"),
            Project.code.label("project_code"),
            Project.name.label("project_name"),
            Engineering.id.label("engineering_id"),
            ProcessInstance.subject["code"].astext.label("item_code"),
            ProcessInstance.subject["name"].astext.label("item_name"),
            DueRow.due_at,
            DueRow.limit_text,
            DueRow.provisional.label("due_provisional"),
            DueRow.held.label("due_held"),
        )
        .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
        .join(StageCase, StageCase.id == WorkItem.stage_case_id)
        .join(Engineering, Engineering.id == StageCase.engineering_id)
        .join(Project, Project.id == Engineering.project_id)
        .outerjoin(DueRow, due)
    )


def _name(name: Any, where: ColumnElement[bool]) -> ScalarSelect[Any]:
    """A name looked up row by row: ten joined tables take the planner longer than the page takes to read."""
    return select(name).where(where).scalar_subquery()


def my_tasks(actor: Actor) -> Tasks:
    """The open tasks of the actor's posts that the actor has claimed; ordered by the caller by (opened_at, id)."""
    return tasks_of_my_posts(actor).where(WorkItem.assignee_id == actor.user_id)


def tasks_of_my_posts(actor: Actor) -> Tasks:
    """The open tasks of the actor's posts, claimed or not; order (opened_at, id)."""
    posts = sorted((post.organisation_id, post.role) for post in actor.posts)
    return tasks().where(WorkItem.status == "open", tuple_(WorkItem.organisation_id, WorkItem.role).in_(posts))


def done_tasks(actor: Actor) -> Tasks:
    """What the actor has done; order (closed_at, id)."""
    return tasks().where(WorkItem.status == "done", WorkItem.closed_by == actor.user_id)


def visible_tasks(actor: Actor) -> Tasks:
    """Every task in the actor's data scope, open or not; order (opened_at, id)."""
    scope = data_scope(actor, "task.read", region=StageCase.region_code, organisations=(WorkItem.organisation_id,))
    return tasks().where(scope)


def one_task(actor: Actor, task_id: UUID) -> Tasks:
    """One task in the actor's data scope, with its draft, submission, and the result columns of its item case."""
    return (
        visible_tasks(actor)
        .outerjoin(ItemCase, ItemCase.id == WorkItem.item_case_id)
        .add_columns(
            WorkItem.draft,
            WorkItem.submission,
            WorkItem.guard,
            ItemCase.number.label("item_case_number"),
            ItemCase.status.label("item_status"),
        )
        .where(WorkItem.id == task_id)
    )
