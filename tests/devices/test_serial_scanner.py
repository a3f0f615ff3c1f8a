"""A scanner on a real port: what it sends goes through the same filter as the keyboard's scans."""

from __future__ import annotations

import os
import socket
import threading
import tty
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication

from pos_desktop.hardware.scanner import MOST, CodeCutter, ScannerLane
from pos_desktop.hardware.serial_line import SerialLine
from tests.patience import PATIENCE
from ui.port_scanner import PortScanner
from ui.scan_input import ScanInput, ScanSettings
from ui.scan_trace import Trace

CODE = "5010012345678"
Send = Callable[[bytes], None]


@pytest.fixture(params=["terminal", "network"])
def wire(request: pytest.FixtureRequest) -> Iterator[tuple[str, Send]]:
    """A port and a way to send into it, as a scanner does."""
    if request.param == "terminal":
        master, slave = os.openpty()
        tty.setraw(slave)
        yield os.ttyname(slave), lambda data: (os.write(master, data), None)[1]
        os.close(slave)
        os.close(master)
        return
    with socket.create_server(("127.0.0.1", 0)) as server:
        links: list[socket.socket] = []
        there = threading.Event()

        def accept() -> None:
            links.append(server.accept()[0])
            there.set()

        threading.Thread(target=accept, daemon=True).start()

        def send(data: bytes) -> None:
            assert there.wait(PATIENCE)
            links[0].sendall(data)

        yield f"socket://127.0.0.1:{server.getsockname()[1]}", send
        for link in links:
            link.close()


@pytest.fixture
def scans(qapp: QApplication) -> Iterator[ScanInput]:
    made = ScanInput(qapp)
    yield made
    qapp.removeEventFilter(made)
    made.setParent(None)


def test_codes_come_through_the_one_filter(wire: tuple[str, Send], scans: ScanInput, qtbot) -> None:
    port, send = wire
    lane = ScannerLane(SerialLine(port))
    source = PortScanner(lane, scans)
    codes: list[str] = []
    bad: list[str] = []
    traces: list[Trace] = []
    scans.scanned.connect(codes.append)
    scans.unreadable.connect(bad.append)
    scans.traced.connect(traces.append)
    scans.tracing = True
    opened: list[str] = []
    source.trouble.connect(opened.append)
    source.start()
    qtbot.waitUntil(lambda: opened == [""])
    send(f"{CODE}\r\n".encode())
    qtbot.waitUntil(lambda: codes == [CODE])
    assert (traces[0].raw, traces[0].made) == (CODE.encode(), "scan")
    send(b"4011\r")
    qtbot.waitUntil(lambda: codes == [CODE, "4011"])
    send(b"50100")
    qtbot.waitUntil(lambda: bad == ["50100"])
    send(b"9" * 4096 + b"\r")
    qtbot.waitUntil(lambda: len(bad) == 2)
    send(b"50\x1b[A100\r")
    qtbot.waitUntil(lambda: len(bad) == 3)
    assert codes == [CODE, "4011"]
    lane.close()


def test_prefix_and_suffix_are_cut_and_a_double_read_counts_once(scans: ScanInput) -> None:
    scans.settings = ScanSettings(prefix="~", suffix="#")
    codes: list[str] = []
    doubles: list[str] = []
    scans.scanned.connect(codes.append)
    scans.double_read.connect(doubles.append)
    for at in (1_000_000, 1_000_149, 1_000_400):
        scans.take_bytes(f"~{CODE}#".encode(), at, whole=True)
    assert (codes, doubles) == ([CODE, CODE], [CODE])


def test_a_port_that_is_not_there_is_said_once_and_again_when_it_is(
    scans: ScanInput, tmp_path, qtbot
) -> None:
    lane = ScannerLane(SerialLine(str(tmp_path / "ttyACM9")))
    source = PortScanner(lane, scans)
    with qtbot.waitSignal(source.trouble) as said:
        source.start()
    assert said.args == ["Can't reach the scanner. Check its cable."]
    lane.close()


def test_the_cutter_keeps_codes_whole_and_memory_small() -> None:
    cutter = CodeCutter()
    assert cutter.feed(b"123") == []
    assert cutter.feed(b"45\r\n\n678\t9") == [b"12345", b"678"]
    assert cutter.begun
    assert cutter.torn() == b"9"
    assert not cutter.begun
    assert cutter.feed(b"7" * 5000 + b"\r") == [b"7" * MOST]
