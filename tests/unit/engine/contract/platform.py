"""Drives a contract case with the engine's commands, as the platform does: every command loads and saves its state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from uuid import UUID

from engine import EngineError, OperationCall, OperationFailed, Outcome, Snapshot, Status, commands, tracing
from engine.commands.inspect import Standing, State
from engine.definitions import Definitions, prepare
from engine.execution import Execution
from engine.happenings import SubtreeCancelled
from engine.normalise import is_synthetic
from engine.stepping import Instance
from tests.unit.engine.contract.script import (
    FAILED,
    PROCESS,
    Case,
    Complete,
    Fail,
    Finish,
    Fire,
    Message,
    Signal,
    Step,
    Trace,
    moment,
)

ROOT = UUID(int=1)


def platform_trace(case: Case) -> Trace:
    """What the engine does; from the first refusal on, nothing more is done."""
    platform = Platform(prepare({f"{case.name}.bpmn": case.diagram}))
    moments: list[str] = []
    for step in (None, *case.steps):
        with tracing() as visited:
            try:
                platform.do(step)
            except EngineError:
                return Trace((*moments, FAILED))
        shown = [element for element in visited if not is_synthetic(element)]
        moments.append(moment(shown, platform.still_open(), platform.has_ended))
    return Trace(tuple(moments), platform.data)


@contextmanager
def without_saving() -> Iterator[None]:
    """Inside the block instances live on from command to command: nothing is encoded, pruned or decoded."""
    live: dict[UUID, Instance] = {}

    def keep(instance: Instance) -> bytes:
        live[instance.id] = instance
        return b""

    def give_back(execution: Execution, snapshot: Snapshot) -> Instance:
        instance = live[snapshot.id]
        instance.execution, instance.visited = execution, execution.visited
        return instance

    with (
        patch("engine.execution.encode", keep),
        patch("engine.execution.decode", give_back),
        patch("engine.commands.inspect.decode", give_back),
    ):
        yield


def perform(call: OperationCall) -> Mapping[str, Any]:
    """The local operations that the diagrams of the contract name."""
    if call.operation == "fail":
        raise OperationFailed("FAULT")
    return {"result": 2 * call.inputs["number"]}


class Platform:
    """The instances of one case, as a database would keep them."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.snapshots: dict[UUID, Snapshot] = {}

    def do(self, step: Step | None) -> None:
        """Do one step of the script; None starts the process."""
        match step:
            case None:
                self.keep(commands.start(self.definitions, self.snapshots, ROOT, PROCESS, {}))
            case Complete(element, data, position):
                instance, task = self._user_tasks(element)[position]
                self.keep(
                    commands.complete(self.definitions, self.snapshots, instance, task.task_id, data, perform=perform)
                )
            case Message(name, data):
                [instance] = {instance for instance, standing in self.standing() if standing.message == name}
                self.keep(commands.correlate(self.definitions, self.snapshots, instance, name, data))
            case Signal(name):
                for instance in [snapshot.id for snapshot in self._live()]:
                    self.keep(commands.signal(self.definitions, self.snapshots, instance, name))
            case Fire(element):
                [(instance, timer)] = [found for found in self.standing() if found[1].element_id == element]
                self.keep(commands.fire(self.definitions, self.snapshots, instance, timer.task_id))
            case Finish(element, data):
                instance, operation = self._operation(element)
                self.keep(
                    commands.finish_operation(self.definitions, self.snapshots, instance, operation.task_id, data)
                )
            case Fail(element, code):
                instance, operation = self._operation(element)
                self.keep(
                    commands.fail_operation(
                        self.definitions, self.snapshots, instance, operation.task_id, code, "failed"
                    )
                )

    @property
    def has_ended(self) -> bool:
        """Whether the root instance is over."""
        return self.snapshots[ROOT].status is not Status.ACTIVE

    @property
    def data(self) -> Mapping[str, Any] | None:
        """The data of the root instance, once it is over."""
        return dict(self._state(self.snapshots[ROOT]).data) if self.has_ended else None

    def still_open(self) -> list[str]:
        """The elements at which a person, a message or a time is waited for."""
        return [standing.element_id for _, standing in self.standing() if waits(standing)]

    def keep(self, outcome: Outcome) -> None:
        """Store what a command has changed."""
        self.snapshots.update((snapshot.id, snapshot) for snapshot in outcome.snapshots)
        for happening in outcome.happenings:
            if isinstance(happening, SubtreeCancelled):
                self._drop(happening.instance_id)

    def _drop(self, instance_id: UUID) -> None:
        self.snapshots.pop(instance_id, None)
        for snapshot in list(self.snapshots.values()):
            if snapshot.parent_id == instance_id:
                self._drop(snapshot.id)

    def _live(self) -> list[Snapshot]:
        return [snapshot for snapshot in self.snapshots.values() if snapshot.status is Status.ACTIVE]

    def _state(self, snapshot: Snapshot) -> State:
        return commands.inspect(self.definitions, snapshot)

    def standing(self) -> list[tuple[UUID, Standing]]:
        """Every token that stands somewhere, of every live instance."""
        return [(snapshot.id, standing) for snapshot in self._live() for standing in self._state(snapshot).tokens]

    def _operation(self, element: str) -> tuple[UUID, Standing]:
        [found] = [found for found in self.standing() if found[1].element_id == element]
        return found

    def _user_tasks(self, element: str) -> list[tuple[UUID, Standing]]:
        return [found for found in self.standing() if found[1].element_id == element and found[1].kind == "UserTask"]


def waits(standing: Standing) -> bool:
    """Whether it is a user task, a remote operation, or an event that waits for a message or a time."""
    is_event = standing.kind in ("CatchEvent", "BoundaryEvent")
    return standing.kind in ("UserTask", "OperationTask") or (
        is_event and (standing.message is not None or standing.limit is not None)
    )
