"""Who acts in a request: a person or another system, the posts held, and what they allow over what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from accounts.roles import Scope
from errors import NotAllowed

Column = ColumnElement[Any] | InstrumentedAttribute[Any]


class Post(NamedTuple):
    """A role in an organisation."""

    organisation_id: UUID
    role: str


@dataclass(frozen=True, slots=True)
class Actor:
    """The person, or the other system, that sends a request.

    ``posts`` are those held now, ``grants`` what they allow (with a token: only its scopes), ``region_codes`` the
    regions, with everything below, of the posts that look over a region, ``credential_id`` is the session or token,
    ``password_expired`` means that nothing is granted until the password has been changed.
    """

    user_id: UUID
    username: str
    display_name: str
    organisation_id: UUID
    region_code: str
    posts: frozenset[Post]
    grants: Mapping[str, Scope]
    region_codes: frozenset[str] = frozenset()
    via: str = "session"
    credential_id: UUID | None = None
    address: str | None = None
    password_expired: bool = False
    organisation_ids: frozenset[UUID] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "organisation_ids", frozenset(post.organisation_id for post in self.posts))

    @property
    def permissions(self) -> frozenset[str]:
        """The names of what is granted."""
        return frozenset(self.grants)

    @property
    def roles(self) -> frozenset[str]:
        """The roles held, wherever."""
        return frozenset(post.role for post in self.posts)

    def require(self, permission: str) -> None:
        """Raise ``NotAllowed`` unless ``permission`` is granted."""
        if self.password_expired:
            raise NotAllowed("password_change_required", "密码是初始密码或已过期，请先修改密码再办理其他事务。")
        if permission not in self.grants:
            raise NotAllowed("permission_missing", "您的岗位没有这项权限；如确需办理，请联系安全管理员调整岗位。")

    def sees(self, permission: str, *, region_code: str | None = None, organisation_id: UUID | None = None) -> bool:
        """Whether ``permission`` holds over a row of that region or organisation."""
        scope = self.grants.get(permission)
        if scope is None:
            return False
        if scope is Scope.ALL or organisation_id in self.organisation_ids:
            return True
        return scope is Scope.REGION and region_code in self.region_codes


def data_scope(
    actor: Actor, permission: str, *, region: Column | None = None, organisations: tuple[Column, ...] = ()
) -> ColumnElement[bool]:
    """The SQL condition on the rows that ``permission`` lets the actor reach.

    ``region`` is the column of the row's region code, ``organisations`` the columns that hold an organisation which
    the row belongs to. Without the permission, nothing is reached.
    """
    scope = actor.grants.get(permission)
    if scope is None:
        return false()
    if scope is Scope.ALL:
        return true()
    reached: list[ColumnElement[bool]] = [column.in_(sorted(actor.organisation_ids)) for column in organisations]
    if scope is Scope.REGION and region is not None:
        reached.append(region.in_(sorted(actor.region_codes)))
    return or_(false(), *reached)
