"""Who plays in the scenarios: people by the title that a scenario gives them, and by the post that a task is for."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.roles import ROLES
from demo.accounts import Account
from features.steps.person import Person

TITLES = {
    "申报单位": "applicant",
    "窗口人员": "window",
    "牵头部门经办人": "lead",
    "自然资源局经办人": "planner",
    "部门经办人": "planner",
    "行政审批局经办人": "approver",
    "体育局经办人": "sports",
    "住建局经办人": "housing",
    "审批局窗口人员": "approval_window",
    "住建局窗口人员": "housing_window",
    "审批局牵头经办人": "approval_lead",
    "住建局牵头经办人": "housing_lead",
    "监管员": "supervisor",
    "综合管理部门人员": "general",
}
"""The stage 工程建设许可 is led by 自然资源局: its window and lead officer carry the plain titles."""
WHO = f"(?P<who>{'|'.join(sorted(TITLES, key=len, reverse=True))})"
"""Any of the titles, for the pattern of a sentence."""


class NotCast(LookupError):
    """Nobody of the region plays this part; the message says which one, and where to write it."""


@dataclass(slots=True)
class Cast:
    """Everybody's session at one platform; each signs in once.

    Who they are and what they hold stands in ``accounts``; where that is, in what the platform says of them.
    """

    url: str
    accounts: Mapping[str, Account]
    signed_in: dict[str, Person] = field(default_factory=dict)
    posts: dict[tuple[str, str], str] = field(default_factory=dict)
    organisations: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def person(self, title: str) -> Person:
        """The person whom a scenario calls by this title; raises ``KeyError`` for a title that nobody has."""
        return self.user(TITLES[title])

    def user(self, username: str) -> Person:
        """The person with this user name; raises ``NotCast`` where nobody has it."""
        if username not in self.signed_in:
            if username not in self.accounts:
                title = next((title for title, name in TITLES.items() if name == username), username)
                raise NotCast(f"没有人扮演“{title}”：请在地区包的 people.toml 里写明 username 为 {username} 的人员")
            self.signed_in[username] = Person(self.url, username, self.accounts[username].password)
        return self.signed_in[username]

    def holder(self, organisation_id: str, role: str) -> Person:
        """Somebody who holds the post; raises ``NotCast`` when nobody of the cast does."""
        self._read_organisations()
        username = self.posts.get((organisation_id, role))
        if username is None:
            names = [name for name, entry in self.organisations.items() if entry["id"] == organisation_id]
            raise NotCast(f"没有人在“{'、'.join(names)}”担任 {role}：请在地区包的 people.toml 里写上")
        return self.user(username)

    def organisation(self, name: str) -> str:
        """The id of the organisation of this name."""
        self._read_organisations()
        return str(self.organisations[name]["id"])

    def organisation_of(self, title: str) -> str:
        """The name of the organisation of the person whom a scenario calls by this title."""
        return self.accounts[TITLES[title]].organisation

    @property
    def area(self) -> str:
        """The code of the region."""
        return self.person("监管员").region

    @property
    def applicant_code(self) -> str:
        """The credit code of the unit for which the applicant acts."""
        self._read_organisations()
        return str(self.organisations[self.organisation_of("申报单位")]["credit_code"])

    def fresh_project_code(self) -> str:
        """A national project code of the region for a project that nobody has registered yet: a random serial."""
        return f"2101-{self.area}-04-01-{secrets.randbelow(10**6):06d}"

    def _read_organisations(self) -> None:
        if self.posts:
            return
        found = self.person("监管员").pages("/organisations", region_code=self.area)
        self.organisations = {entry["name"]: entry for entry in found}
        roles = {role.title: code for code, role in ROLES.items()}
        for each in self.accounts.values():
            post = self.organisations[each.organisation]["id"], roles[each.post]
            self.posts.setdefault(post, each.username)
