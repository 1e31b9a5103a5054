"""``python -m launcher <module> <arguments>``: call the module's ``main`` and turn its trouble into a sentence."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from errors import Refused
from launcher.trouble import CannotStart, disk_full, is_disk_full


def main(arguments: Sequence[str]) -> int:
    """Run the module named first with the rest; the exit code."""
    module, *rest = arguments
    try:
        return int(import_module(module).main(rest) or 0)
    except CannotStart as trouble:
        print(trouble.message, file=sys.stderr)
        return trouble.exit_code
    except Refused as refused:
        print(refused.message, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\n已中断。", file=sys.stderr)
        return 130
    except OSError as error:
        if not is_disk_full(error):
            raise
        full = disk_full(Path(error.filename or "."))
        print(full.message, file=sys.stderr)
        return full.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
