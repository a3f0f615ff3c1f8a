"""Nothing painted is clipped or elided: every state of the register at three sizes in two themes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect

from tests.register.conftest import Counter, Shop, Till
from tests.register.gallery import STATES
from ui.theme import theme
from ui.widgets.text import record_text

SIZES = ((1024, 768), (1366, 768), (1920, 1080))


def check_room(till: Till) -> None:
    """The screen has its least size, and lies inside the window."""
    screen, window = till.window.stage.current, till.window
    least = screen.minimumSizeHint().boundedTo(screen.size())
    assert least == screen.minimumSizeHint(), (screen.name, screen.minimumSizeHint(), screen.size())
    assert window.rect().contains(QRect(screen.mapTo(window, QPoint(0, 0)), screen.size())), screen.name


@pytest.mark.parametrize("state", STATES)
def test_all_of_a_state_shows(counter: Counter, shop: Shop, tmp_path: Path, state: str) -> None:
    """At each size and in each theme, from font metrics; pictures are left for looking at."""
    folder = Path(os.environ.get("POS_DESKTOP_PICTURES", tmp_path))
    till = counter.open()
    STATES[state](till, shop)
    lost: list[str] = []
    for width, height in SIZES:
        till.window.resize(width, height)
        till.settle()
        assert (till.window.width(), till.window.height()) == (width, height)
        check_room(till)
        for dark in (False, True):
            theme().set_dark(dark)
            till.settle()
            with record_text() as log:
                picture = till.window.grab()
            assert log.painted, "nothing was painted"
            look = "dark" if dark else "light"
            assert picture.save(str(folder / f"{state}-{look}-{width}.png"))
            lost += [f"{width} {look}: {entry.text!r} in {entry.rect}" for entry in log.clipped]
    theme().set_dark(False)
    assert lost == []
