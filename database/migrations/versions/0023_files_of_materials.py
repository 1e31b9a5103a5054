"""A material may hold several files in their order, a reused result names its document, a promise its day and place."""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import Column, Date, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY

from database.migrations.columns import required

revision = "0023"
down_revision = "0022"

MATERIALS, PROMISES = "stage_materials", "promises"
UNJUDGED = """
    UPDATE stage_materials SET status = 'not_applicable', reason = '此前登记：形式审查通过时没有提交'
    WHERE necessity = 'conditional' AND status = 'missing' AND EXISTS (
        SELECT FROM work_items AS task
        WHERE task.stage_case_id = stage_materials.stage_case_id AND task.guard = 'materials_passed'
        AND task.status = 'open')
"""
PLACES = """
    UPDATE promises
    SET due_on = (promises.content ->> (CASE kind WHEN 'pledge' THEN 'due_on' ELSE 'promised_by' END))::date,
        lead_id = stage_cases.lead_id, department_id = item_cases.department_id, region_code = stage_cases.region_code
    FROM stage_cases, item_cases
    WHERE stage_cases.id = promises.stage_case_id AND item_cases.id = promises.item_case_id
"""
RESULTS = """
    UPDATE stage_materials SET result_document_id = (
        SELECT id FROM issued_documents AS cover
        WHERE cover.item_case_id = result_of_id AND cover.kind = 'approval_cover'
        ORDER BY issued_at DESC LIMIT 1)
    WHERE result_of_id IS NOT NULL
"""


def upgrade() -> None:
    _materials()
    _promises()


def _materials() -> None:
    op.add_column(MATERIALS, required("upload_ids", ARRAY(Uuid), server_default=text("'{}'")))
    op.add_column(MATERIALS, Column("result_document_id", Uuid))
    op.execute(f"UPDATE {MATERIALS} SET upload_ids = ARRAY[upload_id] WHERE upload_id IS NOT NULL")
    op.execute(RESULTS)
    # What had passed its review before a condition had to be judged is not held up by it.
    op.execute(UNJUDGED)
    name = "result_document_id"
    op.create_foreign_key(f"fk_{MATERIALS}_{name}_issued_documents", MATERIALS, "issued_documents", [name], ["id"])
    op.create_index(f"ix_{MATERIALS}_{name}", MATERIALS, [name], postgresql_where=text(f"{name} IS NOT NULL"))
    op.drop_constraint(f"ck_{MATERIALS}_document", MATERIALS)
    op.drop_column(MATERIALS, "upload_id")
    op.create_check_constraint(
        op.f(f"ck_{MATERIALS}_document"),
        MATERIALS,
        "status NOT IN ('submitted', 'passed') OR upload_ids <> '{}' OR result_of_id IS NOT NULL "
        "OR starts_with(coalesce(reason, ''), '此前登记：')",
    )


def _promises() -> None:
    columns: tuple[tuple[str, Any, str | None], ...] = (
        ("due_on", Date, None),
        ("lead_id", Uuid, "organisations.id"),
        ("department_id", Uuid, "organisations.id"),
        ("region_code", Text, "regions.code"),
    )
    for name, kind, _ in columns:
        op.add_column(PROMISES, Column(name, kind))
    op.execute(PLACES)
    for name, _, other in columns:
        op.alter_column(PROMISES, name, nullable=False)
        if other is not None:
            table, column = other.split(".")
            op.create_foreign_key(f"fk_{PROMISES}_{name}_{table}", PROMISES, table, [name], [column])
            is_open = text("status = 'open'")
            op.create_index(f"ix_{PROMISES}_{name}", PROMISES, [name, "due_on", "id"], postgresql_where=is_open)
    op.drop_index("ix_promises_open", PROMISES)
