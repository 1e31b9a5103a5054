"""Random diagrams, driven at random: after every step exactly what must be open is open."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from random import Random
from uuid import UUID

import pytest

from engine import commands
from engine.commands.inspect import Standing
from engine.definitions import Definitions, prepare
from tests.unit.engine.contract.blocks import Drawing, random_process
from tests.unit.engine.contract.platform import Platform, waits, without_saving
from tests.unit.engine.contract.reference import Open, Reference

SEEDS = range(150)
WILD_STEPS = 40
MOST_STEPS = 400


class Driven(Platform):
    """The instances of a random diagram; of several equal open elements it knows which has been open longest."""

    def __init__(self, definitions: Definitions) -> None:
        super().__init__(definitions)
        self._first_seen: dict[UUID, tuple[int, int]] = {}
        self._looks = 0
        self.do(None)

    def open_in_order(self) -> list[tuple[UUID, Standing]]:
        """What is open, longest first."""
        self._looks += 1
        found = [(instance, standing) for instance, standing in self.standing() if waits(standing)]
        self._first_seen = {
            standing.task_id: self._first_seen.get(standing.task_id, (self._looks, position))
            for position, (_, standing) in enumerate(found)
        }
        return sorted(found, key=lambda one: self._first_seen[one[1].task_id])

    def happen(self, element: str, data: dict[str, bool]) -> None:
        """Complete the task, or let the event occur, that has been open longest under this id."""
        instance, standing = next(one for one in self.open_in_order() if one[1].element_id == element)
        task_id = standing.task_id
        if standing.kind == "UserTask":
            self.keep(commands.complete(self.definitions, self.snapshots, instance, task_id, data))
        elif standing.message is not None:
            name = standing.message
            self.keep(commands.correlate(self.definitions, self.snapshots, instance, name, {}, task_id=task_id))
        else:
            self.keep(commands.fire(self.definitions, self.snapshots, instance, task_id))


@pytest.mark.parametrize("straight", [False, True], ids=["saved", "straight"])
@pytest.mark.parametrize("seed", SEEDS)
def test_is_run_as_its_blocks_say(seed: int, straight: bool) -> None:
    process = random_process(seed)
    choice = Random(seed)
    done: list[str] = []
    with without_saving() if straight else nullcontext():
        reference = Reference()
        reference.start(process)
        driven = Driven(prepare({"random.bpmn": Drawing().definitions(process)}))
        while not reference.ended:
            assert len(done) < MOST_STEPS, done
            assert _open(driven) == Counter(waiting.element for waiting in reference.open()), done
            assert not driven.has_ended, done
            next_one = _choose(reference, choice, wild=len(done) < WILD_STEPS)
            data = _answer(next_one.element, choice, reference, wild=len(done) < WILD_STEPS // 2)
            done.append(next_one.element)
            reference.happen(next_one)
            driven.happen(next_one.element, data)
        assert driven.has_ended, done


def _open(driven: Driven) -> Counter[str]:
    return Counter(standing.element_id for _, standing in driven.open_in_order())


def _choose(reference: Reference, choice: Random, wild: bool) -> Open:
    """Anything that is open; after a while only tasks, so that it comes to an end."""
    waiting = reference.open()
    calm = [one for one in waiting if one.trigger == "task"]
    chosen = choice.choice(waiting if wild or not calm else calm)
    return next(one for one in waiting if one.element == chosen.element)


def _answer(element: str, choice: Random, reference: Reference, wild: bool) -> dict[str, bool]:
    """The data of the step: for the question of a loop, whether to go round again."""
    if not element.endswith("_ask"):
        return {}
    loop = element.removesuffix("_ask")
    reference.more[loop] = wild and choice.random() < 0.4
    return {f"{loop}_more": reference.more[loop]}
