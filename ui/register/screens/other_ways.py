"""The ways of paying that are used less often than cash and card, behind one key of the payment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from pos_desktop.words import later, t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import OverlayScreen
from ui.register.screens.values import OtherWay
from ui.theme import theme
from ui.widgets.key import Key
from ui.widgets.labels import Label

WAYS: dict[str, tuple[str, str, str]] = {
    "stored": (later("Gift card, credit, voucher"), later("scan it, or type its code"), "gift"),
    "mobile": ("M-Pesa", later("type the code of the message"), "wallet"),
    "cheque": (later("Cheque"), later("its number, if you note it"), "pen-line"),
    "account": (later("On account"), later("the customer pays later"), "user-check"),
    "points": (later("Points"), later("the customer's own"), "hand-coins"),
}
"""Name of the way: its words, what it asks for, its icon. A stored value is one way: its code says which."""


def ways_of(kinds: Sequence[str]) -> tuple[str, ...]:
    """The keys for these kinds of payment, in their order."""
    names = ("stored" if kind in ("gift_card", "store_credit", "voucher") else kind for kind in kinds)
    return tuple(dict.fromkeys(name for name in names if name in WAYS))


class OtherWays(OverlayScreen):
    """Signals: ``chosen(object)`` carries an OtherWay; ``back()``."""

    chosen = Signal(object)
    back = Signal()

    name = "other_ways"
    scan_policy = "take"
    card_width = 680
    card_padding = 22
    card_spacing = 12

    def __init__(
        self, ways: Sequence[str], *, keys: Keymap | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self.body.addWidget(Label(t("Other ways to pay"), role="title"))
        grid = QGridLayout()
        grid.setSpacing(theme().px(10))
        self._keys = {name: self._key(name) for name in ways}
        for index, key in enumerate(self._keys.values()):
            grid.addWidget(key, index // 2, index % 2)
        for column in range(2):
            grid.setColumnStretch(column, 1)
        self.body.addLayout(grid)
        self._back = self.action_key(
            Key(t("Back to the payment"), icon="arrow-left", variant="soft", height=60), "back"
        )
        self._back.clicked.connect(self.back)
        self.body.addWidget(self._back)

    def _key(self, name: str) -> Key:
        words, note, icon = WAYS[name]
        key = self.action_key(
            Key(t(words), icon=icon, note=t(note), role="heading", form="left", height=84), name
        )
        key.clicked.connect(lambda _checked=False, n=name: self.chosen.emit(OtherWay(n)))
        return key

    def handle_scan(self, code: str) -> bool:
        """A gift card scanned here is what was meant."""
        if "stored" not in self._keys:
            return False
        self.chosen.emit(OtherWay("stored", code))
        return True

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        doing: dict[str, Action] = {name: key.click for name, key in self._keys.items()}
        return {**doing, "back": self._back.click}

    def probe(self) -> dict[str, object]:
        """The ways offered."""
        return {"screen": self.name, "choices": list(self._keys)}
