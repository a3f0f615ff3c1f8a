"""Every screen at three sizes in two themes: nothing clipped, squeezed or overlapping, names in full."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from tests.register.screens.conftest import TOP_BAR, Show
from tests.register.screens.gallery import FULL_SCREENS, SCREENS
from tests.register.screens.stock import basket
from ui.register.screen import Screen
from ui.theme import theme
from ui.widgets.text import record_text

SIZES = ((1024, 768), (1366, 768), (1920, 1080))


def place(widget: QWidget, screen: QWidget) -> QRect:
    """Where ``widget`` is on ``screen``."""
    return QRect(widget.mapTo(screen, QPoint(0, 0)), widget.size())


def visible_buttons(screen: QWidget) -> list[QAbstractButton]:
    """The buttons a person can see."""
    return [b for b in screen.findChildren(QAbstractButton) if b.isVisible()]


def resize(screen: Screen, size: tuple[int, int]) -> None:
    """Give the screen's window another size, as a person does who moves the program to another display."""
    width, height = size
    height -= 0 if screen.name in FULL_SCREENS else TOP_BAR
    host = screen.parentWidget()
    host.resize(width, height)
    screen.setGeometry(0, 0, width, height)
    QApplication.processEvents()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", SCREENS)
def test_all_of_a_screen_shows(name: str, dark: bool, show: Show) -> None:
    """At each size the kit's recorder sees every text whole, and every key keeps its size and place."""
    theme().set_dark(dark)
    screen = show(name, SIZES[0])
    for size in (*SIZES, SIZES[0]):
        resize(screen, size)
        with record_text() as log:
            picture = screen.grab()
        assert (picture.width(), picture.height()) == (screen.width(), screen.height())
        assert log.painted
        assert [(t.text, t.rect) for t in log.clipped] == [], size
        check_keys(screen)


def check_keys(screen: Screen) -> None:
    """No key is squeezed under its least size, leaves the screen, or lies over another."""
    buttons = visible_buttons(screen)
    for button in buttons:
        least = button.minimumSizeHint()
        assert button.width() >= least.width(), button.objectName()
        assert button.height() >= least.height(), button.objectName()
        assert screen.rect().contains(place(button, screen)), button.objectName()
    for one, other in itertools.combinations(buttons, 2):
        assert not place(one, screen).intersects(place(other, screen)), (one.text(), other.text())


@pytest.mark.parametrize(
    ("name", "role", "px"), [("change", "change", 112), ("tender", "due", 64), ("age", "total", 44)]
)
def test_the_great_figures_are_painted_at_full_size(name: str, role: str, px: int, show: Show) -> None:
    """Change at 112, what is due at 64 and the cut-off date at 44 pixels, never shrunk."""
    assert theme().type(role).px == px
    for size in SIZES:
        screen = show(name, size)
        with record_text() as log:
            screen.grab()
        assert px in {text.px for text in log.painted}, size


def test_a_larger_scale_makes_larger_keys(show: Show) -> None:
    """At 125 % the same screen is drawn larger and still shows all of it."""
    theme().set_scale(125)
    screen = show("age", (1920, 1080))
    with record_text() as log:
        screen.grab()
    assert log.clipped == []
    assert 55 in {text.px for text in log.painted}


@pytest.mark.parametrize("size", SIZES)
def test_a_name_takes_two_lines_at_most_beside_the_payment(size: tuple[int, int], show: Show) -> None:
    """Also one that is too long for a line, at every size; nothing of it is lost."""
    names = {line.item.name for line in basket().lines}
    screen = show("tender", size)
    with record_text() as log:
        screen.grab()
    painted = {text.text: text.lines for text in log.painted if text.text in names}
    assert set(painted) == names
    assert max(painted.values()) <= 2
    assert log.clipped == []
