"""No file and no text hurts: each is refused by name, within bounded processor time and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.expressions import ExpressionFailed, ExpressionInvalid, compile_expression
from engine.limits import LimitInvalid, parse_limit
from engine.lint import lint
from engine.registry import Registry
from tests.unit.engine.hostile import FILES, TEXTS, diagram

ROOT = Path(__file__).resolve().parents[3]
MOST_SECONDS = 1.0
MOST_MEGABYTES = 192
HARD_CAP_SECONDS = 120

DATA: dict[str, Any] = {
    "x": [1, 2],
    "y": {"a": 1},
    "s": "text",
    "items": list(range(300)),
}
FORBIDDEN = ("exec", "import", "open", "os.", "subprocess.", "socket.", "ctypes.", "code.__new__", "object.__getattr__")


class Watch:
    """Notes what the interpreter is asked to do; audit hooks cannot be taken away, so it is switched."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.on = False
        sys.addaudithook(self._note)

    def _note(self, event: str, _arguments: object) -> None:
        if self.on and event.startswith(FORBIDDEN):
            self.seen.append(event)


@pytest.fixture(scope="module")
def watch() -> Watch:
    return Watch()


@pytest.fixture(scope="module")
def answers() -> dict[str, dict[str, Any]]:
    """What a process with little memory says about every hostile file."""
    result = subprocess.run(
        [sys.executable, "-m", "tests.unit.engine.hostile", str(MOST_MEGABYTES)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=HARD_CAP_SECONDS,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-2_000:]
    answers: dict[str, dict[str, Any]] = json.loads(result.stdout)
    return answers


@pytest.mark.parametrize("name", FILES)
def test_hostile_file_is_refused(name: str, answers: dict[str, dict[str, Any]]) -> None:
    answer = answers[name]
    assert answer["trouble"] is None
    assert answer["rules"] != []
    assert FILES[name].rule in answer["rules"]
    assert answer["seconds"] < MOST_SECONDS


def test_there_are_at_least_forty_payloads() -> None:
    assert len(set(TEXTS)) >= 40


@pytest.mark.parametrize("text", TEXTS)
def test_hostile_text_never_reaches_the_evaluator(text: str, watch: Watch) -> None:
    watch.seen.clear()
    watch.on = True
    try:
        with pytest.raises((ExpressionInvalid, ExpressionFailed)):
            compile_expression(text).evaluate(DATA)
    finally:
        watch.on = False
    assert watch.seen == []


def places(text: str) -> Iterator[tuple[str, bytes]]:
    """Diagrams that hold the text where authors write expressions and limits."""
    written = text if text.isprintable() else "".join(c for c in text if c.isprintable())
    for place in ("condition", "limit", "input", "organisation", "timer", "key", "output", "cardinality", "targets"):
        yield place, diagram(**{place: written})


@pytest.mark.parametrize("text", TEXTS)
def test_hostile_text_in_a_diagram_does_nothing(text: str, watch: Watch) -> None:
    for place, content in places(text):
        watch.seen.clear()
        watch.on = True
        try:
            findings = lint({"p.bpmn": content}, Registry())
        finally:
            watch.on = False
        assert watch.seen == [], place
        if is_invalid(text):
            assert "valid-expression" in {finding.rule for finding in findings}, place


@pytest.mark.parametrize("text", TEXTS)
def test_hostile_text_is_no_limit(text: str) -> None:
    with pytest.raises(LimitInvalid):
        parse_limit(text)


def is_invalid(text: str) -> bool:
    """Whether the text, as far as XML can hold it, is refused when it is compiled."""
    try:
        compile_expression("".join(c for c in text if c.isprintable()))
    except ExpressionInvalid:
        return True
    return False


def test_evaluating_calls_nothing_of_the_interpreter(watch: Watch) -> None:
    expression = compile_expression("any(i > 3 and i - 1 == 4 for i in items) and {'a': [1]}['a'][0] == 1")
    watch.seen.clear()
    watch.on = True
    try:
        assert expression.evaluate(DATA) is True
    finally:
        watch.on = False
    assert watch.seen == []
