"""The world of one scenario: who can act, and what has happened so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from demo.accounts import read_accounts
from features.steps.person import Person, Refusal
from launcher.system import Platform

POSTS = {
    "申报单位": "applicant",
    "窗口人员": "window",
    "牵头部门经办人": "lead",
    "部门经办人": "planner",
    "监管员": "supervisor",
}
Signing = Callable[[str], Person]


@dataclass(slots=True)
class World:
    """One scenario: who can act, the projects by name, and the last refusal."""

    sign_in: Signing
    projects: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    cases: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    refusal: Refusal | None = None

    def person(self, post: str) -> Person:
        """The person who holds the post of this Chinese title."""
        return self.sign_in(POSTS[post])

    def attempt(self, act: Callable[[], Any]) -> Any:
        """Do something that may be refused; the refusal is kept, the answer returned."""
        self.refusal = None
        try:
            return act()
        except Refusal as refusal:
            self.refusal = refusal
            return None


@pytest.fixture(scope="session")
def sign_in(platform: Platform) -> Signing:
    """Sign in as somebody of the demonstration region; once each, for all scenarios."""
    folder: Path = platform.settings.data
    accounts, people = read_accounts(folder), dict[str, Person]()

    def find(username: str) -> Person:
        if username not in people:
            people[username] = Person(platform.url, username, accounts[username].password)
        return people[username]

    return find


@pytest.fixture
def world(sign_in: Signing) -> World:
    """The world of one scenario."""
    return World(sign_in)
