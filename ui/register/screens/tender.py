"""Taking payment: what is still to pay, quick sums with their change, the pad, cash or card."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from pos_desktop.domain.barcode import card_within
from pos_desktop.domain.basket import Basket, Totals
from pos_desktop.domain.money import Currency, format_amount, format_money
from pos_desktop.domain.tender import QUICK_KEYS, TenderError, Tendering, quick_amounts
from pos_desktop.words import later, t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import PageScreen
from ui.register.screens.tender_parts import (
    DueCard,
    KindKeys,
    PaymentsRow,
    QuickKey,
    SaleSummary,
    note_places,
    rounded_words,
)
from ui.register.screens.tender_words import change_note, give_back_words, paid_words, undo_words
from ui.register.screens.typed import TypedNumber, typed_amount
from ui.register.screens.values import CardAsked, CashGiven, OtherAsked, PaymentRemoved
from ui.theme import theme
from ui.widgets.key import Key
from ui.widgets.keypad import Keypad
from ui.widgets.labels import EntryDisplay, Label, Tone
from ui.widgets.surface import Card

NOT_HERE = later("Finish the payment, or go back to add items.")
NOTHING_TYPED = later("Type what the customer gives, or tap a sum.")
PAID_ALREADY = later("Money is taken already. Tap a payment to give it back first.")
RECORDING = later("Recording the sale. Keep the money here.")
NOT_NOW = later("not while offline")
ONLY_CASH_OVER = later("Only cash pays more than is due. Type a smaller amount.")


class TenderScreen(PageScreen):
    """Shows a Tendering and asks for changes to it; the window owns the payments.

    Signals: ``cash_given(object)`` CashGiven, ``card_asked(object)`` CardAsked, ``other_asked(object)``
    OtherAsked, ``payment_removed(object)`` PaymentRemoved, ``cancelled()`` give everything back, ``back()``
    to the sale (only with nothing taken).
    """

    cash_given = Signal(object)
    card_asked = Signal(object)
    other_asked = Signal(object)
    payment_removed = Signal(object)
    cancelled = Signal()
    back = Signal()

    name = "tender"
    scan_policy = "take"

    def __init__(
        self, currency: Currency, *, keys: Keymap | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._currency = currency
        self._tendering = Tendering(0)
        self._number = TypedNumber(currency.digits)
        self.sale = SaleSummary(currency, self.hint("back"))
        self.sale.back.connect(self._leave)
        self.due = DueCard()
        self.payments = PaymentsRow()
        self.payments.removed.connect(self._remove)
        self._asked = self._standing = self._rounded = ""
        self._kinds_taken: tuple[str, ...] = ("cash", "card")
        self._recording = False
        self._compact: bool | None = None
        self._build()

    # -- building --------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._left, self._centre, self._side = QWidget(), QVBoxLayout(), QWidget()
        left, side = QVBoxLayout(self._left), QVBoxLayout(self._side)
        for column in (left, self._centre, side):
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(theme().px(8))
        left.addWidget(self.sale, 1)
        self._fill_centre(self._centre)
        self._kinds = self._kind_keys()
        side.addWidget(Label(t("How are they paying?"), role="body_strong", tone="text2", max_lines=2))
        side.addStretch(1)
        row = QHBoxLayout(self)
        margin = theme().px(12)
        row.setContentsMargins(margin, margin, margin, margin)
        row.setSpacing(margin)
        row.addWidget(self._left)
        row.addLayout(self._centre, 1)
        row.addWidget(self._side)
        self._arrange(compact=False)

    def _fill_centre(self, column: QVBoxLayout) -> None:
        column.addWidget(self.due)
        column.addWidget(self.payments)
        self._caption = Label(t("Cash: tap what the customer gives you"), role="body_strong", tone="text2")
        column.addWidget(self._caption)
        grid = QGridLayout()
        grid.setSpacing(theme().px(8))
        self.quick = [QuickKey(name=f"quick_{n}") for n in range(QUICK_KEYS)]
        for index, key in enumerate(self.quick):
            grid.addWidget(key, index // 3, index % 3)
            key.clicked.connect(lambda _checked=False, k=key: self._cash(k.minor))
            key.held.connect(lambda k=key: self._add(k.minor))
        for part in range(3):
            grid.setColumnStretch(part, 1)
        column.addLayout(grid)
        column.addWidget(self._pad_card(), 1)

    def _pad_card(self) -> Card:
        card = Card(padding=10, spacing=4)
        self._entry = EntryDisplay(t("Amount given. Hold a sum above to add it up"))
        self._pad = Keypad("tender")
        self._pad.pressed.connect(self.typed)
        self._pad.key("enter").set_hint(self.hint("take"))
        card.body.addWidget(self._entry)
        card.body.addWidget(self._pad, 1)
        return card

    def _kind_keys(self) -> KindKeys:
        kinds = KindKeys()
        for action, key, pressed in (
            ("cash", kinds.cash, self._take),
            ("card", kinds.card, self._card),
            ("other", kinds.other, self._other),
        ):
            self.action_key(key, action).clicked.connect(pressed)
        self._cash_key, self._card_key = kinds.cash, kinds.card
        self._cancel_key = self.action_key(
            Key(t("Cancel payment"), icon="x", variant="danger", height=60), "cancel"
        )
        self._cancel_key.clicked.connect(self._cancel)
        return kinds

    def _arrange(self, *, compact: bool) -> None:
        """In a narrow window the basket needs the width of the third column: its keys go to the other two."""
        if compact == self._compact:
            return
        self._compact = compact
        left, side = self._left.layout(), self._side.layout()
        assert isinstance(left, QVBoxLayout)
        assert isinstance(side, QVBoxLayout)
        if compact:
            self._kinds.set_row(True)
            left.addWidget(self.payments)
            left.addWidget(self._cancel_key)
            self._centre.insertWidget(self._centre.count() - 1, self._kinds)
        else:
            self._kinds.set_row(False)
            self._centre.insertWidget(1, self.payments)
            side.insertWidget(1, self._kinds)
            side.addWidget(self._cancel_key)
        self.payments.set_stacked(compact)
        self._side.setVisible(not compact)
        self._show_caption()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width: the basket keeps room for whole names, the pad for thumbs."""
        logical = self.width() * 100 / theme().scale
        self._arrange(compact=logical < 1200)
        left, right = (600.0, 360.0) if logical >= 1600 else (440.0, 250.0)
        self._left.setFixedWidth(theme().px(left))
        self._side.setFixedWidth(theme().px(right))
        super().resizeEvent(event)

    def _show_caption(self) -> None:
        # Once payments stand there, or in a narrow window, the line's height is needed; the keys speak.
        self._caption.setVisible(not self._tendering.tenders and not self._compact)

    # -- showing ---------------------------------------------------------------------------------------

    def show_sale(self, basket: Basket, totals: Totals, tendering: Tendering) -> None:
        """Show a sale to be paid and what is paid of it."""
        self.sale.show_sale(basket, totals)
        self.show_tendering(tendering)

    def show_tendering(self, tendering: Tendering) -> None:
        """Show the payments as they are now; what was typed is used up."""
        self._tendering = tendering
        self._set_recording(False)
        self._number = self._number.press("clear")
        currency = self._currency
        self.due.amount.set_text(format_money(tendering.remaining, currency))
        self.due.paid.set_text(paid_words(tendering, currency))
        self._rounded = rounded_words(tendering, currency)
        self.say("")
        self.payments.show_payments(tendering.tenders, currency)
        self._show_caption()
        self._show_quick()
        self._show_entry()

    def set_offered(self, kinds: tuple[str, ...], words: str) -> None:
        """Only these kinds of payment are taken now; ``words`` say why, unless something else is said."""
        self._kinds_taken, self._standing = kinds, words
        for kind, key in (("cash", self._cash_key), ("card", self._card_key)):
            key.set_reason("" if kind in kinds else t(NOT_NOW))
        self._kinds.other.set_reason(t(NOT_NOW))
        for quick in (*self.quick, self._pad.key("enter")):
            quick.setEnabled("cash" in kinds)
        self.say("")

    def set_others(self, kinds: tuple[str, ...]) -> None:
        """What is taken beside cash and card, behind one key; a code of it may be scanned here."""
        self._kinds.set_others(kinds)

    def hold_keys(self) -> None:
        """The payment is complete and on its way to the server: from here on no key takes any of it back."""
        self._set_recording(True)

    def show_recording(self) -> None:
        """Say that the server's answer is waited for; for a wait long enough to be noticed."""
        for part in (self.sale, self.payments, self._pad, self._kinds, self._cancel_key):
            part.setEnabled(False)
        self.due.words.say(t(RECORDING), "text2")

    def _set_recording(self, recording: bool) -> None:
        self._recording = recording
        for part in (self.sale, self.payments, self._pad, self._kinds, self._cancel_key):
            part.setEnabled(True)

    def _show_quick(self) -> None:
        amounts = quick_amounts(self._tendering.cash_remaining, self._currency)
        places = note_places(amounts, self._currency)
        hints = {index: self.hint(f"note_{n}") for n, index in enumerate(places, 1)}
        for index, key in enumerate(self.quick):
            key.setVisible(index < len(amounts))
            if index >= len(amounts):
                continue
            key.minor = amounts[index]
            change = key.minor - self._tendering.cash_remaining
            key.set_label(format_amount(key.minor, self._currency))
            key.set_note(t("Exact") if index == 0 else change_note(change, self._currency))
            key.set_variant("outline-pay" if index == 0 else "plain")
            key.set_hint(self.hint("exact") if index == 0 else hints.get(index, ""))

    def _show_entry(self) -> None:
        currency, typed = self._currency, self.typed_minor
        self._entry.set_value(self._number.shown or format_amount(0, currency), quiet=self._number.empty)
        asked = typed or self._tendering.remaining
        fits = asked <= self._tendering.remaining
        to_card = t("{money} to terminal", money=format_money(asked, currency))
        self._card_key.set_note(to_card if fits else t("more than is due"))
        taken = t("take {money}", money=format_money(typed, currency))
        self._cash_key.set_note(taken if typed else t("drawer opens"))
        change = typed - self._tendering.cash_remaining
        self._pad.key("enter").set_note(change_note(change, currency) if change > 0 else "")

    @property
    def typed_minor(self) -> int:
        """What is typed on the pad, minor units."""
        return typed_amount(self._number.text, self._currency)

    def say(self, words: str, tone: Tone = "warn") -> None:
        """Show a sentence beside the amount, until the next key."""
        self._asked = ""
        told = words or self._standing
        self.due.words.say(told or self._rounded, tone if told else "text2")

    # -- answering -------------------------------------------------------------------------------------

    def typed(self, name: str) -> bool:
        """Digits go to the pad's amount, Enter takes it as cash."""
        if self._recording:
            return True
        if name == "enter":
            self._take()
            return True
        if name not in (".", "00", "backspace", "clear") and not name.isdigit():
            return False
        self.say("")
        self._number = self._number.press(name)
        self._show_entry()
        return True

    def _add(self, minor: int) -> None:
        total = format_amount(self.typed_minor + minor, self._currency)
        self._number = TypedNumber(self._currency.digits, total.replace(" ", ""))
        self.say("")
        self._show_entry()

    def _take(self) -> None:
        if "cash" not in self._kinds_taken:
            self.say("")
            return
        if not self.typed_minor:
            self.say(t(NOTHING_TYPED))
            return
        self._cash(self.typed_minor)

    def _cash(self, minor: int) -> None:
        try:
            self._tendering.add_cash(minor, self._currency)
        except TenderError as rule:
            self.say(str(rule))
            return
        self.cash_given.emit(CashGiven(minor))

    def _card(self) -> None:
        minor = self.typed_minor or self._tendering.remaining
        try:
            self._tendering.add_card(minor)
        except TenderError as rule:
            self.say(str(rule))
            return
        self.card_asked.emit(CardAsked(minor))

    def _other(self, _checked: bool = False, code: str = "") -> None:
        minor = self.typed_minor or self._tendering.remaining
        if minor > self._tendering.remaining:
            self.say(t(ONLY_CASH_OVER))
            return
        self.other_asked.emit(OtherAsked(minor, code))

    def _remove(self, index: int) -> None:
        """At one tap, but for what a hand cannot give back: a card is refunded first, so it takes two."""
        if self._recording:
            return
        payment = self._tendering.tenders[index]
        words = undo_words(payment, self._currency)
        if not words or self._sure(f"payment {index}", t("{words}, then tap it again.", words=words)):
            self.payment_removed.emit(PaymentRemoved(index))

    def _cancel(self) -> None:
        tenders = self._tendering.tenders
        todo = give_back_words(tenders, self._currency)
        if not todo or self._sure("cancel", t("{todo} Then cancel again.", todo=todo)):
            self.cancelled.emit()

    def _sure(self, what: str, words: str) -> bool:
        """Whether this was asked just before; if not, say what has to be done with the money first."""
        if self._asked == what:
            return True
        self.say(words)
        self._asked = what
        return False

    def _leave(self) -> None:
        if not self._number.empty:
            self.typed("clear")
        elif self._tendering.tenders:
            self.say(t(PAID_ALREADY))
        else:
            self.back.emit()

    def handle_scan(self, code: str) -> bool:
        """Nothing is added to a sale that is being paid; a gift card, credit or voucher pays."""
        if not self._recording and self._kinds.takes_codes and card_within(code) is None:
            self._other(code=code)
            return True
        self.say(t(NOT_HERE))
        return False

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here; a quick sum that is not offered has no action, nor any once all is paid."""
        if self._recording:
            return {}
        doing: dict[str, Action] = {
            "cash": self._cash_key.click,
            "card": self._card_key.click,
            "take": self._take,
            "back": self.sale.leave,
            "cancel": self._cancel_key.click,
        }
        if self._kinds.offers_others:
            doing["other"] = self._kinds.other.click
        cash = "cash" in self._kinds_taken
        amounts = quick_amounts(self._tendering.cash_remaining, self._currency) if cash else []
        if amounts:
            doing["exact"] = self.quick[0].click
        for number, place in enumerate(note_places(amounts, self._currency), 1):
            doing[f"note_{number}"] = self.quick[place].click
        return doing

    def probe(self) -> dict[str, object]:
        """What is to pay, what is paid, what is typed and said."""
        currency, tendering = self._currency, self._tendering
        return {
            "screen": self.name,
            "lines": self.sale.model.rowCount(),
            "total": format_amount(tendering.total, currency),
            "remaining": format_amount(tendering.remaining, currency),
            "cash": format_amount(tendering.cash_remaining, currency),
            "rounding": format_amount(tendering.rounding, currency),
            "paid": format_amount(tendering.given, currency),
            "payments": len(tendering.tenders),
            "typed": self._number.text,
            "message": self.due.words.text(),
        }
