"""Every screen at three sizes in two themes: nothing clipped, squeezed or overlapping, names in full."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractButton, QWidget

from tests.register.screens.conftest import Show
from tests.register.screens.gallery import SCREENS
from ui.theme import theme
from ui.widgets.text import record_text

SIZES = ((1024, 768), (1366, 768), (1920, 1080))


def place(widget: QWidget, screen: QWidget) -> QRect:
    """Where ``widget`` is on ``screen``."""
    return QRect(widget.mapTo(screen, QPoint(0, 0)), widget.size())


def visible_buttons(screen: QWidget) -> list[QAbstractButton]:
    """The buttons a person can see."""
    return [b for b in screen.findChildren(QAbstractButton) if b.isVisible()]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("name", SCREENS)
def test_all_text_shows(name: str, size: tuple[int, int], dark: bool, show: Show) -> None:
    """The kit's recorder sees every painted text whole."""
    theme().set_dark(dark)
    screen = show(name, size)
    with record_text() as log:
        picture = screen.grab()
    assert (picture.width(), picture.height()) == (screen.width(), screen.height())
    assert log.painted
    assert [(t.text, t.rect) for t in log.clipped] == []


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("name", SCREENS)
def test_keys_keep_their_size_and_place(name: str, size: tuple[int, int], show: Show) -> None:
    """No key is squeezed under its least size, leaves the screen, or lies over another."""
    screen = show(name, size)
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
