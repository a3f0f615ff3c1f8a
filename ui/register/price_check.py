"""Look up: what an item is and costs, without selling it; Enter sells it after all."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from pos_desktop.domain.basket import Item
from pos_desktop.domain.money import Currency, format_money
from pos_desktop.domain.quantity import format_qty
from pos_desktop.services.results import BadCode, Found, Lookup
from pos_desktop.words import t
from ui.keymap import Keymap
from ui.register.model import grouped
from ui.register.screen import Action
from ui.register.screens.base import OverlayScreen
from ui.theme import theme
from ui.widgets.key import Key
from ui.widgets.keypad import Keypad
from ui.widgets.labels import AmountLabel, EntryDisplay, Label

MAX_TYPED = 20


class PriceCheck(OverlayScreen):
    """Signals: ``look_up_asked(str)``, ``add_asked(Item)``, ``back()``."""

    look_up_asked = Signal(str)
    add_asked = Signal(object)
    back = Signal()

    name = "price_check"
    scan_policy = "take"
    card_width = 760

    def __init__(self, currency: Currency, keys: Keymap) -> None:
        super().__init__(keys=keys)
        self._currency = currency
        self._item: Item | None = None
        self._text = ""
        self.body.addWidget(Label(t("Price check"), role="title", max_lines=1))
        self._name = Label(t("Scan the item, or type its code"), role="strip_name", max_lines=3)
        self._price = AmountLabel("", role="total", align="start")
        self._facts = Label(t("Nothing is added to the sale."), role="body", tone="text2", max_lines=3)
        left = QVBoxLayout()
        for widget in (self._name, self._price, self._facts):
            left.addWidget(widget)
        left.addStretch(1)
        self._display = EntryDisplay(t("Code or PLU"))
        pad = Keypad("sale")
        pad.key("qty").setEnabled(False)
        pad.pressed.connect(self.typed)
        right = QVBoxLayout()
        right.addWidget(self._display)
        right.addWidget(pad, 1)
        columns = QHBoxLayout()
        columns.setSpacing(theme().px(24))
        columns.addLayout(left, 1)
        columns.addLayout(right, 1)
        self.body.addLayout(columns)
        self._add = self.action_key(Key(t("Add to the sale"), variant="accent", height=60), "take")
        self._back = self.action_key(Key(t("Back"), icon="arrow-left", height=60), "back")
        self._add.clicked.connect(self._take)
        self._back.clicked.connect(self.back)
        self.row(self._back, self._add)
        self._show()

    # -- answers ---------------------------------------------------------------------------------

    def show_answer(self, answer: Lookup) -> None:
        """Show what a code turned out to be."""
        self._item = answer.item if isinstance(answer, Found) else None
        if isinstance(answer, Found):
            self._show_item(answer.item)
        elif isinstance(answer, BadCode):
            self._say(t("Not a code"), answer.words)
        else:
            self._say(t("Not on file"), grouped(answer.code))
        self._show()

    def show_trouble(self, words: str) -> None:
        """Say that there was no answer."""
        self._item = None
        self._say(t("No answer"), words)
        self._show()

    def _show_item(self, item: Item) -> None:
        price = t("Price is typed") if item.open_price else format_money(item.price, self._currency)
        each = f" / {item.unit}" if item.weighed else ""
        facts = [t("Stock says {on_hand}", on_hand=format_qty(item.on_hand, item.unit))]
        if item.plu:
            facts.insert(0, t("PLU {plu}", plu=item.plu))
        elif item.code:
            facts.insert(0, grouped(item.code))
        if item.min_age:
            facts.append(t("age check {min_age}", min_age=item.min_age))
        if item.blocked:
            facts.append(t("may not be sold"))
        self._name.set_text(item.name)
        self._price.set_text(f"{price}{each}")
        self._facts.set_text(" · ".join(facts))

    def _say(self, title: str, detail: str) -> None:
        self._name.set_text(title)
        self._price.set_text("")
        self._facts.set_text(detail)

    # -- typing ----------------------------------------------------------------------------------

    def typed(self, name: str) -> bool:
        """Take a key of the pad or the keyboard."""
        if name == "enter":
            self._take()
        elif name == "backspace":
            self._text = self._text[:-1]
        elif name.isdigit() and len(self._text) < MAX_TYPED:
            self._text += name
        else:
            return False
        self._show()
        return True

    def _take(self) -> None:
        if self._text:
            code, self._text = self._text, ""
            self._show()
            self.look_up_asked.emit(code)
        elif self._item is not None:
            self.add_asked.emit(self._item)

    def _show(self) -> None:
        self._display.set_value(self._text or "0", quiet=not self._text)
        self._add.setEnabled(self._item is not None and not self._item.blocked)

    # -- screen ----------------------------------------------------------------------------------

    def handle_scan(self, code: str) -> bool:
        """Look the scanned code up."""
        self.look_up_asked.emit(code)
        return True

    def key_actions(self) -> Mapping[str, Action]:
        """Look up or add, and back."""
        return {"take": self._take, "back": self.back.emit}

    def probe(self) -> dict[str, object]:
        """What is shown."""
        return {
            "screen": self.name,
            "message": self._name.text(),
            "price": self._price.text(),
            "detail": self._facts.text(),
            "entry": self._text,
        }
