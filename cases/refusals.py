"""The refusals that the database gives by its constraints, said in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError

from errors import Conflict

SENTENCES = {
    "uq_projects_code": ("project_exists", "这个项目代码已经登记过，请直接使用已登记的项目。"),
    "uq_engineerings_code": ("engineering_exists", "这个工程代码已经登记过，请换一个。"),
    "uq_stage_cases_live": (
        "stage_case_exists",
        "这个工程的这个阶段已有阶段办理（未作废），不能重复发起；请在原阶段办理中继续。",
    ),
    "uq_plannings_open": ("planning_open", "上一次策划还没有汇总，不能再发起一次。"),
    "uq_planning_opinions_planning_id_item_code_round": (
        "opinion_given",
        "这个事项本轮的策划意见已经回复，不能再次回复。",
    ),
    "uq_planning_reports_planning_id": ("report_issued", "本次策划的报告已经告知申报单位；每次策划只告知一次。"),
    "uq_item_cases_live": ("item_case_exists", "这个事项已有在办的办件，不能重复转办。"),
    "uq_deliveries_item_case_id": ("delivered_already", "这个办件的结果已经登记送达，不能重复登记。"),
    "ck_stage_cases_no_dispatch_without_intake": (
        "not_formally_received",
        "尚未正式收件，不能转办；请先完成正式收件。",
    ),
}
"""Constraint -> code and sentence."""


@contextmanager
def in_words() -> Iterator[None]:
    """Turn the violation of a constraint that stands for a rule into its ``Conflict``."""
    try:
        yield
    except IntegrityError as error:
        conflict = conflict_of(error)
        if conflict is None:
            raise
        raise conflict from error


def conflict_of(error: IntegrityError) -> Conflict | None:
    """What the violation of a constraint means to people; None where it stands for no rule."""
    diagnosis = getattr(error.orig, "diag", None)
    sentence = SENTENCES.get(getattr(diagnosis, "constraint_name", None) or "")
    return Conflict(*sentence) if sentence else None
