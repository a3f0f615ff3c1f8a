"""A proxy that counts round trips: how often the client spoke after it had been answered."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass, field
from typing import Self


@dataclass(slots=True)
class CountingProxy:
    """Stands between one client and the server on loopback; ``trips`` counts since the last reset."""

    target: int
    trips: int = 0
    port: int = 0
    _server: socket.socket = field(init=False)
    _open: list[socket.socket] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self._server, *self._open):
            each.close()

    def reset(self) -> None:
        """Count from zero."""
        with self._lock:
            self.trips = 0

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            self._open += [client, server]
            answered = threading.Event()
            answered.set()
            threading.Thread(target=self._pump, args=(client, server, answered, True), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, answered, False), daemon=True).start()

    def _pump(
        self, source: socket.socket, sink: socket.socket, answered: threading.Event, asking: bool
    ) -> None:
        while True:
            try:
                data = source.recv(65536)
                if not data:
                    return
                if asking and answered.is_set():
                    answered.clear()
                    with self._lock:
                        self.trips += 1
                elif not asking:
                    answered.set()
                sink.sendall(data)
            except OSError:
                return
