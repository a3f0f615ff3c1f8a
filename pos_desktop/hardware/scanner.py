"""A scanner on a serial port: one thread that cuts what comes in into codes and hands them over unjudged.

What is a code and what is not is decided where the keyboard's scans are judged too (ui/scan_input.py).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from pos_desktop.hardware.serial_line import SerialLine, SerialPort
from pos_desktop.hardware.transports import UnreachableError
from pos_desktop.words import t

log = logging.getLogger(__name__)

ENDINGS = b"\r\n\t"
TORN_SECONDS = 0.1
"""A code whose ending has not come by then is torn."""
MOST = 256
"""More than any code has: what follows is thrown away, so that a line that never ends fills no memory."""
IDLE_SECONDS = 0.5
RETRY_SECONDS = 2.0
END_SECONDS = 4.0

ToldCode = Callable[[bytes, bool], None]
ToldTrouble = Callable[[str], None]


class CodeCutter:
    """Bytes into codes: what stands between two endings is one."""

    def __init__(self) -> None:
        self._held = b""

    @property
    def begun(self) -> bool:
        """A code has begun and not ended."""
        return bool(self._held)

    def feed(self, data: bytes) -> list[bytes]:
        """The codes that ended in ``data``."""
        codes: list[bytes] = []
        for byte in data:
            if byte not in ENDINGS:
                self._held = (self._held + bytes((byte,)))[:MOST]
            elif self._held:
                codes.append(self._held)
                self._held = b""
        return codes

    def torn(self) -> bytes:
        """What was begun and will not end any more."""
        torn, self._held = self._held, b""
        return torn


class ScannerLane:
    """Listens to one scanner; ``told`` gets each code's bytes and whether it ended, in the lane's thread."""

    def __init__(self, line: SerialLine) -> None:
        self._line = line
        self._told: ToldCode = lambda _code, _whole: None
        self._trouble: ToldTrouble = lambda _words: None
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._said: str | None = None

    def start(self, told: ToldCode, trouble: ToldTrouble) -> None:
        """Begin to listen; ``trouble`` hears in words that the port is gone, and "" when it is back."""
        self._told, self._trouble = told, trouble
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="scanner", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End the thread; a port that blocks is left behind."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join(END_SECONDS)

    # -- the thread ------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                with self._line.open() as port:
                    self._say("")
                    self._listen(port)
            except UnreachableError as problem:
                if not self._closed.is_set():
                    log.info("scanner: %s", problem)
                    self._say(t("Can't reach the scanner. Check its cable."))
            self._closed.wait(RETRY_SECONDS)

    def _listen(self, port: SerialPort) -> None:
        cutter = CodeCutter()
        while not self._closed.is_set():
            data = port.read(TORN_SECONDS if cutter.begun else IDLE_SECONDS)
            if not data and cutter.begun:
                self._told(cutter.torn(), False)
            for code in cutter.feed(data):
                self._told(code, True)

    def _say(self, words: str) -> None:
        if words != self._said:
            self._said = words
            self._trouble(words)
