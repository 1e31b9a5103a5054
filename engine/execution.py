"""One command over a tree of instances: loads them, steps them, carries ends and escalations upwards."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid5

from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import (
    CodeEventDefinition,
    ErrorEventDefinition,
    EscalationEventDefinition,
)

from engine.codec import decode, encode
from engine.definitions import Definitions
from engine.elements.propagation import catcher_on
from engine.errors import ExecutionFailed, NotWaiting, SnapshotNeeded
from engine.happenings import ChildStarted, Happening, InstanceEnded, SubtreeCancelled
from engine.snapshot import OperationCall, Outcome, Snapshot, Status
from engine.stepping import Instance
from engine.token import STARTED, Token
from engine.tracing import current_trace

Perform = Callable[[OperationCall], Mapping[str, Any]]
Snapshots = Mapping[UUID, Snapshot]
MOST_CHILDREN = 5_000
"""Children that one command may start."""
STEP_BUDGET = 5_000
"""Steps that one instance may take in one command."""


def no_operations(call: OperationCall) -> Mapping[str, Any]:
    """The ``perform`` of callers that have no local operations."""
    raise LookupError(f"没有操作 {call.operation}")


@dataclass(slots=True)
class Place:
    """Where an instance stands in the tree, and the version it was loaded at (0: new)."""

    process: str
    release: str
    root_id: UUID
    parent_id: UUID | None
    parent_task_id: UUID | None
    key: str | None
    version: int = 0


class Execution:
    """What one command works on."""

    def __init__(self, definitions: Definitions, snapshots: Snapshots, perform: Perform = no_operations) -> None:
        self.definitions = definitions
        self.snapshots = snapshots
        self.perform = perform
        self.visited = current_trace()
        self.happenings: list[Happening] = []
        self.instances: dict[UUID, Instance] = {}
        self.places: dict[UUID, Place] = {}
        self._changed: set[UUID] = set()
        self._reported: set[UUID] = set()
        self._pending: deque[Instance] = deque()
        self._children = 0
        self._steps: Counter[UUID] = Counter()

    def open(self, instance_id: UUID) -> Instance:
        """The live instance; raises ``SnapshotNeeded``, or ``NotWaiting`` when it has ended."""
        if instance_id in self.instances:
            return self.instances[instance_id]
        snapshot = self.snapshots.get(instance_id)
        if snapshot is None:
            raise SnapshotNeeded(instance_id)
        if snapshot.status is not Status.ACTIVE:
            raise NotWaiting(f"实例 {instance_id} 已经结束（{snapshot.status}）")
        instance = decode(self, snapshot)
        self.instances[instance_id] = instance
        self.places[instance_id] = Place(
            snapshot.process,
            snapshot.release,
            snapshot.root_id,
            snapshot.parent_id,
            snapshot.parent_task_id,
            snapshot.key,
            snapshot.version,
        )
        return instance

    def start(self, instance_id: UUID, place: Place, data: dict[str, Any]) -> Instance:
        """Make a new instance and put it in line."""
        process = self.definitions.processes.get(place.process)
        if process is None:
            raise ExecutionFailed(instance_id, place.process, f"没有流程 {place.process}")
        instance = Instance(self, process, instance_id)
        self.instances[instance_id] = instance
        self.places[instance_id] = place
        instance.begin_with(data)
        self.touch(instance)
        return instance

    def touch(self, instance: Instance) -> None:
        """The instance is changed and has to be stepped."""
        self._changed.add(instance.id)
        self._pending.append(instance)

    def start_child(self, parent: Instance, token: Token, key: str, inputs: dict[str, Any]) -> None:
        """Start the child ``key`` of a call activity."""
        self._children += 1
        if self._children > MOST_CHILDREN:
            raise parent.failed(f"一次操作启动的子流程超过 {MOST_CHILDREN} 个")
        above, task_id, called = self.places[parent.id], parent.task_id(token), token.task_spec.called
        place = Place(called, above.release, above.root_id, parent.id, task_id, key or None)
        child_id = uuid5(task_id, key)
        process = self.definitions.processes.get(called)
        if process is None:
            raise parent.failed(f"没有流程 {called}")
        placeholder = self._snapshot(child_id, place, Status.ACTIVE, b"")
        self.happenings.append(ChildStarted(parent.id, token.task_spec.bpmn_id, placeholder, process.kind, inputs))
        self.start(child_id, place, dict(inputs))

    def cancel(self, instance: Instance, reason: str) -> None:
        """Cancel an instance and what is below it; its parent, if any, goes on without its result."""
        self._abandon(instance)
        self.happenings.append(SubtreeCancelled(instance.id, reason))
        place = self.places[instance.id]
        if place.parent_id is not None:
            parent, token, key = self._caller(instance)
            token.task_spec.record(token, key, None)
            parent.resume(lambda: token.task_spec.child_ended(token, key))
            self.touch(parent)

    def cancel_child(self, child_id: UUID) -> None:
        """Take a live child away; what is not loaded is left to the caller's set-based act."""
        child = self.instances.get(child_id)
        if child is not None:
            self._abandon(child)

    def _abandon(self, instance: Instance) -> None:
        """Cancel a loaded instance and the loaded ones below it, without any handler of theirs."""
        if instance.status is Status.ACTIVE:
            instance.abandon()
            self._changed.add(instance.id)
        for other_id, place in self.places.items():
            other = self.instances[other_id]
            if place.parent_id == instance.id and other.status is Status.ACTIVE:
                self._abandon(other)

    def count_step(self, instance: Instance) -> None:
        """One more step of an instance; raises ``ExecutionFailed`` beyond the budget."""
        self._steps[instance.id] += 1
        if self._steps[instance.id] > STEP_BUDGET:
            raise instance.failed(f"一次操作超过 {STEP_BUDGET} 步，流程图中可能有不停的循环")

    def run(self) -> Outcome:
        """Step everything in line until all waits; what the command produced."""
        while self._pending:
            instance = self._pending.popleft()
            instance.advance()
            self._report(instance)
        return self._outcome()

    def _report(self, instance: Instance) -> None:
        """Tell the parent what came out of an instance that has come to rest."""
        place = self.places[instance.id]
        ended = instance.status not in (Status.ACTIVE, Status.CANCELLED) and instance.id not in self._reported
        if ended:
            self._reported.add(instance.id)
        leaving, instance.leaving = instance.leaving, []
        if place.parent_id is None:
            if ended:
                self._ended(instance, instance.result()[0])
            return
        if not ended and not leaving:
            return
        parent, token, key = self._caller(instance)
        if ended:
            outputs = token.task_spec.outputs_of(instance.result()[0])
            self._ended(instance, outputs)
            failed = instance.status is Status.ERROR
            token.task_spec.record(token, key, None if failed else outputs)
            if failed and not self._catch(parent, token, ErrorEventDefinition, instance.code):
                self._fail(parent, instance)
        for code in leaving:
            self._catch(parent, token, EscalationEventDefinition, code)
        parent.advance()
        if ended and token._state == STARTED and parent.status is Status.ACTIVE:
            parent.resume(lambda: token.task_spec.child_ended(token, key))
        self.touch(parent)

    def _caller(self, child: Instance) -> tuple[Instance, Token, str]:
        """The parent of ``child``, its token that waits for the child, and the child's key there."""
        place = self.places[child.id]
        assert place.parent_id is not None, "only of a child"
        assert place.parent_task_id is not None, "a child has both"
        try:
            parent = self.open(place.parent_id)
        except NotWaiting as error:
            raise ExecutionFailed(child.id, child.process.id, "上级流程已经结束") from error
        token = parent.find(place.parent_task_id)
        if token is None:
            raise ExecutionFailed(parent.id, parent.process.id, f"上级流程已不在等待实例 {child.id}")
        parent.position = token
        return parent, token, place.key or ""

    def _ended(self, instance: Instance, outputs: dict[str, Any]) -> None:
        self.happenings.append(InstanceEnded(instance.id, instance.status, instance.code, outputs))
        if instance.status is Status.ERROR and self.places[instance.id].parent_id is None and instance.failed_below:
            raise instance.failed_below

    def _catch(self, parent: Instance, token: Token, kind: type[CodeEventDefinition], code: str | None) -> bool:
        if token._state != STARTED:
            return True  # an earlier one has taken the call activity away
        catcher = catcher_on(token, kind, code)
        if catcher is None:
            return False
        catcher.task_spec.occur(catcher, token.task_spec.results(token))
        parent.advance()
        return True

    def _fail(self, parent: Instance, child: Instance) -> None:
        """An error that nobody in ``parent`` catches ends it too; above the root it is a failure."""
        origin = child.failed_below or ExecutionFailed(
            child.id, child.thrower or child.process.id, f"错误 {child.code or ''} 没有被任何边界事件捕获"
        )
        parent.end(Status.ERROR, child.code)
        parent.failed_below = origin

    def _outcome(self) -> Outcome:
        snapshots = {
            instance_id: self._snapshot(instance_id, self.places[instance_id], instance.status, _encoded(instance))
            for instance_id, instance in self.instances.items()
            if instance_id in self._changed
        }
        happenings = tuple(
            replace(happening, child=snapshots[happening.child.id])
            if isinstance(happening, ChildStarted)
            else happening
            for happening in self.happenings
        )
        ordered = sorted(snapshots.values(), key=lambda snapshot: self._depth(snapshot.id))
        return Outcome(tuple(ordered), happenings)

    def _depth(self, instance_id: UUID) -> int:
        depth = 0
        place = self.places.get(instance_id)
        while place is not None and place.parent_id is not None:
            depth += 1
            place = self.places.get(place.parent_id)
        return depth

    @staticmethod
    def _snapshot(instance_id: UUID, place: Place, status: Status, state: bytes) -> Snapshot:
        return Snapshot(
            id=instance_id,
            process=place.process,
            release=place.release,
            status=status,
            version=place.version + 1,
            state=state,
            root_id=place.root_id,
            parent_id=place.parent_id,
            parent_task_id=place.parent_task_id,
            key=place.key,
        )


def _encoded(instance: Instance) -> bytes:
    try:
        return encode(instance)
    except TypeError as error:  # an expression may have computed what cannot be stored
        raise instance.failed(f"数据无法保存：{error}") from error
