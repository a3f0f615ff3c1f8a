"""The product in hand: its facts, its price to be changed, and the margin that price would give."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from pos_desktop.domain.money import Currency, format_amount, parse_amount
from pos_desktop.domain.quantity import format_qty
from pos_desktop.domain.tax import format_rate
from pos_desktop.services.manager import Product, Store
from pos_desktop.words import WordTable, t
from ui.keymap import Keymap
from ui.models.products import MAX_PRICE, cost_text, margin_text, shown_code, status
from ui.theme import theme
from ui.widgets.key import Key
from ui.widgets.labels import Chip, Label, State
from ui.widgets.surface import Card

_FACTS = WordTable(
    {
        "margin": "Margin",
        "cost": "Cost",
        "on_hand": "On hand",
        "low": "Reorder at",
        "tax": "Tax",
        "category": "Category",
        "code": "Code",
        "supplier": "Supplier",
    }
)
_STATES: dict[str, State] = {"good": "good", "warn": "warn", "danger": "danger"}


class PriceField(QLineEdit):
    """Where a price is typed. Signals: ``left_alone`` on Esc."""

    left_alone = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves the price as it was."""
        if event.key() == Qt.Key.Key_Escape:
            self.left_alone.emit()
            event.accept()
        else:
            super().keyPressEvent(event)


class ProductDetail(Card):
    """Facts of one product with one Save for what was changed of it.

    Signals: ``save_asked(Product)``, ``undo_asked(Product)``; ``typed(Product, str)`` the price as typed so
    far; ``adjust_asked(Product)``; ``label_asked``; ``history_asked(Product)``; ``left`` when the person goes
    back to the table.
    """

    save_asked = Signal(object)
    undo_asked = Signal(object)
    typed = Signal(object, str)
    adjust_asked = Signal(object)
    label_asked = Signal()
    history_asked = Signal(object)
    left = Signal()

    def __init__(self, store: Store, money: Currency, keys: Keymap, parent: QWidget | None = None) -> None:
        super().__init__(padding=16, spacing=12, parent=parent)
        self.setObjectName("detail")
        self._store, self._money = store, money
        self._product: Product | None = None
        self._busy = self._changed = False
        self._problem = ""
        self.name = Label("", role="heading", max_lines=6)
        self.chip = Chip("", name="status")
        self.price = self._make_price()
        self.facts: dict[str, Label] = {}
        self.note = Label("", role="chip", tone="warn", max_lines=2)
        self.adjust = Key(t("Adjust stock"), icon="package", name="adjust_stock", height=44)
        self.label = Key(t("Label"), icon="barcode", name="label", height=44)
        self.history = Key(t("Sales, stock and prices"), icon="history", name="history", height=44)
        self.undo = Key(t("Undo"), icon="undo-2", name="undo_edit", height=44)
        hint = keys.hint("back", "save")
        self.save = Key(t("Save"), icon="check", variant="accent", hint=hint, name="save", height=44)
        self._build()
        self._connect()
        self.show_product(None)

    def _make_price(self) -> PriceField:
        field = PriceField()
        field.setObjectName("price")
        field.setAccessibleName(t("Price"))
        field.setMaxLength(14)
        return field

    def _build(self) -> None:
        px = theme().px
        self.body.addWidget(self.name)
        self.body.addWidget(self.chip)
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(12))
        grid.setVerticalSpacing(px(12))
        titles = {"included": t("Price ({sign}, incl. tax)"), "added": t("Price ({sign}, before tax)")}
        title = titles.get(self._store.tax_mode, t("Price ({sign})")).format(sign=self._money.symbol)
        grid.addLayout(self._titled(title, self.price), 0, 0, 1, 2)
        for n, (name, words) in enumerate(_FACTS.items()):
            role = "body_strong" if name in ("margin", "on_hand") else "body"
            self.facts[name] = Label("", role=role, max_lines=2)
            grid.addLayout(self._titled(words, self.facts[name]), 1 + n // 2, n % 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self._all = QWidget()
        column = QVBoxLayout(self._all)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(14))
        column.addLayout(grid)
        column.addLayout(_row(self.adjust, self.label))
        column.addWidget(self.history)
        column.addStretch(1)
        column.addWidget(self.note)
        column.addLayout(_row(self.undo, self.save))
        self.body.addWidget(self._all, 1)
        self.body.addStretch()

    def _titled(self, title: str, widget: QWidget) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme().px(4))
        column.addWidget(Label(title, role="chip", tone="text2", max_lines=1))
        column.addWidget(widget)
        column.addStretch(1)
        return column

    def _connect(self) -> None:
        self.price.textEdited.connect(self._typed)
        self.price.returnPressed.connect(self.ask_save)
        self.price.left_alone.connect(self._leave)
        self.undo.clicked.connect(self.ask_undo)
        self.save.clicked.connect(self.ask_save)
        self.adjust.clicked.connect(self.ask_adjust)
        self.label.clicked.connect(self.label_asked)
        self.history.clicked.connect(lambda: self.history_asked.emit(self._product))

    # -- what is shown ---------------------------------------------------------------------------------

    @property
    def product(self) -> Product | None:
        """The product shown."""
        return self._product

    def show_product(self, product: Product | None) -> None:
        """Show a product as it is saved; ``show_draft`` tells what was typed."""
        self._product = product
        self._all.setVisible(product is not None)
        if product is None:
            self.name.set_text(t("No product is chosen."))
            self.chip.hide()
            self.price.clear()
        else:
            self._show_facts(product)
        self._refresh()

    def show_draft(self, price: str | None, problem: str, *, changed: bool) -> None:
        """The price typed and not saved, if any; what is wrong; whether anything waits to be saved."""
        product = self._product
        if product is None:
            return
        text = self._saved_text(product) if price is None else price
        if self.price.text().strip() != text:
            self.price.setText(text)
        self._problem, self._changed = problem, changed
        self._refresh()

    def _show_facts(self, product: Product) -> None:
        self.name.set_text(product.name)
        pill = status(product)
        words = pill.text
        if pill.state == "warn":
            left = format_qty(product.on_hand, product.unit)
            words = t("{status} · {amount} left", status=words, amount=left)
        self.chip.set(words, _STATES[pill.state], pill.icon)
        self.chip.show()
        low = "—" if product.low is None else format_qty(product.low, product.unit)
        texts = {
            "cost": cost_text(product, self._money) or "—",
            "on_hand": format_qty(product.on_hand, product.unit),
            "low": low,
            "tax": f"{product.tax} {format_rate(product.rate)}",
            "category": product.category or "—",
            "code": shown_code(product.code) or "—",
            "supplier": product.supplier or "—",
        }
        for name, text in texts.items():
            self.facts[name].set_text(text)

    def _saved_text(self, product: Product) -> str:
        return format_amount(product.price, self._money)

    def amount(self) -> int | None:
        """The price typed in minor units; None when it is none the server takes."""
        price = parse_amount(self.price.text(), self._money)
        return price if price is not None and 0 <= price <= MAX_PRICE else None

    @property
    def changed(self) -> bool:
        """Whether something of the product waits to be saved."""
        return self._product is not None and self._changed

    def _typed(self, text: str) -> None:
        if self._product is not None:
            self.typed.emit(self._product, text)

    def _refresh(self) -> None:
        product, price = self._product, self.amount()
        if product is not None:
            shown = (
                "—" if price is None else margin_text(replace(product, price=price), self._store, self._money)
            )
            self.facts["margin"].set_text(shown or "—")
        words = self._problem or (t("Changed, not saved") if self.changed else "")
        self.note.set_text(t("Saving…") if self._busy else words)
        self.undo.setEnabled(self.changed and not self._busy)
        self.save.setEnabled(self.changed and not self._problem and not self._busy)

    # -- what can be done ------------------------------------------------------------------------------

    def edit(self) -> None:
        """Type a new price."""
        if self._product is not None:
            self.price.setFocus()
            self.price.selectAll()

    def ask_undo(self) -> None:
        """Ask for what was typed to be forgotten."""
        if self._product is not None and self.changed:
            self.undo_asked.emit(self._product)

    def _leave(self) -> None:
        self.ask_undo()
        self.left.emit()

    def set_busy(self, busy: bool) -> None:
        """A save is under way."""
        self._busy = busy
        self._refresh()

    def ask_save(self) -> None:
        """Ask for what was typed to be saved."""
        if self._product is not None and self.save.isEnabled():
            self.save_asked.emit(self._product)

    def ask_adjust(self) -> None:
        """Ask for a stock correction."""
        if self._product is not None:
            self.adjust_asked.emit(self._product)


def _row(*keys: Key) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme().px(8))
    for key in keys:
        row.addWidget(key)
    return row
