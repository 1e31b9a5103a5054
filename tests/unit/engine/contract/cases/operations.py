"""Service tasks."""

from __future__ import annotations

from tests.unit.engine.contract.script import Case, Fail, Finish, Trace, complete

CASES: tuple[Case, ...] = (
    Case(
        "local_operation_gives_its_outputs",
        (
            complete("a", x=21),
            complete("b"),
        ),
        expected=Trace.of("start > a", "a o > b", "b end > ended", data={"x": 21, "y": 42}),
        stock=Trace.of("start > a", "a >", "!"),
        because="stock does not run service tasks",
    ),
    Case(
        "failed_local_operation_reaches_its_boundary",
        (
            complete("a", x=1),
            complete("c"),
        ),
        expected=Trace.of("start > a", "a e > c", "c end > ended", data={"x": 1}),
        stock=Trace.of("start > a", "a >", "!"),
        because="stock does not run service tasks",
    ),
    Case(
        "remote_operation_is_waited_for",
        (
            Finish("o", {"answer": 42, "more": 1}),
            complete("b"),
        ),
        expected=Trace.of("start > o", "o > b", "b end > ended", data={"answer": 42}),
        stock=Trace.of("start >", ">", "!"),
        because="stock does not run service tasks",
    ),
    Case(
        "failed_remote_operation_reaches_its_boundary",
        (
            Fail("o", "FAULT"),
            complete("c"),
        ),
        expected=Trace.of("start > o", "e > c", "c end > ended", data={}),
        stock=Trace.of("start >", ">", "!"),
        because="stock does not run service tasks",
    ),
)
