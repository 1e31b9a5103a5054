"""Loops in the flow."""

from __future__ import annotations

from tests.unit.engine.contract.script import Case, Trace, complete, message, right

CASES: tuple[Case, ...] = (
    right(
        "loop_of_many_rounds",
        complete("a", more=True),
        complete("a", more=True),
        complete("a", more=True),
        complete("a", more=False),
    ),
    Case(
        "loop_of_many_rounds_with_a_fork",
        (
            complete("a", more=True),
            complete("b"),
            complete("b"),
            complete("a", more=True),
            complete("a", more=False),
            complete("b"),
        ),
        expected=Trace.of(
            "again fork start > a b",
            "a > b",
            "again b fork g join > a b",
            "b > a",
            "a again fork g join > a b",
            "a > b",
            "b end g join > ended",
            data={"more": False},
        ),
        stock=Trace.of(
            "again fork start > a b",
            "a > b",
            "again b fork g join > a b",
            "again b fork g join > a a b",
            "a again fork g join > a b",
            "a end g join > b",
            "again b fork g join > a b",
        ),
        because="stock counts predecessors of the first round, so the join goes on before both branches have come",
    ),
    right(
        "loop_around_a_sub_process_with_a_boundary_event",
        complete("a", x=1),
        message(),
        complete("c", more=True),
        complete("a", x=2),
        complete("b", y=3),
        complete("c", more=False),
    ),
)
