"""Begin a supplementary planning: another planning of the same stage case, with its own report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actor import Actor, Post
from cases import hot
from cases.carry_out import Admitted, Perform, carry_out
from cases.models.instances import ProcessInstance
from cases.models.plannings import Planning, PlanningReport
from cases.models.stages import StageCase
from cases.operations.planning import required_of
from cases.position import Position
from cases.queries.stage_cases import in_scope
from cases.releases import release_of
from cases.task_rights import require_active
from engine import Definitions, commands
from engine.snapshot import Outcome, Snapshot
from errors import Conflict, Invalid, NotAllowed, NotFound

MESSAGE = "supplementary_planning"
"""The message that a stage's diagram waits for where it allows supplementary plannings."""


def start_supplementary_planning(
    session: Session, actor: Actor, stage_case_id: UUID, *, items: Sequence[str], reason: str
) -> Planning:
    """Ask about ``items`` (codes of candidates that are not required yet), with the reason; the new planning.

    The lead department may, from the first report until the stage is completed. Raises ``NotFound``, ``NotAllowed``,
    ``Invalid`` (unknown, repeated or already required item) and ``Conflict`` (a planning is under way, the stage is
    over or suspended, the diagram knows no supplementary planning).
    """
    row = session.execute(
        select(ProcessInstance.id, StageCase.lead_id)
        .join(StageCase, StageCase.id == ProcessInstance.stage_case_id)
        .where(StageCase.id == stage_case_id, ProcessInstance.parent_id.is_(None), in_scope(actor, "stage_case.read"))
    ).one_or_none()
    if row is None:
        raise NotFound("stage_case_not_found", "没有这个阶段办理，或它不在您的范围内。")
    if Post(row.lead_id, "lead_officer") not in actor.posts:
        raise NotAllowed("not_the_lead", "补充策划由本阶段的牵头部门发起，您可以查看，不能发起。")

    def admit(position: Position) -> Admitted:
        return _admit(session, actor, position, list(items), reason)

    try:
        carry_out(session, actor, hot.BY_INSTANCE, row.id, admit)
    except Conflict as refusal:
        if refusal.code == "task_already_done":  # nobody waits for the message
            raise Conflict("no_supplementary_planning", "本阶段的流程图没有补充策划，不能发起。") from refusal
        raise
    return session.scalars(
        select(Planning).where(Planning.stage_case_id == stage_case_id).order_by(Planning.number.desc()).limit(1)
    ).one()


def _admit(session: Session, actor: Actor, position: Position, items: list[str], reason: str) -> Admitted:
    require_active(position)
    case = session.get_one(StageCase, position.stage_case_id, populate_existing=True)
    if case.status != "open":
        raise Conflict("stage_closed", "本阶段已经办结、作废或无需审批，不能再补充策划。")
    _check_items(session, position, case, items)
    payload = {"added_items": items, "added_reason": reason}

    def step(definitions: Definitions, snapshots: Mapping[UUID, Snapshot], perform: Perform) -> Outcome:
        return commands.correlate(definitions, snapshots, position.id, MESSAGE, payload, perform=perform)

    return Admitted(
        step=step,
        action="planning.supplement",
        object_type="stage_cases",
        object_id=position.stage_case_id,
        command={
            "name": MESSAGE,
            "stage_case": str(position.stage_case_id),
            "items": items,
            "reason": reason,
            "actor": str(actor.user_id),
        },
        submission={"items": items, "reason": reason},
    )


def _check_items(session: Session, position: Position, case: StageCase, items: list[str]) -> None:
    plannings = session.execute(
        select(Planning, PlanningReport.id.label("report"))
        .outerjoin(PlanningReport, PlanningReport.planning_id == Planning.id)
        .where(Planning.stage_case_id == case.id)
    ).all()
    if not plannings or any(row.report is None for row in plannings):
        raise Conflict("planning_open", "上一次策划的报告还没有告知申报单位，不能再发起一次策划。")
    required = {item["code"] for row in plannings for item in required_of(row.Planning.conclusions or [])}
    stage = release_of(session, position.release_id).process_types[case.process_type].stages[case.stage]
    known = {candidate.item.code for candidate in stage.items}
    for number, code in enumerate(items):
        field = f"items.{number}"
        if code not in known:
            raise Invalid("item_unknown", f"本阶段没有候选事项 {code}，请从流程类型的事项中选择。", field=field)
        if code in items[:number]:
            raise Invalid("item_repeated", f"事项 {code} 填了两次，每个事项只填一次。", field=field)
        if code in required:
            raise Invalid("item_planned", f"事项 {code} 已经策划为需要审批，不用再策划。", field=field)
