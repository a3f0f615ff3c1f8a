"""The shop's clock: hours and minutes by the server, on the store's time zone, told anew at each minute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QTimer, Signal

MINUTE_MS = 60_000


def _now() -> datetime:
    return datetime.now(UTC)


class ShopClock(QObject):
    """Signals: ``told(str)`` HH:MM, when it is set and at each minute."""

    told = Signal(str)

    def __init__(
        self, time_zone: str, parent: QObject | None = None, *, now: Callable[[], datetime] = _now
    ) -> None:
        super().__init__(parent)
        self._zone, self._now = ZoneInfo(time_zone), now
        self._offset = timedelta(0)
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._tell)

    @property
    def wait_ms(self) -> int:
        """How long until it is told again."""
        return self._next.interval()

    def set_offset(self, milliseconds: int) -> None:
        """How far the server's clock is ahead of this machine's."""
        self._offset = timedelta(milliseconds=milliseconds)
        self._tell()

    def _tell(self) -> None:
        now = self._now() + self._offset
        # A millisecond late rather than early: a timer that fires at :59.999 would tell the old minute.
        self._next.start(MINUTE_MS - now.second * 1000 - now.microsecond // 1000 + 1)
        self.told.emit(f"{now.astimezone(self._zone):%H:%M}")
