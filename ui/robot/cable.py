"""The cable between a till and its server, for rehearsing what happens when somebody pulls it."""

from __future__ import annotations

import contextlib
import re
import selectors
import socket
import threading
from types import TracebackType
from typing import Self

CHUNK = 1 << 16
WAIT_SECONDS = 2.0


class Cable:
    """A relay in a thread of its own; ``pull``, ``swallow`` and ``mend`` may be called from any thread.

    Pulled, every connection ends and no new one is taken. Swallowing, connections stay and nothing comes
    through: the way a bad network box behaves.
    """

    def __init__(self, dsn: str) -> None:
        found = re.search(r"port=(\d+)", dsn)
        if found is None:
            raise ValueError("the till's way to the server names no port")
        self._dsn = dsn
        self._target = ("127.0.0.1", int(found[1]))
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=32)
        self._selector = selectors.DefaultSelector()
        self._twins: dict[socket.socket, socket.socket] = {}
        self._lock = threading.Lock()
        self._whole, self._deaf, self._over = True, False, False
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="cable", daemon=True)

    @property
    def dsn(self) -> str:
        """The same way to the server, through this cable."""
        port = self._listener.getsockname()[1]
        return re.sub(r"port=\d+", f"port={port}", self._dsn)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._over = True
        self._thread.join()
        self._cut()
        self._listener.close()
        self._selector.close()

    def order(self, name: str) -> None:
        """Do what a robot's script says: ``away``, ``silent`` or ``back``."""
        {"away": self.pull, "silent": self.swallow, "back": self.mend}[name]()

    def pull(self) -> None:
        """Nothing goes through, and both ends know it."""
        with self._lock:
            self._whole = False
            self._cut()

    def swallow(self) -> None:
        """Nothing goes through, and nobody is told."""
        with self._lock:
            self._deaf = True

    def mend(self) -> None:
        """As before; what was swallowed meanwhile is lost, so connections that lost something end."""
        with self._lock:
            if self._deaf:
                self._cut()
            self._whole, self._deaf = True, False

    # -- in the thread ---------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._over:
            for key, _events in self._selector.select(0.05):
                with self._lock:
                    one = key.fileobj
                    if one is self._listener:
                        self._accept()
                    elif isinstance(one, socket.socket) and one in self._twins:
                        self._pass_on(one)

    def _accept(self) -> None:
        client, _address = self._listener.accept()
        if not self._whole:
            client.close()
            return
        try:
            server = socket.create_connection(self._target, timeout=WAIT_SECONDS)
        except OSError:
            client.close()
            return
        for one, other in ((client, server), (server, client)):
            one.settimeout(WAIT_SECONDS)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._twins[one] = other
            self._selector.register(one, selectors.EVENT_READ)

    def _pass_on(self, one: socket.socket) -> None:
        other = self._twins[one]
        try:
            chunk = one.recv(CHUNK)
            if chunk and not self._deaf:
                other.sendall(chunk)
        except OSError:
            chunk = b""
        if not chunk:
            self._drop(one)
            self._drop(other)

    def _cut(self) -> None:
        for one in tuple(self._twins):
            self._drop(one)

    def _drop(self, one: socket.socket) -> None:
        if self._twins.pop(one, None) is not None:
            self._selector.unregister(one)
            with contextlib.suppress(OSError):
                one.close()
