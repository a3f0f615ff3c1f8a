"""Opening a shift: the float in the drawer, typed as a sum or counted by notes and coins."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from pos_desktop.domain.money import format_amount, format_money
from pos_desktop.words import later, t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import CardScreen, Words
from ui.register.screens.counting import CountGrid, CountPad, count_row_of
from ui.register.screens.typed import TypedNumber, day_and_date, typed_amount
from ui.register.screens.values import OpeningView, ShiftOpening
from ui.theme import theme
from ui.widgets.key import Key, switch
from ui.widgets.keypad import Keypad
from ui.widgets.labels import EntryDisplay, Label
from ui.widgets.surface import MessageBanner


class ShiftOpenScreen(CardScreen):
    """The float is said, the business date is shown, and the shift opens.

    Signals: ``opened(object)`` carries a ShiftOpening; ``sign_out_asked()``.
    """

    opened = Signal(object)
    sign_out_asked = Signal()

    name = "shift_open"
    card_width = 980
    card_padding = 20
    card_spacing = 10

    def __init__(
        self, view: OpeningView, *, keys: Keymap | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._view = view
        self._number = TypedNumber(view.currency.digits)
        self.words = Words("", role="body_strong", max_lines=2)
        title = t("Open the shift on till {till}", till=view.till)
        self.body.addWidget(Label(title, role="title", max_lines=2))
        date = day_and_date(view.business_date)
        text = later("Drawer {drawer} · business date {date} · {cashier}")
        where = t(text, drawer=view.drawer, date=date, cashier=view.cashier)
        self.body.addWidget(Label(where, role="key", tone="text2", max_lines=2))
        self.banner = MessageBanner()
        self.body.addWidget(self.banner)
        if view.note:
            self.banner.show_message(view.note, "warn")
        self._typed_key = Key(t("Type the float"), icon="keyboard", name="float_typed")
        self._count_key = Key(t("Count notes and coins"), icon="coins", name="float_counted")
        self._typed_key.clicked.connect(lambda: self.count_by_pieces(False))
        self._count_key.clicked.connect(lambda: self.count_by_pieces(True))
        self.row(self._typed_key, self._count_key)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._typing_page())
        self._pages.addWidget(self._counting_page())
        self.body.addWidget(self._pages, 1)
        self.body.addWidget(self.words)
        self._out = self.action_key(Key(t("Sign out"), icon="log-out", variant="soft", height=72), "back")
        self._open = self.action_key(Key("", variant="pay", icon="check", role="key_big", height=72), "take")
        self._out.clicked.connect(self.sign_out_asked)
        self._open.clicked.connect(self._finish)
        self.row(self._out, self._open).setStretch(1, 3)
        self.count_by_pieces(False)

    def _typing_page(self) -> QWidget:
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme().px(8))
        self._entry = EntryDisplay(
            t("Float put into the drawer, {symbol}", symbol=self._view.currency.symbol)
        )
        self._pad = Keypad("tender")
        self._pad.key("enter").set_label(t("Open the shift"))
        self._pad.pressed.connect(self.typed)
        box.addWidget(self._entry)
        box.addWidget(self._pad, 1)
        page.setMaximumWidth(theme().px(620))
        holder = QWidget()
        middle = QVBoxLayout(holder)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addWidget(page, 1, Qt.AlignmentFlag.AlignHCenter)
        page.setMinimumWidth(theme().px(560))
        return holder

    def _counting_page(self) -> QWidget:
        page = QWidget()
        self.grid = CountGrid(self._view.currency)
        self._count_pad = CountPad(t("Float counted"), self._view.currency)
        line = count_row_of(self.grid, self._count_pad)
        line.setContentsMargins(0, 0, 0, 0)
        page.setLayout(line)
        self.grid.changed.connect(lambda _sum: self._show())
        return page

    @property
    def counting(self) -> bool:
        """The float is being counted rather than typed."""
        return self._pages.currentIndex() == 1

    def count_by_pieces(self, pieces: bool) -> None:
        """Count by notes and coins, or type the sum."""
        self._pages.setCurrentIndex(1 if pieces else 0)
        switch([self._typed_key, self._count_key], self._count_key if pieces else self._typed_key)
        other = self._typed_key if pieces else self._count_key
        for key in (self._typed_key, self._count_key):
            key.set_hint(self.hint("by_pieces") if key is other else "")
        self._show()

    @property
    def amount(self) -> int:
        """The float so far, minor units."""
        return self.grid.total if self.counting else typed_amount(self._number.text, self._view.currency)

    def typed(self, name: str) -> bool:
        """Digits go to the sum or to the chosen row; Enter opens only from a typed sum."""
        self.words.say("")
        if self.counting:
            return self.grid.press(name)
        if name == "enter":
            self._finish()
            return True
        if name not in (".", "00", "backspace", "clear") and not name.isdigit():
            return False
        self._number = self._number.press(name)
        self._show()
        return True

    def _show(self) -> None:
        currency = self._view.currency
        text = self._number.shown or format_amount(0, currency)
        self._entry.set_value(text, quiet=self._number.empty)
        self._open.set_label(t("Open the shift with {amount}", amount=format_money(self.amount, currency)))

    def _finish(self) -> None:
        if not self.counting and self._number.empty:
            self.words.say(t("Type the float first. Type 0 if the drawer is empty."))
            return
        self.opened.emit(ShiftOpening(self.amount, self.grid.counts if self.counting else ()))

    def set_busy(self, busy: bool) -> None:
        """The shift is being opened; no second press is taken."""
        self._open.set_reason(t("Opening the shift") if busy else "")

    def say(self, words: str) -> None:
        """Show what stood in the way."""
        self.set_busy(False)
        self.words.say(words)

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        return {
            "take": self._open.click,
            "by_pieces": lambda: self.count_by_pieces(not self.counting),
            "back": self._out.click,
            "up": lambda: self._press("up"),
            "down": lambda: self._press("down"),
        }

    def _press(self, name: str) -> None:
        self.typed(name)

    def probe(self) -> dict[str, object]:
        """The float so far, in words and in minor units."""
        return {
            "screen": self.name,
            "float": format_amount(self.amount, self._view.currency),
            "business_date": self._view.business_date.isoformat(),
            "message": self.words.text() or self.banner.text(),
        }
