"""Event sub-processes of each kind."""

from __future__ import annotations

from tests.unit.engine.contract.script import Case, Fire, Signal, Trace, complete, message, right

CASES: tuple[Case, ...] = (
    Case(
        "interrupting_message_event_sub_process_takes_the_flow_away",
        (
            complete("a", x=1),
            message(n=1),
            complete("h_task", h_task=2),
        ),
        expected=Trace.of(
            "start > a h_start",
            "a > b h_start",
            "h_start > h_task",
            "h h_end h_task > ended",
            data={"x": 1, "n": 1, "h_task": 2},
        ),
        stock=Trace.of("start > a", "a > b", "h_start > b h_task", "h h_end h_task > b"),
        because="stock interrupts nothing",
    ),
    Case(
        "non_interrupting_message_event_sub_process_runs_beside_the_flow",
        (
            complete("a", x=1),
            message(n=1),
            complete("h_task", h_task=2),
            complete("b"),
        ),
        expected=Trace.of(
            "start > a h_start",
            "a > b h_start",
            "h_start > b h_start h_task",
            "h h_end h_task > b h_start",
            "b end > ended",
            data={"x": 1, "n": 1, "h_task": 2},
        ),
        stock=Trace.of(
            "start > a", "a > b", "h_start > b h_task", "h h_end h_task > b", "b end > ended", data={"x": 1}
        ),
        because="stock does not say that it listens, and loses the data of the event sub-process",
    ),
    Case(
        "interrupting_signal_event_sub_process_takes_the_flow_away",
        (
            complete("a", x=1),
            Signal("alarm"),
            complete("h_task", h_task=2),
        ),
        expected=Trace.of(
            "start > a", "a > b", "h_start > h_task", "h h_end h_task > ended", data={"x": 1, "h_task": 2}
        ),
        stock=Trace.of("start > a", "a > b", "h_start > b h_task", "h h_end h_task > b"),
        because="stock interrupts nothing",
    ),
    Case(
        "non_interrupting_signal_event_sub_process_runs_beside_the_flow",
        (
            complete("a", x=1),
            Signal("alarm"),
            complete("b"),
            complete("h_task", h_task=2),
        ),
        expected=Trace.of(
            "start > a",
            "a > b",
            "h_start > b h_task",
            "b end > h_task",
            "h h_end h_task > ended",
            data={"x": 1, "h_task": 2},
        ),
        stock=Trace.of(
            "start > a", "a > b", "h_start > b h_task", "b end > h_task", "h h_end h_task > ended", data={"x": 1}
        ),
        because="stock does not say that it listens, and loses the data of the event sub-process",
    ),
    Case(
        "interrupting_timer_event_sub_process_takes_the_flow_away",
        (
            complete("a", x=1),
            Fire("h_start"),
            complete("h_task", h_task=2),
        ),
        expected=Trace.of(
            "start > a h_start",
            "a > b h_start",
            "h_start > h_task",
            "h h_end h_task > ended",
            data={"x": 1, "h_task": 2},
        ),
        stock=Trace.of("start > a h_start", "a > b h_start", "h_start > b h_task", "h h_end h_task > b"),
        because="stock interrupts nothing",
    ),
    right(
        "non_interrupting_timer_event_sub_process_runs_beside_the_flow",
        complete("a", x=1),
        Fire("h_start"),
        complete("h_task", h_task=2),
        complete("b"),
    ),
    Case(
        "error_event_sub_process_catches_the_error_of_its_scope",
        (
            complete("a", x=1),
            complete("h_task", h_task=2),
        ),
        expected=Trace.of(
            "start > a", "a bad fork h_start > h_task", "h h_end h_task > ended", data={"x": 1, "h_task": 2}
        ),
        stock=Trace.of("h_start start > a h_task", "a bad fork > b h_task", "h h_end h_task > b"),
        because="stock runs the event sub-process at once, and interrupts nothing",
    ),
    Case(
        "error_event_sub_process_catches_the_error_of_an_inner_scope",
        (
            complete("s_a", s_bad=True),
            complete("h_task", h_task=2),
        ),
        expected=Trace.of(
            "s_start start > s_a",
            "h_start s_a s_error s_g > h_task",
            "h h_end h_task > ended",
            data={"s_bad": True, "h_task": 2},
        ),
        stock=Trace.of("h_start s_start start > h_task s_a", "s s_a s_error s_g > c h_task", "h h_end h_task > c"),
        because="stock runs the event sub-process at once, and interrupts nothing",
    ),
    Case(
        "interrupting_escalation_event_sub_process_takes_the_flow_away",
        (
            complete("a", x=1),
            complete("h_task", h_task=2),
        ),
        expected=Trace.of(
            "start > a", "a h_start raise > h_task", "h h_end h_task > ended", data={"x": 1, "h_task": 2}
        ),
        stock=Trace.of("h_start start > a h_task", "a raise > b h_task", "h h_end h_task > b"),
        because="stock runs the event sub-process at once, and interrupts nothing",
    ),
    Case(
        "non_interrupting_escalation_event_sub_process_runs_beside_the_flow",
        (
            complete("a", x=1),
            complete("b"),
            complete("h_task", h_task=2),
        ),
        expected=Trace.of(
            "start > a",
            "a h_start raise > b h_task",
            "b end > h_task",
            "h h_end h_task > ended",
            data={"x": 1, "h_task": 2},
        ),
        stock=Trace.of(
            "h_start start > a h_task",
            "a raise > b h_task",
            "b end > h_task",
            "h h_end h_task > ended",
            data={"h_task": 2, "x": 1},
        ),
        because="stock runs the event sub-process at once, and interrupts nothing",
    ),
    Case(
        "non_interrupting_event_sub_process_occurs_many_times",
        (
            message(),
            message(),
            complete("h_task", h_task=1),
            complete("a"),
            complete("h_task", h_task=2),
        ),
        expected=Trace.of(
            "start > a h_start",
            "h_start > a h_start h_task",
            "h_start > a h_start h_task h_task",
            "h h_end h_task > a h_start h_task",
            "a end > h_task",
            "h h_end h_task > ended",
            data={"h_task": 2},
        ),
        stock=Trace.of(
            "start > a",
            "h_start > a h_task",
            "h_start > a h_task h_task",
            "h h_end h_task > a h_task",
            "a end > h_task",
            "h h_end h_task > ended",
            data={},
        ),
        because="stock does not say that it listens, and loses the data of the event sub-process",
    ),
)
