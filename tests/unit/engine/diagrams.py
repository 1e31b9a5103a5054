"""Writes small diagrams as text, so that a scenario shows the flow it is about."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from xml.sax.saxutils import quoteattr

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:bl="urn:binglian:bpmn:1" '
    'id="definitions" targetNamespace="urn:binglian:test">'
)


def diagram(*parts: str) -> bytes:
    """A file of processes, messages, signals, errors and escalations."""
    return f"{HEAD}{''.join(parts)}</definitions>".encode()


def process(name: str, *nodes: str, flows: str, kind: str = "") -> str:
    """A process; see ``scope`` for the flows."""
    declared = f"<extensionElements><bl:process kind={quoteattr(kind)}/></extensionElements>" if kind else ""
    return f'<process id="{name}" isExecutable="true">{declared}{scope(*nodes, flows=flows)}</process>'


def subprocess(name: str, *nodes: str, flows: str, loop: str = "") -> str:
    """An embedded sub-process."""
    return f'<subProcess id="{name}">{loop}{scope(*nodes, flows=flows)}</subProcess>'


def scope(*nodes: str, flows: str) -> str:
    """Nodes, and flows written as lines ``a > b > c`` or ``a > b : condition``."""
    return "".join(nodes) + "".join(_flow(*each) for each in _flows(flows))


def _flows(text: str) -> Iterable[tuple[str, str, str]]:
    for line in text.strip().splitlines():
        way, _, condition = line.partition(" : ")
        names = [name.strip() for name in way.split(">")]
        for source, target in pairwise(names):
            yield source, target, condition.strip()


def _flow(source: str, target: str, condition: str) -> str:
    inside = (
        f'<conditionExpression xsi:type="tFormalExpression"><![CDATA[{condition}]]></conditionExpression>'
        if condition
        else ""
    )
    return f'<sequenceFlow id="{source}__{target}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'


def start(name: str = "start") -> str:
    """A none start event."""
    return f'<startEvent id="{name}"/>'


def end(name: str = "end", inside: str = "") -> str:
    """An end event."""
    return f'<endEvent id="{name}">{inside}</endEvent>'


def user(name: str, outputs: str = "", loop: str = "", **attributes: str) -> str:
    """A user task; ``outputs`` are names, or ``name==expression``, separated by spaces."""
    written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    declared = f"<bl:task{written}>{mappings('output', outputs)}</bl:task>"
    return f'<userTask id="{name}"><extensionElements>{declared}</extensionElements>{loop}</userTask>'


def operation(name: str, calls: str, mode: str = "local", inputs: str = "", outputs: str = "") -> str:
    """A service task."""
    declared = (
        f'<bl:operation name="{calls}" mode="{mode}">'
        f"{mappings('input', inputs)}{mappings('output', outputs)}</bl:operation>"
    )
    return f'<serviceTask id="{name}"><extensionElements>{declared}</extensionElements></serviceTask>'


def call(
    name: str, called: str, loop: str = "", inputs: str = "", outputs: str = "", cascades: str = "", **attributes: str
) -> str:
    """A call activity."""
    written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    declared = f"<bl:call{written}>{mappings('input', inputs)}{mappings('output', outputs)}{cascades}</bl:call>"
    return (
        f'<callActivity id="{name}" calledElement="{called}">'
        f"<extensionElements>{declared}</extensionElements>{loop}</callActivity>"
    )


def cascade(on: str, targets: str, effect: str) -> str:
    """A cascade of a call activity."""
    return f"<bl:cascade on={quoteattr(on)} targets={quoteattr(targets)} effect={quoteattr(effect)}/>"


def mappings(kind: str, text: str) -> str:
    """``bl:input`` or ``bl:output`` elements."""
    written = []
    for part in text.split():
        name, _, value = part.partition("=")
        written.append(f'<bl:{kind} name="{name}"' + (f" value={quoteattr(value)}" if value else "") + "/>")
    return "".join(written)


def each(collection: str, variable: str, condition: str = "", sequential: bool = False) -> str:
    """Multi-instance over a collection."""
    enough = (
        f'<completionCondition xsi:type="tFormalExpression"><![CDATA[{condition}]]></completionCondition>'
        if condition
        else ""
    )
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        f"<loopDataInputRef>{collection}</loopDataInputRef>"
        f'<inputDataItem id="each_{collection}_{variable}" name="{variable}"/>{enough}'
        "</multiInstanceLoopCharacteristics>"
    )


def boundary(name: str, on: str, event: str, interrupting: bool = True) -> str:
    """A boundary event."""
    return (
        f'<boundaryEvent id="{name}" attachedToRef="{on}" cancelActivity="{str(interrupting).lower()}">'
        f"{event}</boundaryEvent>"
    )


def catch(name: str, event: str) -> str:
    """An intermediate catch event."""
    return f'<intermediateCatchEvent id="{name}">{event}</intermediateCatchEvent>'


def throw(name: str, event: str = "", milestone: str = "") -> str:
    """An intermediate throw event."""
    declared = f'<extensionElements><bl:milestone name="{milestone}"/></extensionElements>' if milestone else ""
    return f'<intermediateThrowEvent id="{name}">{declared}{event}</intermediateThrowEvent>'


def gateway(name: str, kind: str = "exclusive", default: str = "") -> str:
    """A gateway; ``default`` is the node that the default flow leads to."""
    written = f' default="{name}__{default}"' if default else ""
    return f'<{kind}Gateway id="{name}"{written}/>'


def timer(limit: str) -> str:
    """A timer event definition."""
    return f"<timerEventDefinition><timeDuration>{limit}</timeDuration></timerEventDefinition>"


def message(name: str) -> str:
    """A message event definition; declare it with ``declared``."""
    return f'<messageEventDefinition messageRef="message_{name}"/>'


def signal(name: str) -> str:
    """A signal event definition."""
    return f'<signalEventDefinition signalRef="signal_{name}"/>'


def error(code: str) -> str:
    """An error event definition."""
    return f'<errorEventDefinition errorRef="error_{code}"/>'


def escalation(code: str) -> str:
    """An escalation event definition."""
    return f'<escalationEventDefinition escalationRef="escalation_{code}"/>'


TERMINATE = "<terminateEventDefinition/>"


def declared(messages: str = "", signals: str = "", errors: str = "", escalations: str = "") -> str:
    """The messages, signals, errors and escalations that a diagram names."""
    parts = [f'<message id="message_{name}" name="{name}"/>' for name in messages.split()]
    parts += [f'<signal id="signal_{name}" name="{name}"/>' for name in signals.split()]
    parts += [f'<error id="error_{code}" name="{code}" errorCode="{code}"/>' for code in errors.split()]
    parts += [f'<escalation id="escalation_{code}" escalationCode="{code}"/>' for code in escalations.split()]
    return "".join(parts)
