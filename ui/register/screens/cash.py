"""Cash in or out of the drawer beside sales: to the safe, put in, paid out, with an amount and a reason."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from pos_desktop.domain.money import Currency, format_amount, format_money
from pos_desktop.words import later, t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import NumberScreen, Words
from ui.register.screens.typed import TypedNumber, typed_amount
from ui.register.screens.values import CashDirection, CashMoved, Reason
from ui.theme import theme
from ui.widgets.key import Key
from ui.widgets.keypad import Keypad
from ui.widgets.labels import EntryDisplay, Label

MOST_REASONS = 6

_WORDS: dict[CashDirection, tuple[str, str, str]] = {
    "drop": (later("To the safe"), "vault", later("Record {amount} to the safe")),
    "pay_in": (later("Put in"), "arrow-down", later("Record {amount} put in")),
    "pay_out": (later("Pay out"), "arrow-up", later("Record {amount} paid out")),
}


class CashMovementScreen(NumberScreen):
    """A direction, an amount, a reason of that direction, then one key that says all three.

    Signals: ``moved(object)`` carries a CashMoved; ``back()``.
    """

    moved = Signal(object)
    back = Signal()

    name = "cash"
    card_width = 780
    card_padding = 22
    card_spacing = 10

    def __init__(
        self,
        currency: Currency,
        reasons: Mapping[CashDirection, tuple[Reason, ...]],
        *,
        way: CashDirection | None = None,
        keys: Keymap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._currency, self._all_reasons = currency, reasons
        self._reasons: tuple[Reason, ...] = ()
        self._direction: CashDirection | None = None
        self._reason: Reason | None = None
        self._number = TypedNumber(currency.digits)
        self.body.addWidget(Label(t("Cash in or out of the drawer"), role="title", max_lines=2))
        self._ways = {way: self._way_key(way) for way in _WORDS}
        self.row(*self._ways.values(), spacing=8)
        line = QHBoxLayout()
        line.setSpacing(theme().px(16))
        line.addLayout(self._amount_column(), 1)
        line.addLayout(self._reason_column(), 1)
        self.body.addLayout(line)
        self.words = Words("", role="body_strong", max_lines=2)
        self.body.addWidget(self.words)
        self._back = self.action_key(Key(t("Back"), icon="arrow-left", variant="soft", height=64), "back")
        self._take = self.action_key(Key("", icon="check", variant="accent", height=64), "take")
        self._back.clicked.connect(self.back)
        self._take.clicked.connect(self._finish)
        self.row(self._back, self._take).setStretch(1, 2)
        if way is not None:
            self._choose_way(way)
        self._show()

    def _way_key(self, way: CashDirection) -> Key:
        words, icon, _ = _WORDS[way]
        key = self.action_key(Key(t(words), icon=icon, role="heading", height=60), way)
        key.clicked.connect(lambda _checked=False, w=way: self._choose_way(w))
        return key

    def _amount_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        self._entry = EntryDisplay(t("Amount, {symbol}", symbol=self._currency.symbol))
        self._pad = Keypad("tender")
        self._pad.key("enter").set_label(t("Record it"))
        self._pad.key("enter").set_variant("accent")
        self._pad.pressed.connect(self.typed)
        column.addWidget(self._entry)
        column.addWidget(self._pad)
        return column

    def _reason_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        self._why = Label(t("Why"), role="caption", tone="text2", max_lines=2)
        column.addWidget(self._why)
        grid = QGridLayout()
        grid.setSpacing(theme().px(7))
        self._reason_keys: list[Key] = []
        for index in range(MOST_REASONS):
            key = self.action_key(Key("", height=68), f"reason_{index + 1}")
            key.clicked.connect(lambda _checked=False, i=index: self._choose_reason(self._reasons[i]))
            grid.addWidget(key, index // 2, index % 2)
            self._reason_keys.append(key)
        for part in range(2):
            grid.setColumnStretch(part, 1)
        column.addLayout(grid)
        column.addStretch(1)
        return column

    def _choose_way(self, way: CashDirection) -> None:
        if way != self._direction:
            # A reason for paying in says nothing about money that goes out.
            self._direction, self._reason = way, None
            self._reasons = self._all_reasons.get(way, ())[:MOST_REASONS]
        self._show()

    def _choose_reason(self, reason: Reason) -> None:
        self._reason = reason
        self._show()

    @property
    def amount(self) -> int:
        """The amount typed, minor units."""
        return typed_amount(self._number.text, self._currency)

    def typed(self, name: str) -> bool:
        """Digits make the amount, arrows go through the reasons, Enter records once all three are there."""
        if name == "enter":
            self._finish()
            return True
        if name in ("up", "down") and self._reasons:
            self._step_reason(1 if name == "down" else -1)
            return True
        return self._press(name)

    def _step_reason(self, by: int) -> None:
        at = self._reasons.index(self._reason) + by if self._reason in self._reasons else 0
        self._choose_reason(self._reasons[at % len(self._reasons)])

    def _show(self) -> None:
        for way, key in self._ways.items():
            key.setCheckable(True)
            key.setChecked(way == self._direction)
        self._show_reasons()
        text = self._number.shown or format_amount(0, self._currency)
        self._entry.set_value(text, quiet=self._number.empty)
        words = _WORDS[self._direction][2] if self._direction else later("Record {amount}")
        self._take.set_label(t(words, amount=format_money(self.amount, self._currency)))

    def _show_reasons(self) -> None:
        self._why.set_text(t("Why") if self._direction else t("Why: choose above which way the cash goes"))
        for index, key in enumerate(self._reason_keys):
            key.setVisible(index < len(self._reasons))
            if index < len(self._reasons):
                key.set_label(self._reasons[index].words)
                key.setCheckable(True)
                key.setChecked(self._reasons[index] == self._reason)

    def _finish(self) -> None:
        if self._direction is None:
            self.words.say(t("Choose which way the cash goes first."))
        elif not self.amount:
            self.words.say(t("Type the amount first."))
        elif self._reason is None and self._reasons:
            self.words.say(t("Choose why, then record it."))
        else:
            code = self._reason.code if self._reason else ""
            self.moved.emit(CashMoved(self._direction, self.amount, code))

    def say(self, words: str) -> None:
        """Show what stood in the way."""
        self.words.say(words)

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        ways: dict[str, Action] = {way: key.click for way, key in self._ways.items()}
        steps: dict[str, Action] = {
            "up": lambda: self._step_reason(-1),
            "down": lambda: self._step_reason(1),
        }
        shown = zip(self._reason_keys, self._reasons, strict=False)
        reasons: dict[str, Action] = {key.objectName(): key.click for key, _reason in shown}
        return {
            **ways,
            **reasons,
            **(steps if self._reasons else {}),
            "take": self._take.click,
            "back": self._back.click,
        }

    def probe(self) -> dict[str, object]:
        """Direction, amount and reason so far."""
        return {
            "screen": self.name,
            "direction": self._direction or "",
            "amount": format_amount(self.amount, self._currency),
            "reason": self._reason.code if self._reason else "",
            "reasons": [reason.words for reason in self._reasons],
            "message": self.words.text(),
        }
