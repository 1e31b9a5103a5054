"""``./bl erase``: at the server, two persons erase what one audit entry says; the entry itself stays on its chain."""

from __future__ import annotations

import getpass
import os
from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from accounts.erase_details import Credentials, erase_details_by_two
from audit.erase import EntryPlace
from audit.vault import VAULT, Vault
from database.connect import create_session_factory
from launcher.arguments import ChineseParser, whole_number
from launcher.database import database_of
from launcher.trouble import CannotStart

DESCRIPTION = """双人清除一条审计记录的内容（例如误录的涉密内容）；记录本身、散列和本次清除都留在链上。
两人先后输入用户名和密码，都须有清除审计内容的权限（安全管理员、审计管理员）。清除由数据库属主账号执行：
没有设置 DATABASE_URL 时用 --data 指定的目录里自带的数据库，平台运行与否均可；
设置了 DATABASE_URL 的，还须设置 DATABASE_OWNER_URL，--data 则指定存放密钥的数据目录。"""


def main(
    arguments: Sequence[str],
    ask: Callable[[str], str] = input,
    ask_secretly: Callable[[str], str] = getpass.getpass,
) -> int:
    """Ask both persons and erase; raises ``CannotStart`` and what the use case refuses."""
    options = _options(arguments)
    data = options.data.resolve()
    if os.environ.get("DATABASE_URL") and not os.environ.get("DATABASE_OWNER_URL"):
        raise CannotStart(
            "设置了 DATABASE_URL 而没有设置 DATABASE_OWNER_URL：清除须由数据库属主账号执行。", exit_code=2
        )
    if not (data / "keys").is_dir():
        raise CannotStart(f"{data} 里没有密钥 keys：请用 --data 指定平台运行时的数据目录。", exit_code=2)
    with ExitStack() as undo:
        urls = undo.enter_context(database_of(data))
        first, second = (_credentials(who, ask, ask_secretly) for who in ("第一人", "第二人"))
        vault = {VAULT: Vault.open(data / "keys")}
        sessions, owner_sessions = (create_session_factory(url, info=vault, pool_size=1) for url in urls)
        for factory in (sessions, owner_sessions):
            undo.callback(factory.kw["bind"].dispose)
        which = EntryPlace(options.stream_kind, options.stream_id, options.sequence)
        erase_details_by_two(sessions, owner_sessions, first, second, which, reason=options.reason)
    print("内容已清除；记录、散列与本次清除的记录仍在链上。数据库备份中的旧内容须另行处理。")
    return 0


def _options(arguments: Sequence[str]) -> Namespace:
    parser = ChineseParser("./bl erase", DESCRIPTION)
    parser.add_argument("stream_kind", metavar="流类别", help="记录所在的审计流，如 projects；见审计记录")
    parser.add_argument("stream_id", metavar="流编号", help="该流的编号")
    parser.add_argument("sequence", metavar="序号", type=whole_number(1, 2**62), help="记录在流中的序号")
    parser.add_argument("--reason", metavar="原因", required=True, help="清除的原因（不得含被清除的内容），记入审计")
    parser.add_data_folder("密钥在其中，自带的数据库也在其中")
    return parser.parse_args(arguments)


def _credentials(who: str, ask: Callable[[str], str], ask_secretly: Callable[[str], str]) -> Credentials:
    try:
        return Credentials(ask(f"{who}用户名："), ask_secretly(f"{who}密码："))
    except EOFError:
        raise CannotStart(f"没有读到{who}的用户名和密码：请在终端里运行，由两人各自输入。", exit_code=2) from None
