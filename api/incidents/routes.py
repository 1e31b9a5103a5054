"""Incidents: commands that a diagram could not carry out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from api.incidents.schemas import IncidentAnswer, IncidentDetailAnswer, IncidentPage, IncidentQuery
from api.operation import Call, Resource
from api.pagination import Page, SortKey, paginate
from cases.models import Incident
from cases.queries.history import visible_incidents
from cases.retry_incident import retry_incident
from errors import NotFound

resource = Resource("incidents", "异常")

ORDER = [
    SortKey(Incident.created_at, datetime, lambda row: row.created_at),
    SortKey(Incident.id, UUID, lambda row: row.id),
]


@resource.operation("GET", "/incidents", IncidentPage, permission="incident.read", query=IncidentQuery)
def list_incidents(call: Call) -> Page:
    """异常列表

    流程图无法执行的操作：操作没有生效，处理原因后重试。最近的在前。
    """
    statement = visible_incidents(call.actor)
    for name in ("status", "instance_id"):
        if name in call.query:
            statement = statement.where(getattr(Incident, name) == call.query[name])
    return paginate(call.session, statement, ORDER, call.query, descending=True)


@resource.operation(
    "GET", "/incidents/<uuid:incident_id>", IncidentDetailAnswer, permission="incident.read", tagged=True
)
def read_incident(call: Call, incident_id: UUID) -> Incident:
    """查看异常

    含技术细节。
    """
    found = call.session.scalar(visible_incidents(call.actor).where(Incident.id == incident_id))
    if found is None:
        raise NotFound("incident_not_found", "没有这个异常，或它不在您的管理范围内。")
    return found


@resource.operation("POST", "/incidents/<uuid:incident_id>/retry", IncidentAnswer, permission="incident.retry")
def retry(call: Call, incident_id: UUID) -> Incident:
    """重试

    以原办理人的名义重做出错的操作；成功后异常即解决，再次失败会登记新的异常。
    """
    return retry_incident(call.session, call.actor, incident_id)
