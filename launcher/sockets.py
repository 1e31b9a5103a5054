"""Where unix sockets lie: a path may have about 100 characters, a data folder may have more."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from launcher.trouble import CannotStart

LONGEST = 80  # sun_path holds 107 bytes; the servers append up to 15, their lock files more


def socket_folder(data: Path) -> Path:
    """A folder (mode 0700) for the sockets of the data folder ``data``, always the same for the same path.

    Normally ``data/run``; when that is too long, a short one in the temporary folder. Raises ``CannotStart`` when
    somebody else owns the short one.
    """
    folder = data.resolve() / "run"
    if len(os.fsencode(folder)) > LONGEST:
        digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
        base = Path(tempfile.gettempdir())
        if len(os.fsencode(base)) > LONGEST - 24:
            base = Path("/tmp")
        folder = base / f"binglian-{digest}"
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise CannotStart(
                f"{folder} 被其他用户占用，无法建立套接字。请删除它，或用 --data 指定一个路径更短的目录。"
            )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder
