"""Event sub-processes."""

from __future__ import annotations

import copy

from lxml import etree

from engine.normalise import is_synthetic, normalise
from tests.unit.engine.normalise.diagrams import NAMES, children, edges, element, flow, kind, rewritten

PLAIN = '<startEvent id="s"/><userTask id="a"/><endEvent id="e"/>' + flow("s", "a", "e")
DEFINITIONS = '<message id="m" name="m"/><error id="f" name="f" errorCode="f"/>'
MESSAGE = '<messageEventDefinition messageRef="m"/>'
ERROR = '<errorEventDefinition errorRef="f"/>'


def handler(name: str, trigger: str, interrupting: bool = True) -> str:
    attribute = "" if interrupting else ' isInterrupting="false"'
    return (
        f'<subProcess id="{name}" triggeredByEvent="true"><startEvent id="{name}_s"{attribute}>{trigger}</startEvent>'
        f'<userTask id="{name}_a"/><endEvent id="{name}_e"/>{flow(f"{name}_s", f"{name}_a", f"{name}_e")}</subProcess>'
    )


def test_the_flow_of_the_scope_moves_into_a_body() -> None:
    root = rewritten(PLAIN + handler("h", MESSAGE), DEFINITIONS)
    assert children(root, "p~body") == {"p~body~start", "a", "e"}
    assert edges(root, "p~body") == {("p~body~start", "a"), ("a", "e")}
    assert edges(root, "p") >= {("s", "p~body"), ("p~body", "p~body~end")}


def test_the_start_event_of_the_scope_stays_outside() -> None:
    body = '<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent><endEvent id="e"/>'
    root = rewritten(body + flow("s", "e") + handler("h", MESSAGE), DEFINITIONS)
    assert "s" in children(root, "p")
    assert element(root, "s").find("b:messageEventDefinition", NAMES) is not None


def test_the_boundary_event_takes_over_id_and_trigger_of_the_start_event() -> None:
    root = rewritten(PLAIN + handler("h", MESSAGE), DEFINITIONS)
    boundary = element(root, "h_s")
    assert kind(root, "h_s") == "boundaryEvent"
    assert boundary.get("attachedToRef") == "p~body"
    assert boundary.find("b:messageEventDefinition", NAMES) is not None
    assert ("h_s", "h") in edges(root, "p")


def test_the_handler_becomes_an_ordinary_sub_process_with_a_none_start() -> None:
    root = rewritten(PLAIN + handler("h", MESSAGE), DEFINITIONS)
    assert element(root, "h").get("triggeredByEvent") is None
    assert len(element(root, "h_s~start")) == 0
    assert edges(root, "h") == {("h_s~start", "h_a"), ("h_a", "h_e")}


def test_interrupting_and_not_are_kept() -> None:
    root = rewritten(PLAIN + handler("h", MESSAGE) + handler("i", MESSAGE, interrupting=False), DEFINITIONS)
    assert element(root, "h_s").get("cancelActivity") == "true"
    assert element(root, "i_s").get("cancelActivity") == "false"


def test_an_error_always_interrupts() -> None:
    root = rewritten(PLAIN + handler("h", ERROR, interrupting=False), DEFINITIONS)
    assert element(root, "h_s").get("cancelActivity") == "true"


def test_handlers_that_do_not_interrupt_run_inside_what_the_others_interrupt() -> None:
    root = rewritten(PLAIN + handler("h", MESSAGE) + handler("i", MESSAGE, interrupting=False), DEFINITIONS)
    assert {"p~body", "i_s", "i"} <= children(root, "p~whole")
    assert {"p~whole", "h_s", "h"} <= children(root, "p")
    assert element(root, "i_s").get("attachedToRef") == "p~body"
    assert element(root, "h_s").get("attachedToRef") == "p~whole"


def test_terminate_in_the_body_leads_to_a_terminate_end_event_outside() -> None:
    body = '<startEvent id="s"/><endEvent id="e"><terminateEventDefinition/></endEvent>' + flow("s", "e")
    root = rewritten(body + handler("h", MESSAGE), DEFINITIONS)
    thrown = element(root, "e").find("b:errorEventDefinition", NAMES)
    assert thrown is not None
    assert is_synthetic(thrown.get("errorRef", ""))
    assert element(root, "p~terminated").get("attachedToRef") == "p~body"
    assert element(root, "p~terminated~end").find("b:terminateEventDefinition", NAMES) is not None


def test_terminate_in_a_nested_sub_process_is_left_alone() -> None:
    end = '<endEvent id="u"><terminateEventDefinition/></endEvent>'
    inner = f'<subProcess id="sub"><startEvent id="t"/>{end}</subProcess>'
    root = rewritten(PLAIN + inner + handler("h", MESSAGE), DEFINITIONS)
    assert element(root, "u").find("b:terminateEventDefinition", NAMES) is not None


def test_a_scope_without_event_sub_process_is_left_alone() -> None:
    root = rewritten(PLAIN)
    assert children(root, "p") == {"s", "a", "e"}


def test_event_sub_processes_nest() -> None:
    inner = handler("i", MESSAGE)
    outer = handler("h", MESSAGE).replace("</subProcess>", inner + "</subProcess>")
    root = rewritten(PLAIN + outer, DEFINITIONS)
    assert children(root, "h") >= {"h_s~start", "h~body", "i_s", "i"}
    assert children(root, "h~body") == {"h~body~start", "h_a", "h_e"}


def test_what_belongs_to_the_scope_itself_stays_with_it() -> None:
    own = '<documentation>why</documentation><extensionElements><x xmlns="urn:x"/></extensionElements>'
    root = rewritten(own + PLAIN + handler("h", MESSAGE), DEFINITIONS)
    assert element(root, "p").findtext("b:documentation", namespaces=NAMES) == "why"
    assert element(root, "p").find("b:extensionElements", NAMES) is not None


def test_no_id_is_given_twice() -> None:
    handlers = handler("h", MESSAGE) + handler("i", MESSAGE, interrupting=False) + handler("j", ERROR)
    body = '<startEvent id="s"/><endEvent id="e"><terminateEventDefinition/></endEvent>' + flow("s", "e")
    ids = [found.get("id") for found in rewritten(body + handlers, DEFINITIONS).iter("*") if found.get("id")]
    assert len(ids) == len(set(ids))


def test_rewriting_twice_changes_nothing_more() -> None:
    once = rewritten(PLAIN + handler("h", MESSAGE) + handler("i", MESSAGE, interrupting=False), DEFINITIONS)
    again = normalise(copy.deepcopy(once))
    assert etree.tostring(again, method="c14n") == etree.tostring(once, method="c14n")
