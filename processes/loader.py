"""Load a region pack: files in, a release ready for use out, or every problem by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from engine import DefinitionInvalid, Definitions, Registry, deploy
from forms import FormDefinition, FormDefinitionInvalid, load
from processes import tables
from processes.release import Release
from processes.tables import PackInvalid

PACKS = Path(__file__).resolve().parent
SUFFIXES = (".bpmn", ".csv", ".json", ".toml")
LARGEST_PACK = 20_000_000


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that the platform offers to every pack's diagrams."""

    operations: frozenset[str]
    guards: frozenset[str]
    roles: frozenset[str]


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files of a pack by their path in it; what is no part of the release (a README) is left out."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in SUFFIXES)
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
    """Load a pack; raises ``PackInvalid`` with what is wrong in which file, and what to do instead."""
    tables.check(sum(map(len, files.values())) <= LARGEST_PACK, f"地区包不能超过 {LARGEST_PACK // 1_000_000} MB")
    try:
        return _load(dict(files), vocabulary)
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, PackInvalid):
            raise
        raise PackInvalid([f"地区包的表格缺少或写错了一项：{error}"]) from error


def _load(files: dict[str, bytes], vocabulary: Vocabulary) -> Release:
    pack = tables.read_toml(files, "pack.toml")
    forms = _forms(files)
    definitions = _definitions(files, vocabulary, frozenset(forms))
    organisations = tables.read_organisations(files)
    items = tables.read_items(files, organisations)
    return Release(
        id=content_id(files),
        title=pack["title"],
        version=pack["version"],
        region=tables.read_region(pack["region"]),
        regulation=pack["regulation"]["name"],
        clauses=pack["regulation"]["clauses"],
        definitions=definitions,
        forms=forms,
        items=items,
        materials=tables.read_materials(files, items),
        process_types=tables.read_process_types(files, items, organisations, definitions.processes.__contains__),
        organisations=organisations,
        calendar=tables.read_calendar(pack["calendar"]),
        counting=tables.read_counting(pack["counting"]),
        refusals=tables.read_refusals(pack["refusals"], pack["regulation"]["clauses"]),
        files=files,
    )


def _forms(files: Mapping[str, bytes]) -> dict[str, FormDefinition]:
    forms, problems = {}, []
    for name, content in files.items():
        folder, _, file = name.rpartition("/")
        if folder != "forms" or not file.endswith(".json"):
            continue
        try:
            form = load(content)
        except FormDefinitionInvalid as error:
            problems.append(f"{name}: {error}")
            continue
        if form.id != file.removesuffix(".json"):
            problems.append(f"{name}: 表单的 id 要与文件名相同，现在是 {form.id}")
        forms[form.id] = form
    if problems:
        raise PackInvalid(problems)
    return forms


def _definitions(files: Mapping[str, bytes], vocabulary: Vocabulary, forms: frozenset[str]) -> Definitions:
    diagrams = {name: content for name, content in files.items() if name.endswith(".bpmn")}
    registry = Registry(operations=vocabulary.operations, forms=forms, roles=vocabulary.roles, guards=vocabulary.guards)
    try:
        return deploy(diagrams, registry)
    except DefinitionInvalid as error:
        raise PackInvalid([str(finding) for finding in error.findings]) from error
