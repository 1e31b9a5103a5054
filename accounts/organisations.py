"""Use cases on organisations: create one, change one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from stdnum.cn import uscc

from accounts.actor import Actor
from accounts.models import ORGANISATION_KINDS, Organisation, Region
from audit.record import record
from errors import Conflict, Invalid, NotAllowed, NotFound

FACTS = ("region_code", "parent_id", "code", "name", "kind", "function", "credit_code", "active")


def create_organisation(
    session: Session,
    actor: Actor | None,
    *,
    region_code: str,
    code: str,
    name: str,
    kind: str,
    now: datetime,
    parent_id: UUID | None = None,
    function: str | None = None,
    credit_code: str | None = None,
) -> Organisation:
    """Create an organisation; an applicant unit needs no account, so that a window can apply for it.

    ``actor`` None is the platform itself; a window clerk (``organisation.register_applicant``) may create applicant
    units only. Raises ``Invalid``, ``Conflict``, ``NotAllowed`` and ``NotFound`` (outside the person's regions).
    """
    _check_right(actor, region_code, kind)
    if session.get(Region, region_code) is None:
        raise Invalid("region_unknown", f"地区“{region_code}”不存在，请先建立地区。", field="region_code")
    if kind not in ORGANISATION_KINDS:
        raise Invalid(
            "organisation_kind", f"机构类别“{kind}”不存在，可用：{'、'.join(ORGANISATION_KINDS)}。", field="kind"
        )
    if not code.strip() or not name.strip():
        raise Invalid("name_missing", "请填写机构编码和名称。", field="code" if not code.strip() else "name")
    _check_parent(session, parent_id, region_code)
    organisation = Organisation(
        region_code=region_code,
        parent_id=parent_id,
        code=code.strip(),
        name=name.strip(),
        kind=kind,
        function=function,
        credit_code=check_credit_code(credit_code),
        active=True,
        created_at=now,
    )
    _check_free(session, organisation)
    after = facts(organisation)
    record(session, organisation, actor=actor, action="organisation.create", recorded_at=now, after=after)
    return organisation


def change_organisation(
    session: Session,
    actor: Actor,
    organisation_id: UUID,
    *,
    now: datetime,
    name: str | None = None,
    function: str | None = None,
    active: bool | None = None,
) -> Organisation:
    """Rename an organisation, change its function, close it or open it again; what is None stays.

    A closed organisation keeps its history; its posts give nobody any right. Raises ``NotFound`` and ``Invalid``.
    """
    organisation = session.get(Organisation, organisation_id, with_for_update={"key_share": True})
    if organisation is None or not actor.sees(
        "organisation.write", region_code=organisation.region_code, organisation_id=organisation.id
    ):
        raise NotFound("organisation_not_found", "没有这个机构，或它不在您的管理范围内。")
    before = facts(organisation)
    if name is not None:
        if not name.strip():
            raise Invalid("name_missing", "请填写机构名称。", field="name")
        organisation.name = name.strip()
    organisation.function = organisation.function if function is None else function
    organisation.active = organisation.active if active is None else active
    if facts(organisation) != before:
        record(
            session,
            organisation,
            actor=actor,
            action="organisation.change",
            recorded_at=now,
            before=before,
            after=facts(organisation),
        )
    return organisation


def check_credit_code(credit_code: str | None) -> str | None:
    """The unified social credit code in capitals (GB 32100-2015); raises ``Invalid`` if its check digit is wrong."""
    if credit_code is None:
        return None
    code = credit_code.strip().upper()
    if not uscc.is_valid(code):
        message = f"统一社会信用代码“{credit_code}”不正确（18 位，末位为校验码，GB 32100-2015），请对照证照核对。"
        raise Invalid("credit_code_invalid", message, field="credit_code")
    return code


def facts(organisation: Organisation) -> Mapping[str, Any]:
    """What the audit keeps of an organisation."""
    return {name: getattr(organisation, name) for name in FACTS}


def _check_right(actor: Actor | None, region_code: str, kind: str) -> None:
    if actor is None or actor.sees("organisation.write", region_code=region_code):
        return
    if not actor.sees("organisation.register_applicant", region_code=region_code):
        raise NotFound("region_not_found", "没有这个地区，或它不在您的管理范围内。", field="region_code")
    if kind != "applicant":
        raise NotAllowed("only_applicants", "窗口只能登记申报单位；其他机构由系统管理员建立。", field="kind")


def _check_parent(session: Session, parent_id: UUID | None, region_code: str) -> None:
    parent = session.get(Organisation, parent_id) if parent_id else None
    if parent_id is not None and (parent is None or not parent.active):
        raise Invalid("parent_unknown", "上级机构不存在或已停用，请重新选择上级机构。", field="parent_id")
    if parent is not None and parent.kind == "applicant":
        raise Invalid("parent_is_applicant", "申报单位不能作为上级机构，请重新选择上级机构。", field="parent_id")


def _check_free(session: Session, organisation: Organisation) -> None:
    same_code = select(Organisation.name).where(
        Organisation.region_code == organisation.region_code, Organisation.code == organisation.code
    )
    if (name := session.scalar(same_code)) is not None:
        raise Conflict("organisation_exists", f"本地区机构编码“{organisation.code}”已属于“{name}”。", field="code")
    if organisation.kind == "applicant" and organisation.credit_code is not None:
        same_unit = select(Organisation.name).where(
            Organisation.credit_code == organisation.credit_code, Organisation.kind == "applicant"
        )
        if (name := session.scalar(same_unit)) is not None:
            message = f"统一社会信用代码“{organisation.credit_code}”的申报单位“{name}”已登记，请直接选用。"
            raise Conflict("applicant_exists", message, field="credit_code")
