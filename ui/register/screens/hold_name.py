"""A name for a sale put aside: typed by keyboard or on the screen, so that any till finds it by it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pos_desktop.words import t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import OverlayScreen, Words
from ui.widgets.key import Key
from ui.widgets.keypad import OnScreenKeyboard
from ui.widgets.labels import EntryDisplay, Label

MAX_NAME = 40


class HoldNameScreen(OverlayScreen):
    """Signals: ``named(str)`` hold it under this name; ``back()``."""

    named = Signal(str)
    back = Signal()

    name = "hold_name"
    card_width = 760
    card_padding = 20
    card_spacing = 10

    def __init__(self, *, keys: Keymap | None = None, parent: QWidget | None = None) -> None:
        super().__init__(keys=keys, parent=parent)
        self._name = ""
        self.body.addWidget(Label(t("Hold the sale under a name"), role="title", max_lines=2))
        self._entry = EntryDisplay(t("Name, or what the customer looks like"))
        self.body.addWidget(self._entry)
        self.words = Words("", role="body_strong", max_lines=1)
        self.body.addWidget(self.words)
        self._keyboard = OnScreenKeyboard()
        self._keyboard.typed.connect(self.type_name)
        self._keyboard.done.connect(self._take)
        self.body.addWidget(self._keyboard)
        self._back = self.action_key(Key(t("Back"), icon="arrow-left", variant="soft", height=60), "back")
        self._hold = self.action_key(Key(t("Hold"), icon="pause", variant="accent", height=60), "take")
        self._back.clicked.connect(self.back)
        self._hold.clicked.connect(self._take)
        self.row(self._back, self._hold).setStretch(1, 2)
        self._show()

    def _show(self) -> None:
        self._entry.set_value(self._name or t("type it"), quiet=not self._name)

    def type_name(self, text: str) -> None:
        """Add characters."""
        self._name = (self._name + "".join(ch for ch in text if ch.isprintable()))[:MAX_NAME].lstrip()
        self.words.say("")
        self._show()

    def _take(self) -> None:
        if self._name.strip():
            self.named.emit(self._name.strip())
        else:
            self.words.say(t("Type a name first."))

    def typed(self, name: str) -> bool:
        """Backspace and Enter; digits are part of the name."""
        if name == "enter":
            self._take()
        elif name == "backspace":
            self._name = self._name[:-1]
            self._show()
        elif name.isdigit() or name in (".", "-"):
            self.type_name(name)
        else:
            return False
        return True

    def type_letter(self, letter: str) -> bool:
        """Letters and spaces belong to the name."""
        self.type_name(letter)
        return True

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        return {"take": self._take, "back": self._back.click}

    def probe(self) -> dict[str, object]:
        """The name so far."""
        return {"screen": self.name, "typed": self._name, "message": self.words.text()}
