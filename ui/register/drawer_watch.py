"""Watches a drawer that has a switch: whether it opened, and that it does not stay open."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from pos_desktop.device_settings import DrawerSettings
from pos_desktop.hardware.printer import PrinterStatus
from pos_desktop.words import later, t
from ui.register.printing import PaperDesk

LOOK_MS = 700
"""A drawer takes half a second to spring open; then it is looked at, and again as long as it is open."""
DID_NOT_OPEN = later("The drawer did not open. Free it and open it again, or use its key.")


class DrawerWatch(QObject):
    """Signals: ``changed`` when ``words`` are other ones; ``stood_open`` once, when it was open too long;
    ``closed`` when it was shut again. Without a switch (sensor "none") it says nothing."""

    changed = Signal()
    stood_open = Signal()
    closed = Signal()

    def __init__(self, paper: PaperDesk, settings: DrawerSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._paper, self._settings = paper, settings
        self.words = ""
        self.is_open = False
        self._kicked = False
        self._look = QTimer(self)
        self._look.setSingleShot(True)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(paper.ask_status)
        self._long = QTimer(self)
        self._long.setSingleShot(True)
        self._long.setInterval(settings.open_seconds * 1000)
        self._long.timeout.connect(self._too_long)
        if settings.connected and settings.sensor != "none":
            paper.kicked.connect(self._was_kicked)
            paper.status_changed.connect(self._take)

    def _was_kicked(self) -> None:
        self._kicked = True
        self._look.start()

    def _take(self, status: PrinterStatus) -> None:
        if status.drawer_high is None or (self._look.isActive() and not self.is_open):
            return  # nothing is known, or it is still on its way out
        now = status.drawer_high == (self._settings.sensor == "high")
        if now and not self.is_open:
            self._long.start()
        shut = self.is_open and not now
        words = self._words(now)
        self.is_open, self._kicked = now, False
        if now:
            self._look.start()
        if shut:
            self._long.stop()
            self.closed.emit()
        self._say(words)

    def _words(self, now: bool) -> str:
        if now:
            return self.words if self.words != t(DID_NOT_OPEN) else ""
        return t(DID_NOT_OPEN) if self._kicked else ("" if self.is_open else self.words)

    def _too_long(self) -> None:
        self._say(t("The drawer has been open for {n} seconds. Close it.", n=self._settings.open_seconds))
        self.stood_open.emit()

    def _say(self, words: str) -> None:
        if words != self.words:
            self.words = words
            self.changed.emit()
