"""The window never waits for the database, and a scan repaints only what it changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from pos_desktop.database.pool import Lane
from tests.register.conftest import Counter, Shop, Till, code_of
from ui.key_events import send_scan


def test_the_window_never_asks_the_database_itself(
    counter: Counter, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the first scan to the Z, every question to the server comes from a lane."""
    threads: set[str] = set()
    real: Callable[..., Any] = Lane.connection

    def watched(self: Lane, *args: Any, **kwargs: Any) -> Any:
        threads.add(threading.current_thread().name)
        return real(self, *args, **kwargs)

    till = counter.open()
    monkeypatch.setattr(Lane, "connection", watched)
    till.scan(code_of(shop, "Whole milk 2 L"))
    till.stroke("F9", "Esc", "F3")
    till.keys("brownie\n")
    till.stroke("F8", "F8", "Return", "F12")
    till.keys("20.00\n")
    till.stroke("Return", "Ctrl+P", "Ctrl+D", "F2", "Ctrl+L")
    assert threads
    assert all(name.startswith("lane-") for name in threads), threads


class _Painted(QObject):
    """Counts the paint events of each kind of widget."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note a paint."""
        if event.type() == QEvent.Type.Paint:
            self.seen.append(type(watched).__name__)
        return False


def test_a_scan_repaints_only_the_basket(till: Till, shop: Shop) -> None:
    """Tiles, number pad and top bar stay as they are while lines are added."""
    code = code_of(shop, "Whole milk 2 L")
    till.scan(code, code)
    painted = [_painted_by(lambda: till.scan(code)) for _ in range(3)]
    assert all("Strip" in seen for seen in painted)
    # The clock's minute may end in one of them, or the window be shown only now.
    assert any(not {"Tile", "TopBar", "EntryDisplay", "Chip"} & set(seen) for seen in painted), painted


def _painted_by(act: Callable[[], object]) -> list[str]:
    spy = _Painted()
    QApplication.instance().installEventFilter(spy)  # type: ignore[union-attr]
    try:
        act()
    finally:
        QApplication.instance().removeEventFilter(spy)  # type: ignore[union-attr]
    return spy.seen


def test_every_scan_is_painted_while_scanning_goes_on(
    till: Till, shop: Shop, record_property: Callable[[str, object], None]
) -> None:
    """A hundred scans, each waited for until its line is there; how long it took is noted, not judged."""
    codes = [code_of(shop, name) for name in ("Whole milk 2 L", "Cheddar mature 400 g")]
    took: list[float] = []
    for n in range(100):
        want = n + 1
        began = time.perf_counter()
        send_scan(till.window, codes[n % 2])
        till.wait(lambda shown, want=want: shown["items"] == want)
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    assert till["items"] == 100
    record_property("scan to line, ms", f"p50 {took[50]:.1f}, p99 {took[98]:.1f}")
