"""The scale's lane: one thread that asks the scale and tells what it says; nobody else ever waits for it."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from pos_desktop.domain.weighing import NO_ANSWER, Reading, ScaleState
from pos_desktop.hardware.serial_line import SerialLine, SerialPort
from pos_desktop.hardware.toledo import CLEAR_TARE, END, TARE, WEIGH, ZERO, read_answer
from pos_desktop.hardware.transports import UnreachableError

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.25
ANSWER_SECONDS = 0.7
ORDER_SECONDS = 0.15
RETRY_SECONDS = 2.0
END_SECONDS = 4.0

Told = Callable[[Reading], None]


class ScaleLane:
    """Asks one scale four times a second, and at once when a weight is wanted.

    ``told`` is called in the lane's thread with each answer; a scale that is gone or mute is an answer too.
    """

    def __init__(
        self,
        line: SerialLine,
        *,
        pause: float = PAUSE_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
        retry: float = RETRY_SECONDS,
    ) -> None:
        self._line = line
        self._pause, self._answer_seconds, self._retry = pause, answer_seconds, retry
        self._told: Told = lambda _reading: None
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._orders: deque[bytes] = deque()
        self._asked = 0
        self._closed = False
        self._thread: threading.Thread | None = None
        self._trouble = ""

    def start(self, told: Told) -> None:
        """Begin to ask; a second call only changes who is told."""
        self._told = told
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="scale", daemon=True)
            self._thread.start()

    def fresh(self) -> int:
        """Ask now; the answer to it, or to a later question, carries this number or a higher one."""
        with self._lock:
            self._asked += 1
            number = self._asked
        self._wake.set()
        return number

    def zero(self) -> None:
        """Have the scale take what it shows for nothing; it refuses by itself where that is not allowed."""
        self._order(ZERO)

    def tare(self) -> None:
        """Take off what stands on the scale now: an empty box."""
        self._order(TARE)

    def clear_tare(self) -> None:
        """Weigh with the box again."""
        self._order(CLEAR_TARE)

    def close(self) -> None:
        """End the thread; a port that blocks is left behind."""
        self._closed = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(END_SECONDS)

    # -- the thread ------------------------------------------------------------------------------

    def _order(self, command: bytes) -> None:
        with self._lock:
            self._orders.append(command)
        self._wake.set()

    def _run(self) -> None:
        while not self._closed:
            try:
                with self._line.open() as port:
                    self._serve(port)
            except UnreachableError as problem:
                self._note(str(problem))
            if not self._closed:
                self._tell(NO_ANSWER, self._asked)
                self._sleep(self._retry)

    def _serve(self, port: SerialPort) -> None:
        silent = False
        while not self._closed:
            number, order = self._next()
            # What the scale said before it was asked is about a weight of before.
            port.drain(ORDER_SECONDS if silent else 0.0)
            if order:
                port.write(order)
                port.read_until(END, ORDER_SECONDS)
                port.drain()
            port.write(WEIGH)
            frame = port.read_until(END, self._answer_seconds)
            reading = _made_of(frame)
            silent = reading.state is ScaleState.SILENT
            self._note("no answer" if silent else "")
            self._tell(reading, number)
            with self._lock:
                again = bool(self._orders) or self._asked > number
            if not again:
                self._sleep(self._pause)

    def _next(self) -> tuple[int, bytes]:
        with self._lock:
            return self._asked, self._orders.popleft() if self._orders else b""

    def _sleep(self, seconds: float) -> None:
        self._wake.wait(seconds)
        self._wake.clear()

    def _tell(self, reading: Reading, number: int) -> None:
        self._told(replace(reading, asked=number))

    def _note(self, trouble: str) -> None:
        """The log has each trouble once, not four times a second."""
        if trouble != self._trouble:
            self._trouble = trouble
            log.info("scale at %s: %s", self._line.port, trouble or "answers")


def ask_once(line: SerialLine) -> Reading:
    """One question to the scale, in the calling thread; a scale that is gone or mute is an answer too."""
    try:
        with line.open() as port:
            port.drain()
            port.write(WEIGH)
            frame = port.read_until(END, ANSWER_SECONDS)
    except UnreachableError:
        return NO_ANSWER
    return _made_of(frame)


def _made_of(frame: bytes) -> Reading:
    if END not in frame:
        return NO_ANSWER if not frame else Reading(ScaleState.FOREIGN)
    return read_answer(frame) or Reading(ScaleState.FOREIGN)
