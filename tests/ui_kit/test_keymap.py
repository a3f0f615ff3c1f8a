"""Every key of the map does its action, hints name it, and text boxes keep what they need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from ui.key_events import send_keys, send_scan, send_stroke
from ui.keymap import Keymap, KeyRouter, UnknownKeyError, stroke_of
from ui.keymap_names import SCREENS
from ui.scan_input import ScanInput

EVERY = [(s, a, k) for s, actions in SCREENS.items() for a, b in actions.items() for k in b.keys]


class Desk:
    def __init__(self, qapp, qtbot) -> None:
        self.window = QWidget()
        self.box = QLineEdit()
        QVBoxLayout(self.window).addWidget(self.box)
        qtbot.addWidget(self.window)
        self.router = KeyRouter(Keymap())
        self.scans = ScanInput(qapp, router=self.router.handle)
        self.actions: list[str] = []
        self.router.action.connect(self.actions.append)
        self.window.show()
        self.window.activateWindow()


@pytest.fixture
def desk(qapp, qtbot) -> Iterator[Desk]:
    made = Desk(qapp, qtbot)
    yield made
    qapp.removeEventFilter(made.scans)
    made.scans.setParent(None)


@pytest.mark.parametrize(("screen", "action", "key"), EVERY)
def test_every_key_does_its_action_with_nothing_focused(
    desk: Desk, screen: str, action: str, key: str
) -> None:
    desk.router.set_screen(screen)
    desk.box.clearFocus()
    send_stroke(desk.window, key)
    desk.scans.flush()
    assert desk.actions == [action]


@pytest.mark.parametrize("screen", sorted(SCREENS))
def test_no_key_means_two_things_on_a_screen(screen: str) -> None:
    strokes = [stroke_of(key) for binding in SCREENS[screen].values() for key in binding.keys]
    assert len(strokes) == len(set(strokes))


@pytest.mark.parametrize("screen", sorted(SCREENS))
def test_every_action_has_words_and_every_screen_its_key_sheet(screen: str) -> None:
    keymap = Keymap()
    assert all(keymap.title(screen, action) for action in keymap.actions(screen))
    assert keymap.hint(screen, "keys") in ("F1", "Shift+F1")


def test_hints_are_the_short_words() -> None:
    keymap = Keymap()
    assert keymap.hint("sale", "pay") == "F12 or +"
    assert keymap.hint("sale", "remove") == "Del"
    assert keymap.hint("tender", "back") == "Esc"
    assert keymap.hint("tender", "cancel") == "Ctrl+Del"
    assert keymap.hint("change", "next") == "Enter"


def test_the_empty_scan_box_lets_keys_act_and_a_filled_one_keeps_them(desk: Desk, qtbot) -> None:
    desk.router.set_screen("sale")
    desk.box.setProperty("entry", True)
    desk.box.setFocus()
    qtbot.waitUntil(desk.box.hasFocus)
    send_stroke(desk.window, "Del")
    send_stroke(desk.window, "Num++")
    desk.scans.flush()
    assert desk.actions == ["remove", "pay"]
    send_keys(desk.window, "40")
    send_stroke(desk.window, "Del")
    desk.scans.flush()
    assert desk.box.text() == "40"
    send_keys(desk.window, "\n")
    assert desk.actions == ["remove", "pay", "enter"]


def test_an_ordinary_text_box_keeps_its_keys_but_not_the_function_keys(desk: Desk, qtbot) -> None:
    desk.router.set_screen("change")
    desk.box.setFocus()
    qtbot.waitUntil(desk.box.hasFocus)
    send_keys(desk.window, "p\n")
    desk.scans.flush()
    assert (desk.actions, desk.box.text()) == ([], "p")
    send_stroke(desk.window, "F1")
    assert desk.actions == ["keys"]


def test_enter_after_a_scan_is_no_action(desk: Desk) -> None:
    desk.router.set_screen("change")
    desk.box.clearFocus()
    send_scan(desk.window, "5010012345678", terminator="\n\n")
    assert desk.actions == []


def test_remapping_replaces_keys_and_takes_them_from_others() -> None:
    keymap = Keymap({"sale": {"pay": ["F2"]}})
    assert keymap.hint("sale", "pay") == "F2"
    assert keymap.hint("sale", "qty") == ""


@pytest.mark.parametrize(
    "remap", [{"sale": {"fly": ["F2"]}}, {"moon": {"pay": ["F2"]}}, {"sale": {"pay": ["Foo"]}}]
)
def test_a_remapping_to_nothing_is_refused(remap: dict[str, dict[str, list[str]]]) -> None:
    with pytest.raises(UnknownKeyError):
        Keymap(remap)
