"""Ways to a printer other than the network: serial on a pseudo terminal, files, devices that block."""

from __future__ import annotations

import os
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from pos_desktop.hardware.decode import Barcode, Cut, decode
from pos_desktop.hardware.escpos import profile
from pos_desktop.hardware.printer import Outcome, PrinterLane, PrintJob
from pos_desktop.hardware.transports import (
    Deadline,
    FileTransport,
    NetworkTransport,
    NoTransport,
    SerialTransport,
    StalledError,
    UnreachableError,
    UsbTransport,
    bounded,
    transport,
)
from tests.paper.made import long_receipt, receipt
from tests.patience import PATIENCE


@pytest.fixture
def terminal() -> Iterator[tuple[int, str]]:
    master, slave = os.openpty()
    tty.setraw(slave)
    yield master, os.ttyname(slave)
    os.close(slave)
    os.close(master)


def _read_until_cut(master: int, into: bytearray) -> None:
    while b"\x1dVB\x03" not in into:
        into += os.read(master, 4096)


def test_a_serial_printer_gets_the_whole_receipt(terminal: tuple[int, str]) -> None:
    master, name = terminal
    got = bytearray()
    reader = threading.Thread(target=_read_until_cut, args=(master, got))
    reader.start()
    lane = PrinterLane(transport(f"serial://{name}?baud=19200"), profile("58mm"), seconds=PATIENCE)
    result = lane.print_now(PrintJob(receipt()))
    reader.join(PATIENCE)
    assert (result.outcome, result.confirmed) == (Outcome.PRINTED, False)
    items = decode(bytes(got))
    assert Barcode("S1-T2-1-000124", 2) in items
    assert isinstance(items[-1], Cut)
    lane.close()


def test_a_serial_printer_that_is_never_read_stalls_in_time(terminal: tuple[int, str]) -> None:
    _, name = terminal
    lane = PrinterLane(SerialTransport(name), profile("58mm"), seconds=0.6)
    start = time.monotonic()
    result = lane.print_now(PrintJob(long_receipt(), sale_id="s1"))
    assert time.monotonic() - start < PATIENCE / 2
    assert result.outcome is Outcome.PARTIAL
    assert result.sent < result.of
    assert [job.sale_id for job in lane.kept()] == ["s1"]
    lane.close()


def test_a_port_that_is_not_there(tmp_path: Path) -> None:
    for missing in (SerialTransport(str(tmp_path / "ttyS9")), FileTransport(tmp_path / "lp0")):
        with pytest.raises(UnreachableError, match="cannot be opened"):
            missing.open(Deadline(2))
    assert not (tmp_path / "lp0").exists(), "a missing device is not made into a file"


def test_receipts_can_be_collected_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "receipts.bin"
    lane = PrinterLane(transport(f"file://{path}?create=1"), profile("80mm"))
    assert lane.print_now(PrintJob(receipt())).printed
    assert lane.print_now(PrintJob(receipt())).printed
    cuts = [item for item in decode(path.read_bytes().replace(b"\x10\x04\x01", b"")) if isinstance(item, Cut)]
    assert len(cuts) == 2
    lane.close()


def test_a_device_whose_open_blocks_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "blocked"
    os.mkfifo(path)
    lane = PrinterLane(FileTransport(path), profile("80mm"), seconds=0.3)
    result = lane.print_now(PrintJob(receipt()))
    assert (result.outcome, result.sent) == (Outcome.STALLED, 0)
    lane.close()
    reader = os.open(path, os.O_RDONLY)
    assert os.read(reader, 100) == b"", "the late opening is closed again and writes nothing"
    os.close(reader)


def test_a_result_that_comes_too_late_is_tidied_up() -> None:
    gate, tidied = threading.Event(), threading.Event()

    def slow() -> str:
        gate.wait(PATIENCE)
        return "port"

    with pytest.raises(StalledError):
        bounded(slow, Deadline(0.05), late=lambda value: tidied.set() if value == "port" else None)
    gate.set()
    assert tidied.wait(PATIENCE)


def test_a_host_that_does_not_exist_is_unreachable_soon() -> None:
    start = time.monotonic()
    with pytest.raises(UnreachableError, match="does not answer"):
        NetworkTransport("127.0.0.1", 1).open(Deadline(PATIENCE))
    assert time.monotonic() - start < PATIENCE / 2


def test_usb_without_a_printer_says_so() -> None:
    with pytest.raises(UnreachableError, match=r"USB 04b8:0e15 was not found|needs the pyusb package"):
        UsbTransport(0x04B8, 0x0E15).open(Deadline(10))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tcp://192.168.1.60", NetworkTransport("192.168.1.60", 9100)),
        ("tcp://printer.shop:9101", NetworkTransport("printer.shop", 9101)),
        ("serial:///dev/ttyS0?baud=19200&flow=rtscts", SerialTransport("/dev/ttyS0", 19200, "rtscts")),
        ("serial://COM3", SerialTransport("COM3", 9600)),
        ("usb://04b8:0e15", UsbTransport(0x04B8, 0x0E15)),
        ("file:///dev/usb/lp0", FileTransport(Path("/dev/usb/lp0"))),
        ("file:///C:/receipts.bin?create=1", FileTransport(Path("C:/receipts.bin"), create=True)),
        ("none", NoTransport()),
        ("", NoTransport()),
    ],
)
def test_the_configuration_s_words(text: str, expected: object) -> None:
    assert transport(text) == expected


@pytest.mark.parametrize("text", ["printer", "tcp://", "tcp://host:port", "usb://epson", "lpt1", "http://x"])
def test_what_is_not_understood_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="is not understood"):
        transport(text)


def test_a_serial_printer_says_how_it_is(terminal: tuple[int, str]) -> None:
    """Paper near its end and an open drawer, asked over a real terminal and answered byte by byte."""
    master, name = terminal
    answers = {b"\x10\x04\x01": b"\x16", b"\x10\x04\x02": b"\x12", b"\x10\x04\x04": b"\x1e"}

    def answer() -> None:
        for _ in answers:
            question = b""
            while len(question) < 3:
                question += os.read(master, 3 - len(question))
            os.write(master, answers[question])

    peer = threading.Thread(target=answer)
    peer.start()
    lane = PrinterLane(SerialTransport(name), profile("58mm"))
    status = lane.status()
    peer.join(PATIENCE)
    lane.close()
    assert (status.reachable, status.answers, status.well) == (True, True, True)
    assert (status.paper_low, status.drawer_high) == (True, True)
    assert (status.chip, status.words) == ("Paper low", "Paper is running low. Have a roll ready.")
