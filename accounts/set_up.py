"""Use cases of a new platform: the one-time code, and the first administrator who uses it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from accounts.models import Appointment, Organisation, Region, SetupCode, User
from accounts.organisations import create_organisation
from accounts.policy import SETUP_CODE_AGE
from accounts.posts import appoint
from accounts.regions import create_region
from accounts.secrets import hash_secret, new_secret
from accounts.users import create_user
from audit.models import AuditStreamRow
from audit.record import record
from audit.refusals import PLATFORM
from errors import Conflict, NotAllowed

FIRST_ROLE = "system_administrator"


def needs_set_up(session: Session) -> bool:
    """Whether the platform has never had a system administrator."""
    return not session.scalar(select(exists().where(Appointment.role == FIRST_ROLE)))


def issue_setup_code(session: Session, now: datetime) -> str:
    """A new one-time code, for the console of whoever starts the platform; older ones lose their force.

    Raises ``Conflict`` when there is, or was, a system administrator.
    """
    platform = _locked_platform(session)
    session.execute(update(SetupCode).where(SetupCode.used_at.is_(None)).values(used_at=now))
    code = new_secret()
    session.add(SetupCode(secret_hash=hash_secret(code), created_at=now, expires_at=now + SETUP_CODE_AGE))
    record(session, platform, actor=None, action="setup_code.create", recorded_at=now)
    return code


def first_administrator(
    session: Session,
    *,
    code: str,
    username: str,
    display_name: str,
    password: str,
    region_code: str,
    region_name: str,
    organisation_name: str,
    now: datetime,
) -> User:
    """Make the first system administrator, with the region and the organisation where that post is.

    The code works once. Raises ``NotAllowed`` for a code that is wrong, old or used, ``Conflict`` when there is, or
    was, a system administrator, and ``Invalid`` as the use cases that it calls.
    """
    platform = _locked_platform(session)
    matching = select(SetupCode).where(
        SetupCode.secret_hash == hash_secret(code), SetupCode.used_at.is_(None), SetupCode.expires_at > now
    )
    setup_code = session.scalar(matching)
    if setup_code is None:
        message = "设置码不正确、已使用或已过期；请在服务器上重新运行 ./bl run 取得新的设置码。"
        raise NotAllowed("setup_code_invalid", message, field="code")
    setup_code.used_at = now
    region = session.get(Region, region_code) or create_region(
        session, None, code=region_code, name=region_name, parent_code=None, now=now
    )
    organisation = _organisation(session, region.code, organisation_name, now)
    user = create_user(
        session,
        None,
        username=username,
        display_name=display_name,
        organisation_id=organisation.id,
        password=password,
        must_change_password=False,
        now=now,
    )
    appoint(session, None, user_id=user.id, organisation_id=organisation.id, role=FIRST_ROLE, now=now)
    record(session, platform, actor=None, action="setup_code.use", recorded_at=now, after={"user_id": user.id})
    return user


def _locked_platform(session: Session) -> AuditStreamRow:
    """The platform's stream, locked, so that two set-ups come one after the other."""
    platform = session.get_one(AuditStreamRow, PLATFORM, with_for_update=True)
    if not needs_set_up(session):
        raise Conflict("already_set_up", "平台已有系统管理员，不能再用设置码；请由系统管理员办理。")
    return platform


def _organisation(session: Session, region_code: str, name: str, now: datetime) -> Organisation:
    existing = select(Organisation).where(Organisation.region_code == region_code, Organisation.name == name)
    return session.scalar(existing) or create_organisation(
        session, None, region_code=region_code, code="platform", name=name, kind="department", now=now
    )
