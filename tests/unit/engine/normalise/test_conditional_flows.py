"""Conditional flows out of an activity."""

from __future__ import annotations

from tests.unit.engine.normalise.diagrams import edges, element, flow, kind, rewritten

NODES = '<startEvent id="s"/><userTask id="a"{0}/><userTask id="b"/><userTask id="c"/><userTask id="d"/>'


def conditions(*flow_ids: str, body: str) -> list[str | None]:
    root = rewritten(body)
    return [element(root, flow_id).findtext("{*}conditionExpression") for flow_id in flow_ids]


def test_they_leave_an_inclusive_gateway_behind_it() -> None:
    root = rewritten(NODES.format("") + flow("s", "a") + flow("a", "b", condition="x") + flow("a", "c", condition="y"))
    assert kind(root, "a~split") == "inclusiveGateway"
    assert edges(root, "p") == {("s", "a"), ("a", "a~split"), ("a~split", "b"), ("a~split", "c")}


def test_the_default_flow_goes_with_them() -> None:
    root = rewritten(NODES.format(' default="a-c"') + flow("a", "b", condition="x") + flow("a", "c"))
    assert element(root, "a~split").get("default") == "a-c"
    assert element(root, "a").get("default") is None
    assert ("a~split", "c") in edges(root, "p")


def test_a_plain_flow_beside_them_always_holds() -> None:
    body = NODES.format("") + flow("a", "b", condition="x") + flow("a", "c")
    assert conditions("a-b", "a-c", body=body) == ["x", "True"]


def test_a_plain_flow_beside_a_default_flow_stays_with_the_activity() -> None:
    body = NODES.format(' default="a-c"') + flow("a", "b", condition="x") + flow("a", "c") + flow("a", "d")
    root = rewritten(body)
    assert {("a", "d"), ("a", "a~split"), ("a~split", "b"), ("a~split", "c")} == edges(root, "p")
    assert conditions("a-c", "a-d", body=body) == [None, None]


def test_flows_of_a_gateway_are_left_alone() -> None:
    body = '<exclusiveGateway id="g" default="g-c"/><userTask id="b"/><userTask id="c"/>'
    root = rewritten(body + flow("g", "b", condition="x") + flow("g", "c"))
    assert edges(root, "p") == {("g", "b"), ("g", "c")}
