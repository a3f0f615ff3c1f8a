"""A serial port, by its name or over a network converter, opened within a deadline and read in pieces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from pos_desktop.hardware.transports import Deadline, StalledError, UnreachableError, bounded

OPEN_SECONDS = 2.0
WRITE_SECONDS = 1.0
TURN_SECONDS = 0.05
"""How long the port itself waits at a time; to change it later is to set the whole port anew."""


@dataclass(frozen=True, slots=True)
class SerialLine:
    """Where a device is: ``/dev/ttyUSB0``, ``COM3``, or ``socket://192.168.1.70:4001`` for a converter."""

    port: str
    baud: int = 9600
    framing: str = "8N1"

    def open(self, seconds: float = OPEN_SECONDS) -> SerialPort:
        """The port, for this program alone; UnreachableError when it is not to be had in time."""
        try:
            device = bounded(self._open, Deadline(seconds), late=lambda opened: opened.close())
        except StalledError as late:
            raise UnreachableError(f"{self.port} does not open") from late
        except Exception as problem:  # a driver's own kind of error, termios.error among them
            raise UnreachableError(f"{self.port} cannot be opened") from problem
        return SerialPort(device, self.port)

    def _open(self) -> Any:
        import serial

        return serial.serial_for_url(
            self.port,
            self.baud,
            bytesize=int(self.framing[0]),
            parity=self.framing[1],
            stopbits=int(self.framing[2]),
            timeout=TURN_SECONDS,
            write_timeout=WRITE_SECONDS,
            exclusive=None if re.match(r"\w+://", self.port) else True,
        )


class SerialPort:
    """An open port. Whatever its driver raises comes out as UnreachableError."""

    def __init__(self, device: Any, name: str) -> None:
        self._device, self._name = device, name

    def __enter__(self) -> SerialPort:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, data: bytes) -> None:
        """Send ``data``; UnreachableError when the port takes nothing for a second."""
        try:
            self._device.write(data)
        except Exception as problem:
            raise self._gone(problem) from problem

    def read(self, seconds: float, most: int = 512) -> bytes:
        """What has come in, waiting ``seconds`` at most for the first byte; nothing when none came."""
        deadline = Deadline(seconds)
        while True:
            got = self._waiting(most)
            if got or deadline.left() <= 0:
                return got

    def read_until(self, end: bytes, seconds: float, most: int = 64) -> bytes:
        """Bytes up to and with ``end``; what there is when the time or the room is over."""
        deadline, got = Deadline(seconds), b""
        while end not in got and len(got) < most and deadline.left() > 0:
            got += self._waiting(1)
        return got

    def drain(self, quiet: float = 0.0) -> None:
        """Throw away what came in unasked, until nothing comes for ``quiet`` seconds."""
        try:
            self._device.reset_input_buffer()
        except Exception as problem:
            raise self._gone(problem) from problem
        while quiet and self.read(quiet):
            pass

    def close(self) -> None:
        """Close the port; one that is gone already closes too."""
        link = getattr(self._device, "_socket", None)
        try:
            self._device.close()
        except Exception:
            return
        finally:
            if link is not None:  # pyserial forgets a converter's socket whose other end went first
                link.close()

    def _waiting(self, most: int) -> bytes:
        """What is there, waiting one turn for its first byte."""
        try:
            return bytes(self._device.read(max(1, min(most, self._device.in_waiting))))
        except Exception as problem:
            raise self._gone(problem) from problem

    def _gone(self, problem: Exception) -> UnreachableError:
        return UnreachableError(f"{self._name} went away ({problem})")
