"""Read what a pack says of handling an item: special procedures, extension, pledges, deferred materials."""

from __future__ import annotations

from processes.findings import Finding
from processes.reading import Files, Row, read_rows
from processes.release import Handling, SpecialProcedure

LIMITS = ("extension", "pledge_check", "deferred_check")
ASK_AGAIN = "ask_again"
PROCEDURES = ("code", "name", "limit", "stops_stage_clock", "evidence")


def read_handling(table: Row) -> Handling:
    """The table ``[handling]`` of ``pack.toml``: limits, and the ways of delivery."""
    table.no_more_than((*LIMITS, ASK_AGAIN, "delivery"))
    ways = table.values.get("delivery")
    if not isinstance(ways, list) or not ways or not all(isinstance(way, str) and way.strip() for way in ways):
        table.fault("没有写明送达方式", '请写成 delivery = ["窗口领取", "邮寄"]', "delivery")
        ways = []
    again = table.limit(ASK_AGAIN) if ASK_AGAIN in table.values else None
    return Handling(**{key: table.limit(key) for key in LIMITS}, delivery=tuple(ways), ask_again=again)


def read_special_procedures(files: Files, findings: list[Finding]) -> dict[str, SpecialProcedure]:
    """The special procedures by code; one without a limit ends when its evidence is there."""
    procedures: dict[str, SpecialProcedure] = {}
    for row in read_rows(files, "special_procedures.csv", PROCEDURES, findings):
        code = row.text("code")
        if code in procedures:
            row.fault(f"特殊环节 {code} 出现了两次", "请删去一行，或换一个编码")
        procedures[code] = SpecialProcedure(
            code=code,
            name=row.text("name"),
            limit=row.limit("limit") if row.maybe("limit") else None,
            stops_stage_clock=row.flag("stops_stage_clock"),
            evidence=row.maybe("evidence"),
        )
    return procedures
