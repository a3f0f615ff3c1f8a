"""Ways to a printer (network, serial, USB, a file, none), each bound by a deadline so that none can block.

A device call that has no time limit of its own runs in a helper thread which is left behind when the deadline
passes; it then writes no more than the one piece it was stuck in.
"""

from __future__ import annotations

import logging
import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qs, urlsplit

T = TypeVar("T")
PIECE = 256
CONNECT_SECONDS = 2.0
ABORT = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
"""SO_LINGER of zero: closing throws away what is not sent, so that it does not print hours later."""


class UnreachableError(Exception):
    """The printer could not be reached, or went away after taking ``sent`` bytes; the text says which."""

    def __init__(self, text: str, sent: int = 0) -> None:
        super().__init__(text)
        self.sent = sent


class StalledError(Exception):
    """The deadline passed while the device took nothing."""


class Deadline:
    """A moment on the monotonic clock that a whole job must not outlive."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self, at_most: float = 3600.0) -> float:
        """Seconds left, never negative, never more than ``at_most``."""
        return max(0.0, min(at_most, self._end - time.monotonic()))


class Link(Protocol):
    """An open way to a printer."""

    def send(self, data: bytes, deadline: Deadline) -> int:
        """How many bytes the device took before the deadline; UnreachableError when it went away."""

    def receive(self, seconds: float) -> bytes:
        """One answer byte, or nothing when none came in time or there is no way back.

        UnreachableError when the device went away.
        """

    def close(self, *, discard: bool = False) -> None:
        """Close; ``discard`` also throws away what is still on its way."""


class Transport(Protocol):
    """Where a printer is and how to open a way to it."""

    @property
    def name(self) -> str:
        """The address in words, for messages and logs."""

    def open(self, deadline: Deadline) -> Link:
        """A new link; UnreachableError or StalledError when there is none in time."""


def bounded(work: Callable[[], T], deadline: Deadline, late: Callable[[T], None] | None = None) -> T:
    """Run ``work`` in a helper thread; StalledError at the deadline, and ``late`` tidies what comes after."""
    done = threading.Event()
    lock = threading.Lock()
    state: dict[str, Any] = {}

    def run() -> None:
        try:
            state["value"] = work()
        except Exception as problem:
            state["problem"] = problem
        with lock:
            done.set()
            abandoned = "abandoned" in state
        if abandoned and late is not None and "value" in state:
            late(state["value"])

    threading.Thread(target=run, name="printer-call", daemon=True).start()
    done.wait(deadline.left())
    with lock:
        if not done.is_set():
            state["abandoned"] = True
            raise StalledError
    if "problem" in state:
        raise state["problem"]
    value: T = state["value"]
    return value


@dataclass
class _SocketLink:
    connection: socket.socket
    where: str

    def send(self, data: bytes, deadline: Deadline) -> int:
        sent = 0
        while sent < len(data):
            left = deadline.left()
            if left <= 0:
                return sent
            self.connection.settimeout(left)
            try:
                sent += self.connection.send(data[sent:])
            except TimeoutError:
                return sent
            except OSError as problem:
                raise UnreachableError(f"{self.where} closed the connection", sent) from problem
        return sent

    def receive(self, seconds: float) -> bytes:
        self.connection.settimeout(max(0.001, seconds))
        try:
            answer = self.connection.recv(1)
        except TimeoutError:
            return b""
        except OSError as problem:
            raise UnreachableError(f"{self.where} closed the connection") from problem
        if not answer:
            raise UnreachableError(f"{self.where} closed the connection")
        return answer

    def close(self, *, discard: bool = False) -> None:
        if discard:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
        self.connection.close()


@dataclass(frozen=True)
class NetworkTransport:
    """A printer on the network, port 9100 as a rule. Small buffers, so that a stall is noticed."""

    host: str
    port: int = 9100
    send_buffer: int = 4096

    @property
    def name(self) -> str:
        """Host and port."""
        return f"{self.host}:{self.port}"

    def open(self, deadline: Deadline) -> Link:
        """Connect within two seconds; the look-up of a host name counts too."""
        limit = Deadline(deadline.left(CONNECT_SECONDS))
        try:
            connection = bounded(lambda: self._connect(limit), limit, late=lambda c: c.close())
        except (OSError, StalledError) as problem:
            raise UnreachableError(f"{self.name} does not answer") from problem
        return _SocketLink(connection, self.name)

    def _connect(self, limit: Deadline) -> socket.socket:
        connection = socket.create_connection((self.host, self.port), timeout=max(0.05, limit.left()))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self.send_buffer)
        return connection


@dataclass
class _DeviceLink:
    """A device with blocking calls: written piece by piece in a helper thread."""

    write: Callable[[bytes], Any]
    read: Callable[[float], bytes]
    shut: Callable[[], None]
    where: str
    _stuck: bool = field(default=False, init=False)

    def send(self, data: bytes, deadline: Deadline) -> int:
        sent = 0
        while sent < len(data):
            piece = data[sent : sent + PIECE]
            try:
                bounded(lambda piece=piece: self._write_all(piece), deadline)  # type: ignore[misc]
            except StalledError:
                self._stuck = True
                return sent
            except Exception as problem:
                raise UnreachableError(f"{self.where} went away", sent) from problem
            sent += len(piece)
        return sent

    def _write_all(self, piece: bytes) -> None:
        while piece and not self._stuck:
            count = self.write(piece)
            piece = piece[count:] if isinstance(count, int) and count > 0 else b""

    def receive(self, seconds: float) -> bytes:
        try:
            return self.read(seconds)
        except Exception:
            return b""

    def close(self, *, discard: bool = False) -> None:
        del discard
        closer = threading.Thread(target=self._shut_quietly, name="printer-close", daemon=True)
        closer.start()
        closer.join(0.0 if self._stuck else 1.0)

    def _shut_quietly(self) -> None:
        try:
            self.shut()
        except Exception:
            return


@dataclass(frozen=True)
class FileTransport:
    """A device path such as /dev/usb/lp0, a Windows printer share, or (``create``) a plain file."""

    path: Path
    create: bool = False

    @property
    def name(self) -> str:
        """The path."""
        return str(self.path)

    def open(self, deadline: Deadline) -> Link:
        """Open for writing; a device that is not there is not created as a file by mistake."""
        flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOCTTY", 0)
        flags |= os.O_CREAT if self.create else 0
        try:
            handle = bounded(lambda: os.open(self.path, flags, 0o600), deadline, late=os.close)
        except OSError as problem:
            raise UnreachableError(f"{self.name} cannot be opened") from problem
        return _DeviceLink(
            write=lambda data: os.write(handle, data),
            read=lambda _seconds: b"",
            shut=lambda: os.close(handle),
            where=self.name,
        )


@dataclass(frozen=True)
class SerialTransport:
    """A serial printer, by pyserial: port name, speed, and hardware flow control when wired."""

    port: str
    baud: int = 9600
    flow: str = "none"

    @property
    def name(self) -> str:
        """The port."""
        return self.port

    def open(self, deadline: Deadline) -> Link:
        """Open the port; another program holding it counts as unreachable."""
        try:
            device = bounded(self._open_port, deadline, late=lambda d: d.close())
        except (OSError, ValueError) as problem:
            raise UnreachableError(f"{self.name} cannot be opened") from problem

        def read(seconds: float) -> bytes:
            device.timeout = seconds
            return bytes(device.read(1))

        return _DeviceLink(write=device.write, read=read, shut=device.close, where=self.name)

    def _open_port(self) -> Any:
        import serial

        return serial.Serial(
            self.port,
            self.baud,
            timeout=0.3,
            write_timeout=None,
            rtscts=self.flow == "rtscts",
            dsrdtr=self.flow == "dsrdtr",
            xonxoff=self.flow == "xonxoff",
        )


@dataclass(frozen=True)
class UsbTransport:
    """A USB printer by vendor and product number, through python-escpos (needs the pyusb package)."""

    vendor: int
    product: int

    @property
    def name(self) -> str:
        """Vendor and product as lsusb shows them."""
        return f"USB {self.vendor:04x}:{self.product:04x}"

    def open(self, deadline: Deadline) -> Link:
        """Claim the device; python-escpos is imported only here, it takes a third of a second."""
        try:
            device = bounded(lambda: self._claim(deadline), deadline, late=lambda d: d.close())
        except (StalledError, UnreachableError):
            raise
        except Exception as problem:
            raise UnreachableError(f"{self.name} was not found") from problem
        return _DeviceLink(
            write=device._raw,
            read=lambda _seconds: bytes(device._read()[:1]),
            shut=device.close,
            where=self.name,
        )

    def _claim(self, deadline: Deadline) -> Any:
        root = logging.getLogger()
        handlers = list(root.handlers)
        from escpos.printer import Usb

        # python-escpos sets the whole program's logging up when it is imported.
        root.handlers[:] = handlers
        if not Usb.is_usable():
            raise UnreachableError("USB printing needs the pyusb package")
        device = Usb(self.vendor, self.product, timeout=int(deadline.left(5.0) * 1000))
        device.open()
        return device


@dataclass(frozen=True)
class NoTransport:
    """No printer is set up."""

    @property
    def name(self) -> str:
        """In words."""
        return "no printer"

    def open(self, deadline: Deadline) -> Link:
        """There is never a way."""
        del deadline
        raise UnreachableError("no printer is set up")


def transport(text: str) -> Transport:
    """The transport a configuration names; ValueError says in words what can be written.

    ``tcp://host:9100``, ``serial:///dev/ttyS0?baud=19200&flow=rtscts``, ``serial://COM3``, ``usb://04b8:0e15``,
    ``file:///dev/usb/lp0`` (must exist), ``file:///some/receipts.bin?create=1``, ``none``.
    """
    cleaned = text.strip()
    if cleaned.lower() in ("", "none"):
        return NoTransport()
    parts = urlsplit(cleaned)
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    try:
        if parts.scheme == "tcp" and parts.hostname:
            return NetworkTransport(parts.hostname, parts.port or 9100)
        if parts.scheme == "serial":
            port = parts.path if not parts.netloc else parts.netloc
            return SerialTransport(port, int(options.get("baud", "9600")), options.get("flow", "none"))
        if parts.scheme == "usb":
            vendor, _, product = parts.netloc.partition(":")
            return UsbTransport(int(vendor, 16), int(product, 16))
        if parts.scheme == "file":
            return FileTransport(_file_path(parts.netloc, parts.path), options.get("create") == "1")
    except ValueError:
        pass
    raise ValueError(
        f"Printer {cleaned} is not understood. Write tcp://host:9100, serial://COM3, usb://04b8:0e15, "
        "file:///dev/usb/lp0 or none."
    )


def _file_path(netloc: str, path: str) -> Path:
    if netloc:
        return Path(f"//{netloc}{path}")
    if len(path) > 2 and path[0] == "/" and path[2] == ":":
        return Path(path[1:])
    return Path(path)
