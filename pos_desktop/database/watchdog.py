"""Ends a call to the server that takes too long by the wall clock, whatever the network pretends.

Keepalives do not notice a middlebox that acknowledges and a server that never answers. The watchdog
does: it shuts the socket, so the waiting thread wakes with an OperationalError, and asks the server
to cancel, so that it does not go on working for nobody.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import generators, waiting

CANCEL_SECONDS = 5.0

Connection = psycopg.Connection[Any]


class Watch:
    """One call being watched: ``expired`` tells afterwards whether its time ran out."""

    def __init__(self, connection: Connection) -> None:
        self.connection: Connection | None = connection
        self.expired = False


class Watchdog:
    """One daemon thread for all calls of a program; it sleeps until the next deadline."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Watch]] = []
        self._numbers = itertools.count()
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def watching(self, connection: Connection, seconds: float) -> Iterator[Watch]:
        """Give the block ``seconds`` of wall clock for its work on ``connection``."""
        watch = Watch(connection)
        with self._wake:
            heapq.heappush(self._due, (time.monotonic() + seconds, next(self._numbers), watch))
            self._ensure_thread()
            if self._due[0][2] is watch:  # else the thread wakes for an earlier one anyway
                self._wake.notify()
        try:
            yield watch
        finally:
            with self._wake:  # never shut the socket of a connection that has gone on to other work
                watch.connection = None

    def _ensure_thread(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="database watchdog", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            with self._wake:
                while self._due and self._due[0][2].connection is None:
                    heapq.heappop(self._due)
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is None or wait > 0:
                    self._wake.wait(wait)
                    continue
                watch = heapq.heappop(self._due)[2]
                if watch.connection is not None:
                    watch.expired = True
                    _cut(watch.connection)


def _cut(connection: Connection) -> None:
    """Shut the socket now; the request to cancel goes its own way, as it may find no server either."""
    with contextlib.suppress(psycopg.Error, OSError):
        if psycopg.capabilities.has_cancel_safe():
            request = connection.pgconn.cancel_conn()
            threading.Thread(target=_send, args=(request,), name="cancel request", daemon=True).start()
    with contextlib.suppress(psycopg.Error, OSError, ValueError):
        twin = socket.fromfd(connection.pgconn.socket, socket.AF_INET, socket.SOCK_STREAM)
        with twin:
            twin.shutdown(socket.SHUT_RDWR)


def _send(request: psycopg.pq.abc.PGcancelConn) -> None:
    """Ask without blocking: libpq's old PQcancel waits for the answer holding the interpreter's lock.

    With a silent server that would freeze every thread of the program, the window too. A client
    library without the new call leaves it to the server to notice the closed socket.
    """
    with contextlib.suppress(psycopg.Error, OSError):
        request.start()
        waiting.wait_conn(generators.cancel(request), interval=0.1, timeout=CANCEL_SECONDS)
