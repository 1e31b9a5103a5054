"""A release: a region's diagrams, forms, catalogue and organisations of one content, ready for use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import Definitions
from engine.expressions import Expression
from forms import FormDefinition
from processes.lights import Lights
from worktime import Calendar, Rules


@dataclass(frozen=True, slots=True)
class RegionEntry:
    """The region of a pack; ``parent`` is the city that it belongs to."""

    code: str
    name: str
    parent: RegionEntry | None = None


@dataclass(frozen=True, slots=True)
class OrganisationEntry:
    """An organisation that the pack knows by ``code``; ``parent`` is a code too."""

    code: str
    name: str
    kind: str
    parent: str | None = None
    function: str | None = None
    credit_code: str | None = None


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """Somebody of the demonstration and the scenarios: the post, at the organisation of this code."""

    username: str
    name: str
    organisation: str
    role: str


@dataclass(frozen=True, slots=True)
class Condition:
    """When something is needed: ``text`` for people, ``expression`` over a project's facts where it can be said."""

    text: str
    expression: Expression | None = None

    def holds(self, facts: Mapping[str, Any]) -> bool | None:
        """Whether it is so; None when that is for people to say: no expression, or a fact that is not declared."""
        if self.expression is None or any(facts.get(name) is None for name in self.expression.names):
            return None
        return bool(self.expression.evaluate(facts))


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the catalogue; ``department`` is an organisation's code, ``limit`` a text such as ``5WD``.

    Without a limit it is not timed: it is never late. A licence always is.
    ``licensing``: a licence (行政许可), not a filing, an internal approval or a service.
    """

    code: str
    name: str
    department: str
    limit: str | None
    licensing: bool
    pledge: bool


@dataclass(frozen=True, slots=True)
class Material:
    """A material; ``necessity`` is ``required``, ``deferrable`` (容缺) or ``conditional`` with its ``condition``.

    ``source``: ``applicant``; ``result`` of any of the items ``result_of``; ``on_file``, asked once a project.
    """

    code: str
    name: str
    necessity: str
    condition: Condition | None
    source: str
    result_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StageItem:
    """A candidate item of a stage: its line, its limit here, what must be approved before, when it is needed.

    ``line``: ``main`` decides whether the stage completes; ``auxiliary`` does not; ``parallel`` (并行推进) may go on
    beside any stage. A predecessor is of this stage or an earlier one of the process type.
    """

    item: Item
    line: str
    limit: str | None
    predecessors: tuple[str, ...]
    condition: Condition | None

    @property
    def main(self) -> bool:
        """Whether it is a main-line item."""
        return self.line == "main"


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a process type: who leads, which window, which process of the diagrams, which candidates.

    ``after``: the codes of the stages that must be completed before this one begins; none where they may overlap.
    """

    code: str
    number: int
    name: str
    limit: str
    lead: str
    window: str
    diagram: str
    items: tuple[StageItem, ...]
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProcessType:
    """A kind of project and its stages by code; ``standard_type`` is the code 审批流程类型 of the exchange standard."""

    code: str
    name: str
    standard_type: int
    limit: str
    stages: Mapping[str, Stage]


@dataclass(frozen=True, slots=True)
class SpecialProcedure:
    """A special procedure (特殊环节), the cause of a suspension.

    ``limit`` is its own, None for one that lasts as long as it lasts; ``stops_stage_clock``: the clock of a stage that
    freezes with it stands too; ``evidence`` is what its end must be proved by, None for nothing.
    """

    code: str
    name: str
    limit: str | None
    stops_stage_clock: bool
    evidence: str | None


@dataclass(frozen=True, slots=True)
class Handling:
    """What a region decides of the handling of items; limits are texts.

    ``extension``: the most by which a limit is extended, once; ``pledge_check``: within what a pledge is checked after
    the decision, ``deferred_check``: deferred materials after they were handed in. ``delivery``: the ways in which a
    result is delivered. ``ask_again``: after what those concerned are asked again and again about a suspension that
    has no limit of its own, or whose procedure has ended; None: never.
    """

    extension: str
    pledge_check: str
    deferred_check: str
    delivery: tuple[str, ...]
    ask_again: str | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """Everything that one region runs on; ``id`` is the hash of the files' contents.

    ``refusals`` says which clause stands behind a refusal: clause id by the refusal's code. ``calendar`` alone is not
    pinned: it holds what was announced up to ``calendar_version``, as it does for every release. ``stage_clock`` is the
    act at which the total limit of a stage starts, ``received`` or ``dispatched``; ``any_window`` is
    whether any service window may take in, not only that of the stage; ``window_check`` is whether a window starts a
    stage only after its clerk checked the application against the project. ``people`` are those of the demonstration
    and the scenarios.
    """

    id: str
    title: str
    version: str
    region: RegionEntry
    regulation: str
    clauses: str
    definitions: Definitions
    forms: Mapping[str, FormDefinition]
    items: Mapping[str, Item]
    materials: Mapping[str, tuple[Material, ...]]
    process_types: Mapping[str, ProcessType]
    organisations: Mapping[str, OrganisationEntry]
    calendar: Calendar
    counting: Rules
    lights: Lights
    refusals: Mapping[str, str]
    handling: Handling
    special_procedures: Mapping[str, SpecialProcedure]
    files: Mapping[str, bytes]
    stage_clock: str | None = None
    any_window: bool = False
    window_check: bool = False
    calendar_version: int = 0
    people: tuple[PersonEntry, ...] = ()
