"""A device that stalls holds nobody: the window's loop turns on while scale, printer and scanner hang."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from pos_desktop.hardware.emulated import EmulatedPrinter
from pos_desktop.hardware.emulated_scale import EmulatedScale
from pos_desktop.hardware.escpos import profile
from pos_desktop.hardware.printer import PrinterLane, PrintJob, PrintResult
from pos_desktop.hardware.scale import ScaleLane
from pos_desktop.hardware.serial_line import SerialLine, SerialPort
from pos_desktop.hardware.transports import transport
from tests.paper.made import receipt
from ui.register.weighing import ScaleDesk
from ui.tasks import Command, Lane, Lanes

TURNS = 200
"""Turns of the window's loop. A call that waited for a device would hold the first of them for seconds."""


class Turns(QObject):
    """Counts how often the loop comes round."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._turn)
        self._timer.start(0)

    def _turn(self) -> None:
        self.count += 1


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    made = Lanes()
    yield made
    assert made.shutdown(60_000)


def test_a_mute_scale_holds_no_turn_of_the_window(qapp: QApplication, qtbot) -> None:
    """The scale takes the question and never answers; not one turn waits for it, nor for its end."""
    with EmulatedScale() as peer:
        peer.set_mute(True)
        lane = ScaleLane(SerialLine(peer.address, 9600, "7E1"), answer_seconds=30)
        desk = ScaleDesk(lane)
        asked: list[int | None] = []
        desk.start()
        desk.weigh(asked.append)
        assert peer.wait_asked(1)
        turns = Turns()
        qtbot.waitUntil(lambda: turns.count >= TURNS)
        assert peer.asked == 1, "the first question is still open: nothing but the window has gone on"
        qtbot.waitUntil(lambda: asked == [None])
        assert (desk.fitted, desk.weighing) == (True, False)
    lane.close()


def test_a_stalled_printer_holds_no_turn_of_the_window(qapp: QApplication, lanes: Lanes, qtbot) -> None:
    with EmulatedPrinter() as peer:
        peer.set_stalled(True)
        lane = PrinterLane(transport(peer.address), profile("80mm"), seconds=30)
        parent, done = QObject(), list[PrintResult]()
        lanes.run(Command(parent, lambda: lane.print_now(PrintJob(receipt())), done.append, lane=Lane.DEVICE))
        turns = Turns()
        qtbot.waitUntil(lambda: turns.count >= TURNS)
        assert done == []
        peer.set_stalled(False)
        qtbot.waitUntil(lambda: len(done) == 1)
        assert done[0].printed
        lane.close()


def test_the_port_is_touched_by_its_lane_alone(qapp: QApplication, monkeypatch, qtbot) -> None:
    """Whatever a driver does, it does it in the scale's own thread."""
    threads: set[str] = set()

    def watched(name: str) -> None:
        real = getattr(SerialPort, name)

        def call(self: SerialPort, *args: object, **kwargs: object) -> object:
            threads.add(threading.current_thread().name)
            return real(self, *args, **kwargs)

        monkeypatch.setattr(SerialPort, name, call)

    for name in ("write", "read", "read_until", "drain", "close"):
        watched(name)
    with EmulatedScale() as peer:
        peer.put(842)
        lane = ScaleLane(SerialLine(peer.address, 9600, "7E1"), pause=0.02)
        desk = ScaleDesk(lane)
        desk.start()
        took: list[int | None] = []
        desk.weigh(took.append)
        qtbot.waitUntil(lambda: took == [842])
        desk.tare()
        qtbot.waitUntil(lambda: desk.reading.net)
        desk.zero()
        lane.close()
    assert threads == {"scale"}
