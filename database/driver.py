"""The connection of the platform: psycopg, and a straight way through libpq for what every command executes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import psycopg
from psycopg import adapt
from psycopg._preparing import PrepareManager
from psycopg.abc import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

Row = tuple[Any, ...]

_Command = tuple[bytes, list[Any] | None]
"""The name of a prepared statement and its values, or a text and None."""
BEGIN: _Command = (b"BEGIN", None)
COMMIT: _Command = (b"COMMIT", None)
GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


class _Prepared(NamedTuple):
    name: bytes
    loads: Transformer


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

    Such a statement is prepared at its first use. Values travel as text, their types are inferred by the server, and
    the first statement of a transaction takes ``BEGIN`` along on the same way.
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
        prepared = self._statements.get(statement) or self._prepare(statement)
        spelled: list[Any] = _spell(values)
        if self.in_transaction:
            result = self.pgconn.exec_prepared(prepared.name, spelled)
        else:
            _, result = self._pipelined(BEGIN, (prepared.name, spelled))
        _check(result)
        prepared.loads.set_pgresult(result)
        return prepared.loads.load_rows(0, result.ntuples, tuple)

    def send_and_commit(self, statement: str, values: Sequence[object]) -> None:
        """Execute the last statement of a transaction and commit, in one round trip; raises ``psycopg.Error``."""
        prepared = self._statements.get(statement) or self._prepare(statement)
        last: _Command = (prepared.name, _spell(values))
        commands = (last, COMMIT) if self.in_transaction else (BEGIN, last, COMMIT)
        for result in self._pipelined(*commands):
            _check(result)

    def commit_sent(self) -> None:
        """Commit what was only ``send``; raises ``psycopg.Error``."""
        _check(self.pgconn.exec_(b"COMMIT"))

    def _prepare(self, statement: str) -> _Prepared:
        prepared = _Prepared(b"sent_%d" % len(self._statements), adapt.Transformer(self))
        _check(self.pgconn.prepare(prepared.name, statement.encode()))
        self._statements[statement] = prepared
        return prepared

    def _pipelined(self, *commands: _Command) -> list[PGresult]:
        """The results of commands that travel together, up to the first that fails."""
        pgconn = self.pgconn
        pgconn.enter_pipeline_mode()
        for name, spelled in commands:
            if spelled is None:
                pgconn.send_query_params(name, None)
            else:
                pgconn.send_query_prepared(name, spelled)
        pgconn.pipeline_sync()
        results: list[PGresult] = []
        while not results or results[-1].status != ExecStatus.PIPELINE_SYNC:
            result = pgconn.get_result()
            if result is not None:
                results.append(result)
            elif pgconn.status != ConnStatus.OK:
                raise psycopg.OperationalError(pgconn.get_error_message())
        pgconn.exit_pipeline_mode()
        return results[:-1]


def _check(result: PGresult) -> None:
    if result.status not in GOOD:
        raise error_from_result(result, encoding="utf-8")


def _usual(value: object) -> bytes:
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
    }
)
"""How a value of a type is spelled as text that PostgreSQL reads; any other as ``str`` writes it."""


def _spell(values: Sequence[object]) -> list[Any]:
    return [None if value is None else SPELLING[type(value)](value) for value in values]
