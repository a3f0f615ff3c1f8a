"""Giving money back: how much, by which way, the way it was paid first; then the card's slip for a refund."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pos_desktop.domain import tender_kinds
from pos_desktop.domain.money import Currency, format_amount, format_money
from pos_desktop.domain.refund import GiveBack
from pos_desktop.words import later, t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import CardScreen, Words
from ui.register.screens.card import CardPanel
from ui.register.screens.change import ChangeScreen
from ui.register.screens.refund_values import GiveBackView
from ui.widgets.key import Key
from ui.widgets.labels import AmountLabel, Label

NAMES = {
    "cash": later("Cash"),
    "card": later("To the card"),
    "gift_card": later("To the gift card"),
    "store_credit": later("Store credit"),
    "account": later("To the account"),
}
NOT_HERE = later("Give the money back, or go back to add items.")


def way_words(way: GiveBack, currency: Currency) -> str:
    """One way of giving back in words: ``To the card, slip A1729: £12.00``."""
    name = t(NAMES[way.kind]) if way.kind in NAMES else tender_kinds.NAMES[way.kind]
    money = format_money(way.amount, currency)
    if way.ref and way.kind == "card":
        return t("{name}, paid with slip {ref}: {money}", name=name, ref=way.ref, money=money)
    return f"{name}: {money}"


class GiveBackScreen(CardScreen):
    """Signals: ``given()`` give it back as it stands here; ``cash_asked()`` all of it in cash;
    ``credit_asked()`` as a store credit; ``back()``."""

    given = Signal()
    cash_asked = Signal()
    credit_asked = Signal()
    back = Signal()

    name = "give_back"
    scan_policy = "take"
    card_width = 760

    def __init__(
        self, view: GiveBackView, *, keys: Keymap | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._view, self._busy = view, False
        due = format_money(sum(way.amount for way in view.ways), view.currency)
        self.body.addWidget(Label(t("To give back"), role="title", align="center"))
        self.body.addWidget(AmountLabel(due, role="due", tone="danger", align="center"))
        for way in view.ways:
            words = way_words(way, view.currency)
            self.body.addWidget(Label(words, role="heading", align="center", max_lines=2))
        self.words = Words(view.note, role="body_strong", tone="text2", align="center", max_lines=2)
        self.body.addWidget(self.words)
        self._build_keys(due)

    def _build_keys(self, due: str) -> None:
        self._give = self.action_key(
            Key(
                t("Refund {due}", due=due), icon="hand-coins", variant="danger", role="strip_name", height=84
            ),
            "take",
        )
        self._give.clicked.connect(self._given)
        self.body.addWidget(self._give)
        self._back = self.action_key(
            Key(t("Back to sale"), icon="arrow-left", variant="soft", height=64), "back"
        )
        self._back.clicked.connect(self._leave)
        self._cash = self.action_key(Key(t("All of it in cash"), icon="banknote", height=64), "cash")
        self._cash.clicked.connect(self.cash_asked)
        self._cash.setVisible(self._other)
        self._credit = self.action_key(Key(t("As store credit"), icon="gift", height=64), "credit")
        self._credit.clicked.connect(self.credit_asked)
        self._credit.setVisible(self._view.credit)
        self.row(self._back, self._cash, self._credit)

    @property
    def _other(self) -> bool:
        return any(way.kind != "cash" for way in self._view.ways)

    def _given(self) -> None:
        if not self._busy:
            self.given.emit()

    def _leave(self) -> None:
        if not self._busy:
            self.back.emit()

    def set_busy(self, busy: bool) -> None:
        """While the refund is recorded no key does anything."""
        self._busy = busy
        for key in (self._give, self._back, self._cash, self._credit):
            key.setEnabled(not busy)

    def say(self, words: str) -> None:
        """Show what stood in the way."""
        self.words.say(words or self._view.note, "warn" if words else "text2")

    def handle_scan(self, code: str) -> bool:
        """Nothing is added while money is given back."""
        del code
        self.say(t(NOT_HERE))
        return False

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here; nothing is bound to Enter."""
        if self._busy:
            return {}
        doing: dict[str, Action] = {"take": self._give.click, "back": self._back.click}
        doing |= {"credit": self._credit.click} if self._view.credit else {}
        return {**doing, "cash": self._cash.click} if self._other else doing

    def probe(self) -> dict[str, object]:
        """What goes back and how."""
        view = self._view
        return {
            "screen": self.name,
            "due": format_amount(sum(way.amount for way in view.ways), view.currency),
            "ways": [way_words(way, view.currency) for way in view.ways],
            "message": self.words.text(),
        }


class CardBackPanel(CardPanel):
    """A refund put on the card terminal: its slip's reference, or that it was not done."""

    def __init__(
        self,
        amount: int,
        currency: Currency,
        unknown: bool = False,
        *,
        keys: Keymap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(amount, currency, unknown, keys=keys, parent=parent)
        self._paid.set_label(t("Refunded"))
        self._not_paid.set_label(t("Not refunded"))

    def _show(self) -> None:
        super()._show()
        unknown = self._unknown
        self._heading.set_text(
            t("Was the card refunded?") if unknown else t("Card refund: follow the terminal")
        )
        if unknown:
            self._do.set_text(
                t(
                    "We don't know if the card was refunded. Check the terminal slip. "
                    "Whatever you answer here needs a supervisor's PIN."
                )
            )
        else:
            self._do.set_text(t("Choose refund on the terminal, put in this amount, and note the slip."))


class GivenBackScreen(ChangeScreen):
    """After a refund: what to hand to the customer, as large as change."""

    done = later("Refunded")

    def _heading(self) -> str:
        return t("Give back")

    def _given(self) -> str:
        view = self._view
        rows = [f"{name} {format_money(amount, view.currency)}" for name, amount in view.given]
        return " · ".join(rows)
