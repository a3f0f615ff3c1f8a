"""A themed application and a host window for every test of the register's screens."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.register.screens.gallery import FULL_SCREENS, SCREENS
from ui.register.screen import Screen
from ui.theme import Theme, theme

TOP_BAR = 60
Show = Callable[..., Screen]


@pytest.fixture(autouse=True)
def themed(qapp: QApplication) -> Iterator[Theme]:
    """The light theme at 100 %, with the bundled fonts; put back afterwards."""
    current = theme()
    if not qapp.property("themed"):
        current.apply(qapp)
        qapp.setProperty("themed", True)
    current.set_dark(False)
    current.set_scale(100)
    yield current
    current.set_dark(False)
    current.set_scale(100)


@pytest.fixture
def show(qtbot: QtBot) -> Show:
    """Show a screen of the gallery, or one made by a function, in a window of a size."""

    hosts: list[QWidget] = []

    def _show(make: str | Callable[[QWidget], Screen], size: tuple[int, int] = (1366, 768)) -> Screen:
        host = QWidget()
        qtbot.addWidget(host)
        hosts.append(host)
        screen = (SCREENS[make] if isinstance(make, str) else make)(host)
        width, height = size
        height -= 0 if screen.name in FULL_SCREENS else TOP_BAR
        host.resize(width, height)
        screen.setGeometry(0, 0, width, height)
        with qtbot.waitExposed(host):
            host.show()
        screen.show()
        screen.shown()
        QApplication.processEvents()
        return screen

    return _show
