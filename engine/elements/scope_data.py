"""Data where branches meet: what a branch changed counts, what it merely carried along does not.

Each branch has the whole data of its way. Merging whole copies lets the branch that ends last undo what the others
wrote; here each branch contributes its changes since the branches parted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.token import Token

Data = Mapping[str, Any]


def with_changes(into: Data, branch: Data, base: Data) -> dict[str, Any]:
    """``into`` with everything that ``branch`` changed since ``base``; objects are merged key by key, lists are not."""
    result = dict(into)
    for key, value in branch.items():
        before = base.get(key)
        if key in base and (value is before or (type(value) is type(before) and value == before)):
            continue
        here = result.get(key)
        if isinstance(value, dict) and isinstance(here, dict):
            result[key] = with_changes(here, value, before if isinstance(before, dict) else {})
        else:
            result[key] = value
    return result


def joined_data(tokens: list[Token]) -> dict[str, Any]:
    """The data with which one token goes on where ``tokens``, in order of arrival, have met."""
    if len(tokens) == 1:
        return dict(tokens[0].data)
    base = _nearest_common_ancestor(tokens).data
    data: dict[str, Any] = dict(base)
    for token in tokens:
        data = with_changes(data, token.data, base)
    return data


def _nearest_common_ancestor(tokens: list[Token]) -> Token:
    lineages = [_lineage(token) for token in tokens]
    common = set(lineages[0]).intersection(*lineages[1:])
    nearest: Token = tokens[0].workflow.tasks[max(common)]
    return nearest


def _lineage(token: Token) -> list[int]:
    """The ids of the ancestors of ``token``; ids grow with depth."""
    ids = []
    current = token.parent
    while current is not None:
        ids.append(current.id)
        current = current.parent
    return ids
