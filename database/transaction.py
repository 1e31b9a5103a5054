"""The transaction boundary: the only place that commits."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from errors import Busy, Refused

Result = TypeVar("Result")

ATTEMPTS = 6
FIRST_PAUSE_SECONDS = 0.005
SERIALIZATION_FAILURE, DEADLOCK, LOCK_NOT_AVAILABLE = "40001", "40P01", "55P03"
UNIQUE_VIOLATION = "23505"
WORTH_ANOTHER_TRY = {SERIALIZATION_FAILURE, DEADLOCK}


class Stale(Exception):
    """Somebody else changed what this transaction computed on: compute again."""


def in_transaction(
    sessions: sessionmaker[Session], work: Callable[[Session], Result], *, attempts: int = ATTEMPTS
) -> Result:
    """Run ``work`` in one transaction, commit, and return what it returned.

    ``work`` is run anew, in a new transaction, when it lost a race or its connection broke before the commit: it
    must do nothing that a rollback does not undo. Raises ``Busy`` when it lost ``attempts`` times or the database
    cannot be reached; every other exception of ``work`` rolls back and passes through.
    """
    cause: Exception | None = None
    for attempt in range(attempts):
        if attempt:
            time.sleep(random.uniform(0, FIRST_PAUSE_SECONDS * 2**attempt))  # apart from those who lost with us
        committing = False
        try:
            with sessions() as session:
                result = work(session)
                committing = True
                session.commit()
                return result
        except (Stale, StaleDataError) as error:
            cause = error
        except PoolTimeout as error:
            raise _unreachable() from error
        except DBAPIError as error:
            _check_worth_another_try(error, committing, first=attempt == 0)
            cause = error
        except Refused as refusal:
            if attempt or not _is_taken(refusal.__cause__):
                raise
            cause = refusal
    if isinstance(cause, DBAPIError) and cause.connection_invalidated:
        raise _unreachable() from cause
    raise Busy("busy", "办理的人太多，本次没有办成，数据未变；请稍后重试。") from cause


def sqlstate(error: DBAPIError) -> str | None:
    """The five characters by which PostgreSQL names an error; None when it did not come from the server."""
    return getattr(error.orig, "sqlstate", None)


def _check_worth_another_try(error: DBAPIError, committing: bool, first: bool) -> None:
    """Return when the work may run anew; raise ``Busy`` for bad circumstances and ``error`` itself for a bad statement.

    A unique value that somebody else took meanwhile gets one more try, in which the work sees it and says so, also
    when the work put the violation into words: those of the second try are about what stands now. A
    connection that broke during the commit leaves the outcome unknown: only the caller, by the idempotency key of the
    same request, can learn it.
    """
    state = sqlstate(error)
    if state in WORTH_ANOTHER_TRY or (error.connection_invalidated and not committing):
        return
    if _is_taken(error) and first:
        return
    if state == LOCK_NOT_AVAILABLE:
        raise Busy("locked", "同一件事正在被别人办理，等待超时，数据未变；请稍后重试。") from error
    if error.connection_invalidated or (state is None and isinstance(error, OperationalError)):
        raise _unreachable() from error
    raise error


def _is_taken(error: BaseException | None) -> bool:
    return isinstance(error, DBAPIError) and sqlstate(error) == UNIQUE_VIOLATION


def _unreachable() -> Busy:
    return Busy("database_unavailable", "数据库暂时连不上，请稍后用同一请求重试；若持续出现，请联系运维。")
