"""A register window in a process of its own, worked by real key events: scans, searches, a thousand sales.

``python -m tests.benchmarks.counter scan|search|memory PLAN`` prints what it measured as JSON; the plan is a
JSON object made by ``windows.py``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer

from pos_desktop.config import load_settings
from tests.benchmarks.own_process import core_wait, resident_mb
from ui.app import RegisterOptions, run_register
from ui.key_events import send_keys, send_scan, send_stroke
from ui.register.find import FindScreen
from ui.register.window import RegisterWindow
from ui.robot.hands import wait_until

PATIENCE_MS = 30_000
KEY_GAP_MS = 400
LINES_A_SALE = 12


class PaintWatch(QObject):
    """Looks at the clock when a paint has ended that began after ``showing`` had become true."""

    def __init__(self, window: RegisterWindow) -> None:
        super().__init__()
        self._window = window
        self._showing: Callable[[], bool] | None = None
        self.painted = 0.0
        window.installEventFilter(self)

    def arm(self, showing: Callable[[], bool]) -> None:
        """Wait for the next paint that shows it."""
        self._showing, self.painted = showing, 0.0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the window paint here and now when it is the paint waited for."""
        if event.type() != QEvent.Type.UpdateRequest or watched is not self._window:
            return False
        if self._showing is None or not self._showing():
            return False
        self._showing = None
        self._window.event(event)
        self.painted = time.perf_counter()
        return True


class Counter:
    """A cashier without pauses at the window."""

    def __init__(self, window: RegisterWindow) -> None:
        self.window = window
        self.watch = PaintWatch(window)
        self._until(lambda: window.stage.current.name == "sale", "a ready sale")
        self.settle()

    def scan(self, code: str) -> float:
        """Milliseconds from sending the code's last character to the end of the paint that shows its line."""
        sale = self.window.flows.desk.sale
        before = sale.basket
        send_scan(self.window, code, terminator="")
        self.watch.arm(lambda: sale.basket is not before)
        started = time.perf_counter()
        send_keys(self.window, "\n", gap_ms=5)
        self._until(lambda: self.watch.painted > 0, f"a line for {code}")
        return (self.watch.painted - started) * 1000

    def pay(self) -> None:
        """Exact cash; with no change to give the window is ready for the next customer at once."""
        sale = self.window.flows.desk.sale
        send_stroke(self.window, "F11", gap_ms=KEY_GAP_MS)
        self._until(lambda: sale.basket.empty, "the next sale")
        self.settle()

    def search(self, words: str) -> list[tuple[float, float]]:
        """For each key: milliseconds to the painted results from the key, and from its letter in the box."""
        send_stroke(self.window, "F3", gap_ms=KEY_GAP_MS)
        self._until(lambda: self.window.stage.current.name == "find", "the search")
        self.settle()
        screen = self.window.stage.current
        assert isinstance(screen, FindScreen)
        times = [self._key(screen, letter) for letter in words]
        send_stroke(self.window, "Esc", gap_ms=KEY_GAP_MS)
        self._until(lambda: self.window.stage.current.name == "sale", "the sale")
        self.settle()
        return times

    def _key(self, screen: FindScreen, letter: str) -> tuple[float, float]:
        arrived: list[float] = []
        heard = screen.box.textChanged.connect(lambda _text: arrived.append(time.perf_counter()))
        self.watch.arm(lambda: bool(arrived) and "…" not in str(screen.probe()["message"]))
        started = time.perf_counter()
        send_keys(self.window, letter, gap_ms=KEY_GAP_MS)
        self._until(lambda: self.watch.painted > 0, f"results for {screen.box.text()!r}")
        screen.box.textChanged.disconnect(heard)
        return (self.watch.painted - started) * 1000, (self.watch.painted - arrived[0]) * 1000

    def settle(self) -> None:
        """Until nothing is under way."""
        self._until(self.window.is_idle, "rest")
        QCoreApplication.processEvents()
        self._until(self.window.is_idle, "rest")

    def _until(self, condition: Callable[[], bool], what: str) -> None:
        if not wait_until(condition, PATIENCE_MS):
            raise RuntimeError(f"waited in vain for {what}: {self.window.probe()}")


def scans(counter: Counter, plan: dict[str, Any]) -> dict[str, Any]:
    """Scan the codes, twelve to a sale; the first sale only warms up."""
    codes: list[str] = plan["codes"]
    times = []
    for start in range(0, len(codes), LINES_A_SALE):
        found = [counter.scan(code) for code in codes[start : start + LINES_A_SALE]]
        times += found if start else []
        counter.pay()
    return {"milliseconds": times}


def searches(counter: Counter, plan: dict[str, Any]) -> dict[str, Any]:
    """Type the searches; the first one only warms up."""
    pairs = [pair for words in plan["searches"][:1] + plan["searches"] for pair in counter.search(words)]
    pairs = pairs[len(plan["searches"][0]) :]
    return {"from_key": [pair[0] for pair in pairs], "from_letter": [pair[1] for pair in pairs]}


def memory(counter: Counter, plan: dict[str, Any]) -> dict[str, Any]:
    """Sell three items at a time and look at the process's memory at the given numbers of sales."""
    codes, marks, found = plan["codes"], plan["marks"], {}
    for number in range(1, max(marks) + 1):
        at = 3 * number % (len(codes) - 3)
        for code in codes[at : at + 3]:
            counter.scan(code)
        counter.pay()
        if number in marks:
            found[number] = resident_mb()
    return {"resident_mb": found}


WORK = {"scan": scans, "search": searches, "memory": memory}


def main(arguments: Sequence[str]) -> int:
    """Do one kind of work at the till the plan names and print what came of it."""
    work, plan = WORK[arguments[0]], json.loads(Path(arguments[1]).read_text(encoding="utf-8"))
    found: dict[str, Any] = {}

    def play(window: RegisterWindow) -> None:
        window.activateWindow()
        try:
            counter, waited, started = Counter(window), core_wait(), time.perf_counter()
            found.update(work(counter, plan))
            found["starved"] = (core_wait() - waited) / (time.perf_counter() - started)
        finally:
            window.close()

    options = RegisterOptions(
        size=(1366, 768),
        sound=False,
        sign_in=(plan["cashier"], plan["pin"]),
        float_amount=10_000,
        auto_lock_minutes=None,
    )
    code = run_register(
        load_settings(Path(plan["home"]), {}),
        options,
        dsn=plan["dsn"],
        opened=lambda window: QTimer.singleShot(0, window, lambda: play(window)),
    )
    print(json.dumps(found))
    return code if found else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
