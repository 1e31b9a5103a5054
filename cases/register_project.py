"""Register a project by its one code."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.actor import Actor
from accounts.models import Organisation, Region, User
from accounts.organisations import check_credit_code, create_organisation
from audit.record import record
from cases.create_engineering import add_engineering
from cases.incidents import apart_from
from cases.models.projects import Project
from cases.project_codes import check_national_code, local_code
from cases.refusals import in_words
from cases.releases import citing_region
from database.transaction import in_transaction
from errors import Invalid, NotAllowed, NotFound
from worktime import national_calendar


def register_project(
    session: Session,
    actor: Actor,
    *,
    region_code: str,
    name: str,
    credit_code: str,
    fixed_asset_investment: bool,
    address: str,
    scale: str,
    now: datetime,
    code: str | None = None,
    classified: bool = False,
    applicant_name: str | None = None,
    total_investment: Decimal | None = None,
    planned_start: date | None = None,
    planned_finish: date | None = None,
) -> Project:
    """Register a project, with the one engineering that it has until it is split.

    With fixed-asset investment the national ``code`` is required; without, a local code is made and none may be
    given. A classified project is refused with nothing kept of it. ``applicant_name`` registers the applicant unit of
    ``credit_code`` when there is none yet. ``total_investment`` is in ten thousand yuan. Raises ``Invalid``,
    ``Conflict`` (the code is registered already), ``NotAllowed`` and ``NotFound``.
    """
    if classified:
        with citing_region(session, region_code):
            raise _refuse_classified(session, actor, now)
    _check_period(planned_start, planned_finish)
    _check_region(session, actor, region_code)
    kind = "national" if fixed_asset_investment else "local"
    today = now.astimezone(national_calendar().zone).date()
    final_code = _code(session, code, fixed_asset_investment, region_code, today)
    applicant = _applicant(session, actor, region_code, credit_code, applicant_name, now)
    project = Project(
        id=uuid4(),
        region_code=region_code,
        code=final_code,
        code_kind=kind,
        fixed_asset_investment=fixed_asset_investment,
        name=name.strip(),
        applicant_id=applicant.id,
        credit_code=applicant.credit_code,
        address=address.strip(),
        scale=scale.strip(),
        total_investment=total_investment,
        planned_start=planned_start,
        planned_finish=planned_finish,
        registered_by=actor.user_id,
        registered_at=now,
    )
    after = {"code": project.code, "name": project.name, "applicant": str(applicant.id), "region": region_code}
    with in_words():
        record(session, project, actor=actor, action="project.register", recorded_at=now, after=after)
    add_engineering(session, actor, project, code=project.code, name=project.name, scope="", now=now)
    return project


def _refuse_classified(session: Session, actor: Actor, now: datetime) -> Invalid:
    """Record, apart, that a classified project was refused: who and when, nothing of its content."""

    def work(apart: Session) -> None:
        user = apart.get_one(User, actor.user_id)
        record(
            apart,
            user,
            actor=actor,
            action="project.register",
            recorded_at=now,
            result="refused",
            object_type="projects",
            object_id="",
            reason="classified",
        )

    in_transaction(apart_from(session), work)
    return Invalid(
        "classified",
        "涉密项目不得在本系统处理和传输，填写的内容没有保存；请按保密规定在线下办理。",
        field="classified",
    )


def _check_period(planned_start: date | None, planned_finish: date | None) -> None:
    if planned_start and planned_finish and planned_start >= planned_finish:
        raise Invalid("planned_period", "拟开工日期要早于拟建成日期。", field="planned_finish")


def _check_region(session: Session, actor: Actor, region_code: str) -> None:
    actor.require("project.write")
    if session.get(Region, region_code) is None:
        raise NotFound("region_not_found", "没有这个地区，或它不在您的办理范围内。", field="region_code")
    is_applicant = "applicant" in actor.roles
    if not is_applicant and not actor.sees("project.write", region_code=region_code):
        raise NotFound("region_not_found", "没有这个地区，或它不在您的办理范围内。", field="region_code")


def _code(session: Session, code: str | None, investment: bool, region_code: str, today: date) -> str:
    if investment:
        if not code:
            raise Invalid(
                "project_code_missing",
                "有固定资产投资的项目要先有项目代码：请到投资项目在线审批监管平台申报取得代码，再来登记。",
                field="code",
            )
        regions = frozenset(session.scalars(select(Region.code)))
        return check_national_code(code, today, regions)
    if code:
        raise Invalid("local_code_is_made", "没有固定资产投资的项目不用填项目代码，系统会生成地方代码。", field="code")
    number = session.scalar(select(func.nextval("local_project_codes"))) or 0
    return local_code(region_code, today.year, number)


def _applicant(
    session: Session, actor: Actor, region_code: str, credit_code: str, name: str | None, now: datetime
) -> Organisation:
    checked = check_credit_code(credit_code) or ""
    found = session.scalar(
        select(Organisation).where(Organisation.kind == "applicant", Organisation.credit_code == checked)
    )
    is_applicant = "applicant" in actor.roles
    reached = actor.sees("project.write", region_code=region_code, organisation_id=found.id if found else None)
    if is_applicant and not reached:  # the same answer whether the other unit is registered or not
        raise NotAllowed("not_your_unit", "只能为本单位登记项目；代办请到综合窗口办理。", field="credit_code")
    if found is None:
        if not actor.sees("organisation.register_applicant", region_code=region_code):
            message = "这个单位还没有登记；请先由综合窗口登记申报单位，再来登记项目。"
            raise Invalid("applicant_unknown", message, field="credit_code")
        if not name:
            message = "这个单位还没有登记，请同时填写单位名称。"
            raise Invalid("applicant_unknown", message, field="applicant_name")
        return create_organisation(
            session,
            actor,
            region_code=region_code,
            code=checked,
            name=name,
            kind="applicant",
            credit_code=checked,
            now=now,
        )
    if not found.active:
        raise Invalid("applicant_inactive", f"申报单位“{found.name}”已停用，请先恢复。", field="credit_code")
    return found
