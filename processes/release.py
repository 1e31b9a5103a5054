"""A release: a region's diagrams, forms, catalogue and organisations of one content, ready for use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine import Definitions
from forms import FormDefinition
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
class Item:
    """An item of the catalogue; ``department`` is an organisation's code, ``limit`` a text such as ``5WD``."""

    code: str
    name: str
    department: str
    limit: str
    pledge: bool


@dataclass(frozen=True, slots=True)
class Material:
    """A material; ``necessity`` is ``required``, ``deferrable`` or ``conditional``."""

    code: str
    name: str
    necessity: str


@dataclass(frozen=True, slots=True)
class StageItem:
    """A candidate item of a stage: main-line or not, its limit here, and the items that must be approved before."""

    item: Item
    main: bool
    limit: str
    predecessors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a process type: who leads, which window, which process of the diagrams, which candidates."""

    code: str
    number: int
    name: str
    limit: str
    lead: str
    window: str
    diagram: str
    items: tuple[StageItem, ...]


@dataclass(frozen=True, slots=True)
class ProcessType:
    """A kind of project and its stages by code; ``standard_type`` is the code 审批流程类型 of the exchange standard."""

    code: str
    name: str
    standard_type: int
    limit: str
    stages: Mapping[str, Stage]


@dataclass(frozen=True, slots=True)
class Release:
    """Everything that one region runs on; ``id`` is the hash of the files' contents.

    ``refusals`` says which clause stands behind a refusal: clause id by the refusal's code.
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
    refusals: Mapping[str, str]
    files: Mapping[str, bytes]
