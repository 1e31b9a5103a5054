"""Steps one instance: tokens one at a time, boundary events first, within a budget, until everything waits."""

from __future__ import annotations

import traceback
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from engine.elements.scope_data import Part, keep_written, newest
from engine.errors import EngineError, ExecutionFailed, SnapshotNeeded
from engine.normalise import drawn_id
from engine.snapshot import Status
from engine.token import READY, WAITING, Token

if TYPE_CHECKING:
    from engine.definitions import Process
    from engine.execution import Execution
    from engine.happenings import Happening


class NoScripts:
    """Stands where SpiffWorkflow keeps its Python evaluator: nothing of a diagram ever reaches that."""


class Scope:
    """What a process and an embedded sub-process have in common: tokens, and the data of the paths that ended."""

    instance: Instance
    parent_task_id: int | None
    tasks: dict[int, Token]
    task_tree: Token
    spec: Any
    data: dict[str, Any]
    moments: dict[str, int]

    @property
    def holder(self) -> Token:
        """The token of the sub-process in the scope around it; only of a sub-process."""
        assert self.parent_task_id is not None, "a process has no scope around it"
        return self.instance.token(self.parent_task_id)

    def path_ended(self, part: Part) -> None:
        """Keep what was written on a way that has come to an end."""
        keep_written((self.data, self.moments), part, self.task_tree.moments)

    def result(self) -> tuple[dict[str, Any], dict[str, int]]:
        """The data with which the scope ends, or stands as far as its ended paths are concerned; and the moments."""
        return newest([(self.task_tree.data, self.task_tree.moments), (self.data, self.moments)])

    def current_data(self) -> tuple[dict[str, Any], dict[str, int]]:
        """The data as they stand: of the ended paths and of the tokens that are still on their way; and the moments."""
        parts: list[Part] = [self.result()]
        for token in self.tasks.values():
            if token.is_held and not token.task_spec.inner:
                inner = self.instance.subprocesses.get(token.id)
                parts.append((token.data, token.moments) if inner is None else inner.current_data())
        return newest(parts)

    def begin(self, data: Mapping[str, Any], moments: Mapping[str, int]) -> None:
        """Put the first token at the start."""
        self.task_tree = Token(self, self.spec.start)
        self.task_tree.data, self.task_tree.moments = data, moments
        self.task_tree.complete()

    def held(self) -> list[Token]:
        """The tokens that stand at an element."""
        return [token for token in self.tasks.values() if token.is_held]

    def cancel_tokens(self) -> None:
        """Take every token away."""
        for token in list(self.tasks.values()):
            token.cancel()


class SubScope(Scope, BpmnSubWorkflow):
    """An embedded sub-process that runs: ``parent_task_id`` is its token in the scope around it."""

    def __init__(self, instance: Instance, spec: Any, holder: Token) -> None:
        self.instance = instance
        self.moments = {}
        super().__init__(spec, holder.id, instance, deserializing=True)


class Instance(Scope, BpmnWorkflow):
    """One process instance while a command works on it."""

    def __init__(self, execution: Execution, process: Process, instance_id: UUID) -> None:
        super().__init__(process.spec, process.scopes, script_engine=NoScripts(), deserializing=True)
        self.instance = self
        self.moments = {}
        self.execution = execution
        self.process = process
        self.id = instance_id
        self.status = Status.ACTIVE
        self.code: str | None = None
        self.escalated = False
        self.thrower: str | None = None
        self.failed_below: ExecutionFailed | None = None
        self.leaving: list[str | None] = []
        self.last_number = 0
        self.position: Token | None = None
        self.visited = execution.visited
        self._ready: deque[Token] = deque()
        self._task_ids: dict[int, UUID] = {}

    def next_number(self) -> int:
        """The next id of a token, or moment of a write; never used again within the instance."""
        self.last_number += 1
        return self.last_number

    def task_id(self, token: Token) -> UUID:
        """The id by which the world outside knows a token."""
        known = self._task_ids.get(token.id)
        if known is None:
            known = self._task_ids[token.id] = uuid5(self.id, str(token.id))
        return known

    def scopes(self) -> Iterator[Scope]:
        """The process and its running sub-processes, outer ones first."""
        yield self
        yield from self.subprocesses.values()

    def token(self, token_id: int) -> Token:
        """The token of that number; raises ``KeyError``."""
        for scope in self.scopes():
            if token_id in scope.tasks:
                return scope.tasks[token_id]
        raise KeyError(token_id)

    def find(self, task_id: UUID) -> Token | None:
        """The held token that the world knows as ``task_id``."""
        for scope in self.scopes():
            for token in scope.tasks.values():
                if token.is_held and self.task_id(token) == task_id:
                    return token
        return None

    def awaiting(self, kind: type[EventDefinition], name: str) -> list[Token]:
        """The tokens that wait for the message or signal ``name``, in order of arrival."""
        found = [
            token
            for scope in self.scopes()
            for token in scope.tasks.values()
            if token._state == WAITING
            and isinstance(awaited := getattr(token.task_spec, "event_definition", None), kind)
            and awaited.name == name
        ]
        return sorted(found, key=lambda token: token.id)

    def happened(self, happening: Happening) -> None:
        """Tell the caller of the command."""
        self.execution.happenings.append(happening)

    def enqueue(self, token: Token) -> None:
        """Remember a token that can go on; boundary events overtake everything (they may take it away)."""
        if token.task_spec.urgent:
            self._ready.appendleft(token)
        else:
            self._ready.append(token)

    def open_scope(self, holder: Token, name: str) -> None:
        """Start the embedded sub-process ``name`` at ``holder``."""
        scope = SubScope(self, self.process.scopes[name], holder)
        self.subprocesses[holder.id] = scope
        scope.begin(holder.data, holder.moments)

    def close_scope(self, holder: Token) -> None:
        """Take a running sub-process away with everything in it."""
        scope = self.subprocesses.pop(holder.id, None)
        if scope is not None:
            scope.cancel_tokens()

    def end(self, status: Status, code: str | None = None) -> None:
        """The instance is over; what still stands is taken away."""
        self.cancel_tokens()
        self.status, self.code = status, code

    def abandon(self) -> None:
        """End as cancelled, without a word: the caller cancels whole subtrees at once."""
        self.status = Status.CANCELLED
        self.subprocesses.clear()
        self._ready.clear()
        self.task_tree._children.clear()
        self.tasks = {self.task_tree.id: self.task_tree}

    def begin_with(self, data: dict[str, Any]) -> None:
        """Put the first token at the start; raises ``ExecutionFailed``."""
        self.resume(lambda: self.begin(data, {}))

    def advance(self) -> None:
        """Step until everything waits or the instance has ended; raises ``ExecutionFailed``."""
        self.resume(self._step_all)

    def resume(self, work: Callable[[], None]) -> None:
        """Do ``work``; whatever fails in it is the failure of the element at which the instance was."""
        try:
            work()
        except (SnapshotNeeded, ExecutionFailed):
            raise
        except Exception as error:
            reason = str(error) if isinstance(error, EngineError | ValueError) else f"{type(error).__name__}：{error}"
            raise self.failed(reason, "".join(traceback.format_exception(error))) from error

    def _step_all(self) -> None:
        while self.status is Status.ACTIVE and (self._step() or self._settle()):
            pass

    def failed(self, reason: str, trace: str = "") -> ExecutionFailed:
        """The failure of the element at which the instance is."""
        element = self.process.id if self.position is None else self.position.task_spec.bpmn_id or self.process.id
        return ExecutionFailed(self.id, drawn_id(element), reason, trace)

    def _step(self) -> bool:
        while self._ready:
            token = self._ready.popleft()
            if token._state != READY:
                continue
            self.position = token
            self.execution.count_step(self)
            token.run()
            return True
        return False

    def _settle(self) -> bool:
        """Where nothing can go on: let inclusive joins look again, end scopes; inner scopes first."""
        for scope in reversed(list(self.scopes())):
            held = scope.held()
            if not held:
                if scope is not self:
                    self._finish(scope)
                else:
                    self.status = Status.ESCALATION if self.escalated else Status.COMPLETED
                return True
            joins = [token for token in held if token._state == WAITING and token.task_spec.joins]
            for token in joins:
                self.position = token
                if token.task_spec.look_again(token):
                    return True
            if len(joins) == len(held):
                self.position = joins[0]
                raise self.failed("汇合网关等不到其余分支，流程无法继续；请检查网关类型")
        return False

    def _finish(self, scope: Any) -> None:
        holder = scope.holder
        del self.subprocesses[holder.id]
        holder.data, holder.moments = scope.result()
        self.position = holder
        holder.complete()
