"""Whether the database itself keeps the application from changing the audit."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

WRITABLE = text("""
    SELECT bool_or(has_table_privilege(current_user, name::regclass, right_))
    FROM unnest(ARRAY['audit_entries', 'audit_seals', 'audit_seal_heads']) AS name,
         unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS right_
""")


def audit_protected(session: Session) -> bool:
    """False when the role of this session could update or delete audit rows: readiness says "audit unprotected"."""
    return session.execute(WRITABLE).scalar_one() is False
