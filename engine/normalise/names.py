"""The names of BPMN elements, and of elements that only the interpreter sees."""

from __future__ import annotations

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"

SYNTHETIC_MARK = "~"


def tag(name: str) -> str:
    """The qualified tag of the BPMN element ``name``, such as ``userTask``."""
    return f"{{{MODEL}}}{name}"


ACTIVITIES = frozenset(
    map(
        tag,
        (
            "task",
            "userTask",
            "manualTask",
            "serviceTask",
            "sendTask",
            "receiveTask",
            "scriptTask",
            "businessRuleTask",
            "subProcess",
            "callActivity",
        ),
    )
)
EVENTS = frozenset(
    map(tag, ("startEvent", "endEvent", "boundaryEvent", "intermediateThrowEvent", "intermediateCatchEvent"))
)
GATEWAYS = frozenset(
    map(tag, ("exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "complexGateway"))
)
NODES = ACTIVITIES | EVENTS | GATEWAYS
SCOPES = (tag("process"), tag("subProcess"))


def synthetic(element_id: str, part: str) -> str:
    """An id for what stands beside the author's ``element_id``; it cannot collide, as ``~`` is not allowed in an ID."""
    return f"{element_id}{SYNTHETIC_MARK}{part}"


def is_synthetic(element_id: str) -> bool:
    """Whether only the interpreter knows this element; such ids are not shown to people."""
    return SYNTHETIC_MARK in element_id


def drawn_id(element_id: str) -> str:
    """The id of the element that people see in place of this one: itself, or what a synthetic element stands beside."""
    return element_id.partition(SYNTHETIC_MARK)[0]
