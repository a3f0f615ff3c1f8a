"""Waiting for what must come, by what happens and never by how fast: a busy machine is no reason to fail."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from pytestqt.qtbot import QtBot

PATIENCE = 60.0
"""Seconds after which what did not come will not come: far more than the slowest machine needs."""
REST = 0.02


def wait_until(holds: Callable[[], object], what: str = "it never came", seconds: float = PATIENCE) -> None:
    """Return soon after something holds; fail after some seconds. Asking costs, so it rests in between."""
    deadline, rest = time.monotonic() + seconds, threading.Event()
    while not holds():
        assert time.monotonic() < deadline, what
        rest.wait(REST)


class PatientBot(QtBot):
    """pytest-qt's hands at a window, that give up after :data:`PATIENCE` and not after five seconds."""

    def waitUntil(self, callback: Callable[[], Any], *, timeout: int = int(PATIENCE * 1000)) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = int(PATIENCE * 1000), **options: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **options)

    def waitExposed(self, widget: Any, *, timeout: int = int(PATIENCE * 1000)) -> Any:
        return super().waitExposed(widget, timeout=timeout)
