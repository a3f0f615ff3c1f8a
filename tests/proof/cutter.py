"""A way to the server that can be cut at the moment a document goes by, before or after the server has it."""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from typing import Literal, Self

Cut = Literal["before", "after", ""]


@dataclass
class Cutter:
    """Stands between a till and its server on loopback; ``cut`` is for the next document, once."""

    target: int
    cut: Cut = ""
    cuts: int = 0
    port: int = 0
    _server: socket.socket = field(init=False)
    _open: list[socket.socket] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self._server, *self._open):
            _end(each)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                return
            self._open += [client, server]
            deaf = threading.Event()
            for source, sink, asking in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._pump, args=(source, sink, asking, deaf), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, asking: bool, deaf: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if asking and self.cut and b"post_document" in data:
                    before, self.cut = self.cut == "before", ""
                    self.cuts += 1
                    deaf.set()
                    if before:
                        break
                elif not asking and deaf.is_set():
                    break
                sink.sendall(data)
        for each in (source, sink):
            _end(each)


def _end(connection: socket.socket) -> None:
    """A socket that another thread reads from is told the end only by a shutdown."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
