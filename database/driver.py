"""The connection of the platform: psycopg, and a straight way through libpq for what every command executes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import psycopg
from psycopg import adapt
from psycopg._preparing import PrepareManager
from psycopg.abc import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

Row = tuple[Any, ...]

GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


class _Prepared(NamedTuple):
    name: bytes
    loads: Transformer

    def rows(self, result: PGresult) -> list[Row]:
        """The rows of a result of the statement; raises ``psycopg.Error``."""
        _check(result)
        self.loads.set_pgresult(result)
        return self.loads.load_rows(0, result.ntuples, tuple)


class _Prepares(PrepareManager):
    """Tells when psycopg is about to drop every prepared statement: after a rollback, also one to a savepoint."""

    def __init__(self, dropped: Callable[[], None]) -> None:
        super().__init__()
        self._dropped = dropped

    def clear(self) -> bool:
        """True when the server will be told to drop them all; those of others are among them."""
        everything = super().clear()
        if everything:
            self._dropped()
        return everything


class Driver(psycopg.Connection[Row]):
    """A connection whose hot statements pass by cursors and adapters: half the time of a command was spent there.

    Such a statement is prepared at its first use. Values travel as text, their types are inferred by the server. Who
    waits for an answer leaves the other threads alone: ``exec_prepared`` does, a pipeline's ``get_result`` would not.
    """

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._statements: dict[str, _Prepared] = {}
        self._prepared = _Prepares(self._statements.clear)

    @property
    def in_transaction(self) -> bool:
        """Whether something was begun that is neither committed nor rolled back."""
        return self.pgconn.transaction_status != TransactionStatus.IDLE

    def send(self, statement: str, values: Sequence[object]) -> list[Row]:
        """The rows of a statement that names its values ``$1``, ``$2`` ...; raises ``psycopg.Error``.

        A value is None, bytes, a dictionary (as JSON), or anything that PostgreSQL reads as ``str`` writes it: text,
        numbers, ids, instants.
        """
        if not self.in_transaction:
            _check(self.pgconn.exec_(b"BEGIN"))
        return self.ask(statement, values)

    def ask(self, statement: str, values: Sequence[object]) -> list[Row]:
        """As ``send``, but begins no transaction: for a question that locks nothing, or a write that stands alone."""
        prepared = self._prepare(statement)
        return prepared.rows(self.pgconn.exec_prepared(prepared.name, _spell(values)))

    def send_and_commit(self, statement: str, values: Sequence[object]) -> None:
        """Execute the last statement of a transaction and commit; where nothing was begun it is one by itself.

        Raises ``psycopg.Error``.
        """
        begun = self.in_transaction
        _check(self.pgconn.exec_prepared(self._prepare(statement).name, _spell(values)))
        if begun:
            self.commit_sent()

    def commit_sent(self) -> None:
        """Commit what was only ``send``; raises ``psycopg.Error``."""
        _check(self.pgconn.exec_(b"COMMIT"))

    def _prepare(self, statement: str) -> _Prepared:
        known = self._statements.get(statement)
        if known is not None:
            return known
        prepared = _Prepared(b"sent_%d" % len(self._statements), adapt.Transformer(self))
        _check(self.pgconn.prepare(prepared.name, statement.encode()))
        self._statements[statement] = prepared
        return prepared


def _check(result: PGresult) -> None:
    if result.status not in GOOD:
        raise error_from_result(result, encoding="utf-8")


def _usual(value: object) -> bytes:
    return str(value).encode()


@lru_cache(maxsize=256)
def _instant(value: datetime) -> bytes:
    """Of an instant that a command writes into every row."""
    return str(value).encode()


class _Spelling(dict[type, Callable[[Any], bytes]]):
    def __missing__(self, kind: type) -> Callable[[Any], bytes]:
        return _usual


SPELLING = _Spelling(
    {
        str: str.encode,
        bytes: lambda value: b"\\x" + value.hex().encode(),
        UUID: lambda value: b"%032x" % value.int,
        dict: orjson.dumps,
        datetime: _instant,
    }
)
"""How a value of a type is spelled as text that PostgreSQL reads; any other as ``str`` writes it."""


def _spell(values: Sequence[object]) -> list[Any]:
    return [None if value is None else SPELLING[type(value)](value) for value in values]
