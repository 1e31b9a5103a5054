"""Files and issued documents."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import BYTEA, JSONB

from database.migrations.columns import Instant, required

revision = "0010"
down_revision = "0009"

# What was issued stays as it was issued, and its first rendering is its only one.
ISSUED_IS_FIXED = """
    CREATE FUNCTION issued_document_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'an issued document does not change' USING ERRCODE = 'restrict_violation';
    END $$
"""
ISSUED_TRIGGER = """
    CREATE TRIGGER issued_documents_fixed BEFORE UPDATE ON issued_documents FOR EACH ROW
    WHEN (
        (OLD.id, OLD.kind, OLD.region_code, OLD.year, OLD.number, OLD.stage_case_id, OLD.item_case_id, OLD.data,
         OLD.issued_by, OLD.issued_at)
        IS DISTINCT FROM
        (NEW.id, NEW.kind, NEW.region_code, NEW.year, NEW.number, NEW.stage_case_id, NEW.item_case_id, NEW.data,
         NEW.issued_by, NEW.issued_at)
        OR (OLD.sha256 IS NOT NULL AND (OLD.sha256, OLD.rendered_at) IS DISTINCT FROM (NEW.sha256, NEW.rendered_at))
    )
    EXECUTE FUNCTION issued_document_is_fixed()
"""


def upgrade() -> None:
    _files()
    _documents()


def _files() -> None:
    op.create_table(
        "stored_files",
        required("sha256", Text),
        required("size", BigInteger),
        required("media_type", Text),
        required("scan_state", Text),
        Column("scan_detail", Text),
        Column("scanned_at", Instant),
        required("stored_at", Instant),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="ck_stored_files_digest"),
        CheckConstraint("scan_state IN ('not_scanned', 'clean')", name="ck_stored_files_scan_state"),
        CheckConstraint("(scan_state = 'clean') = (scanned_at IS NOT NULL)", name="ck_stored_files_scanned"),
        CheckConstraint("size > 0", name="ck_stored_files_size"),
        PrimaryKeyConstraint("sha256", name="pk_stored_files"),
    )
    op.create_table(
        "uploads",
        required("id", Uuid),
        required("sha256", Text),
        required("name", Text),
        required("uploaded_by", Uuid),
        required("uploaded_at", Instant),
        required("audit_sequence", BigInteger, server_default=text("0")),
        required("audit_hash", BYTEA, server_default=text("''::bytea")),
        ForeignKeyConstraint(["sha256"], ["stored_files.sha256"], name="fk_uploads_sha256_stored_files"),
        ForeignKeyConstraint(["uploaded_by"], ["users.id"], name="fk_uploads_uploaded_by_users"),
        PrimaryKeyConstraint("id", name="pk_uploads"),
    )
    op.create_index("ix_uploads_sha256", "uploads", ["sha256"])
    op.create_index("ix_uploads_uploaded_by", "uploads", ["uploaded_by", "uploaded_at", "id"])
    subjects = ("project_id", "stage_case_id", "item_case_id")
    op.create_table(
        "file_uses",
        required("id", Uuid),
        required("upload_id", Uuid),
        *(Column(name, Uuid) for name in subjects),
        required("purpose", Text),
        required("label", Text, server_default=text("''")),
        required("attached_by", Uuid),
        required("attached_at", Instant),
        CheckConstraint(f"num_nonnulls({', '.join(subjects)}) = 1", name="ck_file_uses_one_subject"),
        ForeignKeyConstraint(["attached_by"], ["users.id"], name="fk_file_uses_attached_by_users"),
        ForeignKeyConstraint(["item_case_id"], ["item_cases.id"], name="fk_file_uses_item_case_id_item_cases"),
        ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_file_uses_project_id_projects"),
        ForeignKeyConstraint(["stage_case_id"], ["stage_cases.id"], name="fk_file_uses_stage_case_id_stage_cases"),
        ForeignKeyConstraint(["upload_id"], ["uploads.id"], name="fk_file_uses_upload_id_uploads"),
        PrimaryKeyConstraint("id", name="pk_file_uses"),
        UniqueConstraint(
            "upload_id",
            *subjects,
            "purpose",
            "label",
            name="uq_file_uses_once",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_file_uses_attached_by", "file_uses", ["attached_by"])
    for name in subjects:
        op.create_index(f"ix_file_uses_{name}", "file_uses", [name], postgresql_where=text(f"{name} IS NOT NULL"))


def _documents() -> None:
    op.create_table(
        "document_numbers",
        required("region_code", Text),
        required("kind", Text),
        required("year", Integer),
        required("last", Integer),
        ForeignKeyConstraint(["region_code"], ["regions.code"], name="fk_document_numbers_region_code_regions"),
        PrimaryKeyConstraint("region_code", "kind", "year", name="pk_document_numbers"),
    )
    op.create_table(
        "issued_documents",
        required("id", Uuid),
        required("kind", Text),
        required("region_code", Text),
        required("year", Integer),
        required("number", Integer),
        required("stage_case_id", Uuid),
        Column("item_case_id", Uuid),
        required("data", JSONB),
        Column("issued_by", Uuid),
        required("issued_at", Instant),
        Column("sha256", Text),
        Column("rendered_at", Instant),
        required("audit_sequence", BigInteger, server_default=text("0")),
        required("audit_hash", BYTEA, server_default=text("''::bytea")),
        CheckConstraint("number > 0", name="ck_issued_documents_number"),
        CheckConstraint("(sha256 IS NULL) = (rendered_at IS NULL)", name="ck_issued_documents_rendered"),
        ForeignKeyConstraint(["issued_by"], ["users.id"], name="fk_issued_documents_issued_by_users"),
        ForeignKeyConstraint(["item_case_id"], ["item_cases.id"], name="fk_issued_documents_item_case_id_item_cases"),
        ForeignKeyConstraint(["region_code"], ["regions.code"], name="fk_issued_documents_region_code_regions"),
        ForeignKeyConstraint(["sha256"], ["stored_files.sha256"], name="fk_issued_documents_sha256_stored_files"),
        ForeignKeyConstraint(
            ["stage_case_id"], ["stage_cases.id"], name="fk_issued_documents_stage_case_id_stage_cases"
        ),
        PrimaryKeyConstraint("id", name="pk_issued_documents"),
        UniqueConstraint("region_code", "kind", "year", "number", name="uq_issued_documents_number"),
    )
    op.create_index("ix_issued_documents_issued_by", "issued_documents", ["issued_by"])
    op.create_index("ix_issued_documents_stage_case", "issued_documents", ["stage_case_id", "issued_at", "id"])
    for name in ("item_case_id", "sha256"):
        condition = text(f"{name} IS NOT NULL")
        op.create_index(f"ix_issued_documents_{name}", "issued_documents", [name], postgresql_where=condition)
    op.execute(ISSUED_IS_FIXED)
    op.execute(ISSUED_TRIGGER)
