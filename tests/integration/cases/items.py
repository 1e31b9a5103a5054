"""Item cases as the tests speak of them: by the code of their item, the latest where there are several."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accounts.actor import Actor
from cases.models import WorkItem
from tests.integration.cases.world import World


def waiting_for_review(world: World) -> UUID:
    """A stage whose items have arrived at their departments."""
    found = world.start()
    world.drive(found, until="review")
    return found


def item(world: World, code: str) -> Any:
    """The latest item case of an item."""
    return world.rows("SELECT * FROM item_cases WHERE item_code = :code ORDER BY attempt DESC", code=code)[0]


def task_of(world: World, code: str) -> WorkItem:
    """The open task of an item."""
    found = item(world, code)
    return next(task for task in world.tasks(found.stage_case_id) if task.item_case_id == found.id)


def officer(world: World, code: str, role: str = "officer") -> Actor:
    """Somebody of the item's department."""
    return world.person(item(world, code).department_id, role)


def accept(world: World, code: str, **values: Any) -> None:
    """The item is reviewed and accepted."""
    world.complete(task_of(world, code), {"decision": "accept"})
    world.complete(task_of(world, code), values)


def approve(world: World, code: str) -> None:
    """The item is approved."""
    world.complete(task_of(world, code), world.values(task_of(world, code)))
