"""Who holds which post, and the posts that nobody holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from accounts.actor import data_scope
from accounts.models import Appointment, Organisation, User
from accounts.posts import appoint, dismiss, holds, list_vacant_posts
from accounts.roles import ROLES
from api.appointments.schemas import (
    AppointmentAnswer,
    AppointmentInput,
    AppointmentPage,
    AppointmentQuery,
    VacantPostsAnswer,
)
from api.operation import Call, Resource
from api.pagination import Page, SortKey, paginate
from api.users.schemas import ReasonInput

resource = Resource("appointments", "任职")

ORDER = [
    SortKey(Appointment.valid_from, datetime, lambda row: row.valid_from),
    SortKey(Appointment.id, UUID, lambda row: row.id),
]


@resource.operation("GET", "/appointments", AppointmentPage, permission="user.read", query=AppointmentQuery)
def list_appointments(call: Call) -> Page:
    """任职列表

    谁在哪个机构任什么岗位，按开始时间倒序，含已结束的。
    """
    query = call.query
    statement = (
        select(Appointment)
        .join(Organisation, Organisation.id == Appointment.organisation_id)
        .join(User, User.id == Appointment.user_id)
        .where(
            data_scope(
                call.actor,
                "user.read",
                region=Organisation.region_code,
                organisations=(Appointment.organisation_id,),
            )
        )
    )
    for name in ("user_id", "organisation_id", "role"):
        if name in query:
            statement = statement.where(getattr(Appointment, name) == query[name])
    if "current" in query:
        statement = statement.where(holds(call.now()) if query["current"] else ~holds(call.now()))
    return paginate(call.session, statement, ORDER, query, descending=True)


@resource.operation(
    "POST",
    "/appointments",
    AppointmentAnswer,
    status=201,
    permission="appointment.write",
    body=AppointmentInput,
    refusals=(404,),
)
def appoint_user(call: Call) -> Appointment:
    """任命

    不能任命自己；系统、安全、审计三员须由三人分任，且不兼任其他岗位。
    """
    return appoint(call.session, call.actor, now=call.now(), **call.body)


@resource.operation(
    "POST",
    "/appointments/<uuid:appointment_id>/end",
    AppointmentAnswer,
    permission="appointment.write",
    body=ReasonInput,
)
def end_appointment(call: Call, appointment_id: UUID) -> Appointment:
    """免去任职

    从此人的下一个请求起生效。重复免去没有效果。
    """
    return dismiss(call.session, call.actor, appointment_id, reason=call.body["reason"], now=call.now())


@resource.operation("GET", "/vacant-posts", VacantPostsAnswer, permission="post.read")
def list_posts_without_holder(call: Call) -> dict[str, Any]:
    """空缺岗位

    曾有人担任、此刻无人担任的岗位：其待办无人可办，须尽快任命。
    """
    posts = list_vacant_posts(call.session, call.actor, call.now())
    entries = [
        {"organisation_id": post.organisation_id, "role": post.role, "role_title": ROLES[post.role].title}
        for post in posts
        if post.role in ROLES
    ]
    return {"entries": entries}
