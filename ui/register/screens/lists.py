"""Lists to choose from: held sales to recall, and receipts of this till to print again."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QWidget

from pos_desktop.domain.money import Currency, format_money
from pos_desktop.domain.receipt import parse_receipt_number
from pos_desktop.words import later, t
from ui.keymap import Keymap
from ui.register.model import lines_words, over_words, sales_words
from ui.register.screen import Action
from ui.register.screens.base import CardScreen, Words
from ui.register.screens.rows import RowList, RowText
from ui.register.screens.values import HeldRow, Recall, ReceiptRow, Reprint, ZRow
from ui.widgets.key import Key
from ui.widgets.labels import Label


class ListScreen(CardScreen):
    """A title, rows or words for none, Back, and a key that takes the chosen row. Signals: ``back()``."""

    back = Signal()

    card_width = 860
    card_padding = 20
    card_spacing = 10
    title = ""
    empty = ""
    take_label = ""
    take_icon = ""

    def __init__(
        self, currency: Currency, *, keys: Keymap | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._currency = currency
        self.body.addWidget(Label(t(self.title), role="title", max_lines=2))
        self.words = Words("", role="body_strong", tone="text2", max_lines=2)
        self.body.addWidget(self.words)
        self.list = RowList()
        self.list.taken.connect(lambda _index: self.take())
        self.body.addWidget(self.list)
        self._back = self.action_key(Key(t("Back"), icon="arrow-left", variant="soft", height=64), "back")
        self._take = self.action_key(
            Key(t(self.take_label), icon=self.take_icon, variant="accent", height=64), "choose"
        )
        self._back.clicked.connect(self.back)
        self._take.clicked.connect(self.take)
        self.row(self._back, self._take).setStretch(1, 2)

    def show_rows(self, texts: tuple[RowText, ...]) -> None:
        """Show these rows, or the words for none."""
        self.list.set_rows(texts)
        self.list.setVisible(bool(texts))
        self._take.setVisible(bool(texts))
        self.words.say("" if texts else t(self.empty), "text2")
        self.words.setVisible(not texts)

    @abstractmethod
    def take(self) -> None:
        """Answer with the chosen row."""

    def say(self, words: str) -> None:
        """Show a sentence over the rows."""
        self.words.say(words)
        self.words.setVisible(bool(words))

    def typed(self, name: str) -> bool:
        """Arrows and page keys choose, Enter takes."""
        if name in ("up", "down"):
            self.list.step(1 if name == "down" else -1)
        elif name in ("page_up", "page_down"):
            self.list.page(1 if name == "page_down" else -1)
        elif name == "enter":
            self.take()
        else:
            return False
        return True

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        return {
            "choose": self.take,
            "up": lambda: self.list.step(-1),
            "down": lambda: self.list.step(1),
            "page_up": lambda: self.list.page(-1),
            "page_down": lambda: self.list.page(1),
            "back": self._back.click,
        }


class HoldListScreen(ListScreen):
    """Held sales of the store; the first till to take one has it. Letters typed leave those of that name.

    Signals: ``recalled(object)`` Recall.
    """

    recalled = Signal(object)

    name = "hold_list"
    title = later("Recall a held sale")
    empty = later("No sale is on hold. Hold one on the sale screen to serve the next customer first.")
    take_label = later("Recall this sale")
    take_icon = "inbox"

    def __init__(
        self,
        rows: tuple[HeldRow, ...],
        currency: Currency,
        *,
        keys: Keymap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(currency, keys=keys, parent=parent)
        self._held: tuple[HeldRow, ...] = ()
        self._rows: tuple[HeldRow, ...] = ()
        self._sought = ""
        self.set_rows(rows)

    def set_rows(self, rows: tuple[HeldRow, ...]) -> None:
        """Show these held sales."""
        self._held = rows
        self._show()

    def seek(self, text: str) -> None:
        """Leave only the sales whose name, item or cashier holds this text; "" shows all again."""
        self._sought = text
        self._show()

    def _show(self) -> None:
        sought = self._sought.strip().casefold()
        self._rows = tuple(row for row in self._held if sought in f"{row.label} {row.by}".casefold())
        self.show_rows(tuple(self._text(row) for row in self._rows))
        if sought:
            if self._rows:
                self.say(t("“{sought}” Backspace shows more.", sought=self._sought))
            else:
                self.say(
                    t("Nothing on hold is called “{sought}”. Backspace shows more.", sought=self._sought)
                )

    def typed(self, name: str) -> bool:
        """Digits are part of the name sought; the rest as in every list."""
        if name.isdigit():
            self.seek(self._sought + name)
        elif name == "backspace":
            self.seek(self._sought[:-1])
        else:
            return super().typed(name)
        return True

    def type_letter(self, letter: str) -> bool:
        """Letters seek a name."""
        if letter == " " and not self._sought:
            return False
        self.seek(self._sought + letter)
        return True

    def _text(self, row: HeldRow) -> RowText:
        lines = lines_words(row.lines)
        note = " · ".join(word for word in (row.at, row.by, lines) if word)
        return RowText(row.label or t("Held sale"), note, format_money(row.total, self._currency))

    def take(self) -> None:
        """Ask for the chosen sale."""
        if self.list.at >= 0:
            self.recalled.emit(Recall(self._rows[self.list.at].sale_id))

    def probe(self) -> dict[str, object]:
        """How many sales are held, and which is chosen."""
        chosen = self._rows[self.list.at].label if self.list.at >= 0 else ""
        return {
            "screen": self.name,
            "held": len(self._held),
            "found": len(self._rows),
            "sought": self._sought,
            "chosen": chosen,
            "message": self.words.text(),
        }


class ReprintScreen(ListScreen):
    """The last receipts of this till; a copy is marked COPY. Signals: ``reprint_asked(object)``,
    ``gift_asked(object)`` without prices, ``invoice_asked(object)`` for a customer's books: Reprint."""

    reprint_asked = Signal(object)
    gift_asked = Signal(object)
    invoice_asked = Signal(object)

    name = "reprint"
    scan_policy = "take"
    title = later("Receipts of this till")
    empty = later("This till has no receipt to print again yet.")
    take_label = later("Print a copy")
    take_icon = "printer"

    def __init__(
        self,
        rows: tuple[ReceiptRow, ...],
        currency: Currency,
        *,
        keys: Keymap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(currency, keys=keys, parent=parent)
        self._rows: tuple[ReceiptRow, ...] = ()
        self._gift = self.action_key(Key(t("Gift receipt"), icon="gift", height=60), "gift")
        self._invoice = self.action_key(Key(t("Tax invoice"), icon="receipt", height=60), "invoice")
        self._gift.clicked.connect(lambda: self._ask(self.gift_asked))
        self._invoice.clicked.connect(lambda: self._ask(self.invoice_asked))
        kinds = self.row(self._gift, self._invoice)
        self.body.removeItem(kinds)
        self.body.insertLayout(self.body.count() - 1, kinds)
        self.set_rows(rows)

    def set_rows(self, rows: tuple[ReceiptRow, ...]) -> None:
        """Show these receipts, newest first."""
        self._rows = rows
        for key in (self._gift, self._invoice):
            key.setVisible(bool(rows))
        self.show_rows(
            tuple(
                RowText(row.number, f"{row.at} · {row.what}", format_money(row.total, self._currency))
                for row in rows
            )
        )

    def take(self) -> None:
        """Ask for a copy of the chosen receipt."""
        self._ask(self.reprint_asked)

    def _ask(self, signal: SignalInstance) -> None:
        if self.list.at >= 0:
            signal.emit(Reprint(self._rows[self.list.at].no))

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        return {**super().key_actions(), "gift": self._gift.click, "invoice": self._invoice.click}

    def handle_scan(self, code: str) -> bool:
        """The barcode of a receipt of this till asks for its copy."""
        parsed = parse_receipt_number(code)
        match = next(
            (row for row in self._rows if parsed and parse_receipt_number(row.number) == parsed), None
        )
        if match is None:
            self.say(t("That is not one of this till's last receipts. Choose from the list."))
            return False
        self.reprint_asked.emit(Reprint(match.no))
        return True

    def probe(self) -> dict[str, object]:
        """How many receipts are listed, and which is chosen."""
        chosen = self._rows[self.list.at].number if self.list.at >= 0 else ""
        return {
            "screen": self.name,
            "receipts": len(self._rows),
            "chosen": chosen,
            "message": self.words.text(),
        }


class ZListScreen(ListScreen):
    """The last Z reports of this till. Signals: ``reprint_asked(object)`` carries a Reprint."""

    reprint_asked = Signal(object)

    name = "z_list"
    title = later("Print a Z report again")
    empty = later("No shift was closed on this till yet.")
    take_label = later("Print a copy")
    take_icon = "printer"

    def __init__(
        self,
        rows: tuple[ZRow, ...],
        currency: Currency,
        *,
        keys: Keymap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(currency, keys=keys, parent=parent)
        self._rows = rows
        self.show_rows(tuple(self._text(row) for row in rows))

    def _text(self, row: ZRow) -> RowText:
        word = over_words(row.over_short)
        amount = format_money(row.over_short, self._currency) if row.over_short else ""
        sales = sales_words(row.sales)
        return RowText(t("Z report {no}", no=row.no), f"{row.day} · {sales} · {word}", amount)

    def take(self) -> None:
        """Ask for the chosen Z report."""
        if self.list.at >= 0:
            self.reprint_asked.emit(Reprint(self._rows[self.list.at].no))

    def probe(self) -> dict[str, object]:
        """How many there are, and which is chosen."""
        chosen = self._rows[self.list.at].no if self.list.at >= 0 else 0
        return {
            "screen": self.name,
            "found": len(self._rows),
            "chosen": chosen,
            "message": self.words.text(),
        }
