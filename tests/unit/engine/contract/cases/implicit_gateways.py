"""Forks, choices and merges that authors draw without a gateway."""

from __future__ import annotations

from tests.unit.engine.contract.script import Case, Trace, complete, message, right

CASES: tuple[Case, ...] = (
    Case(
        "several_flows_out_of_a_task_fork",
        (
            complete("a"),
            complete("c"),
            complete("b"),
        ),
        expected=Trace.of("start > a", "a > b c", "c end_c > b", "b end_b > ended", data={}),
        stock=Trace.of("!"),
        because="stock refuses the file",
    ),
    Case(
        "several_flows_out_of_a_boundary_event_fork",
        (
            message(),
            complete("b"),
            complete("c"),
        ),
        expected=Trace.of("start > a m", "m > b c", "b end > c", "c end > ended", data={}),
        stock=Trace.of("!"),
        because="stock refuses the file",
    ),
    right("several_flows_out_of_a_start_event_fork", complete("c"), complete("b")),
    right("several_flows_into_a_task_let_each_token_pass", complete("a"), complete("c"), complete("b"), complete("c")),
    Case(
        "forks_of_several_tokens_keep_apart",
        (
            complete("a"),
            complete("b"),
            complete("c"),
            complete("c"),
            complete("d"),
            complete("e"),
            complete("d"),
            complete("e"),
        ),
        expected=Trace.of(
            "fork start > a b",
            "a > b c",
            "b > c c",
            "c > c d e",
            "c > d d e e",
            "d end > d e e",
            "e end > d e",
            "d end > e",
            "e end > ended",
            data={},
        ),
        stock=Trace.of("!"),
        because="stock refuses the file",
    ),
    Case(
        "conditional_flows_out_of_a_task_are_all_that_hold",
        (
            complete("a", x=True, y=True),
            complete("b"),
            complete("c"),
        ),
        expected=Trace.of("start > a", "a > b c", "b end > c", "c end > ended", data={"x": True, "y": True}),
        stock=Trace.of("!"),
        because="stock refuses the file",
    ),
    Case(
        "default_flow_out_of_a_task_is_taken_when_none_holds",
        (
            complete("a", x=False),
            complete("c"),
        ),
        expected=Trace.of("start > a", "a > c", "c end > ended", data={"x": False}),
        stock=Trace.of("!"),
        because="stock refuses the file",
    ),
    Case(
        "default_flow_out_of_a_task_is_left_when_one_holds",
        (
            complete("a", x=True),
            complete("b"),
        ),
        expected=Trace.of("start > a", "a > b", "b end > ended", data={"x": True}),
        stock=Trace.of("!"),
        because="stock refuses the file",
    ),
    Case(
        "plain_flow_beside_conditional_flows_is_always_taken",
        (
            complete("a", x=False),
            complete("c"),
        ),
        expected=Trace.of("start > a", "a > c", "c end > ended", data={"x": False}),
        stock=Trace.of("!"),
        because="stock refuses the file",
    ),
    Case(
        "default_flow_is_judged_by_the_conditional_flows_alone",
        (
            complete("a", x=False),
            complete("c"),
            complete("d"),
        ),
        expected=Trace.of("start > a", "a > c d", "c end > d", "d end > ended", data={"x": False}),
        stock=Trace.of("!"),
        because="stock refuses the file",
    ),
)
