"""Drops the finished middle of an instance, so that its state stays as small as what is still to come.

Kept are the tokens that stand somewhere, the points at which their ways parted (their data are the base when the ways
join again), and what watches over tokens that still wait: the split before an activity that wears boundary events,
the gateway before events of which one takes the token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.stepping import Instance, Scope
    from engine.token import Token


def prune(instance: Instance) -> None:
    """Drop whatever of ``instance`` can no longer matter."""
    for scope in instance.scopes():
        _drop_dead_ends(scope)
        _drop_middles(scope)
        _move_start(scope)


def _drop_dead_ends(scope: Scope) -> None:
    for token in sorted(scope.tasks.values(), key=_id, reverse=True):  # children before their parents
        if token.is_finished and not token._children and token is not scope.task_tree:
            token.before._children.remove(token.id)
            del scope.tasks[token.id]


def _drop_middles(scope: Scope) -> None:
    for token in sorted(scope.tasks.values(), key=_id):  # parents before their children
        if not token.is_finished or len(token._children) != 1 or token is scope.task_tree:
            continue
        parent, (child,) = token.before, token.children
        if token.task_spec.watches and not child.is_finished:
            continue
        if parent.task_spec.watches and parent is not scope.task_tree:
            continue
        parent._children[parent._children.index(token.id)] = child.id
        child._parent = parent.id
        del scope.tasks[token.id]


def _move_start(scope: Scope) -> None:
    """Where all that is left goes on from one point, let the scope count from there."""
    root = scope.task_tree
    while len(root._children) == 1:
        (child,) = root.children
        if scope.data and len(child._children) != 1:
            return  # ended paths count from the start, parted ways from here
        if not scope.data:
            root.data = dict(child.data)
        if not child.is_finished or child.task_spec.watches:
            return
        root._children = child._children
        for grandchild in child.children:
            grandchild._parent = root.id
        del scope.tasks[child.id]


def _id(token: Token) -> int:
    return token.id
