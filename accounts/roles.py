"""The roles, as ``permissions.toml`` describes them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

PERMISSIONS_FILE = Path(__file__).with_name("permissions.toml")


class Scope(IntEnum):
    """Over what a permission holds; a wider scope includes the narrower."""

    OWN = 1
    REGION = 2
    ALL = 3


@dataclass(frozen=True, slots=True)
class Role:
    """A role of a post: its Chinese title, what it grants over what, where it may be, whether it stands alone."""

    name: str
    title: str
    grants: Mapping[str, Scope]
    organisation_kinds: frozenset[str]
    alone: bool


def load_roles(path: Path = PERMISSIONS_FILE) -> dict[str, Role]:
    """Read the roles; raises ``KeyError`` or ``ValueError`` for a file that does not fit its own description."""
    roles = {}
    for name, table in tomllib.loads(path.read_text(encoding="utf-8")).items():
        scope, wider = Scope[table["scope"].upper()], table.get("wider", {})
        if stray := set(wider) - set(table["permissions"]):
            raise ValueError(f"{path.name} [{name}]: wider names what is not granted: {sorted(stray)}")
        grants = {right: Scope[wider[right].upper()] if right in wider else scope for right in table["permissions"]}
        roles[name] = Role(name, table["title"], grants, frozenset(table["at"]), table.get("alone", False))
    return roles


ROLES: Mapping[str, Role] = load_roles()
PERMISSIONS = frozenset(right for role in ROLES.values() for right in role.grants)
ROLES_OVER_A_REGION = sorted(name for name, role in ROLES.items() if Scope.REGION in role.grants.values())


def combine(names: list[str] | tuple[str, ...] | frozenset[str]) -> dict[str, Scope]:
    """What somebody with these roles may do: each permission with its widest scope. Unknown roles grant nothing."""
    grants: dict[str, Scope] = {}
    for name in names:
        for right, scope in ROLES[name].grants.items() if name in ROLES else ():
            grants[right] = max(scope, grants.get(right, scope))
    return grants
