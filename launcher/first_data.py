"""What a new platform begins with: the demonstration region, or a one-time code for its first administrator."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from accounts.set_up import issue_setup_code, needs_set_up
from bootstrap import load_releases, open_sessions
from database.clock import current_time
from database.transaction import in_transaction
from settings import Settings


def prepare_first_data(settings: Settings, report: Callable[[str], None]) -> str | None:
    """Make what is missing; what the person who starts the platform must know of it, or None."""
    sessions = open_sessions(settings, load_releases())
    try:
        code = in_transaction(sessions, new_setup_code)
    finally:
        sessions.kw["bind"].dispose()
    return code and f"平台还没有系统管理员。一次性设置码（用于 POST /api/v1/setup）：{code}"


def new_setup_code(session: Session) -> str | None:
    """A new one-time code while there is no system administrator."""
    return issue_setup_code(session, current_time(session)) if needs_set_up(session) else None
