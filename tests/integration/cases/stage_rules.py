"""What must always hold of a stage (DOMAIN: U1 to U6, R1 to R7), asked of the database alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from audit.report import verify_database
from cases.status import APPROVING, stretches_held
from tests.integration.cases.stage_play import Play
from worktime import Hold, due, parse_limit

COVERS = "(h.item_case_id = w.item_case_id OR h.item_case_id IS NULL)"
RUNNING = "d.cancelled_at IS NULL AND (d.fired_at IS NULL OR d.kind <> 'timer')"
WORKED_WHILE_HELD = f"""
    SELECT w.name FROM work_items w JOIN process_instances p ON p.id = w.instance_id
    JOIN holds h ON h.stage_case_id = w.stage_case_id AND {COVERS}
    WHERE w.stage_case_id = :stage AND w.status = 'done' AND w.item_case_id IS NOT NULL AND p.kind <> 'promise'
      AND w.closed_at > h.started_at AND (h.ended_at IS NULL OR w.closed_at < h.ended_at)
"""
WRONGLY_HELD = f"""
    SELECT d.element_id, d.held FROM due_rows d JOIN process_instances p ON p.id = d.instance_id
    WHERE d.stage_case_id = :stage AND {RUNNING} AND p.status = 'active'
      AND d.held <> (d.kind <> 'procedure' AND p.kind <> 'promise' AND EXISTS (
        SELECT FROM holds h WHERE h.stage_case_id = d.stage_case_id AND h.ended_at IS NULL AND (
            h.item_case_id = p.item_case_id
            OR (h.item_case_id IS NULL AND (p.item_case_id IS NOT NULL OR h.stops_clock)))))
"""
HELD_TWICE = """
    SELECT item_case_id FROM holds WHERE stage_case_id = :stage AND ended_at IS NULL
    GROUP BY item_case_id HAVING count(*) > 1
"""
ITEM_CLOCKS = f"""
    SELECT c.id, c.item_code, c.limit_text, d.due_at, d.held FROM due_rows d
    JOIN work_items w ON w.id = d.task_id JOIN item_cases c ON c.id = w.item_case_id
    WHERE d.stage_case_id = :stage AND w.element_id = 'handle' AND w.status = 'open' AND d.kind <> 'procedure'
      AND d.limit_text = c.limit_text AND {RUNNING}
"""
LEFT_OVER = f"""
    SELECT 'task' AS what, w.name FROM work_items w JOIN process_instances p ON p.id = w.instance_id
    WHERE w.stage_case_id = :stage AND w.status = 'open' AND p.kind <> 'promise'
    UNION ALL SELECT 'limit', d.element_id FROM due_rows d JOIN process_instances p ON p.id = d.instance_id
    WHERE d.stage_case_id = :stage AND {RUNNING} AND p.kind <> 'promise'
    UNION ALL SELECT 'hold', cause FROM holds WHERE stage_case_id = :stage AND ended_at IS NULL
    UNION ALL SELECT 'item', item_code FROM item_cases WHERE stage_case_id = :stage AND ended_at IS NULL
    UNION ALL SELECT 'process', process FROM process_instances
    WHERE stage_case_id = :stage AND status = 'active' AND kind <> 'promise'
"""
REPORTS = """
    SELECT (SELECT count(*) FROM planning_reports r JOIN plannings p ON p.id = r.planning_id
            WHERE p.stage_case_id = :stage) AS reports,
        (SELECT count(*) FROM outbox WHERE topic = 'planning_report' AND payload->>'stage_case' = :text) AS told,
        (SELECT count(*) FROM work_items WHERE stage_case_id = :stage AND element_id = 'issue_report'
            AND status = 'done') AS issued
"""


def no_task_of_a_held_item_was_done(play: Play) -> None:
    """U1."""
    found = play.world.rows(WORKED_WHILE_HELD, stage=play.stage_case)
    assert not found, f"U1 挂起期间办理了任务：{found}"


def limits_stand_exactly_while_held(play: Play) -> None:
    """U2: what is held is what an open hold covers, and overlapping holds are one row each."""
    found = play.world.rows(WRONGLY_HELD, stage=play.stage_case)
    assert not found, f"U2 期限的停走与挂起不一致：{found}"
    assert not play.world.rows(HELD_TWICE, stage=play.stage_case), "U2 同一对象有两个未解除的挂起"


def clocks_follow_from_the_events(play: Play) -> None:
    """U2: the stored due is the one that the status events and the freezes of the stage give."""
    frozen = [
        Hold(row.started_at, row.ended_at)
        for row in play.world.rows(
            "SELECT started_at, ended_at FROM holds WHERE stage_case_id = :stage AND item_case_id IS NULL",
            stage=play.stage_case,
        )
    ]
    release = play.world.release
    for row in play.world.rows(ITEM_CLOCKS, stage=play.stage_case):
        events = play.world.rows(
            "SELECT code, effective_at FROM status_events WHERE item_case_id = :id ORDER BY sequence", id=row.id
        )
        started, own = stretches_held([(event.code, event.effective_at) for event in events])
        holds = (*own, *frozen)
        assert started is not None, row.item_code
        stands = any(hold.end is None for hold in holds)
        assert row.held == stands, f"U2 {row.item_code} 的时钟：应停 {stands}，实停 {row.held}"
        if not stands:
            expected = due(release.calendar, started, parse_limit(row.limit_text), holds, release.counting).at
            assert row.due_at == expected, f"U2 {row.item_code} 的到期：应为 {expected}，实为 {row.due_at}"


def the_audit_verifies(play: Play, data: Path) -> None:
    """U3."""
    findings = verify_database(play.world.database.url, data).findings
    assert not findings, f"U3 审计链不完整：{findings}"


def planned(play: Play, dispatched: bool = False) -> dict[str, Any]:
    """The required items of every planning, by code; with ``dispatched`` of those that were."""
    where = " AND dispatched_at IS NOT NULL" if dispatched else ""
    rows = play.world.rows(
        f"SELECT conclusions FROM plannings WHERE stage_case_id = :stage AND conclusions IS NOT NULL{where}",
        stage=play.stage_case,
    )
    entries = [entry for row in rows for entry in row.conclusions]
    return {entry["code"]: entry for entry in entries if entry["conclusion"] == "required"}


def the_order_is_kept_and_exactly_the_planned_is_dispatched(play: Play) -> None:
    """R1, R2."""
    (stage,) = play.world.rows("SELECT * FROM stage_cases WHERE id = :id", id=play.stage_case)
    reported = play.world.scalar(
        "SELECT min(issued_at) FROM planning_reports r JOIN plannings p ON p.id = r.planning_id "
        "WHERE p.stage_case_id = :id",
        id=play.stage_case,
    )
    materials = play.world.rows("SELECT code FROM stage_materials WHERE stage_case_id = :id", id=play.stage_case)
    assert reported is not None or not materials, "R1 未策划先收件"
    assert stage.received_at is None or reported <= stage.received_at, "R1 未告知策划报告先收件"
    assert stage.dispatched_at is None or stage.received_at <= stage.dispatched_at, "R1 未正式收件先转办"
    items = {item.item_code: str(item.department_id) for item in play.items()}
    assert stage.dispatched_at is not None or not items, "R1 未转办先有办件"
    expected = {code: entry["department"] for code, entry in planned(play, dispatched=True).items()}
    assert items == expected, f"R2 转办 {items}，策划 {expected}"


def the_stage_is_frozen_exactly_with_a_main_line_item(play: Play) -> None:
    """R3, R5."""
    rows = play.world.rows(
        "SELECT h.item_case_id, h.freezes_stage, c.main FROM holds h LEFT JOIN item_cases c ON c.id = h.item_case_id "
        "WHERE h.stage_case_id = :stage AND h.ended_at IS NULL",
        stage=play.stage_case,
    )
    frozen = any(row.item_case_id is None for row in rows)
    assert frozen == any(row.main for row in rows if row.item_case_id), "R3 冻结与主流程事项的挂起不一致"


def a_void_stage_leaves_nothing(play: Play) -> None:
    """R4: nothing but a void makes a stage void, and then no task, limit, hold or process of it goes on."""
    void = play.status() == "void"
    assert void == play.voided, f"R4 阶段{'' if void else '没有'}作废，与所办的不符"
    if void:
        found = play.world.rows(LEFT_OVER, stage=play.stage_case)
        assert not found, f"R4 作废后仍有：{found}"


def the_milestone_waits_for_the_main_line_alone(play: Play) -> None:
    """R6."""
    main = {code for code, entry in planned(play).items() if entry["main"]}
    approved = {item.item_code for item in play.items() if item.status in APPROVING}
    completed = play.status() == "completed"
    assert not completed or main <= approved, f"R6 主流程事项 {main - approved} 未办结就阶段性办结"
    if main and main <= approved and not completed and not play.voided and not play.tasks("answer"):
        assert play.tasks("complete"), "R6 主流程事项已全部办结，却不能阶段性办结"


def a_planning_has_one_report(play: Play) -> None:
    """R7."""
    (row,) = play.world.rows(REPORTS, stage=play.stage_case, text=str(play.stage_case))
    assert row.reports == row.told == row.issued, f"R7 策划报告 {row.reports}，告知 {row.told}，出具 {row.issued}"


RULES = (
    no_task_of_a_held_item_was_done,
    limits_stand_exactly_while_held,
    clocks_follow_from_the_events,
    the_order_is_kept_and_exactly_the_planned_is_dispatched,
    the_stage_is_frozen_exactly_with_a_main_line_item,
    a_void_stage_leaves_nothing,
    the_milestone_waits_for_the_main_line_alone,
    a_planning_has_one_report,
)
