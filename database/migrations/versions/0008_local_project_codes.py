"""The numbers of local project codes, and the shapes that tell the two kinds of code apart."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("CREATE SEQUENCE local_project_codes")
    op.create_check_constraint("ck_projects_code_shape", "projects", "(code_kind = 'local') = (code LIKE 'L%')")
