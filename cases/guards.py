"""The named preconditions that a diagram may put on a task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.models.items import ItemCase
from cases.models.plannings import Planning
from cases.models.stages import StageCase
from cases.operations.materials import materials_of, refuse_open
from cases.position import Position
from cases.queries.opinions import settled_opinion
from cases.status import APPROVING
from errors import Conflict, Invalid

Values = Mapping[str, Any]
OPINIONS = ("legality", "compliance", "feasibility")
AGAINST_THE_ITEM = ("decline", "refuse")
FOR_THE_ITEM = ("approve",)


def predecessors_approved(session: Session, position: Position, values: Values) -> None:
    """The items that must be approved before (前置事项) are, in this stage or an earlier one of the engineering.

    Those that planning did not require do not count, nor what a void stage case left undone.
    """
    if not position.predecessors:
        return
    engineering = select(StageCase.engineering_id).where(StageCase.id == position.stage_case_id).scalar_subquery()
    waiting = session.scalars(
        select(func.min(ItemCase.name))
        .join(StageCase, StageCase.id == ItemCase.stage_case_id)
        .where(
            StageCase.engineering_id == engineering,
            StageCase.status != "void",
            ItemCase.item_code.in_(position.predecessors),
        )
        .group_by(ItemCase.item_code)
        .having(~func.bool_or(func.coalesce(ItemCase.status.in_([int(code) for code in APPROVING]), False)))
        .order_by(ItemCase.item_code)
    ).all()
    if waiting:
        raise Conflict(
            "predecessors_open", f"前置事项“{'”“'.join(waiting)}”尚未办结，现在可以审核，不能受理；待其办结后再受理。"
        )


def materials_passed(session: Session, position: Position, values: Values) -> None:
    """Every material has passed the formal review, is promised, or is not applicable."""
    refuse_open(materials_of(session, position.stage_case_id))


def main_line_approved(session: Session, position: Position, values: Values) -> None:
    """Every main-line item that any planning of the stage case required is approved, and no planning is under way."""
    plannings = session.scalars(
        select(Planning).where(Planning.stage_case_id == position.stage_case_id).order_by(Planning.number)
    ).all()
    if any(planning.conclusions is None for planning in plannings):
        raise Conflict("supplement_open", "补充策划还没有结论，现在不能办结本阶段；请待策划报告出具后再办。")
    planned = {
        entry["code"]: entry["name"]
        for planning in plannings
        for entry in planning.conclusions or []
        if entry["main"] and entry["conclusion"] == "required"
    }
    approved = session.scalars(
        select(ItemCase.item_code).where(
            ItemCase.stage_case_id == position.stage_case_id,
            ItemCase.status.in_([int(code) for code in APPROVING]),
        )
    ).all()
    waiting = [name for code, name in planned.items() if code not in approved]
    if waiting:
        raise Conflict("main_line_open", f"主流程事项“{'”“'.join(waiting)}”尚未办结，不能办结本阶段；请待其办结。")


def reason_if_against_opinion(session: Session, position: Position, values: Values) -> None:
    """A decision against the department's own planning opinion gives its reason (``deviation``)."""
    decision = values.get("decision")
    if values.get("deviation") or decision not in AGAINST_THE_ITEM + FOR_THE_ITEM or position.item_code is None:
        return
    given = session.scalar(settled_opinion(position.stage_case_id, position.item_code))
    if given is None:
        return
    unmet = given.conclusion != "required" or any(given.opinion.get(name) == "unmet" for name in OPINIONS)
    if unmet == (decision in FOR_THE_ITEM):
        said = "认为不符合" if unmet else "认为需要审批且没有提出不符合"
        raise Invalid(
            "against_opinion",
            f"策划时{said}，这个决定与策划意见相反，请填写理由。",
            field="values.deviation",
        )


def online_told_by_system(session: Session, position: Position, values: Values) -> None:
    """Whoever applied online is told through the system, not on paper."""
    channel = session.scalar(select(StageCase.channel).where(StageCase.id == position.stage_case_id))
    if channel == "online" and values.get("delivery") != "system":
        raise Invalid(
            "online_told_by_system",
            "申报单位是网上申报的，要通过系统告知；请选择系统告知，需要纸质的可以另行打印。",
            field="values.delivery",
        )


Guard = Callable[[Session, Position, Values], None]

GUARDS: dict[str, Guard] = {
    "predecessors_approved": predecessors_approved,
    "materials_passed": materials_passed,
    "main_line_approved": main_line_approved,
    "reason_if_against_opinion": reason_if_against_opinion,
    "online_told_by_system": online_told_by_system,
}


def check(session: Session, position: Position, values: Values) -> None:
    """Raise ``Conflict`` or ``Invalid`` while the precondition of the task does not hold for these values."""
    if position.guard:
        GUARDS[position.guard](session, position, values)
