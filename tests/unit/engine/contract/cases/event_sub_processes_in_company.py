"""Event sub-processes together with the rest: scopes, ends, errors, each other."""

from __future__ import annotations

from tests.unit.engine.contract.script import Case, Fire, Trace, complete, message

CASES: tuple[Case, ...] = (
    Case(
        "fork_at_the_start_with_an_event_sub_process",
        (
            complete("a"),
            message(),
            complete("h_task", h_task=1),
        ),
        expected=Trace.of(
            "start > a b h_start", "a end > b h_start", "h_start > h_task", "h h_end h_task > ended", data={"h_task": 1}
        ),
        stock=Trace.of("start > a b", "a end > b", "h_start > b h_task", "h h_end h_task > b"),
        because="stock interrupts nothing",
    ),
    Case(
        "terminate_is_no_error_to_a_handler_of_every_error",
        (complete("a", x=1),),
        expected=Trace.of("start > a", "a end > ended", data={"x": 1}),
        stock=Trace.of("h_start start > a h_task", "a end > ended", data={"x": 1}),
        because="stock runs the event sub-process at once, and interrupts nothing",
    ),
    Case(
        "signal_from_the_flow_starts_an_event_sub_process_beside_it",
        (
            complete("a"),
            complete("b"),
            complete("h_task", h_task=1),
        ),
        expected=Trace.of(
            "start > a", "a h_start raise > b h_task", "b end > h_task", "h h_end h_task > ended", data={"h_task": 1}
        ),
        stock=Trace.of("start > a", "a h_start raise > b h_task", "b end > h_task", "h h_end h_task > ended", data={}),
        because="stock does not say that it listens, and loses the data of the event sub-process",
    ),
    Case(
        "handler_and_flow_change_different_data",
        (
            message(),
            complete("a", x=1),
            complete("b", y=2),
            complete("k", k=3),
        ),
        expected=Trace.of(
            "start > a h_start",
            "h_start > a h_start k",
            "a > b h_start k",
            "b end > k",
            "h h_end k > ended",
            data={"x": 1, "y": 2, "k": 3},
        ),
        stock=Trace.of(
            "start > a", "h_start > a k", "a > b k", "b end > k", "h h_end k > ended", data={"x": 1, "y": 2}
        ),
        because="stock does not say that it listens, and loses the data of the event sub-process",
    ),
    Case(
        "event_sub_process_is_over_when_its_scope_has_ended",
        (
            complete("a"),
            complete("c"),
        ),
        expected=Trace.of("s_start start > a h_start", "a s s_end > c", "c end > ended", data={}),
        stock=Trace.of("s_start start > a", "a s s_end > c", "c end > ended", data={}),
        because="stock does not listen to event sub-processes of a sub-process",
    ),
    Case(
        "event_sub_process_belongs_to_its_sub_process",
        (
            complete("first"),
            complete("a", x=1),
            message(n=1),
            complete("h_task", h_task=2),
            complete("c"),
        ),
        expected=Trace.of(
            "start > first",
            "first s_start > a h_start",
            "a > b h_start",
            "h_start > h_task",
            "h h_end h_task s > c",
            "c end > ended",
            data={"x": 1, "n": 1, "h_task": 2},
        ),
        stock=Trace.of("start > first", "first s_start > a", "a > b", "!"),
        because="stock does not listen to event sub-processes of a sub-process",
    ),
    Case(
        "event_sub_process_wears_the_boundary_of_its_sub_process",
        (
            message(n=1),
            Fire("t"),
            complete("d"),
        ),
        expected=Trace.of("s_start start > a h_start t", "h_start > h_task t", "t > d", "d end > ended", data={"n": 1}),
        stock=Trace.of("s_start start > a t", "!"),
        because="stock does not listen to event sub-processes of a sub-process",
    ),
    Case(
        "terminate_ends_the_scope_with_its_event_sub_processes",
        (
            message(),
            complete("a", x=1),
        ),
        expected=Trace.of("start > a h_start", "h_start > a h_start h_task", "a end > ended", data={"x": 1}),
        stock=Trace.of("start > a", "h_start > a h_task", "a end > ended", data={"x": 1}),
        because="stock does not say that it listens",
    ),
    Case(
        "terminate_inside_an_event_sub_process_ends_only_that",
        (
            message(),
            complete("h_task"),
            complete("a"),
        ),
        expected=Trace.of(
            "start > a h_start", "h_start > a h_start h_task", "h h_end h_task > a h_start", "a end > ended", data={}
        ),
        stock=Trace.of("start > a", "h_start > a h_task", "h h_end h_task > a", "a end > ended", data={}),
        because="stock does not say that it listens",
    ),
    Case(
        "interrupting_event_sub_process_takes_running_handlers_away",
        (
            message("note"),
            message("stop"),
            complete("i_task", i_task=1),
        ),
        expected=Trace.of(
            "start > a h_start i_start",
            "h_start > a h_start h_task i_start",
            "i_start > i_task",
            "i i_end i_task > ended",
            data={"i_task": 1},
        ),
        stock=Trace.of("start > a", "h_start > a h_task", "i_start > a h_task i_task", "i i_end i_task > a h_task"),
        because="stock interrupts nothing, neither the flow nor the handlers",
    ),
    Case(
        "error_in_an_interrupting_handler_goes_outwards",
        (
            message(),
            complete("h_task"),
            complete("d"),
        ),
        expected=Trace.of(
            "s_start start > a h_start", "h_start > h_task", "e h_error h_task > d", "d end > ended", data={}
        ),
        stock=Trace.of("i_start s_start start > a i_task", "!"),
        because="stock runs the event sub-process at once, and interrupts nothing",
    ),
    Case(
        "error_in_a_running_handler_is_caught_by_its_scope",
        (
            message(),
            complete("h_task"),
            complete("i_task", i_task=1),
            complete("c"),
        ),
        expected=Trace.of(
            "s_start start > a h_start",
            "h_start > a h_start h_task",
            "h_error h_task i_start > i_task",
            "i i_end i_task s > c",
            "c end > ended",
            data={"i_task": 1},
        ),
        stock=Trace.of("i_start s_start start > a i_task", "!"),
        because="stock runs the event sub-process at once, and interrupts nothing",
    ),
    Case(
        "event_sub_process_of_each_repeated_sub_process",
        (
            complete("first", items=[1, 2]),
            complete("a", bad=True),
            complete("a", bad=False),
            complete("h_task", h_task=1),
            complete("c"),
        ),
        expected=Trace.of(
            "start > first",
            "first s_start s_start > a a",
            "a g h_start s_error > a h_task",
            "a g s s_end > h_task",
            "h h_end h_task s s > c",
            "c end > ended",
            data={"items": [1, 2], "bad": False, "h_task": 1},
        ),
        stock=Trace.of(
            "start > first",
            "first h_start h_start s_start s_start > a a h_task h_task",
            "a g s_error > a h_task h_task",
            "a g s_end > h_task h_task",
            "h h_end h_task s > h_task",
            "!",
        ),
        because="stock runs the event sub-process at once, and interrupts nothing",
    ),
    Case(
        "event_sub_process_inside_an_event_sub_process",
        (
            message("outer"),
            message("inner"),
            complete("i_task", i_task=1),
        ),
        expected=Trace.of(
            "start > a h_start",
            "h_start > h_task i_start",
            "i_start > i_task",
            "h i i_end i_task > ended",
            data={"i_task": 1},
        ),
        stock=Trace.of("start > a", "h_start > a h_task", "!"),
        because="stock does not listen inside an event sub-process",
    ),
    Case(
        "several_event_sub_processes_each_catch_their_own",
        (
            message("two"),
            message("one"),
            complete("h_task", h_task=1),
            Fire("j_start"),
            complete("j_task", j_task=3),
        ),
        expected=Trace.of(
            "start > a h_start i_start j_start",
            "i_start > a h_start i_start i_task j_start",
            "h_start > a h_start h_task i_start i_task j_start",
            "h h_end h_task > a h_start i_start i_task j_start",
            "j_start > j_task",
            "j j_end j_task > ended",
            data={"h_task": 1, "j_task": 3},
        ),
        stock=Trace.of(
            "start > a j_start",
            "i_start > a i_task j_start",
            "h_start > a h_task i_task j_start",
            "h h_end h_task > a i_task j_start",
            "j_start > a i_task j_task",
            "j j_end j_task > a i_task",
        ),
        because="stock interrupts nothing, neither the flow nor the handlers",
    ),
    Case(
        "message_start_and_event_sub_process",
        (
            message(n=1),
            complete("h_task", h_task=1),
        ),
        expected=Trace.of(
            "start > a h_start", "h_start > h_task", "h h_end h_task > ended", data={"n": 1, "h_task": 1}
        ),
        stock=Trace.of("start > a", "h_start > a h_task", "h h_end h_task > a"),
        because="stock interrupts nothing",
    ),
)
