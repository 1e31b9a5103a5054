"""What silence would decide in the diagrams that licences go through, whatever the diagrams declare themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from engine.findings import Finding
from engine.lint.model import PERSONAL, SUB_PROCESSES, Model, Node, Scope, read_model
from engine.lint.problem import Problem
from engine.lint.rules.timeout_policy import BY_ITSELF
from engine.registry import Registry

RULE = "timeout-policy"
THROWN = ("error", "escalation")


def silent_decisions(
    files: Mapping[str, bytes], registry: Registry, licences: Mapping[str, str], decisions: Collection[str]
) -> list[Finding]:
    """What decides on a licence without a person in the processes ``licences`` and in all that they call.

    ``licences`` names for each process, by id, a licence that goes through it; ``decisions`` are the operations that
    record a decision. Found are the tasks directly before one that silence does, and the timers that lead to one.
    """
    model = read_model(files, registry)
    roots = {diagram.root: diagram.file for diagram in model.diagrams}
    found: dict[str, Problem] = {}
    for process, licence in licences.items():
        walk = _Walk(model, _called(model, process))
        for scope in walk.processes.values():
            for node in _nodes(scope):
                if node.kind == "serviceTask" and node.declared("operation", "name") in decisions:
                    for at in walk.before(node):
                        if (problem := _problem(at, licence)) is not None:
                            found.setdefault(f"{at.scope.file} {at.id}", problem)
    return [problem.as_finding(RULE, roots) for problem in found.values()]


def _problem(node: Node, licence: str) -> Problem | None:
    """A timer that decides, or a task that its limit does; ``None`` for a task that a person decides."""
    if node.kind not in PERSONAL:
        message = f"“{licence}”是行政许可，走这张流程图，不能到时间就自动作出决定"
        return Problem(node, message, "去掉这条定时的路，或让它先到一个由人办理的任务；不是许可的事项可以另画流程图")
    if node.declared("task", "timeout") not in BY_ITSELF:
        return None
    message = f"“{licence}”是行政许可，在这个任务作出决定，不能因超时自动作出"
    return Problem(node, message, "超时处理改为 remind（催办）或 escalate（上报）；不是许可的事项可以另画流程图")


def _called(model: Model, process: str) -> dict[str, Scope]:
    """The process and all that it calls, directly or not."""
    found: dict[str, Scope] = {}
    waiting = [process]
    while waiting:
        scope = model.processes.get(waiting.pop())
        if scope is not None and scope.id not in found:
            found[scope.id] = scope
            waiting += [_callee(node) for node in _nodes(scope) if node.kind == "callActivity"]
    return found


def _nodes(scope: Scope) -> Iterator[Node]:
    """The nodes of a scope and of the sub-processes in it."""
    for node in scope.nodes:
        yield node
        if node.inner is not None:
            yield from _nodes(node.inner)


def _callee(node: Node) -> str:
    return node.element.get("calledElement", "")


@dataclass(slots=True)
class _Walk:
    """Goes back from a decision to whoever, or whatever, made it."""

    model: Model
    processes: Mapping[str, Scope]
    seen: set[int] = field(default_factory=set)

    def before(self, node: Node) -> list[Node]:
        """The tasks of people and the deciding timers from which a token comes to ``node`` without another task."""
        self.seen.clear()
        found, waiting = [], self._sources(node)
        while waiting:
            at = waiting.pop()
            if id(at) in self.seen:
                continue
            self.seen.add(id(at))
            if at.kind in PERSONAL or _decides_by_time(at):
                found.append(at)
            else:
                waiting += self._behind(at)
        return found

    def _behind(self, node: Node) -> list[Node]:
        """Where a token was before it left ``node``."""
        if node.kind in SUB_PROCESSES and node.inner is not None:
            return _ends(node.inner)
        if node.kind == "callActivity" and (called := self.model.processes.get(_callee(node))) is not None:
            return _ends(called)
        return self._sources(node)

    def _sources(self, node: Node) -> list[Node]:
        """Where a token was before it came to ``node``."""
        if node.kind == "boundaryEvent":
            return self._thrown(node)
        if node.kind == "startEvent":
            return self._entered(node.scope)
        if node.kind == "intermediateCatchEvent" and node.trigger == "link":
            return [throw for throw in node.scope.nodes if node in throw.successors()]
        return [flow.source for flow in node.incoming if flow.source is not None]

    def _entered(self, scope: Scope) -> list[Node]:
        """From where a scope is entered: before its sub-process, or before the calls of the process."""
        if scope.node is not None:
            return [] if scope.is_event_sub_process else self._sources(scope.node)
        calls = (node for each in self.processes.values() for node in _nodes(each) if node.kind == "callActivity")
        return [before for call in calls if _callee(call) == scope.id for before in self._sources(call)]

    def _thrown(self, boundary: Node) -> list[Node]:
        """The ends inside the activity that throw what the boundary event catches; a message comes from somebody."""
        if boundary.trigger not in THROWN:
            return []
        attached = boundary.scope.by_id.get(boundary.element.get("attachedToRef", ""))
        inner = None if attached is None else attached.inner or self.model.processes.get(_callee(attached))
        return [] if inner is None else [node for node in _nodes(inner) if node.trigger in THROWN]


def _ends(scope: Scope) -> list[Node]:
    """The ends through which a scope is left on its own flow."""
    return [node for node in scope.nodes if node.kind == "endEvent" and node.trigger not in THROWN]


def _decides_by_time(node: Node) -> bool:
    """A timer on a task, beside another event, or at the start: the path goes on because nobody did anything."""
    if node.trigger != "timer":
        return False
    beside = any(flow.source is not None and flow.source.kind == "eventBasedGateway" for flow in node.incoming)
    return node.kind in ("boundaryEvent", "startEvent") or beside
