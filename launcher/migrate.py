"""``./bl migrate``: bring the database to the newest state, as the owner role."""

from __future__ import annotations

import os
from collections.abc import Sequence

from database import migrate
from launcher.trouble import CannotStart


def main(arguments: Sequence[str]) -> int:
    """Upgrade the database of ``DATABASE_OWNER_URL``, else ``DATABASE_URL``."""
    owner_url = os.environ.get("DATABASE_OWNER_URL") or os.environ.get("DATABASE_URL")
    if not owner_url:
        raise CannotStart("没有设置 DATABASE_OWNER_URL 或 DATABASE_URL，不知道要升级哪个数据库。", exit_code=2)
    migrate.upgrade(owner_url)
    print("数据库已是当前版本。")
    return 0
