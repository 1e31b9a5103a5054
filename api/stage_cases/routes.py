"""Stage cases: one engineering in one stage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from api.item_cases.routes import show_item_case
from api.operation import Call, Resource
from api.pagination import Page, SortKey, paginate
from api.stage_cases.schemas import (
    PlanningAnswer,
    StageCaseAnswer,
    StageCaseDetailAnswer,
    StageCaseInput,
    StageCasePage,
    StageCaseQuery,
    SupplementInput,
)
from cases.models import Engineering, Hold, ItemCase, Planning, Project, StageCase, WorkItem
from cases.queries.stage_cases import (
    material_files,
    materials,
    open_holds,
    opinions,
    plannings,
    reports,
    visible_item_cases,
    visible_stage_cases,
)
from cases.stage_order import earlier_stages, results_of
from cases.start_stage_case import start_stage_case
from cases.start_supplementary_planning import start_supplementary_planning
from cases.status import APPROVING
from errors import NotFound

resource = Resource("stage-cases", "阶段办理")

ORDER = [
    SortKey(StageCase.opened_at, datetime, lambda row: row.StageCase.opened_at),
    SortKey(StageCase.id, UUID, lambda row: row.StageCase.id),
]
OF_THE_CASE = ("engineering_id", "applicant_id", "region_code", "stage", "status")


@resource.operation("GET", "/stage-cases", StageCasePage, permission="stage_case.read", query=StageCaseQuery)
def list_stage_cases(call: Call) -> Page:
    """阶段办理列表

    最近发起的在前。
    """
    query, statement = call.query, visible_stage_cases(call.actor)
    for name in OF_THE_CASE:
        if name in query:
            statement = statement.where(getattr(StageCase, name) == query[name])
    if "project_id" in query:
        statement = statement.where(Project.id == query["project_id"])
    page = paginate(call.session, statement, ORDER, query, descending=True)
    return Page([_show(row) for row in page.entries], page.next_cursor)


@resource.operation(
    "POST",
    "/stage-cases",
    StageCaseAnswer,
    status=201,
    permission="stage_case.start",
    body=StageCaseInput,
    refusals=(404,),
    guidance="您的岗位不能发起阶段办理，也不能单独受理一个事项；有单位申报的，请引导到本阶段牵头部门的综合窗口，"
    "或者由申报单位在网上申请，由牵头部门统一策划、收件和转办。",
)
def open_stage_case(call: Call) -> dict[str, Any]:
    """发起阶段办理

    按所在地区现行发布的流程图开始办理；同一工程同一阶段未作废时只能有一个。窗口申报填写的核对内容与登记的项目不一致时
    不予录入（`project_differs`），并指明是哪一项；是否必须核对由地区包设定。
    """
    case = start_stage_case(call.session, call.actor, now=call.now(), **call.body)
    engineering = call.session.get_one(Engineering, case.engineering_id)
    return _members(case, call.session.get_one(Project, engineering.project_id), engineering)


@resource.operation(
    "GET", "/stage-cases/<uuid:stage_case_id>", StageCaseDetailAnswer, permission="stage_case.read", tagged=True
)
def read_stage_case(call: Call, stage_case_id: UUID) -> dict[str, Any]:
    """查看阶段办理

    进度、办件、材料、策划意见与报告、此刻的挂起。
    """
    session, actor = call.session, call.actor
    row = find_stage_case(call, stage_case_id)
    items = session.execute(
        visible_item_cases(actor)
        .where(ItemCase.stage_case_id == stage_case_id)
        .order_by(ItemCase.opened_at, ItemCase.item_code)
    ).all()
    holds = session.scalars(open_holds(stage_case_id)).all()
    return {
        **_show(row),
        "progress": _progress(call, stage_case_id, [item.ItemCase for item in items], holds),
        "items": [show_item_case(item) for item in items],
        "materials": _show_materials(session, stage_case_id),
        "plannings": session.scalars(plannings(stage_case_id)).all(),
        "opinions": session.scalars(opinions(stage_case_id)).all(),
        "reports": session.scalars(reports(stage_case_id)).all(),
        "holds": holds,
        "completion": row.StageCase.completion,
        "earlier": _earlier(session, row.StageCase),
    }


def _earlier(session: Session, case: StageCase) -> list[dict[str, Any]]:
    """The completed stages of the engineering with the results of their items."""
    stages = session.scalars(earlier_stages(case)).all()
    results = session.execute(results_of([stage.id for stage in stages])).all()
    return [
        {
            **{name: getattr(stage, name) for name in ("id", "number", "stage", "completed_at", "completion")},
            "results": [row._mapping for row in results if row.stage_case_id == stage.id],
        }
        for stage in stages
    ]


@resource.operation(
    "POST",
    "/stage-cases/<uuid:stage_case_id>/plannings",
    PlanningAnswer,
    status=201,
    permission="task.work",
    body=SupplementInput,
)
def supplement(call: Call, stage_case_id: UUID) -> Planning:
    """发起补充策划

    由牵头部门在策划报告出具后、阶段性办结前发起，另出一份报告；新增的事项、材料并入本阶段。
    """
    return start_supplementary_planning(call.session, call.actor, stage_case_id, **call.body)


def find_stage_case(call: Call, stage_case_id: UUID) -> Row[Any]:
    """The row of a stage case in the actor's data scope; raises ``NotFound``."""
    row = call.session.execute(visible_stage_cases(call.actor).where(StageCase.id == stage_case_id)).one_or_none()
    if row is None:
        raise NotFound("stage_case_not_found", "没有这个阶段办理，或它不在您的范围内。")
    return row


def _progress(call: Call, stage_case_id: UUID, items: Sequence[ItemCase], holds: Sequence[Hold]) -> dict[str, Any]:
    waiting = select(func.count()).where(WorkItem.stage_case_id == stage_case_id, WorkItem.status == "open")
    main = [item for item in items if item.main]
    return {
        "items": len(items),
        "items_ended": sum(item.ended_at is not None for item in items),
        "main_items": len(main),
        "main_items_approved": sum(item.status in APPROVING for item in main),
        "open_tasks": call.session.scalar(waiting),
        "suspended": any(hold.item_case_id is None for hold in holds),
    }


def _show_materials(session: Session, stage_case_id: UUID) -> list[dict[str, Any]]:
    files: dict[UUID, list[dict[str, Any]]] = {}
    for row in session.execute(material_files(stage_case_id)):
        shown = {name: getattr(row.Upload, name) for name in ("id", "name", "sha256")}
        shown |= {name: getattr(row.StoredFile, name) for name in ("size", "media_type", "scan_state")}
        files.setdefault(row.material_id, []).append(shown)
    rows = session.execute(materials(stage_case_id))
    return [{**_show_material(row), "files": files.get(row.StageMaterial.id, [])} for row in rows]


def _show_material(row: Row[Any]) -> dict[str, Any]:
    names = ("id", "code", "name", "necessity", "condition", "items", "source", "status", "reason", "promised_by")
    return {
        **{name: getattr(row.StageMaterial, name) for name in names},
        "result_item_case_id": row.StageMaterial.result_of_id,
        "result_document_id": row.StageMaterial.result_document_id,
        "result_number": row.result_number,
    }


def _show(row: Row[Any]) -> dict[str, Any]:
    return _members(row.StageCase, row.Project, row.Engineering)


def _members(case: StageCase, project: Project, engineering: Engineering) -> dict[str, Any]:
    shown = {name: getattr(case, name, None) for name in StageCaseAnswer().fields}
    return {
        **shown,
        "project_id": project.id,
        "project_code": project.code,
        "project_name": project.name,
        "engineering_name": engineering.name,
    }
