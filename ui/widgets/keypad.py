"""Keys to type with by hand: the number pads of sale, tender and PIN, and the on-screen keyboard."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from pos_desktop.words import t
from ui.theme import theme
from ui.widgets.key import Key, no_focus

Kind = Literal["sale", "tender", "pin"]
# name -> (row, column, row span); the pads keep the same order on every screen, and never mirror.
_PLACES: dict[str, dict[str, tuple[int, int, int]]] = {
    "sale": {
        **{str(7 + n): (0, n, 1) for n in range(3)},
        **{str(4 + n): (1, n, 1) for n in range(3)},
        **{str(1 + n): (2, n, 1) for n in range(3)},
        "0": (3, 0, 1),
        "00": (3, 1, 1),
        ".": (3, 2, 1),
        "backspace": (0, 3, 1),
        "qty": (1, 3, 1),
        "enter": (2, 3, 2),
    },
    "tender": {
        **{str(7 + n): (0, n, 1) for n in range(3)},
        **{str(4 + n): (1, n, 1) for n in range(3)},
        **{str(1 + n): (2, n, 1) for n in range(3)},
        "0": (3, 0, 1),
        "00": (3, 1, 1),
        ".": (3, 2, 1),
        "backspace": (0, 3, 1),
        "clear": (1, 3, 1),
        "enter": (2, 3, 2),
    },
    "pin": {
        **{str(1 + n): (0, n, 1) for n in range(3)},
        **{str(4 + n): (1, n, 1) for n in range(3)},
        **{str(7 + n): (2, n, 1) for n in range(3)},
        "backspace": (3, 0, 1),
        "0": (3, 1, 1),
        "enter": (3, 2, 1),
    },
}
_HEIGHTS = {"sale": 60, "tender": 56, "pin": 60}


class Keypad(QWidget):
    """A number pad of fixed order: 7-8-9 on top for selling and tender, 1-2-3 on top for a PIN.

    Signals: ``pressed(str)`` with the key's name: "0".."9", "00", ".", "backspace", "clear", "qty", "enter".
    """

    pressed = Signal(str)

    def __init__(self, kind: Kind = "sale", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Number pads keep their order in right-to-left languages too.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._keys: dict[str, Key] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme().px(7))
        for name, (row, column, rows) in _PLACES[kind].items():
            key = self._make(name, kind)
            self._keys[name] = key
            grid.addWidget(key, row, column, rows, 1)
        for row in range(4):
            grid.setRowStretch(row, 1)
        for column in range(4 if kind != "pin" else 3):
            grid.setColumnStretch(column, 1)

    def _make(self, name: str, kind: Kind) -> Key:
        height = _HEIGHTS[kind]
        if name == "backspace":
            key = Key("", icon="delete", variant="soft", height=height)
            key.setAccessibleName(t("Backspace"))
        elif name == "enter":
            cash = kind == "tender"
            label = t("Take cash") if cash else t("Enter")
            key = Key(label, variant="pay" if cash else "accent", role="key_big", height=height)
        elif name in ("qty", "clear"):
            key = Key({"qty": t("Qty ×"), "clear": t("Clear")}[name], variant="soft", height=height)
        else:
            key = Key(name, role="digit", height=height)
        key.setObjectName(f"key_{name}")
        key.clicked.connect(lambda _checked=False, n=name: self.pressed.emit(n))
        return no_focus(key)

    def key(self, name: str) -> Key:
        """The key called ``name``; KeyError when this pad has none."""
        return self._keys[name]


_ROWS = {
    "qwerty": ("1234567890", "qwertyuiop", "asdfghjkl'", "zxcvbnm,.-"),
    "qwertz": ("1234567890", "qwertzuiopü", "asdfghjklöä", "yxcvbnm,.-"),
    "azerty": ("1234567890", "azertyuiop", "qsdfghjklm", "wxcvbn',.-"),
}


class OnScreenKeyboard(QWidget):
    """Our own keyboard for touch screens; types into its target line edit and never takes the focus.

    Signals: ``typed(str)`` each character; ``done()`` when the person finished.
    """

    typed = Signal(str)
    done = Signal()

    def __init__(
        self, *, layout: Literal["qwerty", "qwertz", "azerty"] = "qwerty", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._target: QLineEdit | None = None
        self._upper = False
        self._letters: list[tuple[Key, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme().px(6))
        for row in _ROWS[layout]:
            box.addLayout(self._letter_row(row))
        box.addLayout(self._command_row())

    def set_target(self, target: QLineEdit | None) -> None:
        """Type into ``target`` from now on; None types nowhere, and only ``typed`` tells."""
        self._target = target

    def _letter_row(self, letters: str) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(theme().px(6))
        for column, letter in enumerate(letters):
            key = no_focus(Key(letter, role="key_big", height=52, name=f"letter_{letter}"))
            key.clicked.connect(lambda _checked=False, text=letter: self._type(text))
            self._letters.append((key, letter))
            grid.addWidget(key, 0, column)
            grid.setColumnStretch(column, 1)
        return grid

    def _command_row(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(theme().px(6))
        shift = Key(t("Shift"), icon="arrow-big-up", variant="soft", height=52, name="shift", checkable=True)
        space = Key(t("Space"), icon="space", height=52, name="space")
        rub = Key("", icon="delete", variant="soft", height=52, name="letter_backspace")
        rub.setAccessibleName(t("Backspace"))
        done = Key(t("Done"), icon="check", variant="accent", height=52, name="keyboard_done")
        shift.toggled.connect(self._set_upper)
        space.clicked.connect(lambda: self._type(" "))
        rub.clicked.connect(self._backspace)
        done.clicked.connect(self.done)
        for column, (key, stretch) in enumerate(((shift, 2), (space, 5), (rub, 1), (done, 2))):
            grid.addWidget(no_focus(key), 0, column)
            grid.setColumnStretch(column, stretch)
        self._shift = shift
        return grid

    def _set_upper(self, upper: bool) -> None:
        self._upper = upper
        for key, letter in self._letters:
            key.set_label(letter.upper() if upper else letter)

    def _type(self, letter: str) -> None:
        text = letter.upper() if self._upper else letter
        if self._target is not None:
            self._target.insert(text)
        self.typed.emit(text)
        if self._upper:
            self._shift.setChecked(False)

    def _backspace(self) -> None:
        if self._target is not None:
            self._target.backspace()
