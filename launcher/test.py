"""``./bl test``: every test, in one pytest run that ends with its summary."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from launcher.places import ROOT


def main(arguments: Sequence[str]) -> int:
    """Become pytest with the given arguments; never returns."""
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "pytest", "-ra", *arguments])
