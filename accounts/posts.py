"""Use cases on posts: appoint, dismiss, and find the posts that nobody holds."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from accounts.actor import Actor, Post, data_scope
from accounts.models import Appointment, Organisation, User
from accounts.roles import ROLES, Role
from audit.record import record
from errors import Conflict, Invalid, NotAllowed, NotFound


def appoint(
    session: Session,
    actor: Actor | None,
    *,
    user_id: UUID,
    organisation_id: UUID,
    role: str,
    now: datetime,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> Appointment:
    """Give a person a post (role in an organisation), now or from ``valid_from``, until ``valid_until`` if given.

    ``actor`` None is the platform itself. Without ``appointment.any`` only the administrators that nobody is yet may
    be appointed: so the first system administrator gets a security administrator. Nobody appoints oneself, and the
    three administrators are three persons who hold no other role. Raises ``Invalid``, ``Conflict``, ``NotAllowed``
    and ``NotFound``.
    """
    kind = ROLES.get(role)
    if kind is None:
        raise Invalid("role_unknown", f"角色“{role}”不存在，可用：{'、'.join(ROLES)}。", field="role")
    user = session.get(User, user_id, with_for_update={"key_share": True})
    if user is None or user.status != "active":
        raise NotFound("user_not_found", "没有这个用户，或账号已停用。", field="user_id")
    organisation = _organisation(session, actor, organisation_id)
    if organisation.kind not in kind.organisation_kinds:
        message = f"“{organisation.name}”不能设“{kind.title}”岗位，请核对机构类别。"
        raise Invalid("role_not_here", message, field="role")
    if actor is not None:
        _check_right(session, actor, user, kind, now)
    start = valid_from or now
    if valid_until is not None and valid_until <= start:
        raise Invalid("period_empty", "任职结束时间须晚于开始时间。", field="valid_until")
    _check_compatible(session, user, organisation, kind, start, valid_until)
    appointment = Appointment(
        user_id=user_id, organisation_id=organisation_id, role=role, valid_from=start, valid_until=valid_until
    )
    session.add(appointment)
    session.flush()
    _record(session, user, actor, "appointment.create", appointment, now)
    return appointment


def dismiss(session: Session, actor: Actor, appointment_id: UUID, *, reason: str, now: datetime) -> Appointment:
    """End an appointment now; it counts from the person's next request on. Idempotent."""
    appointment = session.get(Appointment, appointment_id)
    if appointment is None:
        raise NotFound("appointment_not_found", "没有这项任职。")
    user = session.get_one(User, appointment.user_id, with_for_update={"key_share": True})
    session.refresh(appointment)
    _organisation(session, actor, appointment.organisation_id)
    _check_right(session, actor, user, ROLES[appointment.role], now)
    if appointment.valid_until is None or appointment.valid_until > now:
        appointment.valid_until = max(now, appointment.valid_from)
        _record(session, user, actor, "appointment.end", appointment, now, reason)
    return appointment


def posts_without_holder(session: Session, posts: Collection[Post], now: datetime) -> list[Post]:
    """Those of the posts that nobody who may sign in holds: an alarm where a task waits for them (U7)."""
    if not posts:
        return []
    holders = (
        select(Appointment.organisation_id, Appointment.role)
        .join(User, User.id == Appointment.user_id)
        .where(Appointment.organisation_id.in_({post.organisation_id for post in posts}), holds(now))
    )
    held = {Post(*row) for row in session.execute(holders)}
    return sorted(post for post in set(posts) if post not in held)


def list_vacant_posts(session: Session, actor: Actor, now: datetime) -> list[Post]:
    """The posts of open organisations in the actor's reach that somebody held and nobody holds now."""
    rows = session.execute(
        select(Appointment.organisation_id, Appointment.role)
        .join(Organisation, Organisation.id == Appointment.organisation_id)
        .where(
            Organisation.active,
            data_scope(actor, "post.read", region=Organisation.region_code, organisations=(Organisation.id,)),
        )
        .distinct()
    )
    return posts_without_holder(session, [Post(*row) for row in rows], now)


def holds(now: datetime) -> ColumnElement[bool]:
    """The SQL condition that an appointment counts now (join ``User``)."""
    return and_(
        Appointment.valid_from <= now,
        or_(Appointment.valid_until.is_(None), Appointment.valid_until > now),
        User.status == "active",
        or_(User.valid_until.is_(None), User.valid_until > now),
    )


def _organisation(session: Session, actor: Actor | None, organisation_id: UUID) -> Organisation:
    organisation = session.get(Organisation, organisation_id)
    if organisation is None or (
        actor is not None
        and not actor.sees("appointment.write", region_code=organisation.region_code, organisation_id=organisation.id)
    ):
        raise NotFound("organisation_not_found", "没有这个机构，或它不在您的管理范围内。", field="organisation_id")
    return organisation


def _check_right(session: Session, actor: Actor, user: User, role: Role, now: datetime) -> None:
    if user.id == actor.user_id:
        raise NotAllowed("not_oneself", "不能任免自己的岗位，请由另一位安全管理员办理。", field="user_id")
    if "appointment.any" in actor.grants:
        return
    holder = select(Appointment.id).join(User, User.id == Appointment.user_id)
    taken = session.scalar(select(exists(holder.where(Appointment.role == role.name, holds(now)))))
    if taken or not role.alone:
        message = "岗位任免由安全管理员办理；系统管理员只能任命空缺的安全管理员、审计管理员。"
        raise NotAllowed("appointing_is_for_security", message, field="role")


def _check_compatible(
    session: Session, user: User, organisation: Organisation, role: Role, start: datetime, end: datetime | None
) -> None:
    """Refuse the same post twice, and another role beside one that stands alone, if the periods overlap."""
    others = select(Appointment).where(
        Appointment.user_id == user.id, or_(Appointment.valid_until.is_(None), Appointment.valid_until > start)
    )
    for other in session.scalars(others):
        if end is not None and other.valid_from >= end:
            continue
        if (other.organisation_id, other.role) == (organisation.id, role.name):
            message = f"{user.display_name}已在“{organisation.name}”任“{role.title}”，无需重复任命。"
            raise Conflict("already_appointed", message, field="role")
        held = ROLES[other.role]
        if held != role and (held.alone or role.alone):
            message = f"“{role.title}”与{user.display_name}现任的“{held.title}”须分由两人担任：系统、安全、审计管理员"
            raise Conflict("roles_apart", f"{message}各由专人担任，不兼任其他岗位（三员分立）。", field="role")


def _record(
    session: Session,
    user: User,
    actor: Actor | None,
    action: str,
    appointment: Appointment,
    now: datetime,
    reason: str | None = None,
) -> None:
    after: dict[str, Any] = {
        name: getattr(appointment, name) for name in ("user_id", "organisation_id", "role", "valid_from", "valid_until")
    }
    record(
        session,
        user,
        actor=actor,
        action=action,
        recorded_at=now,
        object_type="appointments",
        object_id=appointment.id,
        after=after,
        reason=reason,
    )
