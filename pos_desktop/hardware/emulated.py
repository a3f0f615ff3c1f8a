"""A receipt printer over TCP that exists only in memory: for the demo, rehearsals and the tests.

It reads ESC/POS as a printer does, answers DLE EOT and GS r, and can be made to run out of paper, open its
cover, stall, stay mute or drop the line after some bytes.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType

from pos_desktop.domain.receipt_layout import Row
from pos_desktop.hardware.decode import Ask, Cut, Decoder, Item, Kick, Line, printed_rows
from pos_desktop.hardware.escpos import CLEAR_PRINTER
from pos_desktop.hardware.transports import ABORT

_LIVE = re.compile(
    rb"\x10\x04([\x01-\x04])|\x10\x14\x01([\x00\x01])[\x01-\x08]|(" + re.escape(CLEAR_PRINTER) + b")",
    re.DOTALL,
)
_LIVE_BEGUN = re.compile(rb"\x10(\x04|\x14(\x01[\x00\x01]?|\x08[^\x08]{0,6})?)?\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PrintedPaper:
    """One paper from cut to cut, and whether it ended in a cut."""

    items: tuple[Item, ...]
    cut: bool

    @property
    def lines(self) -> list[str]:
        """The text lines as printed, trailing spaces gone."""
        return [item.text.rstrip() for item in self.items if isinstance(item, Line)]


class EmulatedPrinter:
    """Listens on a port of this machine. Use it as a context manager; ``on_paper`` is called for each cut."""

    def __init__(
        self,
        port: int = 0,
        columns: int = 48,
        on_paper: Callable[[PrintedPaper], None] | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.columns = columns
        self._on_paper = on_paper
        self._changed = threading.Condition()
        self._decoder = Decoder()
        self._held = bytearray()
        self._begun = b""
        self._items: list[Item] = []
        self._papers: list[PrintedPaper] = []
        self._kicks: list[Kick] = []
        self._received = bytearray()
        self._lines_left: int | None = None
        self._cover_open = False
        self._paper_low = False
        self._drawer_open = False
        self._drawer_stuck = False
        self._stalled = False
        self._mute = False
        self._closed = False
        self._cut_after: int | None = None
        self._stall_at: int | None = None
        self._open: set[socket.socket] = set()
        self._server = socket.create_server((host, port))
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        self.port: int = self._server.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, name="emulated-printer", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """What to write into the configuration."""
        return f"tcp://127.0.0.1:{self.port}"

    def __enter__(self) -> EmulatedPrinter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening and hang up, as if the plug were pulled."""
        with self._changed:
            self._closed = True
            self._stalled = False
            self._changed.notify_all()
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for connection in tuple(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join(2)

    def set_paper(self, lines: int | None) -> None:
        """Load a roll: ``None`` never ends, 0 is out now, n runs out after n more lines."""
        self._set(lines_left=lines)

    def set_cover(self, *, is_open: bool) -> None:
        """Open or close the cover; open, nothing is printed."""
        self._set(cover_open=is_open)

    def set_paper_low(self, low: bool) -> None:
        """Let the near-end sensor see the end of the roll, or a new one."""
        with self._changed:
            self._paper_low = low

    def set_drawer_stuck(self, stuck: bool) -> None:
        """A pulse opens the drawer no more, or does again."""
        with self._changed:
            self._drawer_stuck = stuck

    def shut_drawer(self) -> None:
        """Push the drawer shut, as a hand does."""
        with self._changed:
            self._drawer_open = False
            self._changed.notify_all()

    def set_stalled(self, stalled: bool) -> None:
        """Stop or go on reading the line."""
        with self._changed:
            self._stall_at = None
        self._set(stalled=stalled)

    def stall_after(self, received: int) -> None:
        """Stop reading once this many more bytes were read."""
        with self._changed:
            self._stall_at = len(self._received) + received

    def set_mute(self, mute: bool) -> None:
        """Never answer a question, as many printers do not."""
        self._set(mute=mute)

    def cut_line_after(self, received: int | None) -> None:
        """Drop the connection once this many more bytes were read."""
        with self._changed:
            self._cut_after = None if received is None else len(self._received) + received

    @property
    def received(self) -> bytes:
        """Every byte read so far."""
        with self._changed:
            return bytes(self._received)

    @property
    def papers(self) -> tuple[PrintedPaper, ...]:
        """Papers printed and cut."""
        with self._changed:
            return tuple(self._papers)

    @property
    def kicks(self) -> int:
        """How often the drawer was opened."""
        with self._changed:
            return len(self._kicks)

    @property
    def unfinished(self) -> tuple[Item, ...]:
        """What hangs out of the printer without a cut."""
        with self._changed:
            return tuple(self._items)

    def wait_for(self, done: Callable[[EmulatedPrinter], bool], seconds: float = 5.0) -> bool:
        """Wait until ``done`` holds, checked at each change; False when the time passed."""
        with self._changed:
            return self._changed.wait_for(lambda: done(self), seconds)

    def _set(
        self,
        *,
        lines_left: int | str | None = "",
        cover_open: bool | None = None,
        stalled: bool | None = None,
        mute: bool | None = None,
    ) -> None:
        with self._changed:
            if not isinstance(lines_left, str):
                self._lines_left = lines_left
            self._cover_open = self._cover_open if cover_open is None else cover_open
            self._stalled = self._stalled if stalled is None else stalled
            self._mute = self._mute if mute is None else mute
            self._changed.notify_all()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self._open.add(connection)
            try:
                self._serve(connection)
            except OSError:
                pass
            finally:
                self._open.discard(connection)
                connection.close()
            with self._changed:
                # A new connection starts a new command: half a line of a broken job is not printed.
                self._decoder = Decoder()
                self._held.clear()
                self._begun = b""

    def _serve(self, connection: socket.socket) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._closed or not (self._stalled or self._room(stall=True) < 1)
                )
                room = self._room(stall=False)
            if room <= 0:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
                self.cut_line_after(None)
                return
            data = connection.recv(max(1, min(room, self._room(stall=True))))
            if not data:
                return
            for answer in self._take(data):
                connection.sendall(answer)

    def _room(self, *, stall: bool) -> int:
        """Bytes to read before the line is dropped, or before reading stops."""
        end = self._stall_at if stall else self._cut_after
        return 512 if end is None else min(512, end - len(self._received))

    def _take(self, data: bytes) -> Iterator[bytes]:
        with self._changed:
            self._received += data
            data = self._begun + data
            begun = _LIVE_BEGUN.search(data)
            self._begun = data[begun.start() :] if begun else b""
            data = data[: begun.start()] if begun else data
            answers = list(self._sorted(data))
            answers += list(self._work())
            self._changed.notify_all()
            mute = self._mute
        if not mute:
            yield from answers

    def _sorted(self, data: bytes) -> Iterator[bytes]:
        """Obey the live commands now, and hold everything else in its order."""
        end = 0
        for live in _LIVE.finditer(data):
            self._held += data[end : live.start()]
            end = live.end()
            if live.group(3) is not None:
                self._held.clear()
                self._items.clear()
            else:
                yield from self._live(live)
        self._held += data[end:]

    def _live(self, command: re.Match[bytes]) -> Iterator[bytes]:
        """What is obeyed at once, whatever the paper does: a question, or the drawer's live pulse."""
        if command.group(1) is not None:
            yield self._live_answer(command.group(1)[0])
        else:
            self._kick(Kick(5 if command.group(2) == b"\x01" else 2))

    def _ready(self) -> bool:
        return not self._cover_open and self._lines_left != 0

    def _work(self) -> Iterator[bytes]:
        """Print what is held for as long as there is paper."""
        while self._held and self._ready():
            byte = bytes(self._held[:1])
            del self._held[:1]
            for item in self._decoder.feed(byte):
                if isinstance(item, Ask):
                    yield b"\x00"
                else:
                    self._print(item)

    def _print(self, item: Item) -> None:
        if isinstance(item, Kick):
            self._kick(item)
            return
        if isinstance(item, Line) and self._lines_left:
            self._lines_left -= 1
        if isinstance(item, Cut):
            paper = PrintedPaper((*self._items, item), cut=True)
            self._items.clear()
            self._papers.append(paper)
            if self._on_paper is not None:
                self._on_paper(paper)
        else:
            self._items.append(item)

    def _kick(self, kick: Kick) -> None:
        self._kicks.append(kick)
        self._drawer_open = self._drawer_open or not self._drawer_stuck

    def _live_answer(self, question: int) -> bytes:
        if question == 1:
            return bytes((0x12 | (0 if self._ready() else 0x08) | (0x04 if self._drawer_open else 0),))
        if question == 2:
            return bytes((0x12 | (0x04 if self._cover_open else 0) | (0x20 if self._lines_left == 0 else 0),))
        if question == 4:
            out = 0x6C if self._lines_left == 0 else (0x0C if self._paper_low else 0)
            return bytes((0x12 | out,))
        return b"\x12"


def paper_rows(paper: PrintedPaper, columns: int) -> list[Row]:
    """The rows of a printed paper, to be painted."""
    return printed_rows(list(paper.items), columns)
