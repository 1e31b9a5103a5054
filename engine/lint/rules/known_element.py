"""What the engine does not know, it would leave out."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.model import NODES, Model, is_bpmn, local_name
from engine.lint.problem import Problem

PASSIVE = frozenset(
    {
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "sequenceFlow",
        "laneSet",
        "auditing",
        "monitoring",
        "property",
        "textAnnotation",
        "association",
        "group",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "dataInputAssociation",
        "dataOutputAssociation",
        "ioSpecification",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
        "completionCondition",
    }
)
REFUSED_BY_NAME = frozenset(
    {"resourceRole", "performer", "humanPerformer", "potentialOwner", "correlationSubscription"}
)


KNOWN = NODES | PASSIVE | REFUSED_BY_NAME


def check(model: Model) -> Iterator[Problem]:
    for scope in model.scopes:
        for child in scope.element:
            if is_bpmn(child) and local_name(child) not in KNOWN:
                yield Problem(child, f"不执行 {local_name(child)}", "删除它；要做的事画成任务、事件或网关")
