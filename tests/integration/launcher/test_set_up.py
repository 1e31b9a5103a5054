"""``bl`` prepares its environment once, mends what was interrupted, and says what to do when it cannot."""

from __future__ import annotations

import ast
import hashlib
import os
import shutil
import signal
import subprocess
import zipfile
from importlib import import_module
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

from launcher.places import ROOT
from tests.integration.launcher.processes import eventually


class Checkout:
    """A small checkout: the real ``bl``, a lock of one package that lies beside it, and a launcher that echoes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stamp = folder / ".venv" / ".installed-requirements.txt"
        shutil.copy(ROOT / "bl", folder / "bl")
        (folder / "launcher").mkdir()
        (folder / "launcher" / "__init__.py").touch()
        (folder / "launcher" / "__main__.py").write_text("import sys, thing; print(thing.VERSION, sys.argv[1:])\n")
        self.lock("1.0")

    def lock(self, version: str, digest: str | None = None) -> None:
        """Pin the package to ``version``, by the right hash unless another one is given."""
        wheel = self.folder / f"thing-{version}-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            information = f"thing-{version}.dist-info"
            archive.writestr("thing.py", f"VERSION = '{version}'\n")
            archive.writestr(f"{information}/METADATA", f"Metadata-Version: 2.1\nName: thing\nVersion: {version}\n")
            archive.writestr(f"{information}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            archive.writestr(f"{information}/RECORD", "")
        found = digest or hashlib.sha256(wheel.read_bytes()).hexdigest()
        lines = ["--no-index", f"--find-links {self.folder}", f"thing=={version} --hash=sha256:{found}", ""]
        (self.folder / "requirements.txt").write_text("\n".join(lines))

    def start(self) -> subprocess.Popen[str]:
        """Start ``bl run --port 1`` in a process group of its own."""
        return subprocess.Popen(
            [str(self.folder / "bl"), "run", "--port", "1"],
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self) -> tuple[int, str, str]:
        """Exit code, output and what was said."""
        process = self.start()
        output, said = process.communicate(timeout=120)
        return process.returncode, output, said


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.fixture
def bl(tmp_path: Path) -> ModuleType:
    """``bl`` as a module, working on an empty folder."""
    shutil.copy(ROOT / "bl", tmp_path / "bl")
    loader = SourceFileLoader("bl", str(tmp_path / "bl"))
    specification = spec_from_loader("bl", loader)
    assert specification is not None
    module = module_from_spec(specification)
    loader.exec_module(module)
    return module


def test_the_first_start_installs_the_second_does_not_and_a_new_lock_does(checkout: Checkout) -> None:
    code, output, said = checkout.run()
    assert (code, output) == (0, "1.0 ['launcher.run', '--port', '1']\n")
    assert "[1/1] thing" in said
    assert checkout.run() == (0, "1.0 ['launcher.run', '--port', '1']\n", "")
    checkout.lock("2.0")
    code, output, said = checkout.run()
    assert (code, output) == (0, "2.0 ['launcher.run', '--port', '1']\n")
    assert "[1/1] thing" in said


def test_a_set_up_killed_half_way_is_mended_by_the_next_start(checkout: Checkout) -> None:
    first = checkout.start()
    assert eventually((checkout.folder / ".venv" / "bin" / "python").exists)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    assert not checkout.stamp.exists()
    code, output, _ = checkout.run()
    assert (code, output) == (0, "1.0 ['launcher.run', '--port', '1']\n")


def test_an_installation_killed_while_it_wrote_is_begun_anew(checkout: Checkout) -> None:
    checkout.run()
    package = next((checkout.folder / ".venv").glob("lib/*/site-packages/thing.py"))
    package.write_text("VERSION = 'half")
    (checkout.folder / ".venv" / ".installing").touch()
    code, output, said = checkout.run()
    assert (code, output) == (0, "1.0 ['launcher.run', '--port', '1']\n")
    assert "正在建立 Python 虚拟环境" in said


def test_a_package_that_is_not_the_locked_one_is_refused(checkout: Checkout) -> None:
    checkout.lock("1.0", digest="0" * 64)
    code, output, said = checkout.run()
    assert (code, output) == (1, "")
    assert "安装依赖失败" in said
    assert "HASHES" in said
    assert not checkout.stamp.exists()


def test_a_python_that_is_too_old_is_refused_with_what_to_do(
    bl: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(bl.Refusal, match=r"当前 3\.9，需要 3\.11 或更新") as refused:
        bl.require_python((3, 9))
    assert "apt-get install" in str(refused.value)


def test_an_old_python_can_parse_the_file_that_refuses_it() -> None:
    text = (ROOT / "bl").read_text("utf-8")
    assert text.splitlines()[1] == "# -*- coding: utf-8 -*-"
    for node in ast.walk(ast.parse(text, feature_version=(3, 0))):
        newer = (ast.JoinedStr, ast.Starred, ast.AnnAssign, ast.NamedExpr, ast.Nonlocal, ast.AsyncFunctionDef)
        assert not isinstance(node, newer), f"line {node.lineno}: {ast.unparse(node)}"
        assert not (isinstance(node, ast.Raise) and node.cause), f"line {node.lineno}: raise ... from"
        if isinstance(node, ast.FunctionDef):
            annotated = [argument for argument in node.args.args if argument.annotation]
            assert [node.returns, node.args.kwonlyargs, annotated] == [None, [], []], f"line {node.lineno}"


def test_an_old_python_hands_over_to_a_newer_one_of_the_machine(
    bl: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, code in (("python3.11", 1), ("python3.12", 0)):  # the first one does not start
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {code}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    handed: list[str] = []
    monkeypatch.setattr(bl.os, "execv", lambda path, arguments: handed.append(path))
    with pytest.raises(bl.Refusal):  # only because this test does not let it hand over
        bl.require_python((3, 6))
    assert handed == [str(tmp_path / "python3.12")]


def test_a_full_disk_is_named_as_such(bl: ModuleType) -> None:
    log = Path(bl.LOG)
    log.parent.mkdir()
    log.write_text("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n")
    assert "磁盘已满" in str(bl.failed("安装依赖失败。"))


def test_help_lists_every_subcommand_and_prepares_nothing(bl: ModuleType) -> None:
    answered = subprocess.run([str(bl.__file__), "help"], capture_output=True, text=True, check=True)
    for name, _, purpose, _, _ in bl.COMMANDS:
        assert f"./bl {name}" in answered.stdout
        assert purpose in answered.stdout
    assert not Path(bl.VENV).exists()


def test_every_subcommand_leads_to_a_main(bl: ModuleType) -> None:
    modules = [module for *_, module in bl.COMMANDS if module is not None]
    assert modules
    assert [module for module in modules if not callable(getattr(import_module(module), "main", None))] == []


def test_an_unknown_subcommand_is_refused_with_the_list(bl: ModuleType) -> None:
    answered = subprocess.run([str(bl.__file__), "fly"], capture_output=True, text=True, check=False)
    assert answered.returncode == 2
    assert "没有子命令 fly" in answered.stderr
    assert "./bl run" in answered.stderr
