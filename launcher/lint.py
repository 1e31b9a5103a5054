"""``./bl lint``: formatting, habits, types and the arrows between the rooms."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from launcher.arguments import ChineseParser
from launcher.places import ROOT

# modules and not installed scripts: those carry the path of the folder they were installed in
CHECKS = (
    ("ruff check", ["-m", "ruff", "check", ".", "bl"]),
    ("ruff format", ["-m", "ruff", "format", "--check", ".", "bl"]),
    ("mypy", ["-m", "mypy", "."]),
    (
        "import-linter",
        ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"],
    ),
)


def main(arguments: Sequence[str]) -> int:
    """Run every check, also after one failed; 1 if any did."""
    ChineseParser("./bl lint", "检查代码格式、类型与模块依赖方向。").parse_args(arguments)
    failed = []
    for name, command in CHECKS:
        print(f"== {name}", flush=True)
        if subprocess.run([sys.executable, *command], cwd=ROOT, check=False).returncode != 0:
            failed.append(name)
    if failed:
        print(f"未通过：{'、'.join(failed)}", file=sys.stderr)
    return 1 if failed else 0
