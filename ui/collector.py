"""Python's garbage collector, kept on the GUI thread: a widget freed by a lane's thread would crash Qt."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 1000


class GuiCollector(QObject):
    """Takes over from the automatic collector, which runs in whatever thread allocates next.

    It collects by the collector's own thresholds, once a second at most, and gives the work back by ``stop``.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_on = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> int:
        """Collect the oldest generation that is due; returns how many objects were freed."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if thresholds[generation] and counts[generation] > thresholds[generation]:
                return gc.collect(generation)
        return 0

    def stop(self) -> None:
        """Collect once more and let Python do it again."""
        self._timer.stop()
        gc.collect()
        if self._was_on:
            gc.enable()
