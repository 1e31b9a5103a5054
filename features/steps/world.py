"""The world of one scenario: who can act, and what has happened so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from demo.accounts import read_accounts
from features.steps.cast import Cast
from features.steps.clock import Clock
from features.steps.course import Course, NotOffered
from features.steps.person import Person, Refusal
from launcher.system import Platform


@dataclass(slots=True)
class World:
    """One scenario: who can act, the projects by name, the stage case it speaks of, and the last refusal.

    ``missing`` is what somebody looked for in order to do it, and was not offered; ``notes`` what was seen before.
    """

    cast: Cast
    clock: Clock
    projects: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    cases: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    running: Course | None = None
    refusal: Refusal | None = None
    missing: str | None = None
    notes: dict[str, Any] = field(default_factory=dict)

    def person(self, title: str) -> Person:
        """The person whom the scenario calls by this title."""
        return self.cast.person(title)

    @property
    def course(self) -> Course:
        """The stage case that the scenario speaks of."""
        assert self.running is not None, "场景还没有说是哪个项目的阶段办理"
        return self.running

    def attempt(self, act: Callable[[], Any]) -> Any:
        """Do something that may be refused, or not be offered at all; that is kept, the answer returned."""
        self.refusal = self.missing = None
        try:
            return act()
        except Refusal as refusal:
            self.refusal = refusal
        except NotOffered as missing:
            self.missing = str(missing)
        return None

    def pass_time(self, days: int) -> None:
        """Let time pass until nine o'clock so many days later."""
        self.clock.move_to(self.clock.next_morning(days))


@pytest.fixture(scope="session")
def cast(platform: Platform) -> Cast:
    """The people of the demonstration region."""
    return Cast(platform.url, read_accounts(platform.settings.data))


@pytest.fixture
def world(platform: Platform, cast: Cast) -> World:
    """The world of one scenario."""
    return World(cast, Clock(platform.settings.owner_url))
