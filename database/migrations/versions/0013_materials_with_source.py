"""Materials of a stage case: where each comes from, the upload or the result that it is, and the promise."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Date, Text, Uuid, text

from database.migrations.columns import required

revision = "0013"
down_revision = "0015"

TABLE = "stage_materials"
STATUSES = "'missing', 'submitted', 'passed', 'returned', 'deferred', 'not_applicable'"


def upgrade() -> None:
    op.add_column(TABLE, required("source", Text, server_default=text("'applicant'")))
    op.add_column(TABLE, Column("condition", Text))
    op.add_column(TABLE, Column("upload_id", Uuid))
    op.add_column(TABLE, Column("result_of_id", Uuid))
    op.add_column(TABLE, Column("promised_by", Date))
    for name, other in (("upload_id", "uploads"), ("result_of_id", "item_cases")):
        op.create_foreign_key(f"fk_{TABLE}_{name}_{other}", TABLE, other, [name], ["id"])
        op.create_index(f"ix_{TABLE}_{name}", TABLE, [name], postgresql_where=text(f"{name} IS NOT NULL"))
    op.drop_constraint(f"ck_{TABLE}_status", TABLE)
    op.create_check_constraint(op.f(f"ck_{TABLE}_status"), TABLE, f"status IN ({STATUSES})")
    op.create_check_constraint(op.f(f"ck_{TABLE}_source"), TABLE, "source IN ('applicant', 'result', 'on_file')")
    op.create_check_constraint(
        op.f(f"ck_{TABLE}_deferred"),
        TABLE,
        "status <> 'deferred' OR (necessity = 'deferrable' AND promised_by IS NOT NULL)",
    )
    # What was taken before had only words in the place of a document: they are kept, and say so.
    op.execute(
        f"UPDATE {TABLE} SET reason = '此前登记：' || coalesce(reference, '') "
        "WHERE status IN ('submitted', 'passed') OR (reference IS NOT NULL AND reason IS NULL)"
    )
    op.drop_column(TABLE, "reference")
    op.create_check_constraint(
        op.f(f"ck_{TABLE}_document"),
        TABLE,
        "status NOT IN ('submitted', 'passed') OR num_nonnulls(upload_id, result_of_id) = 1 "
        "OR starts_with(coalesce(reason, ''), '此前登记：')",
    )
