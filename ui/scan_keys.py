"""What one key event can be to a scan: data, the end of it, a modifier on the way, or something foreign."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_MODIFIERS = frozenset(
    {
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
        Qt.Key.Key_ScrollLock,
        Qt.Key.Key_Super_L,
        Qt.Key.Key_Super_R,
        Qt.Key.Key_Hyper_L,
        Qt.Key.Key_Hyper_R,
    }
)
_TERMINATORS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab})
_COMMANDING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier
_ALT = Qt.KeyboardModifier.AltModifier
_CTRL = Qt.KeyboardModifier.ControlModifier
GROUP_SEPARATOR = "\x1d"


class Kind(Enum):
    """The part a key can play in a scan."""

    PRINTABLE = auto()
    SEPARATOR = auto()
    TERMINATOR = auto()
    MODIFIER = auto()
    COMBINATION = auto()
    COMMAND = auto()


def kind_of(event: QKeyEvent, *, group_separator: bool) -> Kind:
    """What ``event`` is to a scan; a Ctrl or Alt combination is one unless it is AltGr making a character."""
    key, modifiers, text = event.key(), event.modifiers(), event.text()
    if key in _MODIFIERS:
        return Kind.MODIFIER
    if _ends_code(event):
        return Kind.TERMINATOR
    if group_separator and (
        text == GROUP_SEPARATOR or (modifiers == _CTRL and key == Qt.Key.Key_BracketRight)
    ):
        return Kind.SEPARATOR
    printable = len(text) > 0 and text.isprintable()
    altgr = bool(modifiers & _CTRL) and bool(modifiers & _ALT)
    if modifiers & (_COMMANDING | _ALT) and not (altgr and printable):
        return Kind.COMBINATION
    if printable:
        return Kind.PRINTABLE
    return Kind.COMBINATION if text and ord(text[0]) < 32 and not _is_editing(key) else Kind.COMMAND


def _ends_code(event: QKeyEvent) -> bool:
    """Enter or Tab; or a bare line feed or carriage return, also as Ctrl+J or Ctrl+M, as some scanners do."""
    if event.modifiers() & (Qt.KeyboardModifier.MetaModifier | _ALT):
        return False
    if event.modifiers() & _CTRL:
        return event.key() in (Qt.Key.Key_J, Qt.Key.Key_M)
    return event.key() in _TERMINATORS or event.text() in ("\n", "\r")


def _is_editing(key: int) -> bool:
    return key in (Qt.Key.Key_Backspace, Qt.Key.Key_Escape, Qt.Key.Key_Delete, Qt.Key.Key_Backtab)


def copy_of(event: QKeyEvent) -> QKeyEvent:
    """The same event to be sent later; Qt deletes the original when its delivery ends."""
    copy = QKeyEvent(
        event.type(),
        event.key(),
        event.modifiers(),
        event.nativeScanCode(),
        event.nativeVirtualKey(),
        event.nativeModifiers(),
        event.text(),
        event.isAutoRepeat(),
        event.count(),
    )
    copy.setTimestamp(event.timestamp())
    return copy
