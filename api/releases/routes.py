"""Releases of region packs: what is in force, its stages and items, its diagrams and forms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import defer

from accounts.actor import data_scope
from api.operation import Call, Resource
from api.pagination import Page, SortKey, paginate
from api.releases.schemas import (
    DiagramAnswer,
    FormAnswer,
    ReleaseDetailAnswer,
    ReleasePage,
    ReleaseQuery,
)
from cases.releases import release_of
from errors import NotFound
from processes.models import InstalledRelease
from processes.release import ProcessType, Release, Stage

resource = Resource("releases", "规则发布")

NEVER = datetime.fromisoformat("0001-01-01T00:00:00+00:00")
IN_FORCE = func.coalesce(InstalledRelease.in_force_from, NEVER)
ORDER = [
    SortKey(IN_FORCE, datetime, lambda row: row.in_force_from or NEVER),
    SortKey(InstalledRelease.id, str, lambda row: row.id),
]


@resource.operation("GET", "/releases", ReleasePage, permission="release.read", query=ReleaseQuery)
def list_releases(call: Call) -> Page:
    """发布列表

    最近生效的在前；一个地区最近生效的一个即现行发布。
    """
    statement = select(InstalledRelease).options(defer(InstalledRelease.files)).where(_within(call))
    if "region_code" in call.query:
        statement = statement.where(InstalledRelease.region_code == call.query["region_code"])
    return paginate(call.session, statement, ORDER, call.query, descending=True)


@resource.operation("GET", "/releases/<digest:release_id>", ReleaseDetailAnswer, permission="release.read", tagged=True)
def read_release(call: Call, release_id: str) -> dict[str, Any]:
    """查看发布

    流程类型、阶段、候选事项，以及有哪些流程图和表单。
    """
    row, release = _find(call, release_id)
    return {
        "id": row.id,
        "region_code": row.region_code,
        "title": row.title,
        "version": row.version,
        "in_force_from": row.in_force_from,
        "regulation": release.regulation,
        "special_procedures": list(release.special_procedures.values()),
        "delivery": release.handling.delivery,
        "process_types": [_process_type(entry) for entry in release.process_types.values()],
        "diagrams": sorted(name for name in release.files if name.endswith(".bpmn")),
        "forms": sorted(release.forms),
    }


@resource.operation(
    "GET",
    "/releases/<digest:release_id>/diagrams/<name:name>",
    DiagramAnswer,
    permission="release.read",
    tagged=True,
)
def read_diagram(call: Call, release_id: str, name: str) -> dict[str, str]:
    """查看流程图

    原样的 BPMN 文件。
    """
    _, release = _find(call, release_id)
    if not name.endswith(".bpmn") or name not in release.files:
        raise NotFound("diagram_not_found", "这个发布里没有这个流程图，可用的见发布详情 diagrams。")
    return {"name": name, "xml": release.files[name].decode("utf-8")}


@resource.operation(
    "GET", "/releases/<digest:release_id>/forms/<name:form_id>", FormAnswer, permission="release.read", tagged=True
)
def read_form(call: Call, release_id: str, form_id: str) -> dict[str, Any]:
    """查看表单

    表单定义，用于显示和填写待办。
    """
    _, release = _find(call, release_id)
    if form_id not in release.forms:
        raise NotFound("form_not_found", "这个发布里没有这个表单，可用的见发布详情 forms。")
    return {"id": form_id, "definition": orjson.loads(release.files[f"forms/{form_id}.json"])}


def _within(call: Call) -> ColumnElement[bool]:
    return data_scope(call.actor, "release.read", region=InstalledRelease.region_code)


def _find(call: Call, release_id: str) -> tuple[InstalledRelease, Release]:
    statement = select(InstalledRelease).options(defer(InstalledRelease.files))
    row = call.session.scalar(statement.where(InstalledRelease.id == release_id, _within(call)))
    if row is None:
        raise NotFound("release_not_found", "没有这个发布，或它不在您的范围内。")
    return row, release_of(call.session, release_id)


def _process_type(entry: ProcessType) -> dict[str, Any]:
    stages = [_stage(stage) for stage in entry.stages.values()]
    return {"code": entry.code, "name": entry.name, "limit": entry.limit, "stages": stages}


def _stage(stage: Stage) -> dict[str, Any]:
    items = [
        {
            "code": candidate.item.code,
            "name": candidate.item.name,
            "department": candidate.item.department,
            "main": candidate.main,
            "limit": candidate.limit,
            "pledge": candidate.item.pledge,
            "predecessors": list(candidate.predecessors),
        }
        for candidate in stage.items
    ]
    shown = {name: getattr(stage, name) for name in ("code", "number", "name", "limit", "lead", "window")}
    return {**shown, "items": items}
