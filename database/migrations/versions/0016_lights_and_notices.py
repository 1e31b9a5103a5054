"""Lights beside the dues; what was told of them; notices with their text; channels, dead letters, reminders."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from database.migrations.columns import Instant, required

revision = "0016"
down_revision = "0010"

LIT = "yellow_at IS NOT NULL AND cancelled_at IS NULL"
BURNING = f"{LIT} AND NOT held"
# What ran before is lit from now on: yellow for its last fifth of elapsed time, until its due is computed anew.
FILL = """
    UPDATE due_rows d SET stage_case_id = p.stage_case_id, region_code = s.region_code,
        organisation_id = coalesce(w.organisation_id, i.department_id, s.lead_id),
        yellow_at = CASE WHEN d.kind <> 'timer' THEN d.due_at - (d.due_at - d.started_at) / 5 END,
        light_at = CASE WHEN d.kind <> 'timer' THEN d.due_at - (d.due_at - d.started_at) / 5 END
    FROM process_instances p JOIN stage_cases s ON s.id = p.stage_case_id
        LEFT JOIN item_cases i ON i.id = p.item_case_id, due_rows o LEFT JOIN work_items w ON w.id = o.task_id
    WHERE p.id = d.instance_id AND o.id = d.id
"""
# A limit that had fired was not ended with its token: it is over when its instance or its task is.
END_THE_FIRED = """
    UPDATE due_rows d SET cancelled_at = coalesce(w.closed_at, p.ended_at)
    FROM process_instances p, due_rows o LEFT JOIN work_items w ON w.id = o.task_id
    WHERE p.id = d.instance_id AND o.id = d.id AND d.fired_at IS NOT NULL AND d.cancelled_at IS NULL
      AND coalesce(w.closed_at, p.ended_at) IS NOT NULL
"""


def upgrade() -> None:
    _lights()
    _told()
    _notices()
    _reminders()


def _lights() -> None:
    for name, kind in (("stage_case_id", Uuid), ("region_code", Text), ("organisation_id", Uuid)):
        op.add_column("due_rows", Column(name, kind))
    for name in ("yellow_at", "light_at"):
        op.add_column("due_rows", Column(name, Instant))
    op.execute(FILL)
    op.execute(END_THE_FIRED)
    for name in ("stage_case_id", "region_code"):
        op.alter_column("due_rows", name, nullable=False)
    op.drop_index("ix_due_rows_instance_id", "due_rows")
    op.create_index(
        "ix_due_rows_instance_id", "due_rows", ["instance_id"], postgresql_where=text("cancelled_at IS NULL")
    )
    op.create_index("ix_due_rows_stage_case_id", "due_rows", ["stage_case_id"], postgresql_where=text(LIT))
    op.create_index(
        "ix_due_rows_light_at", "due_rows", ["light_at"], postgresql_where=text(f"{BURNING} AND light_at IS NOT NULL")
    )
    for scope, column in (("region", "region_code"), ("organisation", "organisation_id")):
        for name, instant, where in (
            ("green", "yellow_at", BURNING),
            ("red", "due_at", f"{BURNING} AND NOT provisional"),
            ("yellow", "due_at", f"{BURNING} AND light_at > yellow_at"),
            ("grey", "due_at", f"{LIT} AND held"),
        ):
            op.create_index(
                f"ix_due_rows_{name}_{scope}", "due_rows", [column, instant, "id"], postgresql_where=text(where)
            )


def _told() -> None:
    op.create_table(
        "light_events",
        required("id", Uuid),
        required("due_row_id", Uuid),
        required("colour", Text),
        required("due_at", Instant),
        required("told_at", Instant),
        CheckConstraint("colour IN ('yellow', 'red')", name="ck_light_events_colour"),
        ForeignKeyConstraint(["due_row_id"], ["due_rows.id"], name="fk_light_events_due_row_id_due_rows"),
        PrimaryKeyConstraint("id", name="pk_light_events"),
        UniqueConstraint("due_row_id", "colour", "due_at", name="uq_light_events_due_row_id_colour_due_at"),
    )
    op.create_table(
        "light_counts",
        required("region_code", Text),
        required("organisation_id", Uuid),
        required("stage", Text),
        *(required(colour, BigInteger) for colour in ("green", "yellow", "red", "grey")),
        required("as_of", Instant),
        ForeignKeyConstraint(["region_code"], ["regions.code"], name="fk_light_counts_region_code_regions"),
        ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_light_counts_organisation_id_organisations"
        ),
        PrimaryKeyConstraint("region_code", "organisation_id", "stage", name="pk_light_counts"),
    )
    op.create_index("ix_light_counts_organisation_id", "light_counts", ["organisation_id"])


def _notices() -> None:
    op.add_column("users", Column("email", Text))
    op.add_column("notices", required("title", Text, server_default=text("''")))
    op.add_column("notices", Column("stage_case_id", Uuid))
    op.add_column("notices", Column("item_case_id", Uuid))
    op.create_foreign_key("fk_notices_stage_case_id_stage_cases", "notices", "stage_cases", ["stage_case_id"], ["id"])
    op.create_foreign_key("fk_notices_item_case_id_item_cases", "notices", "item_cases", ["item_case_id"], ["id"])
    for name in ("stage_case_id", "item_case_id"):
        op.create_index(f"ix_notices_{name}", "notices", [name], postgresql_where=text(f"{name} IS NOT NULL"))
    op.create_index(
        "ix_notices_unread", "notices", ["user_id", "delivered_at", "id"], postgresql_where=text("read_at IS NULL")
    )
    for name, kind in (("problem", Text), ("region_code", Text), ("organisation_id", Uuid), ("role", Text)):
        op.add_column("outbox", Column(name, kind))
    op.add_column("outbox", Column("stage_case_id", Uuid))
    op.create_check_constraint("ck_outbox_problem", "outbox", "problem IN ('vacant', 'failed')")
    op.create_index(
        "ix_outbox_problem",
        "outbox",
        ["region_code", "created_at", "id"],
        postgresql_where=text("problem IS NOT NULL AND delivered_at IS NULL"),
    )


def _reminders() -> None:
    op.create_table(
        "reminders",
        required("id", Uuid),
        required("stage_case_id", Uuid),
        Column("work_item_id", Uuid),
        Column("hold_id", Uuid),
        required("organisation_id", Uuid),
        required("role", Text),
        required("text", Text),
        Column("sent_by", Uuid),
        required("sent_at", Instant),
        Column("reply", Text),
        Column("replied_by", Uuid),
        Column("replied_at", Instant),
        CheckConstraint("num_nonnulls(work_item_id, hold_id) = 1", name="ck_reminders_one_subject"),
        CheckConstraint("num_nonnulls(reply, replied_by, replied_at) IN (0, 3)", name="ck_reminders_reply"),
        ForeignKeyConstraint(["stage_case_id"], ["stage_cases.id"], name="fk_reminders_stage_case_id_stage_cases"),
        ForeignKeyConstraint(["work_item_id"], ["work_items.id"], name="fk_reminders_work_item_id_work_items"),
        ForeignKeyConstraint(["hold_id"], ["holds.id"], name="fk_reminders_hold_id_holds"),
        ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_reminders_organisation_id_organisations"
        ),
        ForeignKeyConstraint(["sent_by"], ["users.id"], name="fk_reminders_sent_by_users"),
        ForeignKeyConstraint(["replied_by"], ["users.id"], name="fk_reminders_replied_by_users"),
        PrimaryKeyConstraint("id", name="pk_reminders"),
    )
    op.create_index("ix_reminders_stage_case_id", "reminders", ["stage_case_id", "sent_at", "id"])
    op.create_index("ix_reminders_organisation_id", "reminders", ["organisation_id", "sent_at", "id"])
    for name in ("work_item_id", "hold_id", "sent_by", "replied_by"):
        op.create_index(f"ix_reminders_{name}", "reminders", [name], postgresql_where=text(f"{name} IS NOT NULL"))
