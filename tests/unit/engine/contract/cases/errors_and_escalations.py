"""Errors and escalations of embedded sub-processes."""

from __future__ import annotations

from tests.unit.engine.contract.script import Case, Trace, complete, right

CASES: tuple[Case, ...] = (
    Case(
        "handler_of_an_error_sees_what_every_branch_changed",
        (
            complete("a", x=1),
            complete("c", y=2),
            complete("f"),
        ),
        expected=Trace.of(
            "fork s_start start > a c", "a > b c", "c e s_error > f", "end f > ended", data={"x": 1, "y": 2}
        ),
        stock=Trace.of("fork s_start start > a c", "a > b c", "c e s_error > f", "end f > ended", data={"y": 2}),
        because="a handler sees the data as they are; stock shows those on entering the sub-process",
    ),
    Case(
        "escalation_of_the_last_token_takes_its_sub_process_away",
        (
            complete("a", x=1),
            complete("d"),
        ),
        expected=Trace.of("s_start start > a", "a e raise > d", "d end > ended", data={"x": 1}),
        stock=Trace.of("s_start start > a", "a e raise s > d", "d end > ended", data={"x": 1}),
        because="the event has taken the sub-process away; stock lets it end regularly as well",
    ),
    Case(
        "error_takes_the_sub_process_away",
        (
            complete("s_a", s_bad=True),
            complete("d"),
        ),
        expected=Trace.of("s_start start > s_a", "e s_a s_error s_g > d", "d end > ended", data={"s_bad": True}),
        stock=Trace.of("s_start start > s_a", "e s s_a s_error s_g > d", "d end > ended", data={"s_bad": True}),
        because="the event has taken the sub-process away; stock lets it end regularly as well",
    ),
    right("error_takes_a_parallel_branch_away", complete("a"), complete("d")),
    Case(
        "error_event_of_another_code_does_not_catch",
        (
            complete("s_a", s_bad=True),
            complete("d"),
        ),
        expected=Trace.of(
            "o_start s_start start > s_a", "e s_a s_error s_g > d", "d end > ended", data={"s_bad": True}
        ),
        stock=Trace.of(
            "o_start s_start start > s_a", "e o o_end s s_a s_error s_g > d", "d end > ended", data={"s_bad": True}
        ),
        because="the event has taken the sub-process away; stock lets it end regularly as well",
    ),
    Case(
        "error_event_of_its_code_goes_before_one_of_any",
        (
            complete("s_a", s_bad=True),
            complete("d"),
        ),
        expected=Trace.of("s_start start > s_a", "e s_a s_error s_g > d", "d end > ended", data={"s_bad": True}),
        stock=Trace.of("s_start start > s_a", "any e s s_a s_error s_g > d x", "d end > x"),
        because="the most specific event catches, once; stock lets all of them catch",
    ),
    Case(
        "error_event_of_any_code_catches",
        (
            complete("s_a", s_bad=True),
            complete("x"),
        ),
        expected=Trace.of("s_start start > s_a", "any s_a s_error s_g > x", "end x > ended", data={"s_bad": True}),
        stock=Trace.of("s_start start > s_a", "any s s_a s_error s_g > x", "end x > ended", data={"s_bad": True}),
        because="the event has taken the sub-process away; stock lets it end regularly as well",
    ),
    Case(
        "error_goes_outwards_through_two_sub_processes",
        (
            complete("s_a", s_bad=True),
            complete("d"),
        ),
        expected=Trace.of(
            "o_start s_start start > s_a", "e s_a s_error s_g > d", "d end > ended", data={"s_bad": True}
        ),
        stock=Trace.of("o_start s_start start > s_a", "e s s_a s_error s_g > d", "d end > ended", data={"s_bad": True}),
        because="the event has taken the sub-process away; stock lets it end regularly as well",
    ),
    Case(
        "error_is_not_caught_beside_its_way",
        (
            complete("s_a", s_bad=True),
            complete("t_a", t_bad=False),
            complete("d"),
            complete("x"),
        ),
        expected=Trace.of(
            "fork s_start start t_start > s_a t_a",
            "e s_a s_error s_g > t_a x",
            "t t_a t_end t_g > d x",
            "d end > x",
            "end x > ended",
            data={"s_bad": True, "t_bad": False},
        ),
        stock=Trace.of("fork s_start start t_start > s_a t_a", "e f s s_a s_error s_g > x y", "!"),
        because="an error goes outwards; stock lets boundary events of a neighbour catch it",
    ),
    right("interrupting_escalation_takes_the_sub_process_away", complete("a", x=1), complete("d")),
    right(
        "non_interrupting_escalation_leaves_the_sub_process",
        complete("a", x=1),
        complete("d"),
        complete("b"),
        complete("c"),
    ),
    right("escalation_end_event_lets_the_sub_process_end", complete("a", x=1), complete("d"), complete("c")),
    Case(
        "non_interrupting_escalation_occurs_many_times",
        (
            complete("a", more=True),
            complete("a", more=False),
            complete("d"),
            complete("d"),
            complete("c"),
        ),
        expected=Trace.of(
            "again s_start start > a",
            "a again e g raise > a d",
            "a e g raise s s_end > c d d",
            "d end > c d",
            "d end > c",
            "c end > ended",
            data={"more": False},
        ),
        stock=Trace.of(
            "again s_start start > a", "a again e g raise > a d", "a g raise s s_end > c d", "d end > c", "!"
        ),
        because="it may occur again while the activity runs; stock listens once",
    ),
    right("uncaught_escalation_changes_nothing", complete("a", x=1), complete("b"), complete("c")),
    Case(
        "error_of_one_instance_takes_all_away",
        (
            complete("first", items=[1, 2]),
            complete("a", bad=True),
            complete("d"),
        ),
        expected=Trace.of(
            "start > first", "first s_start s_start > a a", "a e g s_error > d", "d end > ended", data={"items": [1, 2]}
        ),
        stock=Trace.of("start > first", "first s_start s_start > a a", "!"),
        because="stock loses the interrupted repetitions (TaskNotFoundException)",
    ),
    Case(
        "ready_boundary_event_goes_before_the_end_of_its_sub_process",
        (
            complete("a"),
            complete("d"),
        ),
        expected=Trace.of("s_start start > a", "a e s_error > d", "d end > ended", data={}),
        stock=Trace.of("s_start start > a", "a e s s_error > d", "d end > ended", data={}),
        because="the event has taken the sub-process away; stock lets it end regularly as well",
    ),
)
