"""Load a region pack: files in, a release ready for use out, or every finding at once."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import engine
import forms
from engine import DefinitionInvalid, Definitions, Registry, deploy
from engine.lint.silence import silent_decisions
from processes import catalogue, policy
from processes.findings import Finding, PackInvalid
from processes.handling import read_special_procedures
from processes.people import read_people
from processes.process_types import Known, read_process_types
from processes.reading import WHOLE_FILE, is_text
from processes.release import ProcessType, Release

PACKS = Path(__file__).resolve().parent
SUFFIXES = (".bpmn", ".csv", ".feature", ".json", ".toml")
LARGEST_PACK = 20_000_000


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that the platform offers to every pack's diagrams; ``facts`` to the conditions of its catalogue.

    ``decisions`` are those of the operations that record a decision on an item.
    """

    operations: frozenset[str]
    guards: frozenset[str]
    roles: frozenset[str]
    facts: frozenset[str]
    decisions: frozenset[str]


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files of a pack by their path in it; what is no part of the release (a README) is left out.

    Raises ``PackInvalid`` when it is too large, ``OSError`` when it cannot be read.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in SUFFIXES)
    _check_size({path.relative_to(folder).as_posix(): path.stat().st_size for path in paths})
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def content_id(files: Mapping[str, bytes]) -> str:
    """The id of a release: a hash over its files' names and contents, the same on every machine."""
    digest = sha256()
    for name, content in sorted(files.items()):
        digest.update(sha256(name.encode()).digest() + sha256(content).digest())
    return digest.hexdigest()


def load_folder(folder: Path, vocabulary: Vocabulary) -> Release:
    """Load the pack of a folder; see :func:`load_files`."""
    return load_files(read_folder(folder), vocabulary)


def load_files(files: Mapping[str, bytes], vocabulary: Vocabulary) -> Release:
    """Load a pack; raises ``PackInvalid`` with everything that is wrong, by file and line, and how to mend it."""
    _check_size({name: len(content) for name, content in files.items()})
    findings: list[Finding] = []
    release = _load(dict(files), vocabulary, findings)
    if findings or release is None:
        raise PackInvalid(findings)
    return release


def _check_size(sizes: Mapping[str, int]) -> None:
    size = sum(sizes.values())
    if size > LARGEST_PACK:
        largest = max(sizes, key=lambda name: sizes[name])
        message = f"地区包共 {size} 字节，不能超过 {LARGEST_PACK // 1_000_000} MB"
        raise PackInvalid([Finding(largest, WHOLE_FILE, message, "这是最大的文件，请先核对它")])


def _load(files: dict[str, bytes], vocabulary: Vocabulary, findings: list[Finding]) -> Release | None:
    """The release, or what could be read of it; None when the diagrams or ``pack.toml`` cannot be read."""
    for name, content in files.items():
        is_text(name, content, findings)
    definitions = _definitions(files, vocabulary, findings)
    organisations = policy.read_organisations(files, findings)
    items = catalogue.read_items(files, policy.departments_by_function(organisations), findings)
    materials = catalogue.read_materials(files, items, vocabulary.facts, findings)
    diagrams = None if definitions is None else definitions.processes.keys()
    known = Known(items, organisations, diagrams, vocabulary.facts)
    process_types = read_process_types(files, known, findings)
    if definitions is not None:
        _licences(files, vocabulary, process_types, findings)
    item_materials = catalogue.read_item_materials(files, items, materials, findings)
    form_definitions = _forms(files, findings)
    people = read_people(files, organisations.keys(), vocabulary.roles, findings)
    procedures = read_special_procedures(files, findings)
    pack = policy.read_policy(files, vocabulary.roles, findings)
    if definitions is None or pack is None:
        return None
    return Release(
        id=content_id(files),
        title=pack.title,
        version=pack.version,
        region=pack.region,
        regulation=pack.regulation,
        clauses=pack.clauses,
        definitions=definitions,
        forms=form_definitions,
        items=items,
        materials=item_materials,
        process_types=process_types,
        organisations=organisations,
        calendar=pack.calendar,
        counting=pack.counting,
        stage_clock=pack.stage_clock,
        lights=pack.lights,
        refusals=pack.refusals,
        handling=pack.handling,
        special_procedures=procedures,
        files=files,
        any_window=pack.any_window,
        window_check=pack.window_check,
        people=people,
    )


def _forms(files: Mapping[str, bytes], findings: list[Finding]) -> dict[str, forms.FormDefinition]:
    found = {}
    for name in _form_files(files).values():
        try:
            form = forms.load(files[name])
        except (forms.FormDefinitionInvalid, UnicodeDecodeError) as error:
            findings.append(Finding(name, _line_of(files[name], error), str(error), "请在表单里改正"))
            continue
        if form.id != Path(name).stem:
            findings.append(Finding(name, 1, f"表单的 id 是 {form.id}，与文件名不同", "请把 id 和文件名改为一样"))
        found[form.id] = form
    return found


def _form_files(files: Mapping[str, bytes]) -> dict[str, str]:
    """The files of the forms by the id that their name promises, readable or not."""
    paths = [Path(name) for name in files if name.endswith(".json")]
    return {path.stem: path.as_posix() for path in paths if path.parent == Path("forms")}


def _line_of(content: bytes, error: Exception) -> int:
    """The line that an error of a form is about: of the JSON mistake, or of the key that the message begins with."""
    if isinstance(error.__cause__, json.JSONDecodeError):
        return error.__cause__.lineno
    word = re.escape(str(error).removeprefix("组件类型 ").removeprefix("组件 ").split(" ")[0]).encode()
    found = re.search(rb'"(?:key|path|id|type)"\s*:\s*"' + word + rb'"', content)
    return content.count(b"\n", 0, found.start()) + 1 if found else WHOLE_FILE


def _definitions(files: Mapping[str, bytes], vocabulary: Vocabulary, findings: list[Finding]) -> Definitions | None:
    try:
        return deploy(_diagrams(files), _registry(files, vocabulary))
    except DefinitionInvalid as error:
        findings.extend(map(_of_diagram, error.findings))
        return None


def _licences(
    files: Mapping[str, bytes], vocabulary: Vocabulary, types: Mapping[str, ProcessType], findings: list[Finding]
) -> None:
    """No silence decides on a licence: what the catalogue calls one binds the diagrams that it goes through."""
    stages = [stage for process_type in types.values() for stage in process_type.stages.values()]
    licences = {stage.diagram: entry.item.name for stage in stages for entry in stage.items if entry.item.licensing}
    found = silent_decisions(_diagrams(files), _registry(files, vocabulary), licences, vocabulary.decisions)
    findings.extend(map(_of_diagram, found))


def _diagrams(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if name.endswith(".bpmn")}


def _registry(files: Mapping[str, bytes], vocabulary: Vocabulary) -> Registry:
    known = frozenset(_form_files(files))
    return Registry(operations=vocabulary.operations, forms=known, roles=vocabulary.roles, guards=vocabulary.guards)


def _of_diagram(found: engine.Finding) -> Finding:
    element = f"“{found.element_name or found.element_id}”（{found.element_id}）" if found.element_id else ""
    return Finding(found.file, found.line, f"{element}{found.message}", f"{found.mend} [{found.rule}]")
