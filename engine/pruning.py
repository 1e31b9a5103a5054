"""Drops what has been passed, so that the state of an instance is as small as what is still to come.

Kept are the tokens that stand somewhere, and what decides about some of them: the split before an activity that wears
boundary events, the gateway before events of which one takes the token. All others go on directly from the start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.stepping import Instance, Scope
    from engine.token import Token


def prune(instance: Instance) -> None:
    """Drop whatever of ``instance`` can no longer matter."""
    for scope in instance.scopes():
        _drop_passed(scope)
        _move_start(scope)


def _drop_passed(scope: Scope) -> None:
    root = scope.task_tree
    kept = {
        token.id: token for token in scope.tasks.values() if token is root or not token.is_finished or _decides(token)
    }
    for token in kept.values():
        if token is not root and token._parent not in kept:
            token._parent = root.id
        token._children = []
    scope.tasks = dict(sorted(kept.items()))
    for token in scope.tasks.values():
        if token is not root:
            token.before._children.append(token.id)


def _decides(token: Token) -> bool:
    return token.task_spec.watches and any(not child.is_finished for child in token.children)


def _move_start(scope: Scope) -> None:
    """Where all that is left goes on from one point, let the scope begin there."""
    root, instance = scope.task_tree, scope.instance
    only = root.children[0] if len(root._children) == 1 else None
    if only is not None:
        root.data, root.moments = only.data, only.moments
    for name in [name for name, moment in scope.moments.items() if moment <= root.moments.get(name, 0)]:
        del scope.moments[name], scope.data[name]
    alone = only is not None and not only._children and only.id not in instance.subprocesses
    if only is not None and alone and scope is instance and not scope.moments:
        root.moments = only.moments = {}  # there is nothing left that they could be compared with
