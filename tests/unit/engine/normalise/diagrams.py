"""Small diagrams for the rewritings, and what the tests look at in them."""

from __future__ import annotations

from itertools import pairwise

from lxml import etree

from engine.normalise import normalise
from engine.normalise.names import MODEL, SCHEMA_INSTANCE

NAMES = {"b": MODEL}


def rewritten(body: str, definitions: str = "") -> etree._Element:
    """The definitions with one process ``p`` of this body, after all rewritings."""
    text = (
        f'<definitions xmlns="{MODEL}" xmlns:xsi="{SCHEMA_INSTANCE}" id="d" targetNamespace="urn:test">'
        f'{definitions}<process id="p" isExecutable="true">{body}</process></definitions>'
    )
    return normalise(etree.fromstring(text))


def flow(*ids: str, condition: str | None = None) -> str:
    """Sequence flows along ``ids``, the id of each being ``source-target``."""
    inside = "" if condition is None else f"<conditionExpression>{condition}</conditionExpression>"
    return "".join(
        f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'
        for source, target in pairwise(ids)
    )


def edges(root: etree._Element, scope: str) -> set[tuple[str, str]]:
    """The sequence flows directly in ``scope`` as pairs of source and target."""
    return {
        (found.get("sourceRef", ""), found.get("targetRef", ""))
        for found in root.iterfind(f".//*[@id='{scope}']/b:sequenceFlow", NAMES)
    }


def element(root: etree._Element, element_id: str) -> etree._Element:
    """The element of that id."""
    [found] = root.iterfind(f".//*[@id='{element_id}']")
    return found


def kind(root: etree._Element, element_id: str) -> str:
    """The BPMN name of an element, such as ``userTask``."""
    return etree.QName(element(root, element_id)).localname


def children(root: etree._Element, scope: str) -> set[str]:
    """The ids of the flow nodes directly in ``scope``."""
    inside = element(root, scope)
    return {child.get("id", "") for child in inside if etree.QName(child).localname != "sequenceFlow"}
