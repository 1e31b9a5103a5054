"""Which stories there are, and which one the options of ``./bl demo`` ask for."""

from __future__ import annotations

from collections.abc import Callable

from demo.incidents import Correction, Refused, Suspension, Transfer
from demo.stages import Stages
from demo.story import Story
from demo.telling import Teller
from features.steps.cast import Cast

Tell = Callable[[Cast, Teller], None]
PROCESS_TYPE = "1"
DEFAULT = "stage"


def tell_project(cast: Cast, teller: Teller) -> None:
    """The four stages of the process type that most projects have."""
    Stages(cast, teller, PROCESS_TYPE).tell()


STORIES: dict[str, tuple[str, Tell]] = {
    DEFAULT: ("八个人走完工程建设许可阶段，有转办、退回和补正（默认）", lambda *play: Story(*play).tell()),
    "transfer": ("部门转办、再次转办和最终策划", lambda *play: Transfer(*play).tell()),
    "correction": ("一个事项补正，其他事项照常办结", lambda *play: Correction(*play).tell()),
    "suspension": ("辅助事项挂起，不影响其他；主流程事项挂起，阶段冻结再解冻", lambda *play: Suspension(*play).tell()),
    "refusal": ("主流程事项不予审批，阶段作废；重新发起，沿用已存档的材料", lambda *play: Refused(*play).tell()),
    "project": ("一个项目走完流程类型 1 的四个阶段", tell_project),
}
"""What a story shows, in words for people, and how it is told."""


def choose(story: str | None, process_type: str | None, stage: str | None) -> Tell:
    """How the chosen story is told: a named one, or the stages of a process type; the caller gives not both."""
    if process_type is None and stage is None:
        return STORIES[story or DEFAULT][1]
    return lambda cast, teller: Stages(cast, teller, process_type or PROCESS_TYPE, stage).tell()


def listed() -> str:
    """The stories for the help text, a line each."""
    lines = [f"  {name:<12}{shows}" for name, (shows, _) in STORIES.items()]
    return "\n".join(["故事（--story）", *lines])
