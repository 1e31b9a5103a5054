"""End a subtree of instances as one set-based act: nothing in it is loaded, no diagram runs."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from cases.changes import Changes

TREE = text("""
    WITH RECURSIVE tree(id) AS (
        SELECT unnest(CAST(:roots AS uuid[]))
        UNION
        SELECT below.id FROM process_instances below JOIN tree ON below.parent_id = tree.id
    )
    SELECT id FROM tree
""")
# The instances are locked first; what their last commands wrote is seen by the statement after.
INSTANCES = text("""
    UPDATE process_instances SET status = 'cancelled', ended_at = :now, version = version + 1
    WHERE id = ANY(:ids) AND status = 'active'
""")
REST = text("""
    WITH gone AS (
        SELECT item_case_id AS id FROM process_instances WHERE id = ANY(:ids) AND item_case_id IS NOT NULL
    ), tasks AS (
        UPDATE work_items SET status = 'cancelled', closed_at = :now
        WHERE instance_id = ANY(:ids) AND status = 'open'
    ), limits AS (
        UPDATE due_rows SET cancelled_at = :now
        WHERE instance_id = ANY(:ids) AND cancelled_at IS NULL
    ), ended AS (
        UPDATE item_cases SET ended_at = :now, end_reason = :reason
        WHERE id IN (SELECT id FROM gone) AND ended_at IS NULL
    )
    UPDATE holds SET ended_at = :now, ended_by = :actor
    WHERE item_case_id IN (SELECT id FROM gone) AND ended_at IS NULL
""")


def cancel_subtrees(session: Session, changes: Changes) -> None:
    """Cancel every subtree that the command named, with its tasks, limits, item cases and holds."""
    if not changes.cancelled:
        return
    roots = [instance for instance, _ in changes.cancelled]
    ids = list(session.execute(TREE, {"roots": roots}).scalars())
    values = {"ids": ids, "now": changes.now}
    session.execute(INSTANCES, values)
    session.execute(REST, {**values, "reason": changes.cancelled[0][1], "actor": changes.actor_id})
