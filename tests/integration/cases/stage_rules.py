"""What must always hold of a stage (DOMAIN: U1 to U6, R1 to R7), asked of the database alone."""

from __future__ import annotations

import re
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
    WHERE w.stage_case_id = :stage AND w.status = 'done' AND w.item_case_id IS NOT NULL
      AND p.kind NOT IN ('promise', 'procedure') AND w.closed_at > h.started_at
      AND (h.ended_at IS NULL OR w.closed_at < h.ended_at)
"""
WRONGLY_HELD = f"""
    SELECT d.element_id, d.held FROM due_rows d JOIN process_instances p ON p.id = d.instance_id
    WHERE d.stage_case_id = :stage AND {RUNNING} AND p.status = 'active'
      AND d.held <> (d.kind NOT IN ('procedure', 'hold') AND p.kind NOT IN ('promise', 'procedure') AND EXISTS (
        SELECT FROM holds h WHERE h.stage_case_id = d.stage_case_id AND h.ended_at IS NULL AND (
            h.item_case_id = p.item_case_id
            OR (h.item_case_id IS NULL AND (p.item_case_id IS NOT NULL OR h.stops_clock)))))
"""
HELD_TWICE = """
    SELECT item_case_id FROM holds WHERE stage_case_id = :stage AND ended_at IS NULL
    GROUP BY item_case_id HAVING count(*) > 1
"""
CLOCKS = f"""
    SELECT d.kind, d.started_at, d.limit_text, d.due_at, d.held, c.id AS item_case, c.item_code,
        c.limit_text AS promised, e.limit_text AS extension
    FROM due_rows d LEFT JOIN work_items w ON w.id = d.task_id AND w.element_id = 'handle'
    LEFT JOIN item_cases c ON c.id = w.item_case_id LEFT JOIN limit_extensions e ON e.item_case_id = c.id
    WHERE d.stage_case_id = :stage AND {RUNNING}
      AND (d.kind = 'stage' OR w.status = 'open' AND d.kind NOT IN ('procedure', 'hold'))
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
# DOMAIN: 1->{2,3,4,5,6}; 6->7->{2,3,4,5}; 3->{8,14}; 8->(9->10)*->{11,12,13,14}; 14 while suspended; 15 after 11 or 12.
HANDLED = r"(?:8 (?:9 10 )*(?:9 )?(?:(?<!9 )(?:11 |12 )(?:15 )?|(?<!9 )13 |14 )?)"
LEGAL = re.compile(rf"1 (?:6 (?:7 )?)?(?:(?<!6 )(?:2 |4 |5 |3 (?:14 |{HANDLED})?))?")
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
    """U2: the stored due is the one that the status events and the holds of the stage give."""
    frozen = play.world.rows(
        "SELECT started_at, ended_at, stops_clock FROM holds WHERE stage_case_id = :stage AND item_case_id IS NULL",
        stage=play.stage_case,
    )
    release = play.world.release
    for row in play.world.rows(CLOCKS, stage=play.stage_case):
        of_stage = [Hold(hold.started_at, hold.ended_at) for hold in frozen if row.item_case or hold.stops_clock]
        started, own, limit = _item_clock(play, row) if row.item_case else (row.started_at, (), row.limit_text)
        holds = (*own, *of_stage)
        what = row.item_code or "阶段总时限"
        stands = any(hold.end is None for hold in holds)
        assert row.held == stands, f"U2 {what} 的时钟：应停 {stands}，实停 {row.held}"
        if not stands:
            expected = due(release.calendar, started, parse_limit(limit), holds, release.counting).at
            assert row.due_at == expected, f"U2 {what} 的到期：应为 {expected}，实为 {row.due_at}"


def _item_clock(play: Play, row: Any) -> tuple[Any, tuple[Hold, ...], str]:
    """The start, the own holds and the limit of an item, from its events, its promise and its extension."""
    events = play.world.rows(
        "SELECT code, effective_at FROM status_events WHERE item_case_id = :id ORDER BY sequence", id=row.item_case
    )
    started, own = stretches_held([(event.code, event.effective_at) for event in events])
    assert started is not None, row.item_code
    limit = parse_limit(row.promised)
    return started, own, str(limit.extended(parse_limit(row.extension).amount) if row.extension else limit)


def a_limit_fires_after_its_due_alone(play: Play) -> None:
    """U6, U4: what fired was due, and a colour was told once, when it was true."""
    early = play.world.rows(
        "SELECT element_id FROM due_rows WHERE stage_case_id = :stage AND fired_at <= due_at", stage=play.stage_case
    )
    assert not early, f"U6 未到期就触发：{early}"
    told = play.world.rows(
        "SELECT d.element_id FROM light_events e JOIN due_rows d ON d.id = e.due_row_id "
        "WHERE d.stage_case_id = :stage AND (e.colour = 'red') <> (e.told_at > e.due_at)",
        stage=play.stage_case,
    )
    assert not told, f"U6 红黄灯与到期不符：{told}"
    twice = play.world.rows(
        "SELECT payload->>'title' FROM outbox WHERE topic = 'light' AND payload->>'stage_case' = :stage "
        "GROUP BY payload HAVING count(*) > 1",
        stage=str(play.stage_case),
    )
    assert not twice, f"U4 同一个灯告知了两次：{twice}"


def items_take_the_legal_course(play: Play) -> None:
    """The status events of an item are those it shows, in the order that the exchange standard allows."""
    rows = play.world.rows(
        "SELECT c.item_code, c.history, array_agg(e.code ORDER BY e.sequence) AS events "
        "FROM item_cases c JOIN status_events e ON e.item_case_id = c.id WHERE c.stage_case_id = :stage GROUP BY c.id",
        stage=play.stage_case,
    )
    for row in rows:
        assert row.history == row.events, f"{row.item_code} 的办理状态 {row.history} 与事件 {row.events} 不符"
        course = " ".join(map(str, row.history)) + " "
        assert LEGAL.fullmatch(course), f"{row.item_code} 的办理状态次序不合规定：{row.history}"


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
    """R3, R5: and its clock stands exactly while a special procedure that says so is one of the causes."""
    rows = play.world.rows(
        "SELECT h.item_case_id, h.procedure, h.stops_clock, c.main FROM holds h "
        "LEFT JOIN item_cases c ON c.id = h.item_case_id WHERE h.stage_case_id = :stage AND h.ended_at IS NULL",
        stage=play.stage_case,
    )
    stage = [row for row in rows if row.item_case_id is None]
    causes = [play.world.release.special_procedures[row.procedure] for row in rows if row.item_case_id and row.main]
    assert bool(stage) == bool(causes), "R3 冻结与主流程事项的挂起不一致"
    if stage:
        stops = any(cause.stops_stage_clock for cause in causes)
        assert stage[0].stops_clock == stops, f"R3 阶段时钟应停 {stops}，实停 {stage[0].stops_clock}"


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
    approved = {item.item_code for item in play.items() if APPROVING & set(item.history)}
    completed = play.status() == "completed"
    assert not completed or main <= approved, f"R6 主流程事项 {main - approved} 未办结就阶段性办结"
    if main and main <= approved and not completed and not play.voided and not play.tasks("answer"):
        assert play.tasks("complete"), "R6 主流程事项已全部办结，却不能阶段性办结"


def a_planning_has_one_report(play: Play) -> None:
    """R7."""
    (row,) = play.world.rows(REPORTS, stage=play.stage_case, text=str(play.stage_case))
    assert row.reports == row.told == row.issued, f"R7 策划报告 {row.reports}，告知 {row.told}，出具 {row.issued}"


def a_promise_is_followed_up_until_it_is_settled(play: Play) -> None:
    """Whatever becomes of the stage: an open promise has its task, with a limit that no hold stops."""
    rows = play.world.rows(
        "SELECT p.kind FROM promises p WHERE p.stage_case_id = :stage AND (p.status = 'open') <> EXISTS ("
        " SELECT FROM work_items w JOIN due_rows d ON d.task_id = w.id AND d.cancelled_at IS NULL AND NOT d.held"
        " WHERE w.instance_id = p.instance_id AND w.status = 'open')",
        stage=play.stage_case,
    )
    assert not rows, f"承诺的跟踪与承诺的状态不符：{rows}"


def a_stage_is_live_once_and_documents_have_no_gap(play: Play) -> None:
    """At most one live stage case of an engineering and a stage; numbers of documents follow one another."""
    live = play.world.rows(
        "SELECT stage FROM stage_cases WHERE status = 'open' GROUP BY engineering_id, stage HAVING count(*) > 1"
    )
    assert not live, f"同一阶段有两个在办的阶段办理：{live}"
    gaps = play.world.rows(
        "SELECT kind FROM issued_documents GROUP BY region_code, kind, year "
        "HAVING count(*) <> max(number) OR count(DISTINCT number) <> count(*)"
    )
    assert not gaps, f"文书编号不连续：{gaps}"


RULES = (
    no_task_of_a_held_item_was_done,
    limits_stand_exactly_while_held,
    clocks_follow_from_the_events,
    the_order_is_kept_and_exactly_the_planned_is_dispatched,
    the_stage_is_frozen_exactly_with_a_main_line_item,
    a_void_stage_leaves_nothing,
    the_milestone_waits_for_the_main_line_alone,
    a_planning_has_one_report,
    a_limit_fires_after_its_due_alone,
    items_take_the_legal_course,
    a_promise_is_followed_up_until_it_is_settled,
    a_stage_is_live_once_and_documents_have_no_gap,
)
