"""Nothing painted is clipped or elided: every state of the register at three sizes in two themes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect

from tests.register.conftest import Counter, Shop, Till
from tests.register.gallery import STATES
from tests.register.gallery_away import AWAY, confirming
from ui.robot.cable import Cable
from ui.theme import theme
from ui.widgets.text import record_text

SIZES = ((1024, 768), (1366, 768), (1920, 1080))
FOLDER = os.environ.get("POS_DESKTOP_PICTURES", "")
"""Where the pictures are left for looking at; without it none are written, and dark is drawn at one size."""


def check_room(till: Till) -> None:
    """The screen has its least size, and lies inside the window."""
    screen, window = till.window.stage.current, till.window
    least = screen.minimumSizeHint().boundedTo(screen.size())
    assert least == screen.minimumSizeHint(), (screen.name, screen.minimumSizeHint(), screen.size())
    assert window.rect().contains(QRect(screen.mapTo(window, QPoint(0, 0)), screen.size())), screen.name


def look_at(till: Till, state: str) -> list[str]:
    """Draw the window at each size and in both themes; what did not show whole, from font metrics.

    A theme changes colours and no room, so dark is drawn at one size: nothing of it may fail to paint.
    """
    lost: list[str] = []
    for width, height in SIZES:
        till.window.resize(width, height)
        till.settle()
        assert (till.window.width(), till.window.height()) == (width, height)
        check_room(till)
        for dark in (False, True) if FOLDER or width == 1366 else (False,):
            theme().set_dark(dark)
            till.settle()
            with record_text() as log:
                picture = till.window.grab()
            assert log.painted, "nothing was painted"
            look = "dark" if dark else "light"
            if FOLDER:
                assert picture.save(str(Path(FOLDER) / f"{state}-{look}-{width}.png"))
            lost += [f"{state} {width} {look}: {entry.text!r} in {entry.rect}" for entry in log.clipped]
    theme().set_dark(False)
    return lost


@pytest.mark.parametrize("state", STATES)
def test_all_of_a_state_shows(counter: Counter, shop: Shop, state: str) -> None:
    """Each state of selling, brought about as a person would."""
    till = counter.open()
    STATES[state](till, shop)
    assert look_at(till, state) == []


@pytest.mark.expects_log
def test_all_of_a_till_without_its_server_shows(cable: Cable, counter: Counter, shop: Shop) -> None:
    """One till from the pulled cable on: stuck, selling alone, near its caps, stopped, coming back."""
    till = counter.open()
    lost: list[str] = []
    for state in AWAY:
        state(till, shop)
        lost += look_at(till, state.__name__)
    assert lost == []


@pytest.mark.expects_log
def test_all_of_the_question_whether_it_went_through_shows(
    cable: Cable, counter: Counter, shop: Shop
) -> None:
    """While the first try still waits; the cable is mended afterwards, and the sale is booked."""
    till = counter.open()
    confirming(till, shop)
    assert "Did it go through?" in str(till["message"])
    assert look_at(till, "confirming") == []
    cable.mend()
    till.wait(lambda shown: shown["screen"] == "sale", 30_000)
    till.settle()
    assert shop.ask("select count(*) from pos.sale") == [(1,)]
