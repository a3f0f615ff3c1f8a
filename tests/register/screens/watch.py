"""Works a screen as the window does, with real stamped key events and taps, and records what it answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QMetaMethod, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from ui.key_events import send_keys, send_scan, send_stroke
from ui.keymap import Keymap, KeyRouter
from ui.register.screen import Screen
from ui.scan_input import ScanInput, ScanSettings
from ui.widgets.key import Key


class Driver:
    """A screen with the keyboard and the scanner connected to it, and every signal it emits written down."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.heard: list[tuple[str, tuple[Any, ...]]] = []
        self.refused_scans: list[str] = []
        self._listen()
        self._router = KeyRouter(Keymap())
        self._router.set_screen(screen.name)
        self._router.action.connect(self._act)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self._app = app
        self._scans = ScanInput(app, settings=ScanSettings(drop_doubles=False), router=self._router.handle)
        self._scans.scanned.connect(self._scan)

    def _listen(self) -> None:
        meta = self.screen.metaObject()
        for index in range(QWidget.staticMetaObject.methodCount(), meta.methodCount()):
            method = meta.method(index)
            if method.methodType() == QMetaMethod.MethodType.Signal:
                name = bytes(method.name().data()).decode()
                signal = getattr(self.screen, name)
                signal.connect(lambda *values, n=name: self.heard.append((n, values)))

    def close(self) -> None:
        """Take the keyboard away."""
        self._app.removeEventFilter(self._scans)
        self._scans.deleteLater()

    def _act(self, action: str) -> None:
        act = self.screen.key_actions().get(action)
        if act is not None:
            act()

    def _scan(self, code: str) -> None:
        if self.screen.scan_policy == "refuse" or not self.screen.handle_scan(code):
            self.refused_scans.append(code)

    # -- doing -----------------------------------------------------------------------------------------

    def stroke(self, *keys: str) -> None:
        """Press keys by their names in the key map."""
        for key in keys:
            send_stroke(self.screen, key)
            self._scans.flush()
            QApplication.processEvents()

    def type(self, text: str) -> None:
        """Type as a person does."""
        send_keys(self.screen, text)
        self._scans.flush()
        QApplication.processEvents()

    def scan(self, code: str) -> None:
        """Scan as a scanner does, with its Enter."""
        send_scan(self.screen, code)
        self._scans.flush()
        QApplication.processEvents()

    def settle(self) -> None:
        """Let what was asked for reach the screen."""
        QApplication.processEvents()

    def tap(self, name: str) -> None:
        """Tap the visible button with this object name."""
        tap(self.button(name))

    def button(self, name: str) -> QAbstractButton:
        """The visible button with this object name."""
        found = [b for b in self.screen.findChildren(QAbstractButton) if b.objectName() == name]
        shown = [b for b in found if b.isVisible()]
        assert len(shown) == 1, (name, len(shown))
        return shown[0]

    # -- reading ---------------------------------------------------------------------------------------

    @property
    def names(self) -> list[str]:
        """The signals heard, by name."""
        return [name for name, _ in self.heard]

    def answer(self) -> Any:
        """The one value of the only signal so far."""
        assert len(self.heard) == 1, self.heard
        return self.heard[0][1][0]

    def state(self) -> dict[str, Any]:
        """What can be read on the screen: its probe, and every key's words, look and reach."""
        keys = [
            (b.text(), b.isVisible(), b.isEnabled(), b.isChecked(), b.accessibleName())
            for b in self.screen.findChildren(QAbstractButton)
        ]
        return {"probe": self.screen.probe(), "keys": keys}


def tap(button: QAbstractButton) -> None:
    """Press and release in the middle of a button, as a finger does."""
    QTest.mouseClick(
        button, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, button.rect().center()
    )
    QApplication.processEvents()


@contextmanager
def driving(screen: Screen) -> Iterator[Driver]:
    """Work a screen, then take the keyboard away from it again."""
    driver = Driver(screen)
    try:
        yield driver
    finally:
        driver.close()


def hinted(screen: Screen) -> list[Key]:
    """The keys on a screen that show a key hint and can change something: not dead, not chosen already."""
    keys = [k for k in screen.findChildren(Key) if k.isVisible() and k.isEnabled() and k.hint]
    return [k for k in keys if not k.isChecked()]
