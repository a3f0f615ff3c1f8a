"""The key map: stable action names per screen, the keys that do them, and the hints shown on the keys."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from PySide6.QtCore import QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from pos_desktop.words import WordTable, t
from ui.keymap_names import SCREENS, WORDS, Binding

# How a key is called on screen, where Qt's own name is too long for a hint.
_CAPS = WordTable(
    {
        "Return": "Enter",
        "Delete": "Del",
        "Insert": "Ins",
        "Del": "Del",
        "Ins": "Ins",
        "Ctrl": "Ctrl",
        "Shift": "Shift",
        "Alt": "Alt",
    }
)
_HINTS = {
    "Escape": "Esc",
    "Up": "↑",
    "Down": "↓",
    "Left": "←",
    "Right": "→",
    "PgUp": "Pg ↑",
    "PgDown": "Pg ↓",
    "Num++": "+",
    "*": "×",
}
_EDITING = frozenset(
    {
        Qt.Key.Key_Delete,
        Qt.Key.Key_Backspace,
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_Return,
        Qt.Key.Key_Enter,
    }
)
# Ctrl combinations a text box needs for itself while the person is typing in it.
_TEXT_COMBOS = frozenset({"Ctrl+Z", "Ctrl+Y", "Ctrl+C", "Ctrl+V", "Ctrl+X", "Ctrl+A"})

# What a person does with the text of the scan box; the register answers these, not the box.
ENTRY_ACTIONS = frozenset({"enter", "times", "take", "next"})


class UnknownKeyError(ValueError):
    """A remapping names a screen, an action or a key that does not exist."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """One key with its modifiers; ``keypad`` means only the one on the number pad."""

    key: int
    modifiers: int
    keypad: bool = False


@cache
def stroke_of(text: str) -> Stroke:
    """ "Ctrl+L", "F12", "Num++" (plus on the number pad) as a stroke; UnknownKeyError otherwise."""
    keypad = text.startswith("Num+")
    sequence = QKeySequence(text.removeprefix("Num+"), QKeySequence.SequenceFormat.PortableText)
    if sequence.count() != 1 or _first(sequence).key() == Qt.Key.Key_unknown:
        raise UnknownKeyError(f"There is no key called {text!r}.")
    combination = _first(sequence)
    return Stroke(int(combination.key()), combination.keyboardModifiers().value, keypad)


def _first(sequence: QKeySequence) -> QKeyCombination:
    # The binding's stubs forget that a QKeySequence can be indexed.
    combination: QKeyCombination = cast(Any, sequence)[0]
    return combination


def stroke_matches(stroke: Stroke, event: QKeyEvent) -> bool:
    """Whether ``event`` is this key; Shift is ignored for symbols, which need it on some keyboards."""
    modifiers = event.modifiers()
    if stroke.keypad and not modifiers & Qt.KeyboardModifier.KeypadModifier:
        return False
    plain = modifiers & ~Qt.KeyboardModifier.KeypadModifier
    if event.text() and event.text().isprintable() and not event.text().isalnum():
        plain &= ~Qt.KeyboardModifier.ShiftModifier
    return _same_key(event.key(), stroke.key) and plain.value == stroke.modifiers


def _same_key(pressed: int, wanted: int) -> bool:
    enters = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    return pressed == wanted or (pressed in enters and wanted in enters)


class Keymap:
    """Which keys do what on each screen; ``remap`` ({screen: {action: [keys]}}) replaces single entries."""

    def __init__(self, remap: Mapping[str, Mapping[str, Sequence[str]]] | None = None) -> None:
        self._keys: dict[str, dict[str, tuple[str, ...]]] = {
            screen: {action: binding.keys for action, binding in actions.items()}
            for screen, actions in SCREENS.items()
        }
        for screen, actions in (remap or {}).items():
            for action, keys in actions.items():
                self._replace(screen, action, tuple(keys))
        self._strokes = {
            screen: [(stroke_of(key), action) for action, keys in actions.items() for key in keys]
            for screen, actions in self._keys.items()
        }

    def _replace(self, screen: str, action: str, keys: tuple[str, ...]) -> None:
        if screen not in self._keys or action not in self._keys[screen]:
            raise UnknownKeyError(f"There is no action {action!r} on the screen {screen!r}.")
        taken = {stroke_of(key) for key in keys}
        for other, bound in self._keys[screen].items():
            if other != action:
                self._keys[screen][other] = tuple(key for key in bound if stroke_of(key) not in taken)
        self._keys[screen][action] = keys

    def screens(self) -> tuple[str, ...]:
        """Every screen that has keys."""
        return tuple(self._keys)

    def actions(self, screen: str) -> tuple[str, ...]:
        """The actions of a screen in the order of the key sheet; a screen without keys has none."""
        return tuple(self._keys.get(screen, {}))

    def keys(self, screen: str, action: str) -> tuple[str, ...]:
        """The keys of an action as portable text, such as "Ctrl+L"; KeyError names an unknown action."""
        return self._keys[screen][action]

    def hints(self, screen: str, action: str) -> list[str]:
        """The keys of an action in the short words used on screen."""
        return [hint_of(key) for key in self._keys.get(screen, {}).get(action, ())]

    def hint(self, screen: str, action: str) -> str:
        """What to paint in a key's corner: the first key, or "F12 or +" when there are two."""
        first, *more = self.hints(screen, action)[:2] or [""]
        return t("{key} or {other}", key=first, other=more[0]) if more else first

    def title(self, screen: str, action: str) -> str:
        """What the action does, in words for the key sheet."""
        binding: Binding = SCREENS[screen][action]
        return t(binding.title, n=binding.n) if binding.title else WORDS[action]

    def sheet(
        self, screen: str, titles: Mapping[str, str], only: Container[str] | None = None
    ) -> list[tuple[list[str], str]]:
        """The lines of the key sheet: key caps and words; numbered actions share one line.

        ``only`` leaves out what does nothing now.
        """
        lines: dict[str, tuple[list[str], str]] = {}
        for action in self.actions(screen):
            caps = self.hints(screen, action)
            if not caps or (only is not None and action not in only):
                continue
            stem, _, number = action.rpartition("_")
            words = titles.get(action) or self.title(screen, action)
            if not number.isdigit() or action in titles:
                lines[action] = (caps, words)
            elif stem in lines:
                lines[stem] = ([lines[stem][0][0], "…", caps[0]], lines[stem][1])
            else:
                lines[stem] = (caps, words.replace(f" {number}", "", 1))
        return list(lines.values())

    def action_for(self, screen: str, event: QKeyEvent) -> str | None:
        """The action ``event`` stands for on ``screen``, or None."""
        for stroke, action in self._strokes.get(screen, []):
            if stroke_matches(stroke, event):
                return action
        return None


def hint_of(key: str) -> str:
    """The short name of a key for people: "Del", "↑", "Ctrl+L"."""
    if key in _HINTS or key in _CAPS:
        return _HINTS.get(key) or _CAPS[key]
    *modifiers, last = key.split("+")
    return "+".join([*(_CAPS.get(one, one) for one in modifiers), _HINTS.get(last) or _CAPS.get(last, last)])


class KeyRouter(QObject):
    """Turns typed keys into the current screen's actions, whatever has focus; text boxes keep their own keys.

    A text box keeps what it needs while it is in use: printable and editing keys, Enter, Ctrl+Z and the like.
    A box marked as the scan box (property "entry") keeps them only while it has text in it, and never keeps
    the keys of ENTRY_ACTIONS.
    Signals: ``action(str)`` with the action's name.
    """

    action = Signal(str)

    def __init__(self, keymap: Keymap, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._keymap = keymap
        self._screen = ""

    @property
    def screen(self) -> str:
        """The screen whose keys count."""
        return self._screen

    @property
    def keymap(self) -> Keymap:
        """The map in use."""
        return self._keymap

    def set_screen(self, screen: str) -> None:
        """Use the keys of ``screen`` from now on."""
        self._screen = screen

    def press(self, action: str) -> None:
        """Do an action by name, as its key would."""
        self.action.emit(action)

    def handle(self, event: QKeyEvent) -> bool:
        """Do the action of ``event`` and say True, or leave it to the focused widget and say False."""
        action = self._keymap.action_for(self._screen, event)
        if action is None or self._kept_by_text(event, action, QApplication.focusWidget()):
            return False
        if event.isAutoRepeat() and action not in ("up", "down"):
            return True
        self.action.emit(action)
        return True

    def _kept_by_text(self, event: QKeyEvent, action: str, focus: QWidget | None) -> bool:
        if isinstance(focus, QLineEdit):
            if focus.property("entry") and (not focus.text() or action in ENTRY_ACTIONS):
                return False
        elif not isinstance(focus, (QPlainTextEdit, QTextEdit)):
            return False
        combo = QKeySequence(event.keyCombination()).toString(QKeySequence.SequenceFormat.PortableText)
        if combo in _TEXT_COMBOS or event.key() in _EDITING:
            return True
        with_control = event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        )
        return bool(event.text()) and event.text().isprintable() and not with_control
