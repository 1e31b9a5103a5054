"""The extension elements as ``engine/schema/binglian.json`` describes them, for modeler and lint alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCHEMA = Path(__file__).parents[1] / "schema" / "binglian.json"


@dataclass(frozen=True, slots=True)
class Attribute:
    """``values`` are the only ones allowed (empty: any); ``expression`` whether ``=...`` is understood."""

    required: bool
    expression: bool
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension element: the tags in which it may stand, its attributes."""

    allowed_in: frozenset[str]
    attributes: Mapping[str, Attribute]


def _tag(name: str) -> str:
    """``bpmn:UserTask`` -> ``userTask``, ``Task`` -> ``task``: tags begin with a small letter."""
    name = name.rpartition(":")[2]
    return name[0].lower() + name[1:]


def _attribute(declared: Mapping[str, Any], enumerations: Mapping[str, tuple[str, ...]]) -> Attribute:
    values = ("true", "false") if declared["type"] == "Boolean" else enumerations.get(declared["type"], ())
    return Attribute(declared.get("required", False), declared.get("expression", False), values)


def _read() -> dict[str, Extension]:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    enumerations = {
        declared["name"]: tuple(value["name"] for value in declared["literalValues"])
        for declared in schema["enumerations"]
    }
    return {
        _tag(declared["name"]): Extension(
            frozenset(map(_tag, declared["meta"]["allowedIn"])),
            {
                attribute["name"]: _attribute(attribute, enumerations)
                for attribute in declared["properties"]
                if attribute.get("isAttr")
            },
        )
        for declared in schema["types"]
    }


EXTENSIONS: Mapping[str, Extension] = _read()
