"""The program's connections: two lanes, so that a slow look-up never stands in the way of a sale.

A lane hands out an autocommit connection for one short piece of work, gives it eight seconds by the
wall clock, turns psycopg's errors into the program's own, and after a broken connection forgets the
others too, so that the first sale after a server restart goes through.
"""

from __future__ import annotations

import contextlib
import selectors
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from pos_desktop.database.dsn import patient
from pos_desktop.database.errors import translate, translate_connect
from pos_desktop.database.watchdog import Watchdog
from pos_desktop.errors import EnvironmentProblem, PosError, UserError

Connection = psycopg.Connection[tuple[Any, ...]]

DEADLINE_SECONDS = 8.0
_NEWS_BEFORE_AN_END = 16
_LOOK_SECONDS = 0.5


def check_quietly(connection: Connection) -> None:
    """Raise OperationalError for a connection the server has closed, without asking it anything.

    An idle connection with something to read has news: a notice, a changed parameter, or its end,
    which reading on runs into. The pool's own check asks a question, and that would be one more
    round trip between tender and commit.
    """
    with selectors.DefaultSelector() as selector:
        selector.register(connection.pgconn.socket, selectors.EVENT_READ)
        for _ in range(_NEWS_BEFORE_AN_END):
            if not selector.select(timeout=0):
                return
            connection.pgconn.consume_input()


def _noting(note: Callable[[psycopg.Error | None], None]) -> type[Connection]:
    class Noting(psycopg.Connection[tuple[Any, ...]]):
        """A connection that tells how connecting went."""

        @classmethod
        def connect(cls, *args: Any, **kwargs: Any) -> Any:
            try:
                connection = super().connect(*args, **kwargs)
            except psycopg.Error as error:
                note(error)
                raise
            note(None)
            return connection

    return Noting


class Lane:
    """A small pool of its own for one kind of work."""

    def __init__(
        self,
        dsn: str,
        name: str,
        watchdog: Watchdog,
        *,
        max_size: int = 2,
        deadline: float = DEADLINE_SECONDS,
        prepare_threshold: int | None = 5,
    ) -> None:
        self.name = name
        self.deadline = deadline
        self._dsn = dsn
        self._failure: psycopg.Error | None = None
        self._refusal: PosError | None = None
        self._watchdog = watchdog
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            patient(dsn, f"pos_desktop {name}"),
            min_size=1,
            max_size=max_size,
            open=False,
            name=name,
            connection_class=_noting(self._note),
            kwargs={"autocommit": True, "prepare_threshold": prepare_threshold},
            check=check_quietly,
            timeout=deadline,
            reconnect_timeout=30.0,
        )

    def open(self) -> None:
        """Begin to connect, in the background: a program starts while its server is away."""
        self._pool.open(wait=False)

    def close(self) -> None:
        """Close every connection; calls still running are cut at their deadline at the latest."""
        self._pool.close(timeout=self.deadline)

    @contextlib.contextmanager
    def connection(self, deadline: float | None = None) -> Iterator[Connection]:
        """A connection in autocommit for one piece of work; use ``transaction()`` for several statements.

        Raises the program's own errors: EnvironmentProblem ``server.unreachable`` or, when the
        server did not answer within ``deadline`` seconds (waiting for a connection included),
        ``server.no_answer``.
        """
        seconds = self.deadline if deadline is None else deadline
        started = time.monotonic()
        connection = self._take(seconds)
        left = max(0.0, seconds - (time.monotonic() - started))
        try:
            with self._watchdog.watching(connection, left) as watch:
                yield connection
        except psycopg.Error as error:
            if isinstance(error, psycopg.OperationalError) and connection.closed:
                self._pool.drain()
            if watch.expired:
                raise EnvironmentProblem("server.no_answer", seconds=round(seconds)) from error
            raise translate(error) from error
        finally:
            self._pool.putconn(connection)

    def _take(self, seconds: float) -> Connection:
        """A connection, or what stands in its way; a login the server refuses is not waited for."""
        deadline = time.monotonic() + seconds
        while True:
            left = deadline - time.monotonic()
            try:
                return self._pool.getconn(timeout=max(0.0, min(left, _LOOK_SECONDS)))
            except psycopg.Error as error:
                failure, refusal = self._failure, self._refusal
                if left <= _LOOK_SECONDS or refusal or not isinstance(error, PoolTimeout):
                    known = failure if failure is not None else error
                    raise refusal or translate_connect(known, self._dsn) from error

    def _note(self, failure: psycopg.Error | None) -> None:
        """How the last connection went: the pool only says that it has none. A refusal is asked for once."""
        trouble = translate(failure) if failure is not None else None
        self._failure = failure
        self._refusal = trouble if isinstance(trouble, UserError) else None


class Database:
    """Both lanes to one server. Open it once per program; it is a context manager and thread-safe."""

    def __init__(self, dsn: str, *, max_size: int = 2, deadline: float = DEADLINE_SECONDS) -> None:
        watchdog = Watchdog()
        self.dsn = dsn
        # Preparing a statement is a round trip of its own; the sale has one in all, and gains nothing by it.
        self.sale = Lane(dsn, "sale", watchdog, max_size=max_size, deadline=deadline, prepare_threshold=None)
        self.lookups = Lane(dsn, "look-ups", watchdog, max_size=max_size, deadline=deadline)

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self) -> None:
        """Begin to connect both lanes without waiting for the server."""
        self.sale.open()
        self.lookups.open()

    def close(self) -> None:
        """Close both lanes."""
        self.lookups.close()
        self.sale.close()
