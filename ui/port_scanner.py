"""A scanner on a serial port, brought to the program's one filter for scans."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, Qt, Signal

from pos_desktop.hardware.scanner import ScannerLane
from ui.scan_input import ScanInput


class PortScanner(QObject):
    """Hands what the lane's thread hears to ``scans``. Signals: ``trouble(str)``, "" when all is well."""

    trouble = Signal(str)
    _heard = Signal(bytes, bool)
    _gone = Signal(str)

    def __init__(self, lane: ScannerLane, scans: ScanInput, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane, self._scans = lane, scans
        self._clock = QElapsedTimer()
        self._clock.start()
        self.words = ""
        self._heard.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._gone.connect(self._say, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begin to listen."""
        self._lane.start(self._hand_over, self._hand_words)

    def _hand_over(self, code: bytes, whole: bool) -> None:
        try:
            self._heard.emit(code, whole)
        except RuntimeError:
            return  # the window is gone

    def _hand_words(self, words: str) -> None:
        try:
            self._gone.emit(words)
        except RuntimeError:
            return  # the window is gone

    def _take(self, code: bytes, whole: bool) -> None:
        self._scans.take_bytes(code, self._clock.msecsSinceReference() + self._clock.elapsed(), whole=whole)

    def _say(self, words: str) -> None:
        self.words = words
        self.trouble.emit(words)
