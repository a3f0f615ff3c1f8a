"""Every key hint shown works and does what a tap does; Tab reaches what has no hint; Enter harms nothing."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from tests.register.screens.conftest import Show
from tests.register.screens.gallery import SCREENS
from tests.register.screens.watch import Driver, driving, hinted
from ui.keymap import Keymap
from ui.register.screens.base import OverlayScreen
from ui.widgets.button import PaintedButton

KEYMAP = Keymap()
# The keys whose hint stands on the pad's Enter key, which keeps the pad's own name.
PAD_ENTER = {"key_enter": "take"}
HARMLESS = {
    "age",
    "stock_warning",
    "card",
    "no_sale",
    "void_sale",
    "give_back",
    "card_back",
    "cannot_record",
    "more",
    "shift_close_review",
}


def _action(driver_key: str) -> str:
    return PAD_ENTER.get(driver_key, driver_key)


def _outcome(driver: Driver, before: object) -> tuple[object, object]:
    after = driver.state()
    return driver.heard, after if after != before else "unchanged"


@pytest.mark.parametrize("name", SCREENS)
def test_a_hinted_key_does_what_its_tap_does(name: str, show: Show) -> None:
    """Each hint is pressed for real on a fresh screen, and compared with the tap on another fresh one."""
    first = show(name)
    for object_name, hint in [(key.objectName(), key.hint) for key in hinted(first)]:
        action = _quick_action(object_name, hint, first.name) or _action(object_name)
        assert hint == KEYMAP.hint(first.name, action), object_name
        outcomes = []
        for way in ("tap", "key"):
            with driving(show(name)) as driver:
                before = driver.state()
                if way == "tap":
                    driver.tap(object_name)
                else:
                    driver.stroke(KEYMAP.keys(driver.screen.name, action)[0])
                outcomes.append(_outcome(driver, before))
        assert outcomes[0] == outcomes[1], (object_name, hint)
        assert outcomes[1] != ([], "unchanged"), f"{hint} does nothing on {name}"


def _quick_action(object_name: str, hint: str, screen: str) -> str:
    """The action of a quick sum, whose place changes with what is due."""
    if not object_name.startswith("quick_"):
        return "by_pieces" if object_name.startswith("float_") else ""
    wanted = ("exact", "note_1", "note_2", "note_3")
    return next(action for action in wanted if KEYMAP.hint(screen, action) == hint)


@pytest.mark.parametrize("name", SCREENS)
def test_every_action_of_a_screen_is_in_the_key_map(name: str, show: Show) -> None:
    """No screen offers an action that no key can ever press."""
    screen = show(name)
    known = set(KEYMAP.actions(screen.name))
    assert set(screen.key_actions()) - known <= {"up", "down", "page_up", "page_down"}


@pytest.mark.parametrize("name", sorted(HARMLESS))
def test_enter_space_and_esc_answer_nothing_that_matters(name: str, show: Show) -> None:
    """Right after a screen came up, Enter and Space do nothing at all."""
    with driving(show(name)) as driver:
        before = driver.state()
        driver.stroke("Return", "Enter", "Space")
        assert driver.heard == []
        assert driver.state() == before


@pytest.mark.parametrize("name", SCREENS)
def test_nothing_is_focused_by_itself(name: str, show: Show) -> None:
    """No key has the focus when a screen comes up, so Space cannot press one."""
    screen = show(name)
    assert not isinstance(QApplication.focusWidget(), PaintedButton)
    assert QApplication.focusWidget() is screen


@pytest.mark.parametrize("name", SCREENS)
def test_tab_goes_round_inside_an_overlay(name: str, show: Show) -> None:
    """Tab and Shift+Tab visit the keys of an overlay's card and never leave it."""
    screen = show(name)
    if not isinstance(screen, OverlayScreen):
        return
    seen = set()
    with driving(screen) as driver:
        for _ in range(40):
            driver.stroke("Tab")
            focus = QApplication.focusWidget()
            assert focus is not None
            assert screen.isAncestorOf(focus)
            seen.add(focus.objectName())
        assert seen
        driver.stroke("Shift+Backtab")
        assert screen.isAncestorOf(QApplication.focusWidget())


@pytest.mark.parametrize("name", SCREENS)
def test_what_a_finger_reaches_the_keyboard_reaches(name: str, show: Show) -> None:
    """Each visible key has a hint, or takes the focus by Tab, or is a pad key that typing stands for."""
    typed = ("key_", "letter_", "less:", "more:", "shift", "space", "keyboard", "rub_out")
    for button in show(name).findChildren(PaintedButton):
        if not button.isVisible() or button.objectName().startswith(typed):
            continue
        hint = getattr(button, "hint", "")
        chip = type(button).__name__ in ("Chip", "PrintChip")
        assert hint or button.focusPolicy().value or chip, (button.objectName(), button.text())
