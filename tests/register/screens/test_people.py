"""Signing in, the lock and a supervisor's approval: fingers and keys, badges, misses and their waits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QClipboard
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.register.screens.conftest import Show
from tests.register.screens.stock import PEOPLE
from tests.register.screens.watch import Driver, driving
from ui.key_events import send_key
from ui.register.screen import Screen
from ui.register.screens.approval import ApprovalOverlay
from ui.register.screens.sign_in import NO_BADGE, LockScreen, SignInScreen
from ui.register.screens.values import ApprovalRequest, SignIn
from ui.widgets.text import record_text


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock at rest."""
    return Clock()


@pytest.fixture
def desk(show: Show, clock: Clock) -> Iterator[Driver]:
    """The sign-in screen of a till with eight people."""

    def make(host: QWidget) -> Screen:
        screen = SignInScreen("Corner Grocer", 2, clock=clock, parent=host)
        screen.set_people(PEOPLE)
        return screen

    with driving(show(make)) as driver:
        yield driver


def screen_of(driver: Driver) -> SignInScreen:
    """The driver's screen, as what it is."""
    assert isinstance(driver.screen, SignInScreen)
    return driver.screen


def test_by_touch(desk: Driver) -> None:
    """Name, four digits, OK."""
    desk.tap("person:1003")
    for digit in "3003":
        desk.tap(f"key_{digit}")
    desk.tap("key_enter")
    assert desk.answer() == SignIn(1003, "3003")


def test_by_keyboard(desk: Driver) -> None:
    """Arrows, four digits, Enter; the pad on the number block is the same."""
    desk.stroke("Down", "Down", "Up")
    desk.type("2002\n")
    assert desk.answer() == SignIn(1002, "2002")


def test_people_past_the_first_page(desk: Driver) -> None:
    """By page key, by tap on More people, and back."""
    desk.tap("people_later")
    assert desk.screen.probe()["person"] == 1007
    desk.stroke("PgUp", "PgDown")
    desk.type("8888")
    desk.tap("person:1008")
    assert desk.screen.probe()["digits"] == 0, "another person's PIN must not be half typed"


def test_a_pin_is_never_shown_nor_logged(desk: Driver) -> None:
    """Dots count the digits; nothing painted and no repr carries them."""
    desk.type("7351")
    with record_text() as log:
        desk.screen.grab()
    assert not any("7351" in text for text in log.texts)
    assert "7351" not in repr(SignIn(1001, "7351"))
    assert desk.screen.probe()["digits"] == 4


def test_a_scan_never_types_a_pin(desk: Driver) -> None:
    """A code of four digits is a badge or nothing; an unknown one is refused in words."""
    desk.scan("1004")
    assert desk.screen.probe()["person"] == 1004
    assert desk.screen.probe()["digits"] == 0
    desk.scan("4444")
    assert desk.screen.probe()["digits"] == 0
    assert desk.screen.probe()["message"] == NO_BADGE
    assert desk.refused_scans == ["4444"]
    assert desk.heard == []


@pytest.fixture
def copied(qapp: QApplication) -> Iterator[str]:
    """Somebody copied a PIN: it is on every clipboard this platform has."""
    board = qapp.clipboard()
    modes = [QClipboard.Mode.Clipboard]
    modes += [QClipboard.Mode.Selection] if board.supportsSelection() else []
    for mode in modes:
        board.setText("4711", mode)
        assert board.text(mode) == "4711"
    yield "4711"
    for mode in modes:
        board.clear(mode)


def test_a_pin_is_never_pasted(desk: Driver, copied: str) -> None:
    """Ctrl+V and Shift+Insert, with the text a platform sends along, and the middle button everywhere."""
    for key, modifier, text in (
        (Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier, "\x16"),
        (Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier, ""),
        (Qt.Key.Key_Insert, Qt.KeyboardModifier.ShiftModifier, ""),
        (Qt.Key.Key_Paste, Qt.KeyboardModifier.NoModifier, ""),
    ):
        send_key(desk.screen, key, modifier, text)
        desk.settle()
        assert desk.screen.probe()["digits"] == 0, (key, text)
    pad = screen_of(desk).panel.pin
    for widget in (desk.screen, pad, *pad.findChildren(QWidget)):
        if widget.isVisible():
            QTest.mouseClick(widget, Qt.MouseButton.MiddleButton, pos=widget.rect().center())
            desk.settle()
            assert desk.screen.probe()["digits"] == 0, widget.objectName()
    desk.type("\n")
    assert desk.heard == []
    desk.type(copied)
    assert desk.screen.probe()["digits"] == 4, "the same digits, typed"


def test_too_few_digits_and_too_many(desk: Driver) -> None:
    """Three are not sent; a ninth is not taken."""
    desk.type("123\n")
    assert desk.heard == []
    assert "at least 4" in str(desk.screen.probe()["message"])
    desk.type("456789012")
    assert desk.screen.probe()["digits"] == 8


def test_esc_clears_the_pin(desk: Driver) -> None:
    """And nothing else happens."""
    desk.type("12")
    desk.stroke("Esc")
    assert desk.screen.probe()["digits"] == 0
    assert desk.heard == []


def test_a_miss_waits_and_counts_down_in_words(desk: Driver, clock: Clock) -> None:
    """Five seconds: digits and OK are dead, the seconds go down, then it opens again."""
    screen = screen_of(desk)
    screen.refuse(5)
    assert screen.probe()["wait"] == 5
    assert "5 s" in str(screen.probe()["message"])
    desk.type("1001\n")
    assert desk.heard == []
    assert screen.probe()["digits"] == 0
    assert not desk.button("key_1").isEnabled()
    clock.now += 3.5
    screen.panel.pin.tick()
    assert "2 s" in str(screen.probe()["message"])
    clock.now += 1.5
    screen.panel.pin.tick()
    assert screen.probe()["wait"] == 0
    desk.type("1001\n")
    assert desk.answer() == SignIn(1001, "1001")


def test_a_miss_without_wait_lets_type_at_once(desk: Driver) -> None:
    """The words stay until the next digit."""
    screen = screen_of(desk)
    screen.refuse(0)
    assert screen.probe()["message"] == "That PIN does not match. Type it again."
    desk.type("1")
    assert screen.probe()["message"] == ""


def test_while_a_pin_is_checked_nothing_is_taken(desk: Driver) -> None:
    """A second Enter sends nothing."""
    desk.type("1001\n")
    screen_of(desk).set_busy(True)
    desk.type("1001\n")
    assert desk.names == ["sign_in_asked"]


def test_the_lock_says_that_the_sale_is_safe(show: Show) -> None:
    """Seven lines wait, and the one who rang them up is chosen."""
    screen = show("lock")
    assert isinstance(screen, LockScreen)
    with record_text() as log:
        screen.grab()
    assert "Locked · a sale with 7 lines is safe and waiting" in log.texts
    assert "Cashier · sale waiting: 7 lines" in log.texts
    screen.set_waiting_sale(1, 1002)
    assert screen.probe()["person"] == 1002
    assert screen.status.text() == "Locked · a sale with 1 line is safe and waiting"


def test_the_lock_marks_the_owner_also_when_the_people_come_later(show: Show) -> None:
    """The staff are read from the server after the screen is up."""

    def make(host: QWidget) -> Screen:
        screen = LockScreen("Corner Grocer", 2, parent=host)
        screen.set_waiting_sale(3, 1003)
        screen.set_people(PEOPLE)
        return screen

    screen = show(make)
    assert screen.probe()["person"] == 1003
    with record_text() as log:
        screen.grab()
    assert "Supervisor · sale waiting: 3 lines" in log.texts


def test_an_approval_names_the_act_and_goes_back_by_esc(show: Show) -> None:
    """The supervisor's PIN answers; Esc leaves without."""
    request = ApprovalRequest("Void this sale of £12.40", PEOPLE[2:4])
    with driving(show(lambda host: ApprovalOverlay(request, parent=host))) as driver:
        with record_text() as log:
            driver.screen.grab()
        assert "Void this sale of £12.40" in log.texts
        driver.scan("1004")
        driver.type("4004\n")
        assert driver.answer() == SignIn(1004, "4004")
        driver.scan("1001")
        assert driver.refused_scans == ["1001"]
        driver.stroke("Esc")
        assert driver.names == ["approval_asked", "back"]
