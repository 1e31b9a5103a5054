"""The engine against the contract: every case straight, saved and restored between every two steps, and on stock."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from engine.lint import lint
from engine.registry import Registry
from tests.unit.engine.contract.cases import (
    boundary_events,
    call_activities,
    errors_and_escalations,
    event_sub_processes,
    event_sub_processes_in_company,
    events,
    gateways,
    implicit_gateways,
    loops,
    operations,
    sub_processes,
)
from tests.unit.engine.contract.platform import platform_trace, without_saving
from tests.unit.engine.contract.script import DIAGRAMS, Case, Trace
from tests.unit.engine.contract.stock import stock_trace

THEMES = (
    events,
    operations,
    gateways,
    implicit_gateways,
    sub_processes,
    boundary_events,
    errors_and_escalations,
    loops,
    event_sub_processes,
    event_sub_processes_in_company,
    call_activities,
)
CASES = [case for theme in THEMES for case in theme.CASES]
REGISTRY = Registry(operations=frozenset({"double", "fail", "ask"}), roles=frozenset({"clerk"}))

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
every_case_that_stock_gets_wrong = pytest.mark.parametrize(
    "case", [case for case in CASES if case.stock is not None], ids=lambda case: case.name
)


@pytest.fixture(autouse=True)
def _without_the_log_of_stock() -> Iterator[None]:
    logging.disable(logging.CRITICAL)  # it writes a line for every change of a state
    yield
    logging.disable(logging.NOTSET)


def expected(case: Case) -> Trace:
    """What is right: written by hand, or what stock SpiffWorkflow does now."""
    return case.expected if case.expected is not None else stock_trace(case)


@every_case
def test_saved_and_restored_between_every_two_steps(case: Case) -> None:
    assert platform_trace(case) == expected(case)


@every_case
def test_straight_through(case: Case) -> None:
    with without_saving():
        assert platform_trace(case) == expected(case)


@every_case_that_stock_gets_wrong
def test_stock_still_answers_what_was_recorded(case: Case) -> None:
    assert stock_trace(case) == case.stock
    assert case.stock != case.expected
    assert case.because


def test_every_diagram_has_its_case() -> None:
    assert sorted(case.name for case in CASES) == sorted(diagram.stem for diagram in DIAGRAMS.glob("*.bpmn"))


@every_case
def test_lint_finds_nothing_but_the_missing_drawing(case: Case) -> None:
    found = lint({f"{case.name}.bpmn": case.diagram}, REGISTRY)
    assert {finding.rule for finding in found if finding.severity == "error"} <= {"diagram-interchange"}
