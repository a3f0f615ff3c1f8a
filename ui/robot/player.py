"""The robot cashier: plays a script's steps on the register window and stops at the first that goes wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QAbstractButton, QWidget

from ui.register.window import RegisterWindow
from ui.robot.hands import Hands, wait_until
from ui.robot.script import Step

PATIENCE_MS = 20_000
"""How long a step may take to come to rest: longer than any deadline of the program."""

SERVER_PATIENCE_MS = 60_000
"""How long it may take until a till knows that its server went or came back, and has sent everything."""

TURNS = 30
"""No shop has more pages of tiles or categories than a person would turn through."""

ACCOUNT_SCREENS = ("sign_in", "lock")


class StepFailedError(Exception):
    """A step could not be done, or an expectation did not hold; the text is the difference."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What a step did and how many milliseconds lay between its last event and the last paint after it."""

    line: int
    action: str
    painted_ms: float


@dataclass(slots=True)
class Report:
    """How a script went: steps done, timings, screenshots, and the first failure (empty: none)."""

    steps: int = 0
    timings: list[Timing] = field(default_factory=list)
    screenshots: list[Path] = field(default_factory=list)
    failure: str = ""


class _PaintWatch(QObject):
    """Notes when the window was last painted to the end."""

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self._window = window
        self.last = 0.0
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the window paint here and now, and look at the clock when it has."""
        if event.type() != QEvent.Type.UpdateRequest or watched is not self._window:
            return False
        self._window.event(event)
        self.last = time.perf_counter()
        return True


class Robot:
    """Plays steps. ``paced`` waits like a person between events; else it goes on once all is at rest.

    ``server`` does what a script says of the server: "away", "silent", "back"; ``scale`` what it says of the
    scale: "0.842", "mute".
    """

    def __init__(
        self,
        window: RegisterWindow,
        output: Path,
        *,
        paced: bool = False,
        server: Callable[[str], None] | None = None,
        scale: Callable[[str], None] | None = None,
    ) -> None:
        self._order, self._put = server, scale
        self.window = window
        self._output = output
        self._paced = paced
        self._hands = Hands(window, paced=paced)
        self._verbs: dict[str, Callable[[Step], None]] = {
            "scan": lambda step: self._hands.scan(step.text),
            "keys": lambda step: self._hands.type(step.text),
            "press": lambda step: self._press(step.text),
            "tap": lambda step: self._tap(step.text),
            "tender": self._tender,
            "sign_in": self._sign_in,
            "expect": self._expect,
            "screenshot": self._screenshot,
            "wait": self._wait,
            "server": self._server,
            "scale": self._load,
        }
        self.report = Report()
        self._watch = _PaintWatch(window)

    def follow(self, window: RegisterWindow) -> None:
        """Go on at another window that took this one's place."""
        self.window = window
        self._hands = Hands(window, paced=self._paced)
        self._watch = _PaintWatch(window)

    def play(self, steps: Sequence[Step]) -> Report:
        """Do the steps in order; the report says how far it came."""
        try:
            self._rest()
            for step in steps:
                self._do(step)
        except StepFailedError as problem:
            self.report.failure = str(problem)
        finally:
            self.window.removeEventFilter(self._watch)
        return self.report

    def _do(self, step: Step) -> None:
        self._watch.last = 0.0
        try:
            self._verbs[step.verb](step)
            sent = time.perf_counter()
            self._rest()
        except StepFailedError as problem:
            raise StepFailedError(f"{step}: {problem}") from problem
        self.report.steps += 1
        if step.verb not in ("expect", "screenshot", "wait", "server", "scale"):
            painted = max(self._watch.last - sent, 0.0) * 1000
            self.report.timings.append(Timing(step.line, f"{step.verb} {step.value}", round(painted, 2)))

    def _rest(self) -> None:
        """Wait until nothing is under way and everything is painted."""
        if not wait_until(lambda: self.window.is_idle(), PATIENCE_MS):
            raise StepFailedError(f"the window did not come to rest within {PATIENCE_MS // 1000} s")
        QCoreApplication.processEvents()
        QCoreApplication.processEvents()
        if not self.window.is_idle():
            self._rest()

    def _wait(self, step: Step) -> None:
        """Until nothing is under way; until the till has its own copy of the prices, knows that its server is
        away, or that it has everything."""
        self._rest()
        if step.text != "idle" and not wait_until(lambda: self._stands(step.text), SERVER_PATIENCE_MS):
            raise StepFailedError(f"the till was not {step.text} within {SERVER_PATIENCE_MS // 1000} s")

    def _stands(self, how: str) -> bool:
        seen = self.window.probe()
        if how == "copied":
            return seen["copied"] is True
        return seen["away"] is (how == "offline") and (how == "offline" or seen["pending"] == 0)

    def _server(self, step: Step) -> None:
        if self._order is None:
            raise StepFailedError("the server of this shop is not the robot's to take away")
        self._order(step.text)

    def _load(self, step: Step) -> None:
        """Load the scale, and wait until the till has heard of it."""
        if self._put is None:
            raise StepFailedError("this till has no scale the robot could load")
        self._put(step.text)
        scale = self.window.flows.devices.scale
        scale.ask()
        if not wait_until(lambda: scale.fresh, PATIENCE_MS):
            raise StepFailedError(f"the till heard nothing of its scale within {PATIENCE_MS // 1000} s")

    # -- the actions -------------------------------------------------------------------------------------

    @property
    def _screen(self) -> str:
        return str(self.window.probe()["screen"])

    def _press(self, action: str) -> None:
        """By its key where the key map has one, else by touch."""
        screen = self._screen
        keymap = self.window.keymap
        # The key sheet opens over every screen, so no screen lists it among its own actions.
        live = action in self.window.key_actions() or "keys" in (action, screen)
        if live and action in keymap.actions(screen) and keymap.keys(screen, action):
            self._hands.press(keymap.keys(screen, action)[0])
            return
        key = self._find(action)
        if key is None or not key.isEnabled():
            raise StepFailedError(f"{action} cannot be pressed on the screen {screen}")
        self._hands.tap(key)

    def _tap(self, target: str) -> None:
        if target.startswith("tile:") and self._find(target) is None:
            self._turn_to(target)
        widget = self._find(target)
        if widget is None:
            raise StepFailedError(f"there is no {target} to tap on the screen {self._screen}")
        if not widget.isEnabled():
            raise StepFailedError(f"{target} cannot be tapped now on the screen {self._screen}")
        self._hands.tap(widget)

    def _turn_to(self, target: str) -> None:
        """Open the tile's category, then turn its pages, by touch, until the tile is in sight."""
        tiles = self.window.flows.sale_screen.tiles
        category = f"category:{tiles.page_with(target.removeprefix('tile:'))}"
        for wanted, way in ((category, "category:more"), (target, "page_next")):
            for _ in range(TURNS):
                if self._find(wanted) is not None:
                    break
                if (turn := self._find(way)) is None:
                    return
                self._hands.tap(turn)
                self._rest()
            if wanted == category and (key := self._find(category)) is not None:
                self._hands.tap(key)
                self._rest()

    def _find(self, target: str) -> QWidget | None:
        """A visible widget by its object name, else a key by its words."""
        shown = [w for w in self.window.findChildren(QWidget) if w.isVisible() and not _covered(w)]
        for widget in shown:
            if widget.objectName() == target:
                return widget
        words = target.casefold()
        for widget in shown:
            if isinstance(widget, QAbstractButton) and words in (
                widget.text().casefold(),
                widget.accessibleName().casefold(),
            ):
                return widget
        return None

    def _sign_in(self, step: Step) -> None:
        if self._screen == "sale":
            self._press("lock")
            self._rest()
        if self._screen not in ACCOUNT_SCREENS:
            raise StepFailedError(f"nobody can sign in on the screen {self._screen}")
        self._tap(f"person:{step.text}")
        self._hands.type(step.more["pin"] + "\n")

    def _tender(self, step: Step) -> None:
        if self._screen == "sale":
            self._press("pay")
            self._rest()
        if self._screen != "tender":
            raise StepFailedError(f"payment is not open; the screen is {self._screen}")
        amount = step.more.get("amount", "")
        if step.text == "cash":
            if amount:
                self._hands.type(amount)
                self._rest()
            self._press("take" if amount else "exact")
            return
        if amount:
            self._hands.type(amount)
            self._rest()
        self._press("card")
        self._rest()
        self._hands.type(step.more.get("ref", ""))
        self._rest()
        self._press("paid")

    def _expect(self, step: Step) -> None:
        self._rest()
        seen = self.window.probe()
        assert isinstance(step.value, dict)
        wrong = [
            f"{name} is {_plain(seen.get(name, 'not shown'))!r}, not {wanted!r}"
            for name, wanted in step.value.items()
            if not _matches(name, wanted, seen)
        ]
        if wrong:
            raise StepFailedError("; ".join(wrong))

    def _screenshot(self, step: Step) -> None:
        self._rest()
        if not wait_until(lambda: not self.window.moving, PATIENCE_MS):
            raise StepFailedError(f"the screen still changed after {PATIENCE_MS // 1000} s")
        path = self._output / step.text
        path.parent.mkdir(parents=True, exist_ok=True)
        if not self.window.grab().save(str(path)):
            raise StepFailedError(f"{path} cannot be written")
        self.report.screenshots.append(path)


def _covered(widget: QWidget) -> bool:
    """Whether another widget lies over this one's middle: it cannot be touched then."""
    top = widget.window()
    at = top.childAt(widget.mapTo(top, widget.rect().center()))
    while at is not None and at is not widget:
        if at.isWindow():
            return True
        at = at.parentWidget()
    return at is None


def _plain(value: object) -> object:
    """Text as a person writes it in a script: ordinary spaces and minus."""
    if isinstance(value, str):
        return value.replace("\u202f", " ").replace("\u00a0", " ").replace("\u2212", "-")
    return [_plain(part) for part in value] if isinstance(value, list) else value


def _matches(name: str, wanted: object, seen: dict[str, object]) -> bool:
    value = _plain(seen.get(name))
    if name == "message":  # any part of what the screen says
        said = f"{value}\n{_plain(seen.get('detail', ''))}\n{_plain(seen.get('banner', ''))}"
        return str(wanted) in said
    return value == wanted or (isinstance(value, str) and value == str(wanted))
