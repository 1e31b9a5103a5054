"""Complete several tasks of one form in one request: all of them, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from accounts.actor import Actor
from cases.complete_task import complete_task
from cases.position import Position
from errors import Invalid, Refused


class Completion(NamedTuple):
    """A task with the values of its form."""

    task_id: UUID
    values: Mapping[str, Any]


def complete_tasks(
    session: Session, actor: Actor, completions: Sequence[Completion], copies: Sequence[UUID] = ()
) -> list[Position]:
    """Complete every task, in order; a department answers for its many items at once.

    The tasks are of one stage case and have one form. What is refused about one is refused for all, and the field
    names which one it was. Raises what ``complete_task`` raises, and ``Invalid`` for tasks that do not go together.
    """
    done: list[Position] = []
    for number, completion in enumerate(completions):
        try:
            found = complete_task(session, actor, completion.task_id, completion.values, copies)
            if done and (found.stage_case_id, found.form) != (done[0].stage_case_id, done[0].form):
                raise Invalid("tasks_differ", "一次只能办理同一个阶段办理的同一种任务，请分开提交。", field="task_id")
        except Refused as refusal:
            _name(refusal, f"completions.{number}.")
            raise
        done.append(found)
    return done


def _name(refusal: Refused, prefix: str) -> None:
    """Say in which completion the mistake is."""
    if refusal.code == "form_invalid":
        errors = refusal.details.get("errors")
        assert isinstance(errors, list)
        for error in errors:
            error["field"] = f"{prefix}values.{error['field']}".rstrip(".")
    elif not (refusal.field or "").startswith("copies."):
        refusal.field = prefix + (refusal.field or "task_id")
