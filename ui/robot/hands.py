"""The robot's hands: keyboard, scanner and finger on the real window, stamped as if a person had moved them.

Keys and scans are those of ``ui.key_events``. Their time stamps run on a clock of their own (keys 80 ms,
scans 250 ms apart), so the scanner filter sees a person even when the script plays as fast as it can.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QPointingDevice
from PySide6.QtWidgets import QWidget

from ui.key_events import send_keys, send_scan, send_stroke

KEY_GAP_MS = 80
SCAN_GAP_MS = 250
LOOK_MS = 2


class Hands:
    """What a cashier has; ``paced`` also waits out the gaps in real time."""

    def __init__(self, window: QWidget, *, paced: bool = False) -> None:
        self._window = window
        self._paced = paced

    def type(self, text: str) -> None:
        """Type ``text`` with a person's gaps; a line feed is Enter."""
        for character in text:
            self._pause(KEY_GAP_MS)
            send_keys(self._window, character, gap_ms=KEY_GAP_MS)

    def press(self, stroke: str) -> None:
        """Press a key by its name in the key map: ``F12``, ``Ctrl+L``."""
        self._pause(KEY_GAP_MS)
        send_stroke(self._window, stroke, gap_ms=KEY_GAP_MS)

    def scan(self, code: str) -> None:
        """A scanner's burst: the code's characters a few milliseconds apart, then Enter."""
        self._pause(SCAN_GAP_MS)
        send_scan(self._window, code, pause_ms=SCAN_GAP_MS)

    def tap(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Touch a widget, in its middle unless ``at`` (its own coordinates) says where."""
        self._pause(KEY_GAP_MS)
        top = widget.window()
        spot = QPointF(widget.mapTo(top, at if at is not None else widget.rect().center()))
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        _mouse(top, QEvent.Type.MouseButtonPress, spot, left)
        _mouse(top, QEvent.Type.MouseButtonRelease, spot, none)

    def _pause(self, gap: int) -> None:
        if self._paced:
            let_run(gap)


def _mouse(top: QWidget, kind: QEvent.Type, spot: QPointF, held: Qt.MouseButton) -> None:
    event = QMouseEvent(
        kind,
        spot,
        QPointF(top.mapToGlobal(spot.toPoint())),
        Qt.MouseButton.LeftButton,
        held,
        Qt.KeyboardModifier.NoModifier,
        QPointingDevice.primaryPointingDevice(),
    )
    QCoreApplication.sendEvent(top.windowHandle(), event)


def let_run(milliseconds: int) -> None:
    """Let the window live for a while: a person's pause, not a wait for something."""
    wait_until(lambda: False, milliseconds)


def wait_until(condition: Callable[[], bool], milliseconds: int) -> bool:
    """Run the event loop until ``condition`` holds or time is up; whether it held."""
    if condition():
        return True
    deadline = QDeadlineTimer(milliseconds)
    # With a time limit processEvents spins instead of sleeping, in the lanes' way: an alarm wakes it.
    alarm = QTimer()
    alarm.start(LOOK_MS)
    wait = QEventLoop.ProcessEventsFlag.AllEvents | QEventLoop.ProcessEventsFlag.WaitForMoreEvents
    try:
        while not condition():
            if deadline.hasExpired():
                return False
            QCoreApplication.processEvents(wait)
    finally:
        alarm.stop()
    return True
