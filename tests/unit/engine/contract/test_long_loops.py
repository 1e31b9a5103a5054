"""Loops of a thousand rounds: nothing goes silent, and the state does not grow."""

from __future__ import annotations

import logging
from contextlib import nullcontext

import pytest

from engine.definitions import prepare
from tests.unit.engine.contract.platform import ROOT, Platform, without_saving
from tests.unit.engine.contract.script import DIAGRAMS, Case, Complete, Step, complete, message
from tests.unit.engine.contract.stock import stock_trace

ROUNDS = 1000
ROUND: dict[str, tuple[Step, ...]] = {
    "loop_of_many_rounds": (complete("a", more=True),),
    "loop_of_many_rounds_with_a_fork": (complete("b"), complete("a", more=True)),
    "loop_around_a_sub_process_with_a_boundary_event": (message(), complete("c", more=True)),
    "event_gateway_works_in_each_round": (message(), complete("a")),
}


@pytest.mark.parametrize("straight", [False, True], ids=["saved", "straight"])
@pytest.mark.parametrize("name", ROUND)
def test_every_round_is_like_the_one_before(name: str, straight: bool) -> None:
    with without_saving() if straight else nullcontext():
        platform = Platform(prepare({name: (DIAGRAMS / f"{name}.bpmn").read_bytes()}))
        platform.do(None)
        at_first, size = platform.still_open(), 0
        for done in range(ROUNDS // 20 if straight else ROUNDS):
            for step in ROUND[name]:
                platform.do(step)
            assert platform.still_open() == at_first
            if done == 10:
                size = len(platform.snapshots[ROOT].state)
        assert len(platform.snapshots[ROOT].state) <= size + 20  # a number may get longer


def test_stock_goes_silent_after_some_hundred_rounds() -> None:
    logging.disable(logging.CRITICAL)
    rounds: tuple[Complete, ...] = (complete("a", more=True),) * 600
    last_seen = stock_trace(Case("loop_of_many_rounds", rounds)).moments
    logging.disable(logging.NOTSET)
    assert last_seen[-1] == "!"
    assert 300 < len(last_seen) < 600
