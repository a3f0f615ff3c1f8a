"""The left of the sale: head, last-scan strip, keys of an unknown code, lines, line keys, totals."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from pos_desktop.domain.exemption import relief
from pos_desktop.domain.money import Currency, format_amount, format_money
from pos_desktop.words import t
from ui.keymap import Keymap
from ui.register.basket_rows import basket_row
from ui.register.model import Strip, UnknownCode, grouped, ignored_words, lines_words, pieces_words
from ui.register.sale import Sale
from ui.theme import SPACE_2, SPACE_3, theme
from ui.widgets.basket_list import BasketList, BasketModel, BasketRow
from ui.widgets.canvas import CENTER, Canvas
from ui.widgets.key import Key
from ui.widgets.labels import AmountLabel, Label, PaintedWidget
from ui.widgets.surface import Card, Rule, StripState
from ui.widgets.surface import Strip as StripWidget

_STATES: dict[str, StripState] = {
    "ready": "neutral",
    "info": "neutral",
    "busy": "neutral",
    "added": "added",
    "note": "warn",
    "stop": "danger",
}
_ICONS = {"info": "info", "busy": "clock"}


class _Empty(PaintedWidget):
    """What stands where the lines will be."""

    def sizeHint(self) -> QSize:
        return QSize(theme().px(300), theme().px(160))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        middle, width = self.height() / 2, float(self.width())
        with Canvas.on(self) as canvas:
            side = look.px(48)
            icon = QRectF((width - side) / 2, middle - look.px(64), side, side)
            canvas.icon(icon, "scan-barcode", look.c.text3)
            place = QRectF(0, middle - look.px(4), width, look.px(32))
            canvas.text(
                place, t("Scan an item to start"), look.type("basket_name"), look.c.text2, align=CENTER
            )
            place = QRectF(look.px(16), middle + look.px(30), width - look.px(32), look.px(24))
            words = t("or tap a tile, type a PLU, or search by name")
            canvas.text(place, words, look.type("basket_note"), look.c.text3, align=CENTER)


class BasketPanel(Card):
    """Shows a :class:`Sale`; repaints only what changed.

    Signals: ``pressed(str)`` with a key-map action; ``stepped(int)`` for the − and + keys.
    """

    pressed = Signal(str)
    stepped = Signal(int)

    def __init__(self, sale: Sale, keys: Keymap, parent: QWidget | None = None) -> None:
        super().__init__(padding=0, spacing=0, parent=parent)
        self._sale, self._keymap = sale, keys
        self.model = BasketModel(self)
        self.list = BasketList()
        self.list.setModel(self.model)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.row_chosen.connect(self._chosen)
        self.strip = StripWidget()
        self._head = Label("", role="body_strong", max_lines=1)
        self._counts = Label("", role="basket_note", tone="text2", max_lines=1)
        self._undo = self._action_key(t("Undo"), "undo", variant="ghost", icon="undo-2", height=40)
        self._undo.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        kept = self._undo.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self._undo.setSizePolicy(kept)
        self._customer, self._named = self._customer_keys()
        self._unknown = self._unknown_keys()
        self._pages = QStackedWidget()
        self._pages.addWidget(_Empty())
        self._pages.addWidget(self.list)
        self._line_keys = self._line_bar()
        self._totals = _TotalsBar(sale.currency)
        self._build()
        self._shown_rows: list[BasketRow] = []
        sale.changed.connect(self._show)
        sale.basket_changed.connect(self._show_lines)
        self._show_lines()
        self._show()

    # -- building --------------------------------------------------------------------------------

    def _build(self) -> None:
        t = theme()
        pad = t.px(SPACE_3)
        head = QHBoxLayout()
        head.setContentsMargins(t.px(18), t.px(8), t.px(10), t.px(4))
        head.setSpacing(t.px(10))
        head.addWidget(self._head)
        head.addWidget(self._counts, 1)
        head.addWidget(self._customer)
        head.addWidget(self._undo)
        top = QVBoxLayout()
        top.setContentsMargins(pad, 0, pad, t.px(6))
        top.setSpacing(t.px(SPACE_2))
        top.addWidget(self._named)
        top.addWidget(self.strip)
        top.addWidget(self._unknown)
        self.body.addLayout(head)
        self.body.addLayout(top)
        self.body.addWidget(self._pages, 1)
        self.body.addWidget(self._line_keys)
        self.body.addWidget(Rule())
        self.body.addWidget(self._totals)

    def _action_key(self, label: str, action: str, *, screen: str = "sale", **look: object) -> Key:
        key = Key(label, hint=self._keymap.hint(screen, action), name=action, **look)  # type: ignore[arg-type]
        key.clicked.connect(lambda: self.pressed.emit(action))
        key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return key

    def _customer_keys(self) -> tuple[Key, Key]:
        """A key to name a customer with, and in its place the customer that is named."""
        nobody = self._action_key("", "customer", variant="ghost", icon="user", height=40)
        nobody.setAccessibleName(t("The customer of the sale"))
        nobody.set_hint("")
        nobody.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        named = self._action_key("", "customer", variant="soft", icon="user-check", height=44)
        named.setObjectName("customer_named")
        named.hide()
        return nobody, named

    def _unknown_keys(self) -> QWidget:
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().px(SPACE_2))
        for label, action, icon in (
            (t("Search for it"), "search", "search"),
            (t("Sell at typed price"), "sell_typed", "pencil"),
            (t("Leave it out"), "leave_out", "x"),
        ):
            row.addWidget(self._action_key(label, action, screen="unknown", icon=icon, height=56))
        bar.hide()
        return bar

    def _line_bar(self) -> QWidget:
        bar = QWidget()
        row = QHBoxLayout(bar)
        pad = theme().px(SPACE_3)
        row.setContentsMargins(pad, theme().px(6), pad, theme().px(8))
        row.setSpacing(theme().px(SPACE_2))
        for icon, step, name in (("minus", -1, "less"), ("plus", 1, "one_more")):
            key = Key("", variant="soft", icon=icon, name=name)
            key.setAccessibleName(t("One less of the line") if step < 0 else t("One more of the line"))
            key.clicked.connect(lambda _checked=False, by=step: self.stepped.emit(by))
            key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.addWidget(key, 2)
        row.addWidget(self._action_key(t("Qty"), "qty", variant="soft"), 3)
        row.addWidget(self._action_key(t("Price"), "price", variant="soft"), 3)
        row.addWidget(self._action_key(t("Discount"), "discount", variant="soft"), 4)
        row.addSpacing(theme().px(SPACE_2))
        row.addWidget(self._action_key(t("Remove"), "remove", variant="danger"), 4)
        return bar

    # -- showing ---------------------------------------------------------------------------------

    def set_number(self, number: str) -> None:
        """The number the sale will have in the till's series, in words."""
        self._head.set_text(number)

    def _chosen(self, row: int) -> None:
        if 0 <= row < len(self._sale.basket.lines):
            self._sale.select(self._sale.basket.lines[row].n)

    def _show_lines(self) -> None:
        basket = self._sale.basket
        rows = [basket_row(line, self._sale.currency) for line in basket.lines]
        if rows != self._shown_rows:
            self._shown_rows = rows
            self.model.set_rows(rows)
        self._pages.setCurrentIndex(1 if rows else 0)
        self._totals.show_totals(self._sale)
        count = pieces_words(self._sale.totals)
        lines = lines_words(len(rows))
        self._counts.set_text(f"{count} · {lines}" if rows else t("No items yet"))

    def _show_customer(self, *, busy: bool) -> None:
        buyer = self._sale.buyer
        if buyer != self._named.text():
            self._named.set_label(buyer)
        self._named.setVisible(bool(buyer))
        self._customer.setVisible(not buyer)
        for key in (self._named, self._customer):
            if key.isEnabled() == busy:
                key.setEnabled(not busy)

    def _show(self) -> None:
        sale = self._sale
        unknown = sale.unknown
        if unknown is not None:
            self._show_unknown(unknown)
        else:
            self._show_strip(sale.strip)
        self._unknown.setVisible(unknown is not None)
        index = next((i for i, line in enumerate(sale.basket.lines) if line.n == sale.selected), -1)
        if index >= 0:
            self.list.follow_row(index)
        busy = sale.question is not None or sale.locked
        self._show_customer(busy=busy)
        self._undo.setVisible(sale.basket.can_undo)
        self._undo.setEnabled(not busy)
        self._line_keys.setEnabled(index >= 0 and not busy)
        self._line_keys.setVisible(bool(sale.basket.lines))

    def _show_strip(self, strip: Strip) -> None:
        detail = strip.detail
        if self._sale.ignored:
            detail = ignored_words(self._sale.ignored)
        state = _STATES[strip.kind]
        now = (strip.title, detail, strip.amount)
        if (self.strip.state, self.strip.words) != (state, now):
            self.strip.show_state(state, *now, icon=_ICONS.get(strip.kind, ""))

    def _show_unknown(self, unknown: UnknownCode) -> None:
        code = grouped(unknown.code)
        detail = t("{code} · not added to the sale", code=code)
        if self._sale.ignored:
            detail = f"{detail} · {ignored_words(self._sale.ignored)}"
        title = t("Not on file")
        if self.strip.words != (title, detail, ""):
            self.strip.show_state("unknown", title, detail)

    def texts(self) -> tuple[str, str, str]:
        """Title, detail and amount of the strip, as a person reads them."""
        return self.strip.words


class _TotalsBar(QWidget):
    """Subtotal and tax at the left, what is to pay at the right."""

    def __init__(self, currency: Currency) -> None:
        super().__init__()
        self._currency = currency
        self._left = QVBoxLayout()
        self._left.setSpacing(theme().px(4))
        self._left.addStretch(1)
        self._rows = [
            (Label("", role="basket_note", tone="text2", max_lines=1), AmountLabel("", role="basket_note"))
            for _ in range(3)
        ]
        self._total = AmountLabel("", role="total")
        self._caption = Label(t("To pay"), role="key", tone="text2", align="end", max_lines=1)
        for label, amount in self._rows:
            row = QHBoxLayout()
            row.addWidget(label)
            row.addWidget(amount)
            self._left.addLayout(row)
        self._left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._caption)
        right.addWidget(self._total)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme().px(18), theme().px(8), theme().px(18), theme().px(10))
        row.addLayout(self._left, 2)
        row.addLayout(right, 3)

    def show_totals(self, sale: Sale) -> None:
        """Show the sums of the sale."""
        totals, empty = sale.totals, sale.basket.empty
        word, tax = t("incl. VAT") if sale.basket.tax_mode == "included" else t("plus tax"), totals.tax
        if sale.basket.exempt is not None:
            free = relief(sale.basket, totals.off, totals.subtotal, totals.total)
            word, tax = (t("less exempt tax"), -free) if free else (t("exempt; plus tax"), tax)
        texts = ((t("Subtotal"), totals.subtotal), (t("Savings"), -totals.off), (word, tax))
        for (label, amount), (name, value) in zip(self._rows, texts, strict=True):
            label.set_text("" if empty else name)
            amount.set_text("" if empty else format_amount(value, self._currency))
        for widget in self._rows[1]:
            widget.setVisible(totals.off != 0)
        back = totals.total < 0
        self._caption.set_text(t("To give back") if back else t("To pay"))
        self._total.set_text(format_money(totals.total, self._currency))
        self._total.set_tone("text3" if empty else "danger" if back else "text")
