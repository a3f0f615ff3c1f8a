"""A small mail server on a real socket: it takes mails, or refuses them, and keeps what it took.

With a ``login`` it asks for name and password first."""

from __future__ import annotations

import base64
import socketserver
import threading
from email import message_from_bytes
from email.message import Message
from types import TracebackType
from typing import Self


class _Talk(socketserver.StreamRequestHandler):
    """RFC 5321, as much as a client needs to hand a mail over."""

    server: Mailbox

    def handle(self) -> None:
        self._say("220 mailbox")
        to: list[str] = []
        while line := self.rfile.readline().decode("ascii").strip():
            word, _, rest = line.partition(" ")
            word = word.upper()
            if word == "DATA":
                self._say("354 go on")
                self.server.mails.append((to, message_from_bytes(self._body())))
                to = []
                self._say("250 taken")
            elif word == "RCPT" and self._refused(rest):
                self._say("550 nobody of that name")
            elif word == "EHLO" and self.server.login:
                self._say("250-mailbox\r\n250 AUTH PLAIN")
            elif word == "AUTH":
                right = base64.b64encode("\0".join(("", *self.server.login)).encode()).decode()
                self._say("235 come in" if rest == f"PLAIN {right}" else "535 no")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                if word == "RCPT":
                    to.append(rest.partition(":")[2].strip("<> "))
                self._say("250 fine")

    def _refused(self, address: str) -> bool:
        return any(name in address for name in self.server.refused)

    def _body(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode("ascii"))


class Mailbox(socketserver.ThreadingTCPServer):
    """Listens on loopback as a context manager. ``mails``: (addresses, message) in order."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0, login: tuple[str, ...] = ()) -> None:
        super().__init__(("127.0.0.1", port), _Talk)
        self.login = login
        self.mails: list[tuple[list[str], Message]] = []
        self.refused: set[str] = set()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,))

    @property
    def address(self) -> str:
        """host:port."""
        return f"127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()
