"""``./bl audit verify``: verification of the given database, or of the private one of a data folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from audit import cli
from launcher.arguments import ChineseParser
from launcher.claims import DataFolder
from launcher.places import DATA
from launcher.postgres import PrivatePostgres
from launcher.system import DATABASE
from launcher.trouble import CannotStart


def main(arguments: Sequence[str]) -> int:
    """Verify; the private server is started for it when the platform is not running. 0 intact, 1 tampered with."""
    parser = ChineseParser("./bl audit verify", "核验审计链与封印，逐条说出篡改痕迹。")
    parser.add_argument("verify", choices=["verify"], help="核验全部审计记录")
    parser.add_argument("--data", type=Path, default=DATA, metavar="目录", help="数据目录（密钥与封印文件）")
    data = parser.parse_args(arguments).data.resolve()
    with ExitStack() as undo:
        url = os.environ.get("DATABASE_URL") or _private(data, undo)
        return cli.main(["verify", "--data", str(data), "--database-url", url])


def _private(data: Path, undo: ExitStack) -> str:
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
    return postgres.url(DATABASE)
