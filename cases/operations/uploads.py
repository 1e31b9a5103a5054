"""The uploads that the form of a task names: real files, of somebody who may use them, for this project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from cases.context import Context
from cases.models.items import ItemCase
from cases.models.projects import Engineering
from cases.models.stages import StageCase
from cases.queries.files import visible_uploads
from errors import Invalid
from files.attach_file import attach_files
from files.models import FileUse, Upload


def use_uploads(
    session: Session,
    context: Context,
    named: Mapping[str, str],
    *,
    purpose: str,
    labels: Mapping[str, str],
    item_case_id: UUID | None = None,
) -> dict[str, UUID]:
    """Attach the uploads that a form names to the stage case, or to an item case of it; their ids by their field.

    ``named`` are the texts of the form by field, ``labels`` what each upload is, by field. The actor may use what he
    uploaded himself, and what he sees that serves this project already. Raises ``Invalid`` at the first field that
    names none of these. The audit entry of the command holds the ids.
    """
    ids = {field: _identifier(text, field) for field, text in named.items()}
    known = set(session.scalars(_usable(context, set(ids.values())))) if ids else set()
    for field, upload_id in ids.items():
        if upload_id not in known:
            raise _unknown(field)
    uses = [(upload_id, labels[field]) for field, upload_id in ids.items()]
    attach_files(
        session,
        uses,
        subject="item_case_id" if item_case_id else "stage_case_id",
        subject_id=item_case_id or context.stage_case_id,
        purpose=purpose,
        by=context.actor_id,
        now=context.now,
    )
    return ids


def references(rows: Sequence[Mapping[str, Any]] | None, path: str) -> dict[str, str]:
    """The uploads that a list of a form names, in their order, by the field that names each.

    Raises ``Invalid`` for one that is named twice.
    """
    found: dict[str, str] = {}
    for number, row in enumerate(rows or ()):
        field = f"{path}.{number}.reference"
        if row["reference"] in found.values():
            raise named_twice(field)
        found[field] = row["reference"]
    return found


def named_twice(field: str) -> Invalid:
    """The refusal of a file that a list names a second time."""
    return Invalid("file_repeated", "同一个文件填了两次，每个文件只填一次。", field=field)


def keep_files(context: Context, purpose: str, label: str, item_case_id: UUID | None = None) -> None:
    """Keep the ``files`` of the form, if any, with the stage case, or with an item case of it."""
    named = references(context.submission.get("files"), "values.files")

    def write(session: Session) -> None:
        labels = dict.fromkeys(named, label)
        use_uploads(session, context, named, purpose=purpose, labels=labels, item_case_id=item_case_id)

    if named:
        context.changes.later.append(write)


def of_project(stage_case_id: UUID) -> Select[UUID]:
    """The stage cases of the project of a stage case, itself among them."""
    mine = select(Engineering.project_id).join(StageCase).where(StageCase.id == stage_case_id).scalar_subquery()
    return select(StageCase.id).join(Engineering).where(Engineering.project_id == mine)


def _usable(context: Context, ids: set[UUID]) -> Select[UUID]:
    assert context.actor is not None  # the platform itself fills in no form
    stages = of_project(context.stage_case_id)
    project = select(Engineering.project_id).join(StageCase).where(StageCase.id == context.stage_case_id)
    items = select(ItemCase.id).where(ItemCase.stage_case_id.in_(stages))
    serving = select(FileUse.upload_id).where(
        FileUse.upload_id.in_(ids),
        or_(
            FileUse.stage_case_id.in_(stages),
            FileUse.item_case_id.in_(items),
            FileUse.project_id == project.scalar_subquery(),
        ),
    )
    return (
        visible_uploads(context.actor)
        .with_only_columns(Upload.id)
        .where(Upload.id.in_(ids), or_(Upload.uploaded_by == context.actor.user_id, Upload.id.in_(serving)))
    )


def _identifier(text: str, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise _unknown(field) from None


def _unknown(field: str) -> Invalid:
    message = "没有这个文件，或者它不是您上传的，也没有用在本项目上；请先上传文件，再填写它的编号。"
    return Invalid("file_unknown", message, field=field)
