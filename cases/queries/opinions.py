"""The planning opinion that stands for an item."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select

from cases.models.plannings import Planning, PlanningOpinion


def settled_opinion(stage_case_id: UUID, item_code: str) -> Select[PlanningOpinion]:
    """The last word about an item: of its latest planning, the highest round; at most one row."""
    return (
        select(PlanningOpinion)
        .join(Planning, Planning.id == PlanningOpinion.planning_id)
        .where(
            Planning.stage_case_id == stage_case_id,
            PlanningOpinion.item_code == item_code,
            PlanningOpinion.conclusion != "transferred",
        )
        .order_by(Planning.number.desc(), PlanningOpinion.round.desc())
        .limit(1)
    )
