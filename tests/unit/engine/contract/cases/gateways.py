"""Gateways, and the data that meet at them."""

from __future__ import annotations

from tests.unit.engine.contract.script import Case, Fire, Trace, complete, message, right

CASES: tuple[Case, ...] = (
    Case(
        "parallel_gateway_joins_one_token_of_each_flow_at_a_time",
        (
            complete("a"),
            complete("b"),
            complete("c"),
            complete("d"),
            complete("e"),
            complete("e"),
        ),
        expected=Trace.of(
            "fork start > a b c d",
            "a left > b c d",
            "b left > c d",
            "c join right > d e",
            "d join right > e e",
            "e end > e",
            "e end > ended",
            data={},
        ),
        stock=Trace.of(
            "fork start > a b c d",
            "a left > b c d",
            "b left > c d",
            "c join right > d e",
            "d join right > e",
            "e end > ended",
            "!",
        ),
        because="stock joins once and forgets the second pair of tokens",
    ),
    Case(
        "event_gateway_works_in_each_round",
        (
            message(),
            complete("a"),
            message(),
            complete("a"),
            Fire("t"),
        ),
        expected=Trace.of(
            "again g start > m t", "m > a", "a again g > m t", "m > a", "a again g > m t", "end t > ended", data={}
        ),
        stock=Trace.of(
            "again start > m t", "g m > a", "a again > m t", "g m > a", "a again > m t", "end g t > ended", data={}
        ),
        because="it counts as left when it is reached; stock says so when one of its events has come",
    ),
    right(
        "inclusive_gateway_waits_for_a_running_sub_process",
        complete("first", x=True, y=True),
        complete("a"),
        complete("c"),
        complete("d"),
    ),
    right("inclusive_gateway_waits_for_a_boundary_event_that_may_occur", complete("a"), complete("b"), complete("d")),
    right("throw_events_and_gateways_run_in_one_go"),
    right("exclusive_gateway_takes_the_true_flow", complete("a", x=1), complete("b")),
    right("exclusive_gateway_takes_the_default_flow", complete("a", x=2), complete("c")),
    right("exclusive_gateway_takes_one_of_two_true_flows", complete("a", x=1), complete("b")),
    right("exclusive_gateway_lets_each_token_pass", complete("a"), complete("b"), complete("c"), complete("c")),
    right("parallel_gateway_joins_its_branches", complete("b", y=2), complete("a", x=1), complete("c")),
    right(
        "parallel_gateway_joins_three_branches_in_any_order",
        complete("c", z=3),
        complete("a", x=1),
        complete("b", y=2),
        complete("d"),
    ),
    right("parallel_gateways_nest", complete("a"), complete("c"), complete("b"), complete("d")),
    right("parallel_gateways_overlap", complete("c"), complete("a"), complete("b"), complete("d"), complete("e")),
    Case(
        "parallel_gateway_joins_again_in_each_round",
        (
            complete("a", x=1),
            complete("b"),
            complete("c", more=True),
            complete("b"),
            complete("a", x=2),
            complete("c", more=False),
        ),
        expected=Trace.of(
            "again fork start > a b",
            "a > b",
            "b join > c",
            "again c fork g > a b",
            "b > a",
            "a join > c",
            "c end g > ended",
            data={"x": 2, "more": False},
        ),
        stock=Trace.of(
            "again fork start > a b",
            "a > b",
            "b join > c",
            "again c fork g > a b",
            "b join > a c",
            "a join > c",
            "c end g > ended",
            data={"x": 2, "more": False},
        ),
        because="stock counts predecessors of the first round, so the join goes on before both branches have come",
    ),
    Case(
        "token_too_many_at_a_parallel_gateway_is_not_forgotten",
        (
            complete("a"),
            complete("b"),
            complete("c"),
            complete("d"),
        ),
        expected=Trace.of("fork start > a b c", "a merge > b c", "b merge > c", "c join > d", "!"),
        stock=Trace.of("fork start > a b c", "a merge > b c", "b merge > c", "c join > d", "d end > ended", data={}),
        because="a token would wait there for ever: the engine refuses that step, stock forgets the token and ends",
    ),
    Case(
        "second_token_leaves_the_branches_of_the_first_alone",
        (
            complete("a"),
            complete("c"),
            complete("b"),
            complete("d"),
            complete("c"),
            complete("d"),
        ),
        expected=Trace.of(
            "fork start > a b",
            "a fork_again merge > b c d",
            "c end_c > b d",
            "b fork_again merge > c d d",
            "d end_d > c d",
            "c end_c > d",
            "d end_d > ended",
            data={},
        ),
        stock=Trace.of(
            "fork start > a b",
            "a fork_again merge > b c d",
            "c end_c > b d",
            "b fork_again merge > c d",
            "d end_d > c",
            "c end_c > ended",
            "!",
        ),
        because="stock drops what the first token started when a second passes the same gateway",
    ),
    Case(
        "branch_that_changed_a_value_wins_over_one_that_carried_it",
        (
            complete("first", x=1),
            complete("a", x=2),
            complete("b", y=3),
            complete("c"),
        ),
        expected=Trace.of(
            "start > first", "first fork > a b", "a > b", "b join > c", "c end > ended", data={"x": 2, "y": 3}
        ),
        stock=Trace.of(
            "start > first", "first fork > a b", "a > b", "b join > c", "c end > ended", data={"x": 1, "y": 3}
        ),
        because="stock merges whole copies: a branch that only carried a value undoes the change of another",
    ),
    Case(
        "later_change_of_one_value_wins",
        (
            complete("a", x=1),
            complete("c", x=2),
            complete("b"),
            complete("d"),
        ),
        expected=Trace.of("fork start > a c", "a > b c", "c > b", "b join > d", "d end > ended", data={"x": 2}),
        stock=Trace.of("fork start > a c", "a > b c", "c > b", "b join > d", "d end > ended", data={"x": 1}),
        because="stock lets the branch win that arrives last, whenever it has changed the value",
    ),
    Case(
        "branches_that_change_one_list_do_not_mix_it",
        (
            complete("first", list=[1, 2]),
            complete("a", list=[3]),
            complete("b", y=4),
            complete("c"),
        ),
        expected=Trace.of(
            "start > first", "first fork > a b", "a > b", "b join > c", "c end > ended", data={"list": [3], "y": 4}
        ),
        stock=Trace.of(
            "start > first", "first fork > a b", "a > b", "b join > c", "c end > ended", data={"list": [1, 2], "y": 4}
        ),
        because="stock merges whole copies: a branch that only carried a value undoes the change of another",
    ),
    right(
        "inclusive_gateway_takes_every_true_flow",
        complete("first", x=True, y=True),
        complete("a"),
        complete("b"),
        complete("d"),
    ),
    right("inclusive_gateway_takes_one_true_flow", complete("first", x=False, y=True), complete("b"), complete("d")),
    right(
        "inclusive_gateway_takes_the_default_flow", complete("first", x=False, y=False), complete("c"), complete("d")
    ),
    right(
        "inclusive_gateway_waits_for_what_can_still_come",
        complete("a"),
        complete("b"),
        complete("c", go=False),
        complete("d"),
    ),
    right(
        "inclusive_gateway_does_not_wait_for_what_cannot_come",
        complete("a"),
        complete("c"),
        complete("d"),
        complete("b"),
    ),
    right(
        "inclusive_gateway_goes_on_when_the_last_path_goes_elsewhere",
        complete("a"),
        complete("b", go=True),
        complete("d"),
    ),
    right(
        "inclusive_gateway_works_in_each_round",
        complete("first", x=True, y=True),
        complete("b"),
        complete("a"),
        complete("d", more=True),
        complete("first", x=True, y=False),
        complete("a"),
        complete("d", more=False),
    ),
)
