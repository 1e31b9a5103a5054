"""The database that a command works on: the one that DATABASE_URL names, else the private one of a data folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from launcher.claims import DataFolder
from launcher.given import given_databases
from launcher.postgres import OWNER, PrivatePostgres
from launcher.system import DATABASE
from launcher.trouble import CannotStart


@contextmanager
def database_of(data: Path) -> Iterator[tuple[str, str]]:
    """The URLs of the application and the owner role.

    A private server is started for the while when the platform does not run. Raises ``CannotStart`` when ``data`` holds
    no database and none is named.
    """
    given = given_databases(os.environ)
    with ExitStack() as undo:
        yield given or _private(data, undo)


def _private(data: Path, undo: ExitStack) -> tuple[str, str]:
    if not (data / "postgres" / "PG_VERSION").exists():  # before anything is made in a folder named by mistake
        raise CannotStart(
            f"数据目录 {data} 里没有数据库。请用 --data 指定平台的数据目录，或设置 DATABASE_URL。",
            exit_code=2,
        )
    postgres, folder = PrivatePostgres(data), DataFolder(data)
    try:
        folder.claim()
    except CannotStart as trouble:
        if trouble.exit_code != 2:  # anything but a running platform, whose server we then use
            raise
    else:
        undo.callback(folder.release)
        undo.enter_context(postgres)
    return postgres.url(DATABASE), postgres.url(DATABASE, OWNER)
