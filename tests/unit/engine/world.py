"""A caller of the engine, as a database-backed one would be: keeps snapshots and mirrors happenings as rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch
from uuid import UUID

from engine import Outcome, Snapshot, SnapshotNeeded, Status, commands
from engine import happenings as happened
from engine.commands.inspect import Standing, State
from engine.definitions import Definitions
from engine.execution import Execution
from engine.happenings import Happening
from engine.snapshot import OperationCall
from engine.stepping import Instance

ROOT = UUID(int=1)
Operation = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True)
class Row:
    """Something that the world mirrors: an open task, a running limit, an awaited message or operation."""

    instance_id: UUID
    task_id: UUID
    element_id: str
    happening: Any


class World:
    """Instances of one set of definitions and what stands open in them.

    ``saving``: every command loads and saves; otherwise instances live on from command to command, and nothing is
    encoded, pruned or decoded. After every command the mirrored rows are compared with what the states themselves say.
    """

    def __init__(self, definitions: Definitions, saving: bool, operations: Mapping[str, Operation]) -> None:
        self.definitions = definitions
        self.saving = saving
        self.operations = operations
        self.snapshots: dict[UUID, Snapshot] = {}
        self.tasks: dict[UUID, Row] = {}
        self.limits: dict[UUID, Row] = {}
        self.messages: dict[UUID, Row] = {}
        self.requests: dict[UUID, Row] = {}
        self.ended: dict[UUID, happened.InstanceEnded] = {}
        self.last: Outcome = Outcome()
        self.called: list[OperationCall] = []
        self._live: dict[UUID, Instance] = {}

    # what is done

    def start(self, /, process: str = "main", **data: Any) -> Outcome:
        """Start the root instance."""
        return self._run(commands.start, ROOT, ROOT, process, data, perform=self._perform)

    def complete(self, element: str, key: str | None = None, **fields: Any) -> Outcome:
        """Complete the one open task of the element (in the instance with that key)."""
        row = self.task(element, key)
        return self.complete_id(row.instance_id, row.task_id, **fields)

    def complete_id(self, instance_id: UUID, task_id: UUID, **fields: Any) -> Outcome:
        """Complete a task by its id."""
        return self._run(commands.complete, instance_id, instance_id, task_id, fields, perform=self._perform)

    def fire(self, element: str, key: str | None = None) -> Outcome:
        """Fire the timer of the element."""
        row = self._one(self.limits, element, key)
        return self.fire_id(row.instance_id, row.task_id)

    def fire_id(self, instance_id: UUID, task_id: UUID) -> Outcome:
        """Fire a timer by its id."""
        return self._run(commands.fire, instance_id, instance_id, task_id, perform=self._perform)

    def send(self, name: str, instance_id: UUID = ROOT, task_id: UUID | None = None, **payload: Any) -> Outcome:
        """Deliver a message."""
        return self._run(
            commands.correlate, instance_id, instance_id, name, payload, task_id=task_id, perform=self._perform
        )

    def signal(self, name: str, instance_id: UUID = ROOT, **payload: Any) -> Outcome:
        """Deliver a signal."""
        return self._run(commands.signal, instance_id, instance_id, name, payload, perform=self._perform)

    def finish(self, element: str, **outputs: Any) -> Outcome:
        """Give the result of a remote operation."""
        row = self._one(self.requests, element)
        self.requests.pop(row.task_id)
        return self._run(
            commands.finish_operation, row.instance_id, row.instance_id, row.task_id, outputs, perform=self._perform
        )

    def fail(self, element: str, code: str, reason: str = "") -> Outcome:
        """Give the failure of a remote operation."""
        row = self._one(self.requests, element)
        outcome = self._run(
            commands.fail_operation,
            row.instance_id,
            row.instance_id,
            row.task_id,
            code,
            reason,
            perform=self._perform,
        )
        self.requests.pop(row.task_id)
        return outcome

    def cancel(self, instance_id: UUID = ROOT, reason: str = "test") -> Outcome:
        """Cancel an instance."""
        return self._run(commands.cancel, instance_id, instance_id, reason, perform=self._perform)

    def cascade(self, child_id: UUID, on: str) -> Outcome:
        """Ask for the cascades of a child."""
        return self._run(commands.cascade, child_id, child_id, on)

    def retry(self, element: str) -> Outcome:
        """Request a remote operation again."""
        row = self._one(self.requests, element)
        return self._run(commands.retry, row.instance_id, row.instance_id, row.task_id)

    # what is seen

    def task(self, element: str, key: str | None = None) -> Row:
        """The one open task of an element."""
        return self._one(self.tasks, element, key)

    def child(self, key: str) -> UUID:
        """The id of the instance with that key."""
        (found,) = [snapshot.id for snapshot in self.snapshots.values() if snapshot.key == key]
        return found

    @property
    def open_tasks(self) -> list[str]:
        """The elements of all open tasks, with the key of their instance where it has one, sorted."""
        return sorted(self._named(row) for row in self.tasks.values())

    @property
    def running_limits(self) -> dict[str, str]:
        """The elements of all running limits and their texts."""
        return {self._named(row): row.happening.limit for row in self.limits.values()}

    @property
    def data(self) -> Mapping[str, Any]:
        """The data of the root instance."""
        return self.state(ROOT).data

    @property
    def status(self) -> Status:
        """How the root instance stands."""
        return self.snapshots[ROOT].status

    def state(self, instance_id: UUID) -> State:
        """Where an instance stands."""
        with nullcontext() if self.saving else self._straight():
            return commands.inspect(self.definitions, self.snapshots[instance_id])

    def seen(self, kind: type[Happening] | tuple[type[Happening], ...] = Happening) -> list[Any]:
        """What happened in the last command, of one kind."""
        return [happening for happening in self.last.happenings if isinstance(happening, kind)]

    # how it is kept

    def _run(self, command: Callable[..., Outcome], instance_id: UUID, *arguments: Any, **options: Any) -> Outcome:
        before = dict(self.snapshots)
        run = self._run_saving if self.saving else self._run_straight
        outcome = run(command, instance_id, arguments, options)
        assert before == self.snapshots, "a command must not change what it was given"
        self._keep(outcome)
        return outcome

    def _run_saving(
        self, command: Callable[..., Outcome], instance_id: UUID, arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> Outcome:
        """Give the command only what it asks for."""
        given = {key: snapshot for key, snapshot in self.snapshots.items() if key == instance_id}
        while True:
            self.called.clear()
            try:
                return command(self.definitions, given, *arguments, **options)
            except SnapshotNeeded as needed:
                needs = needed.instance_id
            assert needs not in given, "asked for what it has"
            given[needs] = self.snapshots[needs]

    def _run_straight(
        self, command: Callable[..., Outcome], _: UUID, arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> Outcome:
        """Give the command everything; a command that fails must leave the live instances as they were."""
        self.called.clear()
        kept = {key: _copy(instance) for key, instance in self._live.items()}
        try:
            with self._straight():
                return command(self.definitions, self.snapshots, *arguments, **options)
        except Exception:
            self._live = kept
            raise

    @contextmanager
    def _straight(self) -> Iterator[None]:
        with (
            patch("engine.execution.encode", self._keep_live),
            patch("engine.execution.decode", self._give_back),
            patch("engine.commands.inspect.decode", self._give_back),
        ):
            yield

    def _keep_live(self, instance: Instance) -> bytes:
        self._live[instance.id] = instance
        return b""

    def _give_back(self, execution: Execution, snapshot: Snapshot) -> Instance:
        instance = self._live[snapshot.id]
        instance.execution, instance.visited = execution, execution.visited
        return instance

    def _keep(self, outcome: Outcome) -> None:
        self.last = outcome
        for snapshot in outcome.snapshots:
            known = self.snapshots.get(snapshot.id)
            assert snapshot.version == (1 if known is None else known.version + 1)
            self.snapshots[snapshot.id] = snapshot
        order = [snapshot.id for snapshot in outcome.snapshots]
        for snapshot in outcome.snapshots:
            assert snapshot.parent_id not in order[order.index(snapshot.id) :], "parents come first"
        for happening in outcome.happenings:
            self._mirror(happening)
        self._compare()

    def _mirror(self, happening: Any) -> None:
        match happening:
            case happened.TaskOpened():
                self._open(self.tasks, happening)
            case happened.TaskClosed():
                del self.tasks[happening.task_id]
            case happened.LimitSet():
                self._open(self.limits, happening)
            case happened.LimitCleared():
                del self.limits[happening.task_id]
            case happened.MessageExpected():
                self._open(self.messages, happening)
            case happened.MessageCleared():
                del self.messages[happening.task_id]
            case happened.OperationRequested():
                self.requests[happening.task_id] = _row(happening)
            case happened.InstanceEnded():
                assert happening.instance_id not in self.ended
                self.ended[happening.instance_id] = happening
            case happened.SubtreeCancelled():
                self._cancel_below(happening.instance_id)

    @staticmethod
    def _open(rows: dict[UUID, Row], happening: Any) -> None:
        assert happening.task_id not in rows, "opened twice"
        rows[happening.task_id] = _row(happening)

    def _cancel_below(self, instance_id: UUID) -> None:
        """The one set-based act of the caller."""
        for rows in (self.tasks, self.limits, self.messages, self.requests):
            for task_id in [row.task_id for row in rows.values() if row.instance_id == instance_id]:
                del rows[task_id]
        self.snapshots[instance_id] = replace(self.snapshots[instance_id], status=Status.CANCELLED)
        for snapshot in list(self.snapshots.values()):
            if snapshot.parent_id == instance_id and snapshot.status is Status.ACTIVE:
                self._cancel_below(snapshot.id)

    def _compare(self) -> None:
        """The rows must be what the states themselves say, and the tree of instances must hold together."""
        standing: list[Standing] = []
        for snapshot in self.snapshots.values():
            if snapshot.status is Status.CANCELLED:
                continue  # its state is whatever it was
            state = self.state(snapshot.id)
            assert snapshot.status is Status.ACTIVE or not state.tokens
            standing += state.tokens
            children = {child for token in state.tokens for child in token.children}
            below = self.snapshots.values()
            assert children == {s.id for s in below if s.parent_id == snapshot.id and s.status is Status.ACTIVE}
        assert set(self.tasks) == {token.task_id for token in standing if token.kind == "UserTask"}
        assert {key: row.happening.limit for key, row in self.limits.items()} == {
            token.task_id: token.limit for token in standing if token.limit is not None
        }
        assert set(self.messages) == {token.task_id for token in standing if token.message is not None}

    def _perform(self, call: OperationCall) -> Mapping[str, Any]:
        self.called.append(call)
        return self.operations[call.operation](call.inputs)

    def _named(self, row: Row) -> str:
        key = self.snapshots[row.instance_id].key
        return row.element_id if key is None else f"{row.element_id}@{key}"

    def _one(self, rows: dict[UUID, Row], element: str, key: str | None = None) -> Row:
        found = [row for row in rows.values() if self._named(row) == (element if key is None else f"{element}@{key}")]
        assert len(found) == 1, f"{element}: {len(found)} of {[self._named(row) for row in rows.values()]}"
        return found[0]


def _row(happening: Any) -> Row:
    return Row(happening.instance_id, happening.task_id, happening.element_id, happening)


def _copy(instance: Instance) -> Instance:
    """A copy with its own tokens; specifications and whatever else belongs to the definitions are shared."""
    shared: list[Any] = [instance.process, instance.execution, instance.event_manager]
    for part in (instance, *instance.subprocesses.values()):
        shared += [part.completed_event, part.task_removed_event, part.spec, *part.spec.task_specs.values()]
    return deepcopy(instance, {id(each): each for each in shared})
