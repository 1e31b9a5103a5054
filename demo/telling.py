"""Tell the story of the demonstration: each step with its person and time, each outcome with who saw it."""

from __future__ import annotations

from datetime import datetime

from features.steps.desk import ZONE
from features.steps.person import Person


class WentWrong(Exception):
    """A step did not do what it should; the message says who saw what."""


class Teller:
    """Prints steps and outcomes as they happen, and counts them."""

    def __init__(self) -> None:
        self.steps = 0
        self.outcomes = 0

    def chapter(self, title: str) -> None:
        """A new part of the story."""
        print(f"\n【{title}】", flush=True)

    def step(self, person: Person, what: str, moment: str) -> None:
        """Somebody has done something at a moment of the platform's clock."""
        self.steps += 1
        when = datetime.fromisoformat(moment).astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
        post = person.session["posts"][0]
        who = f"{person.name}({post['organisation_name']}, {post['role_title']})"
        print(f"{self.steps:3d}  {when}  {who}: {what}", flush=True)

    def seen(self, witness: Person, what: str, holds: bool) -> None:
        """Another person looks at the outcome; raises ``WentWrong`` when it is not so."""
        self.outcomes += 1
        print(f"     {'√' if holds else '×'} {witness.name}看到：{what}", flush=True)
        if not holds:
            raise WentWrong(f"第 {self.steps} 步之后，{witness.name}没有看到：{what}")
