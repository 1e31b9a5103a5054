"""Projects: registered by their one code."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from api.operation import Call, Resource
from api.pagination import Page, SortKey, paginate
from api.projects.schemas import ProjectAnswer, ProjectInput, ProjectPage, ProjectQuery
from cases.models import Project
from cases.queries.projects import named, visible_projects
from cases.register_project import register_project
from errors import NotFound

resource = Resource("projects", "项目")

ORDER = [
    SortKey(Project.registered_at, datetime, lambda row: row.registered_at),
    SortKey(Project.id, UUID, lambda row: row.id),
]


@resource.operation("GET", "/projects", ProjectPage, permission="project.read", query=ProjectQuery)
def list_projects(call: Call) -> Page:
    """项目列表

    最近登记的在前。
    """
    query, statement = call.query, visible_projects(call.actor)
    for name in ("code", "region_code", "applicant_id"):
        if name in query:
            statement = statement.where(getattr(Project, name) == query[name])
    if "q" in query:
        statement = statement.where(named(query["q"]))
    return paginate(call.session, statement, ORDER, query, descending=True)


@resource.operation(
    "POST", "/projects", ProjectAnswer, status=201, permission="project.write", body=ProjectInput, refusals=(404,)
)
def add_project(call: Call) -> Project:
    """登记项目

    核对项目代码与统一社会信用代码；没有固定资产投资的由系统生成地方代码。涉密项目一律拒绝，内容不予保存。
    """
    return register_project(call.session, call.actor, now=call.now(), **call.body)


@resource.operation("GET", "/projects/<uuid:project_id>", ProjectAnswer, permission="project.read", tagged=True)
def read_project(call: Call, project_id: UUID) -> Project:
    """查看项目

    登记的内容；工程另见工程列表。
    """
    found = call.session.scalar(visible_projects(call.actor).where(Project.id == project_id))
    if found is None:
        raise NotFound("project_not_found", "没有这个项目，或它不在您的范围内。")
    return found
