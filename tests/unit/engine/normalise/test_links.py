"""Link events."""

from __future__ import annotations

from tests.unit.engine.normalise.diagrams import edges, element, flow, kind, rewritten

THROW = '<intermediateThrowEvent id="{0}"><linkEventDefinition name="{1}"/></intermediateThrowEvent>'
CATCH = '<intermediateCatchEvent id="{0}"><linkEventDefinition name="{1}"/></intermediateCatchEvent>'
ENDS = '<startEvent id="s"/><endEvent id="e"/>'


def test_a_flow_leads_from_each_throw_to_the_catch_of_its_name() -> None:
    body = ENDS + THROW.format("t1", "A") + THROW.format("t2", "A") + CATCH.format("c", "A") + flow("s", "t1")
    root = rewritten(body + flow("c", "e"))
    assert edges(root, "p") == {("s", "t1"), ("t1", "c"), ("t2", "c"), ("c", "e")}


def test_both_ends_stay_as_nodes_that_a_token_passes() -> None:
    root = rewritten(ENDS + THROW.format("t", "A") + CATCH.format("c", "A") + flow("s", "t") + flow("c", "e"))
    for end in ("t", "c"):
        assert kind(root, end) == "intermediateThrowEvent"
        assert len(element(root, end)) == 0


def test_links_of_one_name_in_two_scopes_stay_apart() -> None:
    inner = THROW.format("inner_t", "A") + CATCH.format("inner_c", "A")
    outer = THROW.format("outer_t", "A") + CATCH.format("outer_c", "A")
    root = rewritten(f'<subProcess id="sub">{inner}</subProcess>{outer}')
    assert edges(root, "sub") == {("inner_t", "inner_c")}
    assert edges(root, "p") == {("outer_t", "outer_c")}
