"""Projects and engineerings in an actor's data scope."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, Text, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from accounts.actor import Actor, data_scope
from cases.models.instances import WorkItem
from cases.models.projects import Engineering, Project
from cases.models.stages import StageCase

BIGRAMS = ARRAY(Text)


def visible_projects(actor: Actor) -> Select[Project]:
    """Projects that the actor may see: of the region, of the own unit, or with a task of the own organisation.

    Order (registered_at, id).
    """
    mine = (
        select(Engineering.project_id)
        .join(StageCase, StageCase.engineering_id == Engineering.id)
        .join(WorkItem, WorkItem.stage_case_id == StageCase.id)
        .where(Engineering.project_id == Project.id, WorkItem.organisation_id.in_(sorted(actor.organisation_ids)))
    )
    scope = data_scope(actor, "project.read", region=Project.region_code, organisations=(Project.applicant_id,))
    statement = select(Project)
    if "project.read" not in actor.grants:
        return statement.where(scope)
    return statement.where(scope | mine.exists())


def named(words: str) -> ColumnElement[bool]:
    """Whether the name of a project holds ``words`` (two characters at least), whatever their case.

    The index of bigrams finds the candidates; the comparison settles the order of their characters.
    """
    literal = bindparam(None, words, Text, literal_execute=True)  # a plan for these words: rare and common ones differ
    wanted = cast(func.bigrams(literal), BIGRAMS)
    candidates = func.bigrams(Project.name, type_=BIGRAMS).contains(wanted)
    # not LIKE: the planner takes it for rare whatever the words are, and then reads every project for a common one
    return candidates & (func.strpos(func.lower(Project.name), words.lower()) > 0)


def visible_engineerings(actor: Actor) -> Select[Engineering]:
    """The engineerings of the projects that the actor may see; order (created_at, id)."""
    projects = visible_projects(actor).with_only_columns(Project.id)
    return select(Engineering).where(Engineering.project_id.in_(projects))
