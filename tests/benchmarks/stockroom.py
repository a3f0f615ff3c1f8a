"""An inventory window in a process of its own: filters typed key by key, a list scrolled through.

``python -m tests.benchmarks.stockroom PLAN`` prints what it measured as JSON; the plan is a JSON object made
by ``inventory.py``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication

from pos_desktop.bootstrap import open_manager
from pos_desktop.config import load_settings
from tests.benchmarks.counter import KEY_GAP_MS, PATIENCE_MS, PaintWatch
from tests.benchmarks.own_process import core_wait, resident_mb
from ui.key_events import send_keys, send_stroke
from ui.manager.app import run_inventory
from ui.manager.products_page import ProductsPage
from ui.manager.sign_in import Credentials
from ui.manager.window import InventoryWindow
from ui.robot.hands import wait_until


class Stockroom:
    """A manager without pauses at the Products page."""

    def __init__(self, window: InventoryWindow, login: str, password: str) -> None:
        self.window = window
        self.watch = PaintWatch(window)
        window.sign_in.asked.emit(Credentials(login, password))
        self._until(lambda: window.desk is not None, "the desk")
        assert window.desk is not None
        self.page: ProductsPage = window.desk.products
        window.desk.open_page(self.page)
        self._until(lambda: self.page.model.rowCount() > 0, "the first rows")
        self.page.filter.field.setFocus()

    def filter(self, words: str) -> list[float]:
        """For each letter: milliseconds from its arrival in the box to the end of the paint of its rows."""
        self.page.filter.field.clear()
        self._settle()
        times = []
        for letter in words:
            if letter == " ":  # asks nothing new
                send_keys(self.window, letter, gap_ms=KEY_GAP_MS)
                self._until(lambda: self.page.filter.field.text().endswith(" "), "the space")
            else:
                times.append(self._key(letter))
        self._settle()
        return times

    def _key(self, letter: str) -> float:
        field, model = self.page.filter.field, self.page.model
        arrived: list[float] = []
        answered: list[bool] = []
        heard = field.textChanged.connect(lambda _text: arrived.append(time.perf_counter()))

        def loaded() -> None:
            answered.append(bool(arrived) and model.wanted.words == field.text().strip())
            self.page.table.viewport().update()  # the same rows again would need no paint

        model.loaded.connect(loaded)
        self.watch.arm(lambda: any(answered))
        send_keys(self.window, letter, gap_ms=KEY_GAP_MS)
        self._until(lambda: self.watch.painted > 0, f"rows for {field.text()!r}")
        field.textChanged.disconnect(heard)
        model.loaded.disconnect(loaded)
        return (self.watch.painted - arrived[0]) * 1000

    def scroll(self, pages: int) -> list[float]:
        """Page down; for each key the longest the window was busy without looking up, milliseconds."""
        self.page.filter.field.clear()
        self._settle()
        self.page.table.setFocus()
        return [self._page_down() for _ in range(pages)]

    def _page_down(self) -> float:
        send_stroke(self.window, "PgDown", gap_ms=KEY_GAP_MS)
        longest, end = 0.0, time.perf_counter() + 0.06
        while time.perf_counter() < end:
            started = time.perf_counter()
            QApplication.processEvents()
            longest = max(longest, time.perf_counter() - started)
        return longest * 1000

    def _settle(self) -> None:
        self._until(lambda: not self.page.counting and self.window.is_idle(), "rest")
        QCoreApplication.processEvents()

    def _until(self, condition: Callable[[], bool], what: str) -> None:
        if not wait_until(condition, PATIENCE_MS):
            raise RuntimeError(f"waited in vain for {what}")


def measure(room: Stockroom, plan: dict[str, Any]) -> dict[str, Any]:
    """Type the filters (the first only warms up), scroll, and look at the memory."""
    filters: list[str] = plan["filters"]
    room.filter(filters[0])
    times = [each for words in filters for each in room.filter(words)]
    scrolled = room.scroll(plan["pages"])
    return {"filter": times, "scroll": scrolled, "resident_mb": resident_mb()}


def main(arguments: Sequence[str]) -> int:
    """Work the window the plan describes and print what came of it."""
    plan = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    settings = load_settings(Path(plan["home"]), {})
    found: dict[str, Any] = {}

    def play(window: InventoryWindow) -> None:
        window.activateWindow()
        try:
            waited, started = core_wait(), time.perf_counter()
            found.update(measure(Stockroom(window, plan["login"], plan["password"]), plan))
            found["starved"] = (core_wait() - waited) / (time.perf_counter() - started)
        finally:
            window.close()

    code = run_inventory(
        lambda login, password: open_manager(settings, login, password, dsn=plan["dsn"]),
        opened=lambda window: QTimer.singleShot(0, window, lambda: play(window)),
    )
    print(json.dumps(found))
    return code if found else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
