"""The books say too little is left of an item the shop wants asked about: sell it anyway, or leave it out."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pos_desktop.domain.quantity import format_qty
from pos_desktop.words import later, t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import OverlayScreen, Words
from ui.register.screens.values import StockQuestion
from ui.widgets.key import Key
from ui.widgets.labels import Label

FOOT = later("Scanner is paused. Enter does nothing here on purpose. The sale goes on either way.")


class StockWarning(OverlayScreen):
    """Stock data is often wrong, so an item in the customer's hand can always be sold. No default key.

    Signals: ``sell_anyway()``, ``left_out()``.
    """

    sell_anyway = Signal()
    left_out = Signal()

    name = "stock_warning"
    card_width = 680

    def __init__(
        self, question: StockQuestion, *, keys: Keymap | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._question = question
        self.body.addWidget(Label(self._heading(), role="title", tone="warn", max_lines=2))
        self.body.addWidget(Label(question.item, role="strip_name", max_lines=3))
        self.body.addWidget(Label(self._advice(), role="body_strong", tone="text2", max_lines=3))
        self._sell = self.action_key(
            Key(
                t("Sell anyway"),
                icon="check",
                note=t("it is noted for the manager"),
                role="key_big",
                height=84,
            ),
            "sell_anyway",
        )
        self._leave = self.action_key(
            Key(question.leave or t("Leave it out"), icon="x", variant="danger", role="key_big", height=84),
            "leave_out",
        )
        self._sell.clicked.connect(self.sell_anyway)
        self._leave.clicked.connect(self.left_out)
        self.row(self._sell, self._leave)
        self.words = Words(t(FOOT), role="note", tone="text2", max_lines=2)
        self.body.addWidget(self.words)

    def _heading(self) -> str:
        question = self._question
        left = format_qty(question.on_hand, question.unit)
        if question.on_hand <= 0:
            return t("The stock says none is left")
        return t("The stock says {left} left", left=left)

    def _advice(self) -> str:
        wanted = format_qty(self._question.wanted, self._question.unit)
        return t(
            "This sale would hold {wanted}. If it is here in the shop, the stock is wrong: sell it.",
            wanted=wanted,
        )

    def note_ignored(self, words: str) -> None:
        """In the place of the words that said the scanner is paused."""
        self.words.say(t("Scanner is paused: {words}.", words=words))

    def typed(self, name: str) -> bool:
        """Enter is swallowed and does nothing."""
        return name == "enter"

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        return {"sell_anyway": self._sell.click, "leave_out": self._leave.click}

    def probe(self) -> dict[str, object]:
        """What is asked about which item."""
        return {"screen": self.name, "item": self._question.item, "message": self._heading()}
