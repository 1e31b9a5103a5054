"""What the documents say about a stage case, gathered in words in the transaction that issues them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from accounts.models import Organisation, Region
from audit.record import Acting
from cases.models.intake import StageMaterial
from cases.models.items import ItemCase
from cases.models.projects import Engineering, Project
from cases.models.stages import StageCase
from cases.queries.stage_cases import material_files
from cases.status import NAMES, Status
from engine.limits import LimitInvalid, Unit, parse_limit
from files.documents.issue import in_chinese, issue_document
from files.documents.kinds import KINDS
from files.models import IssuedDocument
from processes.release import Release

UNITS = {
    Unit.WORKING_DAYS: "个工作日",
    Unit.NATURAL_DAYS: "日",
    Unit.WORKING_HOURS: "个工作小时",
    Unit.NATURAL_HOURS: "小时",
}
NECESSITIES = {"required": "必要", "deferrable": "容缺", "conditional": "有条件"}
STATUSES = {
    "passed": "已收",
    "submitted": "待审",
    "missing": "未提交",
    "returned": "退回",
    "deferred": "容缺后补",
    "not_applicable": "不适用",
}
SOURCES = {"result": "本平台已有的审批结果", "on_file": "本项目已存档，沿用"}
NOTHING_SAID = "主流程事项没有批准。"


class Occasion(Protocol):
    """What a document is issued for: a command (its ``Context``), or an :class:`Act`."""

    @property
    def stage_case_id(self) -> UUID: ...
    @property
    def release(self) -> Release: ...
    @property
    def actor(self) -> Acting | None: ...
    @property
    def now(self) -> datetime: ...


class Act(NamedTuple):
    """The occasion of a use case that steps no diagram: a suspension, an extension, a delivery."""

    stage_case_id: UUID
    release: Release
    actor: Acting | None
    now: datetime


def issue(session: Session, context: Occasion, kind: str, facts: Mapping[str, Any]) -> IssuedDocument:
    """Issue a document of the stage case of ``context``; ``facts`` are those that its kind names in ``kinds.toml``."""
    return _issue(session, context, kind, None, {**_stage(session, context), **facts})


def issue_for_item(
    session: Session, context: Occasion, kind: str, item_case_id: UUID, facts: Mapping[str, Any]
) -> IssuedDocument:
    """Issue a document of an item case, in the name of its department."""
    issuer, name, code, number = session.execute(
        select(Organisation.name, ItemCase.name, ItemCase.item_code, ItemCase.number)
        .join(Organisation, Organisation.id == ItemCase.department_id)
        .where(ItemCase.id == item_case_id)
    ).one()
    item = {"issuer": issuer, "item": name, "item_code": code, "item_case_number": number}
    data = {**_stage(session, context), **item, **facts}
    return _issue(session, context, kind, item_case_id, data)


def issue_intake_receipt(session: Session, context: Occasion) -> IssuedDocument:
    """The receipt of formal intake (收件凭证): every material and what became of it, in the name of the window."""
    rows = session.scalars(
        select(StageMaterial).where(StageMaterial.stage_case_id == context.stage_case_id).order_by(StageMaterial.code)
    )
    files = session.execute(material_files(context.stage_case_id)).all()
    materials = [
        {
            "name": row.name,
            "necessity": NECESSITIES[row.necessity],
            "status": STATUSES[row.status],
            "note": _note(row),
            "files": [file.Upload.name for file in files if file.material_id == row.id],
        }
        for row in rows
    ]
    window = session.scalar(
        select(Organisation.name)
        .join(StageCase, StageCase.window_id == Organisation.id)
        .where(StageCase.id == context.stage_case_id)
    )
    facts = {"issuer": window, "materials": materials, "received_on": in_chinese(context.now)}
    return issue(session, context, "intake_receipt", facts)


def _note(material: StageMaterial) -> str:
    """What the receipt says beside a material: the promise, where it comes from, the reason."""
    if material.status == "deferred" and material.promised_by is not None:
        return f"承诺于 {in_chinese(material.promised_by)} 前补交"
    return SOURCES.get(material.source, "") if material.status == "passed" else material.reason or ""


def issue_void(session: Session, context: Occasion, reason: str | None) -> IssuedDocument:
    """The notice that a stage case is void: why, and where each item stood. Issue it before its items end with it."""
    items = [
        {"name": case.name, "department": department, "status": _standing(case)}
        for case, department in _items(session, context)
    ]
    return issue(session, context, "void", {"reason": reason or NOTHING_SAID, "items": items})


def issue_stage_completion(session: Session, context: Occasion) -> IssuedDocument:
    """The record of stage completion: every item with its result; auxiliary ones may still run."""
    items = [
        {
            "name": case.name,
            "department": department,
            "main": case.main,
            "result": f"{case.result_title}，{case.result_number}" if case.result_number else _standing(case),
            "date": in_chinese(case.result_date) if case.result_date else "",
        }
        for case, department in _items(session, context)
    ]
    facts = {"items": items, "completed_on": in_chinese(context.now)}
    return issue(session, context, "stage_completion", facts)


def _items(session: Session, context: Occasion) -> Sequence[Row[ItemCase, str]]:
    """The last case of every item of the stage case with its department, main-line items first."""
    return session.execute(
        select(ItemCase, Organisation.name)
        .join(Organisation, Organisation.id == ItemCase.department_id)
        .where(ItemCase.stage_case_id == context.stage_case_id)
        .ext(distinct_on(ItemCase.main, ItemCase.item_code))
        .order_by(ItemCase.main.desc(), ItemCase.item_code, ItemCase.attempt.desc(), ItemCase.opened_at.desc())
    ).all()


def _standing(case: ItemCase) -> str:
    """How far an item case is, in words."""
    if case.status is None:
        return "未接件"
    return NAMES[Status(case.status)]


def limit_in_chinese(text: str | None) -> str:
    """A limit as documents write it: ``3WD`` is 3个工作日, a date is that day, none is 不限."""
    if not text:
        return "不限"
    try:
        limit = parse_limit(text)
    except LimitInvalid:
        return text
    if isinstance(limit.amount, date | datetime):
        return in_chinese(limit.amount)
    return f"{limit.amount}{UNITS[limit.unit]}" if limit.unit in UNITS else text


def _issue(
    session: Session, context: Occasion, kind: str, item_case_id: UUID | None, data: dict[str, Any]
) -> IssuedDocument:
    region_code = data.pop("region_code")
    return issue_document(
        session,
        context.actor,
        kind,
        region_code=region_code,
        stage_case_id=context.stage_case_id,
        item_case_id=item_case_id,
        data={name: data[name] for name in KINDS[kind].facts if name in data},
        now=context.now,
    )


def _stage(session: Session, context: Occasion) -> dict[str, Any]:
    """What every document of a stage case says; the lead issues it unless its facts name somebody else."""
    applicant, lead = aliased(Organisation), aliased(Organisation)
    found = session.execute(
        select(
            StageCase.region_code,
            StageCase.process_type,
            StageCase.stage,
            StageCase.number,
            Project.name.label("project"),
            Project.code.label("project_code"),
            Engineering.name.label("engineering"),
            Region.name.label("region"),
            applicant.name.label("applicant"),
            lead.name.label("lead"),
        )
        .join(Engineering, Engineering.id == StageCase.engineering_id)
        .join(Project, Project.id == Engineering.project_id)
        .join(Region, Region.code == StageCase.region_code)
        .join(applicant, applicant.id == StageCase.applicant_id)
        .join(lead, lead.id == StageCase.lead_id)
        .where(StageCase.id == context.stage_case_id)
    ).one()
    stage = context.release.process_types[found.process_type].stages[found.stage]
    return {
        "region_code": found.region_code,
        "region": found.region,
        "issuer": found.lead,
        "applicant": found.applicant,
        "project": found.project,
        "project_code": found.project_code,
        "engineering": found.engineering,
        "stage": stage.name,
        "stage_case_number": found.number,
    }
