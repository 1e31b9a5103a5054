"""Who plays in the scenarios: people by the title that a scenario gives them, and by the post that a task is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from demo.accounts import Account, people
from features.steps.codes import AREA
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


@dataclass(slots=True)
class Cast:
    """Everybody's session at one platform; each signs in once, and again after time has jumped."""

    url: str
    accounts: Mapping[str, Account]
    signed_in: dict[str, Person] = field(default_factory=dict)
    posts: dict[tuple[str, str], str] = field(default_factory=dict)
    departments: dict[str, str] = field(default_factory=dict)

    def person(self, title: str) -> Person:
        """The person whom a scenario calls by this title; raises ``KeyError`` for a title that nobody has."""
        return self.user(TITLES[title])

    def user(self, username: str) -> Person:
        """The person with this user name."""
        if username not in self.signed_in:
            self.signed_in[username] = Person(self.url, username, self.accounts[username].password)
        return self.signed_in[username]

    def holder(self, organisation_id: str, role: str) -> Person:
        """Somebody who holds the post; raises ``KeyError`` when nobody of the cast does."""
        if not self.posts:
            self._read_organisations()
        return self.user(self.posts[organisation_id, role])

    def organisation(self, name: str) -> str:
        """The id of the organisation of this name."""
        if not self.posts:
            self._read_organisations()
        return self.departments[name]

    def sign_in_again(self) -> None:
        """Forget the sessions: after a jump in time they are no longer good."""
        self.signed_in.clear()

    def _read_organisations(self) -> None:
        found = list(self.person("监管员").pages("/organisations", region_code=AREA))
        self.departments = {entry["name"]: entry["id"] for entry in found}
        ids = {entry["code"]: entry["id"] for entry in found}
        for each in people():
            self.posts.setdefault((ids[each.organisation], each.role), each.username)
