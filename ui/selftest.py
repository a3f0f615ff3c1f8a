"""Refuses to start on a Qt binding that loses references: such a till would die in the middle of a sale."""

from __future__ import annotations

import sys
from collections.abc import Callable

import PySide6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage, QPainter

_CALLS = 100
# Other threads and caches move the counts by a few; a leak of one a call moves them by a hundred.
_NOISE = 20
# From Python 3.12 on these objects never die, whatever their counts say (PEP 683): Qt's wheels, made for
# older Pythons, still move them there, and nothing comes of it.
_IMMORTAL_SINCE = (3, 12)


class BrokenBindingError(RuntimeError):
    """This PySide6 on this Python loses or gains references with each call."""


class _Emitter(QObject):
    fired = Signal(bool)
    empty = Signal()


def _drift(work: Callable[[], None], *watched: object) -> int:
    work()
    before = [sys.getrefcount(value) for value in watched]
    work()
    after = [sys.getrefcount(value) for value in watched]
    return max(abs(b - a) for a, b in zip(before, after, strict=True))


def measure() -> dict[str, int]:
    """How far 100 calls of each sort move the reference counts of None, True and False."""
    image = QImage(4, 4, QImage.Format.Format_ARGB32)
    painter, emitter = QPainter(image), _Emitter()
    received: list[bool] = []
    emitter.fired.connect(received.append)
    emitter.empty.connect(received.clear)

    def paint() -> None:
        for _ in range(_CALLS):
            painter.setPen(Qt.PenStyle.NoPen)

    def emit() -> None:
        for _ in range(_CALLS):
            emitter.fired.emit(True)
        emitter.empty.emit()

    try:
        return {"setPen": _drift(paint, None, True, False), "emit": _drift(emit, None, True, False)}
    finally:
        painter.end()


def check_binding(
    measured: dict[str, int] | None = None, python: tuple[int, ...] = sys.version_info[:2]
) -> None:
    """Raise BrokenBindingError, in words for IT, if calls into Qt change counts where that kills."""
    if python >= _IMMORTAL_SINCE:
        return
    drifts = measure() if measured is None else measured
    if max(drifts.values()) > _NOISE:
        raise BrokenBindingError(
            f"PySide6 {PySide6.__version__} on Python {sys.version.split()[0]} loses references and would"
            " stop in the middle of a sale. "
            "Install PySide6-Essentials 6.11.3."
        )
