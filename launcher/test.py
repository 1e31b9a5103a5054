"""``./bl test``: every test, in one pytest run that ends with its summary."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from launcher.places import ROOT

EVERYTHING = ("-q", "-n", "2", "--dist", "worksteal")  # two processes, each with servers of its own


def main(arguments: Sequence[str]) -> int:
    """Become pytest with the given arguments, else for everything; never returns."""
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "pytest", "-ra", *(arguments or EVERYTHING)])
