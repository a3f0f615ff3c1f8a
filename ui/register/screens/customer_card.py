"""The customer of this sale: name, points, house account, and what can be done with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pos_desktop.words import t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import OverlayScreen, Words
from ui.theme import theme
from ui.widgets.key import Key
from ui.widgets.labels import Label


@dataclass(frozen=True, slots=True)
class CustomerView:
    """The customer in words: a name, facts as (what in English, words); whether there is a house account."""

    name: str
    facts: tuple[tuple[str, str], ...]
    account: bool = False
    known: bool = True


class CustomerCard(OverlayScreen):
    """Signals: ``another()`` look for somebody else, ``off()`` nobody is named, ``payment_asked()``,
    ``statement_asked()``, ``back()``."""

    another = Signal()
    off = Signal()
    payment_asked = Signal()
    statement_asked = Signal()
    back = Signal()

    name = "customer_card"
    card_width = 680
    card_padding = 22
    card_spacing = 10

    def __init__(
        self, view: CustomerView, *, keys: Keymap | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._view = view
        self.body.addWidget(Label(view.name, role="title", max_lines=2))
        for what, words in view.facts:
            line = QHBoxLayout()
            line.setSpacing(theme().px(16))
            line.addWidget(Label(t(what), role="heading", tone="text2", max_lines=1), 2)
            line.addWidget(Label(words, role="heading", align="end", max_lines=2), 5)
            self.body.addLayout(line)
        self.words = Words("", role="body_strong", max_lines=2)
        self.body.addWidget(self.words)
        self._keys = self._doing()
        if view.account:
            self.row(self._keys["payment"], self._keys["statement"])
        self.row(self._keys["another"], self._keys["off"])
        self._back = self.action_key(
            Key(t("Back to the sale"), icon="arrow-left", variant="soft", height=60), "back"
        )
        self._back.clicked.connect(self.back)
        self.body.addWidget(self._back)

    def _doing(self) -> dict[str, Key]:
        made = {
            "another": (Key(t("Another customer"), icon="users", height=60), self.another),
            "off": (Key(t("Take off the sale"), icon="x", variant="danger", height=60), self.off),
        }
        if self._view.account:
            made["payment"] = (Key(t("Take a payment"), icon="hand-coins", height=60), self.payment_asked)
            made["statement"] = (Key(t("Print a statement"), icon="printer", height=60), self.statement_asked)
        for name, (key, signal) in made.items():
            self.action_key(key, name)
            key.clicked.connect(signal)
        return {name: key for name, (key, _signal) in made.items()}

    def say(self, words: str) -> None:
        """Show what stood in the way, or what was done."""
        self.words.say(words)

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        doing: dict[str, Action] = {name: key.click for name, key in self._keys.items()}
        return {**doing, "back": self._back.click}

    def probe(self) -> dict[str, object]:
        """The name, the facts, and what is said."""
        return {
            "screen": self.name,
            "customer": self._view.name,
            **{what.lower(): words for what, words in self._view.facts},
            "message": self.words.text(),
        }
