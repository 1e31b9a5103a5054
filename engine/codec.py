"""The stored state of an instance: compact, versioned bytes. Nothing else reads or writes them.

Version 1 is the JSON list ``[1, last token id, outcome, scopes]``:

- outcome: 0, or ``[code]`` when an escalation end event has been reached
- scope: ``[id of the holding token or 0, name, what ended paths changed, rows]``, outer scopes first
- row: ``[id, row of the parent or -1, element, state, changed, removed, internal]`` in order of ids; data are kept as
  the difference to the parent's (of a first row, to the holding token's); trailing empty parts are left out
"""

from __future__ import annotations

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
    scopes = [[0, instance.spec.name, instance.data or 0, _rows(instance)]]
    for holder_id, scope in instance.subprocesses.items():
        scopes.append([holder_id, scope.spec.name, scope.data or 0, _rows(scope)])
    outcome = [instance.code] if instance.escalated else 0
    return orjson.dumps([VERSION, instance.last_token_id, outcome, scopes])


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
        _, last_token_id, outcome, scopes = migrated(stored, VERSION)
        instance = Instance(execution, process, snapshot.id)
        if not scopes or scopes[0][0] != 0:
            raise ValueError("没有流程本身")
        for holder_id, name, data, rows in scopes:
            scope: Scope = instance
            if holder_id:
                scope = SubScope(instance, process.scopes[name], instance.token(holder_id))
                instance.subprocesses[holder_id] = scope
            _restore(scope, data or {}, rows)
    except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        raise StateUnreadable(f"实例 {snapshot.id} 的状态与流程图不符：{error!r}") from error
    instance.last_token_id = last_token_id
    if outcome:
        instance.escalated, (instance.code,) = True, outcome
    return instance


def _rows(scope: Scope) -> list[list[Any]]:
    base = scope.holder.data if isinstance(scope, SubScope) else {}
    places: dict[int, int] = {}
    rows: list[list[Any]] = []
    for token in sorted(scope.tasks.values(), key=lambda token: token.id):
        places[token.id] = len(rows)
        parent = token.parent
        changed, removed = _difference(token.data, base if parent is None else parent.data)
        row = [
            token.id,
            -1 if parent is None else places[parent.id],
            token.task_spec.name,
            token._state,
            changed or 0,
            removed or 0,
            token.internal_data or 0,
        ]
        while not row[-1]:
            row.pop()
        rows.append(row)
    return rows


def _difference(data: dict[str, Any], base: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    if data is base:
        return {}, []
    changed = {key: value for key, value in data.items() if key not in base or not _same(base[key], value)}
    removed = [key for key in base if key not in data]
    return changed, removed


def _same(before: Any, value: Any) -> bool:
    """Whether nothing is lost by leaving ``value`` out: equal lists may still differ (``[1] == [True]``)."""
    if before is value:
        return True
    kind = type(value)
    return kind is type(before) and kind is not list and kind is not dict and before == value


def _restore(scope: Scope, data: dict[str, Any], rows: list[list[Any]]) -> None:
    scope.data = data
    base = scope.holder.data if isinstance(scope, SubScope) else {}
    tokens: list[Token] = []
    for row in rows:
        token_id, place, name, state, changed, removed, internal = (*row, 0, 0, 0)[:7]
        token = Token.__new__(Token)
        parent = tokens[place] if place >= 0 else None
        token.id = token_id
        token.workflow = scope
        token.task_spec = scope.spec.task_specs[name]
        token.triggered = False
        token.thread_id = token.last_state_change = 0
        token.data = dict(base if parent is None else parent.data)
        if changed:
            token.data.update(changed)
        if removed:
            for key in removed:
                del token.data[key]
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
