"""Scans and typing on one wire: nothing typed is lost or doubled, no scan reaches a text box."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from ui.key_events import deliver, send_key, send_keys, send_scan
from ui.scan_input import ScanInput, ScanSettings

CODE = "5010012345678"


class Box(QLineEdit):
    """A text box that counts the presses and releases that reach it."""

    def __init__(self) -> None:
        super().__init__()
        self.presses: list[int] = []
        self.releases: list[int] = []

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.presses.append(event.key())
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self.releases.append(event.key())
        super().keyReleaseEvent(event)


@dataclass
class Desk:
    """A window with a focused text box, and everything the scan filter said."""

    window: QWidget
    box: Box
    scans: ScanInput
    scanned: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)


@pytest.fixture
def desk(qapp: QApplication, qtbot) -> Iterator[Desk]:
    window = QWidget()
    box = Box()
    QVBoxLayout(window).addWidget(box)
    qtbot.addWidget(window)
    scans = ScanInput(qapp)
    made = Desk(window, box, scans)
    scans.scanned.connect(made.scanned.append)
    scans.unreadable.connect(made.unreadable.append)
    scans.refused.connect(made.refused.append)
    scans.double_read.connect(made.doubles.append)
    window.show()
    window.activateWindow()
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)
    yield made
    qapp.removeEventFilter(scans)
    scans.setParent(None)


def test_a_scan_reaches_the_screen_and_no_text_box(desk: Desk) -> None:
    send_scan(desk.window, CODE)
    assert desk.scanned == [CODE]
    assert desk.box.presses == []
    assert desk.box.releases == []


def test_a_scan_with_no_focus_anywhere(desk: Desk) -> None:
    desk.box.clearFocus()
    assert QApplication.focusWidget() is None
    send_scan(desk.window, CODE)
    assert desk.scanned == [CODE]


def test_codes_in_a_burst_come_in_order_and_none_is_dropped(desk: Desk) -> None:
    codes = [f"50100123456{n:02d}" for n in range(40)]
    for code in codes:
        send_scan(desk.window, code, gap_ms=2, pause_ms=4)
    assert desk.scanned == codes
    assert desk.box.text() == ""


@pytest.mark.parametrize("terminator", ["\n", "\t", "\n\n", "\t\n"])
def test_every_ending_is_swallowed(desk: Desk, terminator: str) -> None:
    entered: list[bool] = []
    desk.box.returnPressed.connect(lambda: entered.append(True))
    send_scan(desk.window, CODE, terminator=terminator)
    assert desk.scanned == [CODE]
    assert entered == []
    assert desk.box.hasFocus()


@pytest.mark.parametrize(
    ("key", "modifiers", "text"),
    [
        (10, Qt.KeyboardModifier.NoModifier, "\n"),
        (Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier, "\n"),
        (Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier, "\r"),
        (Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier, "\r"),
    ],
)
def test_other_ways_scanners_end_a_code(
    desk: Desk, key: int, modifiers: Qt.KeyboardModifier, text: str
) -> None:
    send_scan(desk.window, CODE, terminator="")
    send_key(desk.window, key, modifiers, text, gap_ms=5)
    assert (desk.scanned, desk.unreadable) == ([CODE], [])


def test_typing_arrives_in_order_with_its_releases(desk: Desk, qtbot) -> None:
    send_keys(desk.window, "4011\n", gap_ms=80)
    qtbot.waitUntil(lambda: not desk.scans.pending)
    assert desk.box.text() == "4011"
    assert desk.box.presses == [*map(ord, "4011"), Qt.Key.Key_Return]
    assert desk.box.releases == desk.box.presses
    assert desk.scanned == []


def test_a_lone_key_is_held_for_50_ms_at_most(desk: Desk, qtbot) -> None:
    send_keys(desk.window, "7")
    assert desk.scans.pending
    with qtbot.waitSignal(desk.box.textEdited):
        pass
    assert desk.box.text() == "7"


def test_gaps_count_by_stamp_even_if_the_window_was_busy(desk: Desk, qtbot) -> None:
    """The whole scan waits in the queue while the hold timer has long run out: still a scan."""
    send_keys(desk.window, CODE[:3], gap_ms=10, start_ms=9_000_000)
    hold = desk.scans.findChild(QTimer)
    assert hold is not None
    assert hold.isActive()
    send_keys(desk.window, CODE[3:] + "\n", gap_ms=10, post=True)
    hold.setInterval(0)
    hold.start()
    desk.scans._hold_over()
    qtbot.waitUntil(lambda: bool(desk.scanned))
    assert desk.scanned == [CODE]
    assert desk.box.text() == ""


def test_three_fast_keys_and_enter_are_typing(desk: Desk) -> None:
    send_keys(desk.window, "123\n", gap_ms=20)
    assert desk.box.text() == "123"
    assert desk.scanned == []


def test_a_slow_terminator_is_a_persons(desk: Desk) -> None:
    send_keys(desk.window, "12345", gap_ms=45)
    send_keys(desk.window, "\n", gap_ms=60)
    assert desk.box.text() == "12345"
    assert desk.scanned == []


def test_a_torn_scan_is_unreadable_and_its_late_enter_swallowed(desk: Desk, qtbot) -> None:
    entered: list[bool] = []
    desk.box.returnPressed.connect(lambda: entered.append(True))
    send_keys(desk.window, "50100123", gap_ms=5)
    with qtbot.waitSignal(desk.scans.unreadable):
        pass
    send_keys(desk.window, "\n", gap_ms=90)
    assert desk.unreadable == ["50100123"]
    assert desk.box.text() == ""
    assert entered == []


@pytest.mark.parametrize("bad", [Qt.Key.Key_O, Qt.Key.Key_R, Qt.Key.Key_F4])
def test_a_code_with_a_command_inside_is_unreadable(desk: Desk, bad: Qt.Key) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    start = send_keys(desk.window, "5010", gap_ms=5)
    for number, key in enumerate((bad, bad)):
        send_key(desk.window, key, control, at_ms=start + 5 * (number + 1))
    send_keys(desk.window, "678\n", gap_ms=5)
    assert desk.unreadable == ["5010678"]
    assert desk.scanned == []
    assert desk.box.presses == []


def test_a_code_beginning_with_a_command_does_not_run_it(desk: Desk) -> None:
    stamp = send_key(desk.window, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    send_keys(desk.window, "12345\n", gap_ms=5, start_ms=stamp + 5)
    assert desk.unreadable == ["12345"]
    assert desk.box.presses == []


def test_a_shortcut_inside_a_burst_is_blocked(desk: Desk) -> None:
    stamp = send_keys(desk.window, "501", gap_ms=5)
    override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    override.setTimestamp(stamp + 5)
    override.ignore()
    window = desk.window.windowHandle()
    assert window is not None
    deliver(window, override, post=False)
    assert override.isAccepted()


def test_the_gs1_separator_is_data(desk: Desk) -> None:
    send_scan(desk.window, "0105010012345678\x1d10AB")
    assert desk.scanned == ["0105010012345678\x1d10AB"]


def test_shifted_letters_keep_their_case(desk: Desk) -> None:
    stamp = 20_000_000
    shift = Qt.KeyboardModifier.ShiftModifier
    for character in "AbC1":
        if character.isupper():
            stamp = send_key(desk.window, Qt.Key.Key_Shift, shift, at_ms=stamp + 2)
        modifiers = shift if character.isupper() else Qt.KeyboardModifier.NoModifier
        stamp = send_key(desk.window, ord(character.upper()), modifiers, character, at_ms=stamp + 2)
    send_keys(desk.window, "\n", gap_ms=2)
    assert desk.scanned == ["AbC1"]


def test_128_characters_are_a_code_and_129_are_not(desk: Desk) -> None:
    send_scan(desk.window, "1" * 128)
    send_scan(desk.window, "2" * 129)
    send_scan(desk.window, CODE)
    assert desk.scanned == ["1" * 128, CODE]
    assert desk.unreadable == ["2" * 128]


def test_a_double_read_counts_once_and_a_second_item_twice(desk: Desk) -> None:
    start = send_scan(desk.window, CODE, gap_ms=2)
    send_scan(desk.window, CODE, gap_ms=2, start_ms=start + 40)
    assert desk.scanned == [CODE]
    assert desk.doubles == [CODE]
    send_scan(desk.window, CODE, pause_ms=250)
    assert desk.scanned == [CODE, CODE]


def test_doubles_can_be_allowed(desk: Desk) -> None:
    desk.scans.settings = ScanSettings(drop_doubles=False)
    start = send_scan(desk.window, CODE, gap_ms=2)
    send_scan(desk.window, CODE, gap_ms=2, start_ms=start + 40)
    assert desk.scanned == [CODE, CODE]


def test_paused_refuses_and_counts_but_lets_people_type(desk: Desk) -> None:
    desk.scans.paused = True
    send_scan(desk.window, CODE)
    send_scan(desk.window, "4011")
    assert (desk.scanned, desk.refused, desk.box.text()) == ([], [1, 2], "")
    send_keys(desk.window, "12\n", gap_ms=90)
    assert desk.box.text() == "12"
    desk.scans.paused = False
    send_scan(desk.window, CODE)
    assert desk.scanned == [CODE]
    desk.scans.paused = True
    send_scan(desk.window, CODE)
    assert desk.refused == [1, 2, 1]


def test_a_prefix_makes_short_codes_scans_and_is_cut_off(desk: Desk) -> None:
    desk.scans.settings = ScanSettings(prefix="~")
    send_scan(desk.window, "~42")
    assert desk.scanned == ["42"]


def test_a_held_down_key_repeats_at_once(desk: Desk) -> None:
    window = desk.window.windowHandle()
    assert window is not None
    for number in range(5):
        event = QKeyEvent(
            QEvent.Type.KeyPress, Qt.Key.Key_X, Qt.KeyboardModifier.NoModifier, "x", number > 0, 1
        )
        event.setTimestamp(30_000_000 + 30 * number)
        deliver(window, event, post=False)
    assert desk.box.text() == "xxxxx"


def test_a_click_first_delivers_what_was_typed(desk: Desk) -> None:
    send_keys(desk.window, "9")
    assert desk.box.text() == ""
    window = desk.window.windowHandle()
    assert window is not None
    QTest.mouseClick(window, Qt.MouseButton.LeftButton)
    assert desk.box.text() == "9"
    assert not desk.scans.pending


def test_the_router_sees_typed_keys_before_the_box(desk: Desk) -> None:
    seen: list[int] = []

    def take(event: QKeyEvent) -> bool:
        seen.append(event.key())
        return event.key() == Qt.Key.Key_F12

    desk.scans.router = take
    send_key(desk.window, Qt.Key.Key_F12)
    send_keys(desk.window, "1")
    desk.scans.flush()
    assert seen == [Qt.Key.Key_F12, Qt.Key.Key_1]
    assert desk.box.presses == [Qt.Key.Key_1]
    assert desk.box.releases == [Qt.Key.Key_1]
    send_scan(desk.window, CODE)
    assert seen == [Qt.Key.Key_F12, Qt.Key.Key_1]


typed = st.lists(st.tuples(st.sampled_from("0123456789abcxyz"), st.integers(1, 140)), min_size=1, max_size=24)


@given(keys=typed)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_typed_key_is_lost_or_doubled(desk: Desk, keys: list[tuple[str, int]]) -> None:
    """Every key either reaches the box exactly once, in order, or belongs to a scan or torn scan."""
    desk.box.clear()
    desk.box.presses.clear()
    desk.box.releases.clear()
    desk.unreadable.clear()
    stamp = send_keys(desk.window, "", gap_ms=0) + 1_000
    for character, gap in keys:
        stamp += gap
        send_keys(desk.window, character, start_ms=stamp)
    desk.scans.flush()
    sent = "".join(character for character, _ in keys)
    lost = "".join(desk.unreadable)
    assert len(desk.box.text()) + len(lost) == len(sent)
    assert desk.box.presses == desk.box.releases
    if not lost:
        assert desk.box.text() == sent
    assert all(len(text) >= 6 for text in desk.unreadable)


@given(parts=st.lists(st.sampled_from(["scan", "type", "enter"]), min_size=1, max_size=12))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_scans_between_typing_leave_the_typing_whole(desk: Desk, parts: list[str]) -> None:
    desk.box.clear()
    desk.scanned.clear()
    want_text, want_scans = "", []
    for number, part in enumerate(parts):
        if part == "scan":
            code = f"501001{number:04d}"
            send_scan(desk.window, code)
            want_scans.append(code)
        elif part == "type":
            send_keys(desk.window, "ab", gap_ms=200)
            want_text += "ab"
        else:
            send_keys(desk.window, "\n", gap_ms=200)
    desk.scans.flush()
    assert desk.box.text() == want_text
    assert desk.scanned == want_scans
