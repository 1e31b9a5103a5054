"""Call activities: child instances."""

from __future__ import annotations

from tests.unit.engine.contract.script import Case, Fire, Trace, complete, message, right

CASES: tuple[Case, ...] = (
    right(
        "escalation_thrown_on_the_way_of_the_called_process_lets_it_run",
        complete("k"),
        complete("b"),
        complete("l"),
        complete("a"),
    ),
    right("error_of_the_called_process_ends_its_other_branches", complete("k"), complete("b")),
    right("timer_takes_called_processes_of_called_processes_away", Fire("t"), complete("b")),
    Case(
        "called_processes_in_a_sub_process_end_with_its_error",
        (
            complete("first", items=["p", "q", "r"]),
            complete("k", y=1, bad=False),
            complete("k", y=2, bad=True),
            complete("b"),
        ),
        expected=Trace.of(
            "start > first",
            "first k_start k_start k_start s_start > k k k",
            "k k_end k_g > k k",
            "e k k_error k_g > b",
            "b end > ended",
            data={"items": ["p", "q", "r"], "results": {"p": {"y": 1}}},
        ),
        stock=Trace.of(
            "start > first",
            "first k_start k_start k_start s_start > k k k",
            "c k k_end k_g > k k",
            "c e k k_error k_g > b",
            "b end > ended",
            data={"items": ["p", "q", "r"], "item": "q", "y": 2, "bad": True},
        ),
        because="the error takes the rest away and only declared outputs cross; stock copies all data",
    ),
    Case(
        "called_processes_end_early_by_condition",
        (
            complete("first", items=["p", "q", "r"]),
            complete("k", 1, y=1, bad=False),
            complete("a"),
        ),
        expected=Trace.of(
            "start > first",
            "first k_start k_start k_start > k k k",
            "c k k_end k_g > a",
            "a end > ended",
            data={"items": ["p", "q", "r"], "results": {"q": {"y": 1}}},
        ),
        stock=Trace.of("start > first", "first k_start k_start k_start > k k k", "!"),
        because="results are an object by key, known while the others run; stock has none and fails",
    ),
    Case(
        "called_process_runs_and_returns",
        (
            complete("a", x=1),
            complete("k", y=2),
            complete("b"),
        ),
        expected=Trace.of("start > a", "a k_start > k", "c k k_end > b", "b end > ended", data={"x": 1}),
        stock=Trace.of("start > a", "a k_start > k", "c k k_end > b", "b end > ended", data={"x": 1, "y": 2}),
        because="only declared outputs cross a call activity; stock copies all data",
    ),
    Case(
        "called_process_returns_its_outputs",
        (
            complete("a", x=1),
            complete("k", y=2, z=3),
            complete("b"),
        ),
        expected=Trace.of("start > a", "a k_start > k", "c k k_end > b", "b end > ended", data={"x": 1, "y": 2}),
        stock=Trace.of("start > a", "a k_start > k", "c k k_end > b", "b end > ended", data={"x": 1, "y": 2, "z": 3}),
        because="only declared outputs cross a call activity; stock copies all data",
    ),
    right("timer_takes_the_called_process_away", Fire("t"), complete("b")),
    Case(
        "non_interrupting_message_leaves_the_called_process",
        (
            message(),
            message(),
            complete("k"),
            complete("a"),
            complete("b"),
            complete("b"),
        ),
        expected=Trace.of(
            "k_start start > k m",
            "m > b k m",
            "m > b b k m",
            "c k k_end > a b b",
            "a end > b b",
            "b end > b",
            "b end > ended",
            data={},
        ),
        stock=Trace.of("k_start start > k m", "m > b k", "!"),
        because="it may occur again while the activity runs; stock listens once",
    ),
    Case(
        "error_of_the_called_process_reaches_the_boundary",
        (
            complete("k"),
            complete("b"),
        ),
        expected=Trace.of("k_start start > k", "e k k_end > b", "b end > ended", data={}),
        stock=Trace.of("k_start start > k", "c e k k_end > b", "b end > ended", data={}),
        because="the event has taken the call activity away; stock lets it end regularly as well",
    ),
    Case(
        "error_of_the_called_process_goes_outwards",
        (
            complete("k"),
            complete("b"),
        ),
        expected=Trace.of("k_start s_start start > k", "e k k_end > b", "b end > ended", data={}),
        stock=Trace.of("k_start s_start start > k", "c e k k_end s s_end > b", "b end > ended", data={}),
        because="the event has taken the call activity away; stock lets it end regularly as well",
    ),
    Case(
        "escalation_of_the_called_process_reaches_the_boundary",
        (
            complete("k"),
            complete("b"),
        ),
        expected=Trace.of("k_start start > k", "e k k_end > b", "b end > ended", data={}),
        stock=Trace.of("k_start start > k", "c e k k_end > b", "b end > ended", data={}),
        because="the event has taken the call activity away; stock lets it end regularly as well",
    ),
    right("escalation_without_a_boundary_ends_the_called_process", complete("k"), complete("a")),
    Case(
        "called_processes_take_one_item_each",
        (
            complete("first", items=["p", "q"]),
            complete("k", 1, y=1, bad=False),
            complete("k", y=2, bad=False),
            complete("a"),
        ),
        expected=Trace.of(
            "start > first",
            "first k_start k_start > k k",
            "k k_end k_g > k",
            "c k k_end k_g > a",
            "a end > ended",
            data={"items": ["p", "q"], "results": {"p": {"y": 2}, "q": {"y": 1}}},
        ),
        stock=Trace.of(
            "start > first",
            "first k_start k_start > k k",
            "c k k_end k_g > k",
            "c c k k_end k_g > a",
            "a end > ended",
            data={"items": ["p", "q"], "item": "p", "y": 2, "bad": False},
        ),
        because="only declared outputs cross a call activity; stock copies all data",
    ),
    Case(
        "called_processes_follow_each_other",
        (
            complete("first", items=["p", "q"]),
            complete("k", y=1, bad=False),
            complete("k", y=2, bad=False),
            complete("a"),
        ),
        expected=Trace.of(
            "start > first",
            "first k_start > k",
            "k k_end k_g k_start > k",
            "c k k_end k_g > a",
            "a end > ended",
            data={"items": ["p", "q"], "results": {"p": {"y": 1}, "q": {"y": 2}}},
        ),
        stock=Trace.of("start > first", "first k_start > k", "!"),
        because="stock fails on its own item variable, which it has let out into the data",
    ),
    Case(
        "timer_takes_all_called_processes_away",
        (
            complete("first", items=["p", "q"]),
            complete("k", y=1, bad=False),
            Fire("t"),
            complete("b"),
        ),
        expected=Trace.of(
            "start > first",
            "first k_start k_start > k k t",
            "k k_end k_g > k t",
            "t > b",
            "b end > ended",
            data={"items": ["p", "q"]},
        ),
        stock=Trace.of("start > first", "first k_start k_start > k k t", "c k k_end k_g > k t", "!"),
        because="stock loses the interrupted repetitions (TaskNotFoundException)",
    ),
    Case(
        "error_of_one_called_process_takes_all_away",
        (
            complete("first", items=["p", "q"]),
            complete("k", y=1, bad=True),
            complete("b"),
        ),
        expected=Trace.of(
            "start > first",
            "first k_start k_start > k k",
            "e k k_error k_g > b",
            "b end > ended",
            data={"items": ["p", "q"], "results": {}},
        ),
        stock=Trace.of("start > first", "first k_start k_start > k k", "!"),
        because="stock loses the interrupted repetitions (TaskNotFoundException)",
    ),
    Case(
        "event_sub_process_takes_the_called_process_away",
        (
            message(),
            complete("h_task", h_task=1),
        ),
        expected=Trace.of(
            "k_start start > h_start k", "h_start > h_task", "h h_end h_task > ended", data={"h_task": 1}
        ),
        stock=Trace.of("k_start start > k", "h_start > h_task k", "h h_end h_task > k"),
        because="stock interrupts nothing",
    ),
    Case(
        "event_sub_process_of_the_called_process_handles_its_error",
        (
            complete("k"),
            complete("h_task", h_task=1),
            complete("a"),
        ),
        expected=Trace.of(
            "k_start start > k", "h_start k k_end > h_task", "c h h_end h_task > a", "a end > ended", data={}
        ),
        stock=Trace.of(
            "h_start k_start start > h_task k",
            "k k_end > h_task",
            "c h h_end h_task > a",
            "a end > ended",
            data={"h_task": 1},
        ),
        because="stock runs the event sub-process at once, and interrupts nothing",
    ),
    Case(
        "escalation_leaves_a_called_process_with_event_sub_process",
        (
            complete("k"),
            complete("b"),
        ),
        expected=Trace.of("k_start start > h_start k", "e k k_end > b", "b end > ended", data={}),
        stock=Trace.of("k_start start > k", "c e k k_end > b", "b end > ended", data={}),
        because="the event has taken the call activity away; stock lets it end regularly as well",
    ),
)
