"""A lot's statements on libpq itself, by psycopg's wrapper of it: prepared once, of texts, numbers and bytes only.

Whatever a statement could need beside that (types to be looked up, rows to be made into something) costs more than the
statement does. Everything else the portal asks of PostgreSQL goes through psycopg's connection.
"""

import select
from collections.abc import Sequence
from typing import Final

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult

Plain = str | int | bytes
Statement = tuple[str, Sequence[Plain | None]]
"""Words with `?` marks, and what stands for them."""
_KEPT: Final = 96
_BYTES: Final = psycopg.adapters.types["bytea"].oid
_GOOD: Final = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)


class Prepared:
    """One connection's prepared statements; every method raises psycopg.Error, for one thread at a time."""

    def __init__(self, pgconn: PGconn) -> None:
        self._pgconn = pgconn
        self._names: dict[str, bytes] = {}
        self._made = 0

    def command(self, words: bytes) -> None:
        """Run statements without parameters whose rows nobody wants, in one trip."""
        self._checked(self._pgconn.exec_(words))

    def rows(self, sql: str, parameters: Sequence[Plain]) -> list[tuple[str | bytes | None, ...]]:
        """The rows of a query whose columns are texts and bytes."""
        values = [_dumped(each) for each in parameters]
        result = self._pgconn.exec_prepared(self._name(sql), values, _formats(parameters), Format.BINARY)
        self._checked(result)
        read = [_as_bytes if result.ftype(n) == _BYTES else _as_text for n in range(result.nfields)]
        return [tuple([each(result.get_value(row, n)) for n, each in enumerate(read)]) for row in range(result.ntuples)]

    def run(self, statements: Sequence[Statement], last: bytes = b"") -> None:
        """Run statements that give nothing back, and after them `last`, in one trip; none after one that fails."""
        pgconn = self._pgconn
        ready = [
            (self._name(sql), [None if each is None else _dumped(each) for each in parameters], _formats(parameters))
            for sql, parameters in statements
        ]
        pgconn.enter_pipeline_mode()
        for name, values, formats in ready:
            pgconn.send_query_prepared(name, values, formats)
        if last:
            pgconn.send_query_params(last, None)
        pgconn.pipeline_sync()
        trouble = self._trouble_of_pipeline()
        pgconn.exit_pipeline_mode()
        if trouble is not None:
            raise trouble

    def _trouble_of_pipeline(self) -> psycopg.Error | None:
        """Wait for its end; what the first statement that failed met."""
        trouble = None
        while True:
            self._wait()
            result = self._pgconn.get_result()
            if result is None:  # between two statements, or for ever
                self._check_connection()
            elif result.status == ExecStatus.PIPELINE_SYNC:
                return trouble
            elif result.status not in _GOOD and trouble is None:
                trouble = self._error(result)

    def _wait(self) -> None:
        """Until a result is there, and all is sent: without the interpreter's lock, which the next call would keep."""
        poll = select.poll()
        while (unsent := self._pgconn.flush()) or self._pgconn.is_busy():
            poll.register(self._pgconn.socket, select.POLLIN | (select.POLLOUT if unsent else 0))
            poll.poll()
            self._pgconn.consume_input()

    def _name(self, sql: str) -> bytes:
        """The name a statement is prepared under; the one that was not used for longest makes room for a new one."""
        name = self._names.pop(sql, None) or self._prepare(sql)
        self._names[sql] = name
        return name

    def _prepare(self, sql: str) -> bytes:
        if len(self._names) >= _KEPT:
            self.command(b"DEALLOCATE " + self._names.pop(next(iter(self._names))))
        self._made += 1
        name = b"lot_%d" % self._made
        self._checked(self._pgconn.prepare(name, _numbered(sql).encode()))
        return name

    def _checked(self, result: PGresult) -> None:
        if result.status not in _GOOD:
            raise self._error(result)

    def _error(self, result: PGresult) -> psycopg.Error:
        self._check_connection()
        return error_from_result(result)

    def _check_connection(self) -> None:
        if self._pgconn.status != ConnStatus.OK:
            raise psycopg.OperationalError("the connection is lost")


def _dumped(value: Plain) -> bytes:
    """Bytes as they are, everything else as text."""
    return value if type(value) is bytes else str(value).encode()


def _formats(parameters: Sequence[Plain | None]) -> list[int]:
    return [Format.BINARY if type(each) is bytes else Format.TEXT for each in parameters]


def _as_text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()


def _as_bytes(value: bytes | None) -> bytes | None:
    return value


def _numbered(sql: str) -> str:
    """libpq's spelling of a statement; ours hold no `?` inside quotes."""
    first, *rest = sql.split("?")
    return first + "".join(f"${n}{part}" for n, part in enumerate(rest, 1))
