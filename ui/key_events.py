"""Sends real, time-stamped key events to a window: how the robot cashier and the tests type and scan."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import QWidget

from ui.keymap import stroke_of

_NONE = Qt.KeyboardModifier.NoModifier
# Stamps go forward over the whole run, so that what one call typed lies before what the next one types.
_last = [1_000_000]


def _window_of(target: QWidget | QWindow) -> QWindow:
    if isinstance(target, QWindow):
        return target
    window = target.window().windowHandle()
    if window is None:
        raise RuntimeError("The window is not shown yet.")
    return window


def _later(gap_ms: int, at_ms: int | None) -> int:
    _last[0] = at_ms if at_ms is not None else _last[0] + gap_ms
    return _last[0]


def send_key(
    target: QWidget | QWindow,
    key: int,
    modifiers: Qt.KeyboardModifier = _NONE,
    text: str = "",
    *,
    at_ms: int | None = None,
    gap_ms: int = 80,
    post: bool = False,
) -> int:
    """Press and release one key ``gap_ms`` after the last one, or at ``at_ms``; returns its stamp.

    ``post`` queues the events instead of delivering them at once.
    """
    window, stamp = _window_of(target), _later(gap_ms, at_ms)
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, int(key), modifiers, text)
        event.setTimestamp(stamp)
        deliver(window, event, post=post)
    return stamp


def deliver(window: QObject, event: QKeyEvent, *, post: bool) -> None:
    """Send ``event`` now, or queue it behind what is waiting."""
    if post:
        QCoreApplication.postEvent(window, event)
    else:
        QCoreApplication.sendEvent(window, event)


def send_stroke(target: QWidget | QWindow, stroke: str, *, gap_ms: int = 80) -> int:
    """Press a key by its name in the key map, such as "F12", "Ctrl+L" or "Num++"."""
    wanted = stroke_of(stroke)
    modifiers = Qt.KeyboardModifier(wanted.modifiers)
    if wanted.keypad:
        modifiers |= Qt.KeyboardModifier.KeypadModifier
    plain = wanted.modifiers in (0, Qt.KeyboardModifier.ShiftModifier.value)
    text = chr(wanted.key).lower() if plain and 32 < wanted.key < 0x110000 else ""
    if wanted.key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        text = "\r"
    return send_key(target, wanted.key, modifiers, text, gap_ms=gap_ms)


def send_keys(
    target: QWidget | QWindow, text: str, *, gap_ms: int = 80, start_ms: int | None = None, post: bool = False
) -> int:
    """Type ``text`` as a person would, one key every ``gap_ms``; "\\n" is Enter. Returns the last stamp."""
    stamp = _last[0]
    for number, character in enumerate(text):
        at = start_ms if number == 0 else None
        key, modifiers, typed = _key_for(character)
        stamp = send_key(target, key, modifiers, typed, at_ms=at, gap_ms=gap_ms, post=post)
    return stamp


def send_scan(
    target: QWidget | QWindow,
    code: str,
    *,
    gap_ms: int = 5,
    pause_ms: int = 250,
    start_ms: int | None = None,
    terminator: str = "\n",
    post: bool = False,
) -> int:
    """Send ``code`` as a scanner does, ``pause_ms`` after whatever came before; returns the last stamp."""
    start = start_ms if start_ms is not None else _last[0] + pause_ms
    return send_keys(target, code + terminator, gap_ms=gap_ms, start_ms=start, post=post)


def _key_for(character: str) -> tuple[int, Qt.KeyboardModifier, str]:
    if character in "\r\n":
        return Qt.Key.Key_Return.value, _NONE, "\r"
    if character == "\t":
        return Qt.Key.Key_Tab.value, _NONE, "\t"
    if character == "\x1d":
        return Qt.Key.Key_BracketRight.value, Qt.KeyboardModifier.ControlModifier, character
    shifted = Qt.KeyboardModifier.ShiftModifier if character.isupper() else _NONE
    return ord(character.upper()), shifted, character
