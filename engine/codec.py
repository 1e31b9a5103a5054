"""The stored state of an instance: compact, versioned bytes. Nothing else reads or writes them.

Version 1 is the JSON list ``[1, last number, outcome, scopes]``:

- outcome: 0, or ``[code]`` when an escalation end event has been reached
- scope: ``[id of the holding token or 0, name, rows, written, moments]``, outer scopes first; written and moments are
  those of the paths that have ended
- row: ``[id, row of the parent, element, state, data, moments, internal]`` in order of ids, the first token first; data
  and moments are kept as the difference to the parent's (of the first row, to the holding token's)

Trailing empty parts are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson

from engine.errors import StateUnreadable
from engine.migrations import migrated
from engine.pruning import prune
from engine.stepping import Instance, Scope, SubScope
from engine.token import Token

if TYPE_CHECKING:
    from engine.execution import Execution
    from engine.snapshot import Snapshot

VERSION = 1


def encode(instance: Instance) -> bytes:
    """The state of ``instance``, pruned; the same state gives the same bytes."""
    prune(instance)
    scopes = [
        _short(scope.parent_task_id or 0, scope.spec.name, _rows(scope), scope.data, scope.moments)
        for scope in instance.scopes()
    ]
    outcome = [instance.code] if instance.escalated else 0
    return orjson.dumps([VERSION, instance.last_number, outcome, scopes])


def decode(execution: Execution, snapshot: Snapshot) -> Instance:
    """The instance of ``snapshot``; raises ``StateUnreadable``."""
    process = execution.definitions.processes.get(snapshot.process)
    if process is None:
        raise StateUnreadable(f"流程 {snapshot.process} 不在这个版本的流程图中")
    try:
        stored = orjson.loads(snapshot.state)
    except orjson.JSONDecodeError as error:
        raise StateUnreadable(f"实例 {snapshot.id} 的状态已损坏：{error}") from None
    try:
        _, last_number, outcome, scopes = migrated(stored, VERSION)
        instance = Instance(execution, process, snapshot.id)
        if not scopes or scopes[0][0] != 0:
            raise ValueError("没有流程本身")
        for fields in scopes:
            holder_id, name, rows, data, moments = _long(fields, 5)
            scope: Scope = instance
            if holder_id:
                scope = SubScope(instance, process.scopes[name], instance.token(holder_id))
                instance.subprocesses[holder_id] = scope
            scope.data, scope.moments = data or {}, moments or {}
            _restore(scope, rows)
    except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        raise StateUnreadable(f"实例 {snapshot.id} 的状态与流程图不符：{error!r}") from error
    instance.last_number = last_number
    if outcome:
        instance.escalated, (instance.code,) = True, outcome
    return instance


def _rows(scope: Scope) -> list[list[Any]]:
    places: dict[int | None, int] = {}
    rows = []
    for token in scope.tasks.values():
        before = token.parent or _holder(scope)
        data, moments = (before.data, before.moments) if before is not None else ({}, {})
        rows.append(
            _short(
                token.id,
                places.get(token._parent, 0),
                token.task_spec.name,
                token._state,
                _difference(token.data, data),
                _difference(token.moments, moments),
                token.internal_data,
            )
        )
        places[token.id] = len(places)
    return rows


def _restore(scope: Scope, rows: list[list[Any]]) -> None:
    holder = _holder(scope)
    tokens: list[Token] = []
    for fields in rows:
        token_id, place, name, state, data, moments, internal = _long(fields, 7)
        token = Token.__new__(Token)
        parent = tokens[place] if tokens else None
        before = parent or holder
        token.id = token_id
        token.workflow = scope
        token.task_spec = scope.spec.task_specs[name]
        token.triggered = False
        token.thread_id = token.last_state_change = 0
        token.data, token.moments = ({}, {}) if before is None else (before.data, before.moments)
        if data:
            token.data = {**token.data, **data}
        if moments:
            token.moments = {**token.moments, **moments}
        token.internal_data = internal or {}
        token._children = []
        token._state = state
        token._parent = None
        if parent is not None:
            token._parent = parent.id
            parent._children.append(token_id)
        scope.tasks[token_id] = token
        tokens.append(token)
    scope.task_tree = tokens[0]


def _holder(scope: Scope) -> Token | None:
    return scope.holder if isinstance(scope, SubScope) else None


def _difference(values: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What is new or other in ``values``; names never vanish on the way of a token."""
    if values is before:
        return {}
    return {name: value for name, value in values.items() if name not in before or not _same(before[name], value)}


def _same(before: Any, value: Any) -> bool:
    """Whether nothing is lost by leaving ``value`` out: equal lists may still differ (``[1] == [True]``)."""
    if before is value:
        return True
    kind = type(value)
    return kind is type(before) and kind is not list and kind is not dict and bool(before == value)


def _short(*fields: Any) -> list[Any]:
    row = list(fields)
    while not row[-1]:
        row.pop()
    return row


def _long(row: list[Any], count: int) -> list[Any]:
    return row + [0] * (count - len(row))
