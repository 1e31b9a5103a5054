"""Writes the kept states of the codec's present version: ``python -m tests.unit.engine.keep_states``.

Run it once when a version is new, commit the files, and never write them again: they stand for what databases hold.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine import Snapshot
from engine.codec import VERSION
from engine.definitions import prepare
from tests.unit.engine.walks import START, WALKS
from tests.unit.engine.world import World

FOLDER = Path(__file__).parent / "states" / f"version_{VERSION}"


def stage(world: World) -> tuple[str, str | None]:
    """Refusals heard, a child ended, one in its second round, one in a branch of its own."""
    world.complete("review", "b", decision=2)
    world.complete("review", "a", decision=1)
    world.send("papers", world.child("a"), file="f")
    world.fire("late", "a")
    world.complete("note", decision=3)
    return "review", "a"


def loops(world: World) -> tuple[str, str | None]:
    """A join half complete, an answer open, a repetition that has ended."""
    world.signal("stop")
    world.complete("left", decision=1)
    world.complete("right", decision=2)
    parts = [row for row in world.tasks.values() if row.element_id == "part"]
    world.complete_id(parts[0].instance_id, parts[0].task_id, decision=0)
    return "part", None


def events(world: World) -> tuple[str, str | None]:
    """A sub-process in which one path has ended."""
    world.fire("late")
    world.complete("second", decision=3)
    return "first", None


def write() -> None:
    """Write one file for each diagram."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, prepare_state in (("stage", stage), ("loops", loops), ("events", events)):
        world = World(prepare({name: WALKS[name]}), True, {})
        world.start("main", **START)
        element, key = prepare_state(world)
        snapshots = [_fields(snapshot) for snapshot in world.snapshots.values()]
        still_open = world.open_tasks
        instance_id = world.task(element, key).instance_id
        world.complete(element, key, decision=1)
        state = world.state(instance_id)
        stored = {
            "snapshots": snapshots,
            "open": still_open,
            "complete": [element, key],
            "then": [token.element_id for token in state.tokens],
            "data": dict(state.data),
        }
        (FOLDER / f"{name}.json").write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _fields(snapshot: Snapshot) -> dict[str, Any]:
    fields = {name: getattr(snapshot, name) for name in Snapshot.__slots__}
    fields["state"] = snapshot.state.decode()
    return {name: value if value is None or isinstance(value, int) else str(value) for name, value in fields.items()}


if __name__ == "__main__":
    write()
