"""Every scenario runs twice: straight, and with saving and restoring between all steps."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.definitions import prepare
from tests.unit.engine.world import Operation, World

MakeWorld = Callable[..., World]


@pytest.fixture(params=["straight", "saving"])
def make_world(request: pytest.FixtureRequest) -> MakeWorld:
    """Makes a world of a diagram's bytes; further arguments are its local operations by name."""

    def make(content: bytes, **operations: Operation) -> World:
        return World(prepare({"diagram.bpmn": content}), request.param == "saving", operations)

    return make
