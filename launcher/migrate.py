"""``./bl migrate``: bring the database to the newest state, as the owner role."""

from __future__ import annotations

import os
from collections.abc import Sequence

from launcher.arguments import ChineseParser
from launcher.given import given_databases, upgrade
from launcher.trouble import CannotStart


def main(arguments: Sequence[str]) -> int:
    """Upgrade the database that ``DATABASE_OWNER_URL``, else ``DATABASE_URL``, names."""
    description = "把 DATABASE_OWNER_URL（或 DATABASE_URL）指向的数据库升级到当前版本。"
    ChineseParser("./bl migrate", description).parse_args(arguments)
    given = given_databases(os.environ)
    if given is None:
        raise CannotStart(
            "没有设置 DATABASE_URL，不知道要升级哪个数据库；自带的数据库在 ./bl run 时自动升级。", exit_code=2
        )
    application_url, owner_url = given
    upgrade(owner_url, application_url)
    print("数据库已是当前版本。")
    return 0
