"""Deploys diagrams: bytes -> safe XML -> lint -> normalised -> specifications, once for each content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from lxml import etree

from engine.declarations import BPMN, extension
from engine.elements.process_spec import ProcessSpec
from engine.errors import DefinitionInvalid
from engine.findings import Finding
from engine.lint import lint
from engine.normalise import normalise
from engine.parser import DiagramReader
from engine.registry import Registry
from engine.xml import parse


@dataclass(frozen=True, slots=True)
class Process:
    """One executable process: ``spec`` and ``scopes`` (embedded sub-processes) are shared by all its instances."""

    id: str
    name: str
    kind: str
    spec: ProcessSpec
    scopes: Mapping[str, ProcessSpec]


@dataclass(frozen=True, slots=True)
class Definitions:
    """All processes of one release; ``release`` is a hash of the diagrams' names and contents."""

    release: str
    processes: Mapping[str, Process]


def deploy(files: Mapping[str, bytes], registry: Registry) -> Definitions:
    """Check and prepare diagrams; the same content gives the same object.

    ``files`` maps a file name (for messages) to its bytes. Raises ``DefinitionInvalid`` with every finding that keeps
    the diagrams from being put in force.
    """
    return _deploy(tuple(sorted(files.items())), registry)


@lru_cache(maxsize=64)
def _deploy(files: tuple[tuple[str, bytes], ...], registry: Registry) -> Definitions:
    errors = [finding for finding in lint(dict(files), registry) if finding.severity == "error"]
    if errors:
        raise DefinitionInvalid(errors)
    return prepare(dict(files))


def prepare(files: Mapping[str, bytes]) -> Definitions:
    """As ``deploy``, of files that lint has passed already."""
    digest = sha256()
    processes: dict[str, Process] = {}
    for name, content in sorted(files.items()):
        digest.update(sha256(name.encode()).digest() + sha256(content).digest())
        root = normalise(parse(content))
        processes.update(_processes(name, root))
    return Definitions(digest.hexdigest(), processes)


def _processes(file: str, root: etree._Element) -> dict[str, Process]:
    try:
        reader = DiagramReader(root)
        found = {}
        for node in root.findall(f"{BPMN}process"):
            if node.get("isExecutable") in ("false", "0"):
                continue
            declared = extension(node, "process")
            name = node.get("id", "")
            found[name] = Process(
                id=name,
                name=node.get("name") or name,
                kind="" if declared is None else declared.get("kind", ""),
                spec=reader.get_spec(name),
                scopes=reader.scopes_of(name),
            )
        return found
    except Exception as error:  # whatever lint has not foreseen is still a finding, not a crash
        message = f"流程图无法解析：{error}"
        raise DefinitionInvalid([Finding("parse", "error", file, 0, "", "", message, "请检查这个文件")]) from error
