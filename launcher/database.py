"""The database that a command works on: the one that DATABASE_URL names, else the private one of a data folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from audit.vault import KEY_FILE
from bootstrap import load_releases, open_sessions
from database.migrate import at_head
from launcher.claims import DataFolder
from launcher.given import given_databases
from launcher.postgres import OWNER, PrivatePostgres
from launcher.system import DATABASE
from launcher.trouble import CannotStart
from settings import Settings


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


@contextmanager
def platform_sessions(data: Path) -> Iterator[sessionmaker[Session]]:
    """Sessions as the platform has them, with the keys of the data folder; raises ``CannotStart`` without these."""
    with database_of(data) as (url, _):
        if not (data / "keys" / KEY_FILE).exists():  # another key would lock what nobody else can open
            raise CannotStart(
                f"数据目录 {data} 里没有平台的审计密钥（keys/{KEY_FILE}）。请用 --data 指定平台的数据目录；"
                "平台还没有运行过时，请先运行一次 ./bl run。",
                exit_code=2,
            )
        sessions = open_sessions(Settings(url, url, "", data), load_releases())
        try:
            with sessions() as session:
                if not at_head(session):
                    raise CannotStart(
                        "数据库的结构不是当前版本。请先运行 ./bl migrate（自带数据库：运行一次 ./bl run）。"
                    )
            yield sessions
        finally:
            sessions.kw["bind"].dispose()
