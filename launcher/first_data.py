"""What a new platform begins with: the demonstration region, or a one-time code for its first administrator."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from accounts.set_up import issue_setup_code, needs_set_up
from bootstrap import load_releases, open_sessions
from database.clock import current_time
from database.transaction import in_transaction
from demo.accounts import FILE
from demo.region import prepare
from settings import Settings


def prepare_first_data(settings: Settings, pack: Path, report: Callable[[str], None]) -> str | None:
    """Make what is missing; what the person who starts the platform must know of it, or None.

    ``pack`` is the folder of the demonstration region's pack.
    """
    sessions = open_sessions(settings, load_releases())
    try:
        return demonstration(sessions, settings, pack, report) if settings.demo else first_code(sessions)
    finally:
        sessions.kw["bind"].dispose()


def demonstration(
    sessions: sessionmaker[Session], settings: Settings, pack: Path, report: Callable[[str], None]
) -> str:
    """Bring the demonstration region up to date; where its accounts are written down."""
    report("正在准备演示区 …")
    prepare(sessions, settings.data, pack)
    return f"演示区的账户与密码：{settings.data / FILE}（仅当前用户可读）"


def first_code(sessions: sessionmaker[Session]) -> str | None:
    """A new one-time code, as long as there is no system administrator."""
    code = in_transaction(sessions, new_setup_code)
    return code and f"平台还没有系统管理员。一次性设置码（用于 POST /api/v1/setup）：{code}"


def new_setup_code(session: Session) -> str | None:
    """A code while one is needed; earlier ones lose their force."""
    return issue_setup_code(session, current_time(session)) if needs_set_up(session) else None
