"""Tasks, intermediate events, ends and links."""

from __future__ import annotations

from tests.unit.engine.contract.script import Case, Fire, Signal, Trace, complete, message, right

CASES: tuple[Case, ...] = (
    right("user_tasks_follow_each_other", complete("a", x=1), complete("b", y=2)),
    right("message_starts_the_process", complete("a")),
    right("receive_task_waits_for_its_message", message(n=1), complete("a")),
    right("catch_event_waits_for_its_message", message(n=1), complete("a")),
    right("catch_event_waits_for_its_signal", Signal("alarm"), complete("a")),
    right("catch_event_waits_for_its_time", Fire("c"), complete("a")),
    right("none_throw_event_is_passed", complete("a")),
    right("message_throw_event_goes_on", complete("a")),
    right("signal_throw_event_reaches_a_branch_that_waits", complete("a"), complete("b")),
    right("message_end_event_throws", complete("a")),
    Case(
        "signal_end_event_throws",
        (
            complete("a"),
            complete("b"),
        ),
        expected=Trace.of("fork start > a", "a c end_2 > b", "b end_1 > ended", data={}),
        stock=Trace.of("fork start > a", "a end_2 >", "!"),
        because="stock parses a signal end event as a none end event, so nothing is thrown",
    ),
    Case(
        "link_leads_to_its_catch_event",
        (
            complete("a"),
            complete("b"),
        ),
        expected=Trace.of("start > a", "a in out > b", "b end > ended", data={}),
        stock=Trace.of("start > a", "a out >", "!"),
        because="stock drops links: what follows the catch event never runs",
    ),
    Case(
        "several_links_lead_to_one_catch_event",
        (
            complete("a", x=1),
            complete("b"),
        ),
        expected=Trace.of("start > a", "a choice in out_1 > b", "b end > ended", data={"x": 1}),
        stock=Trace.of("start > a", "a choice out_1 >", "!"),
        because="stock drops links: what follows the catch event never runs",
    ),
    Case(
        "links_stay_in_their_scope",
        (
            complete("a"),
            complete("b"),
        ),
        expected=Trace.of("s_in s_out s_start start > a", "a in out s s_end > b", "b end > ended", data={}),
        stock=Trace.of("s_out s_start start >", "!"),
        because="stock drops links: what follows the catch event never runs",
    ),
    Case(
        "event_gateway_follows_the_message",
        (
            message(n=1),
            complete("a"),
        ),
        expected=Trace.of("g start > m t", "m > a", "a end > ended", data={"n": 1}),
        stock=Trace.of("start > m t", "g m > a", "a end > ended", data={"n": 1}),
        because="it counts as left when it is reached; stock says so when one of its events has come",
    ),
    Case(
        "event_gateway_follows_the_time",
        (
            Fire("t"),
            complete("b"),
        ),
        expected=Trace.of("g start > m t", "t > b", "b end > ended", data={}),
        stock=Trace.of("start > m t", "g t > b", "b end > ended", data={}),
        because="it counts as left when it is reached; stock says so when one of its events has come",
    ),
    Case(
        "event_gateway_follows_the_signal",
        (
            Signal("alarm"),
            complete("b"),
        ),
        expected=Trace.of("g start > m", "s > b", "b end > ended", data={}),
        stock=Trace.of("start > m", "g s > b", "b end > ended", data={}),
        because="it counts as left when it is reached; stock says so when one of its events has come",
    ),
)
