"""A scale that exists only in memory and speaks Toledo 8217: for rehearsals and the tests.

It listens on a TCP port as a serial converter does, or, where the system has them, on a pseudo-terminal. It
can be loaded, shaken, overloaded, made mute or set to another protocol.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Final

from pos_desktop.hardware.toledo import (
    AT_ZERO,
    BAD,
    CLEAR_TARE,
    END,
    MOTION,
    NET,
    OVER,
    STX,
    TARE,
    UNDER,
    ZERO,
)

CAPACITY: Final = 15_000
TURN_SECONDS: Final = 0.05
FOREIGN_WORDS: Final = b"+  1.234 kg\r"


class EmulatedScale:
    """Use it as a context manager. Loads are in thousandths of a kilogram."""

    def __init__(self, *, terminal: bool = False, port: int = 0) -> None:
        self._changed = threading.Condition()
        self._load = self._zero = self._tare = 0
        self._stable, self._mute, self._foreign, self._closed = True, False, False, False
        self._asked = 0
        self._ends: list[int] = []
        self._link: socket.socket | None = None
        self._server: socket.socket | None = None
        if terminal:
            self.address = self._open_terminal()
            work: Callable[[], None] = self._serve_terminal
        else:
            self._server = socket.create_server(("127.0.0.1", port))
            self.address = f"socket://127.0.0.1:{self._server.getsockname()[1]}"
            work = self._serve_network
        self._thread = threading.Thread(target=work, name="emulated-scale", daemon=True)
        self._thread.start()

    def __enter__(self) -> EmulatedScale:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def put(self, load: int, *, stable: bool = True) -> None:
        """Load the scale with ``load`` in all, 0 empties it; ``stable`` False leaves it trembling."""
        with self._changed:
            self._load, self._stable = load, stable
            self._changed.notify_all()

    def settle(self) -> None:
        """The load has come to rest."""
        self.put(self._load)

    def set_mute(self, mute: bool) -> None:
        """Never answer, or answer again."""
        self._mute = mute

    def set_foreign(self, foreign: bool) -> None:
        """Answer as a scale of another make does."""
        self._foreign = foreign

    def order(self, words: str) -> None:
        """What a script says: ``0.842``, ``0.842 unstable``, ``mute``, ``foreign``, or ``back`` again."""
        load, _, trembling = words.partition(" ")
        if words in ("mute", "foreign", "back"):
            self.set_mute(words == "mute")
            self.set_foreign(words == "foreign")
        else:
            whole, _, rest = load.removeprefix("-").partition(".")
            sign = -1 if load.startswith("-") else 1
            self.put(sign * (int(whole) * 1000 + int(rest)), stable=not trembling)

    @property
    def asked(self) -> int:
        """How often a weight was asked for."""
        return self._asked

    def wait_asked(self, count: int, seconds: float = 5.0) -> bool:
        """Wait until a weight was asked for ``count`` times in all; False when the time passed."""
        with self._changed:
            return self._changed.wait_for(lambda: self._asked >= count, seconds)

    def close(self) -> None:
        """Go away, as if the plug were pulled."""
        self._closed = True
        for link in (self._link, self._server):
            if link is not None:
                with contextlib.suppress(OSError):
                    link.shutdown(socket.SHUT_RDWR)
                link.close()
        self._thread.join(2)
        for end in self._ends:
            os.close(end)
        self._ends = []

    # -- the wire --------------------------------------------------------------------------------

    def _open_terminal(self) -> str:
        import tty

        self._ends = list(os.openpty())
        tty.setraw(self._ends[1])
        return os.ttyname(self._ends[1])

    def _serve_terminal(self) -> None:
        while not self._closed:
            try:
                # Looked at in turns: closing one end does not wake a read of the other.
                if select.select([self._ends[0]], [], [], TURN_SECONDS)[0]:
                    os.write(self._ends[0], self._answers(os.read(self._ends[0], 64)))
            except OSError:
                return

    def _serve_network(self) -> None:
        assert self._server is not None
        while not self._closed:
            with contextlib.suppress(OSError):
                self._link, _ = self._server.accept()
                with self._link as link:
                    while data := link.recv(64):
                        link.sendall(self._answers(data))

    def _answers(self, data: bytes) -> bytes:
        with self._changed:
            answers = b"".join(self._answer(bytes((byte,))) for byte in data if byte not in b"\r\n")
            self._changed.notify_all()
        return b"" if self._mute else answers

    def _answer(self, command: bytes) -> bytes:
        if command == b"W":
            self._asked += 1
            return FOREIGN_WORDS if self._foreign else self._weight()
        if command in (ZERO, TARE, CLEAR_TARE):
            if self._stable:
                self._adjust(command)
            return self._status()
        return self._status(BAD)

    def _adjust(self, command: bytes) -> None:
        if command == ZERO:
            self._zero, self._tare = self._load, 0
        elif command == TARE:
            self._tare = max(0, self._load - self._zero)
        else:
            self._tare = 0

    def _weight(self) -> bytes:
        net = self._load - self._zero - self._tare
        if not self._stable or self._load > CAPACITY or net < 0:
            return self._status()
        text = f"{net // 1000:02d}.{net % 1000:03d}".encode()
        return STX + text + (b"N" if self._tare else b"") + END

    def _status(self, bits: int = 0) -> bytes:
        net = self._load - self._zero - self._tare
        bits |= 0 if self._stable else MOTION
        bits |= OVER if self._load > CAPACITY else 0
        bits |= UNDER if net < 0 else 0
        bits |= AT_ZERO if self._load == self._zero else 0
        bits |= NET if self._tare else 0
        return STX + b"?" + bytes((bits,)) + END
