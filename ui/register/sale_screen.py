"""The sale: basket, tiles and rail in three layouts, one set of actions, and what a probe can read of it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_desktop.domain.money import format_amount
from pos_desktop.domain.quantity import format_qty
from pos_desktop.words import t
from ui.keymap import Keymap
from ui.register.basket_panel import BasketPanel
from ui.register.basket_rows import off_words
from ui.register.entry import Entry
from ui.register.model import UnknownCode
from ui.register.rail import PadCard, PayKey, QuickRow
from ui.register.ringing import Ringing
from ui.register.sale import Sale
from ui.register.screen import Action, Screen
from ui.register.tiles import ActionRow, TilesPanel
from ui.register.topbar import ScanBox
from ui.theme import SPACE_2, SPACE_3, Layout, theme
from ui.widgets.key import Key, switch

BASKET_WIDTH = {Layout.COMPACT: 540, Layout.NORMAL: 500, Layout.WIDE: 620}
RAIL_WIDTH = {Layout.NORMAL: 300, Layout.WIDE: 360}


class SaleScreen(Screen):
    """The screen a cashier spends the day on; what its keys do is given by the window (``set_actions``)."""

    name = "sale"
    scan_policy = "take"

    def __init__(
        self, sale: Sale, ringing: Ringing, keys: Keymap, box: ScanBox, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._sale, self._ringing = sale, ringing
        self.basket = BasketPanel(sale, keys)
        self.tiles = TilesPanel(sale.currency)
        self.actions_row = ActionRow(keys)
        self.pad = PadCard()
        self.quick = QuickRow(sale, keys)
        self.pay = PayKey(sale, keys)
        self.entry = Entry(box, self.pad, ringing, self)
        self._items_key = Key(t("Items"), icon="layout-grid", name="show_items")
        self._pad_key = Key(t("Keypad"), icon="keyboard", name="show_keypad")
        self._switch = QStackedWidget()
        self._layout: Layout | None = None
        self._mirrored = False
        self._do: Mapping[str, Action] = {}
        self._unknown_do: Mapping[str, Action] = {}
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        for source in (self.basket, self.actions_row, self.quick):
            source.pressed.connect(self.press)
        self.pay.clicked.connect(lambda: self.press("pay"))
        self._items_key.clicked.connect(lambda: self._show_side(0))
        self._pad_key.clicked.connect(lambda: self._show_side(1))
        for key in (self._items_key, self._pad_key):
            key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        sale.asked.connect(self._asked)
        sale.changed.connect(self.entry.refresh)
        sale.changed.connect(lambda: self.actions_row.set_enabled(set(self.key_actions())))

    # -- what the keys do ------------------------------------------------------------------------

    def set_actions(self, sale: Mapping[str, Action], unknown: Mapping[str, Action]) -> None:
        """What the actions do, on the sale and while an unknown code stops it."""
        self._do, self._unknown_do = sale, unknown

    def key_actions(self) -> Mapping[str, Action]:
        """The actions that do something right now."""
        sale = self._sale
        if isinstance(sale.question, UnknownCode):
            return self._unknown_do
        if sale.locked:
            return {name: self._do[name] for name in ("lock",) if name in self._do}
        dead: set[str] = set() if sale.can_pay else {"pay", "exact_cash", "card"}
        if sale.line is None:
            dead |= {"qty", "price", "discount", "remove", "more_of_line", "less_of_line", "up", "down"}
        if not sale.basket.can_undo:
            dead.add("undo")
        return {name: act for name, act in self._do.items() if name not in dead}

    def press(self, action: str) -> None:
        """Do an action of this screen if it does something now."""
        act = self.key_actions().get(action)
        if act is not None:
            act()

    def _asked(self) -> None:
        self.name = "unknown" if isinstance(self._sale.question, UnknownCode) else "sale"

    # -- screen ----------------------------------------------------------------------------------

    def handle_scan(self, code: str) -> bool:
        """A product code; whether it can be taken now is for ringing up to say."""
        self._ringing.scan(code)
        return True

    def shown(self) -> None:
        """Type at once: the caret is in the scan box."""
        self.entry.focus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters and digits typed anywhere go to the scan box."""
        plain = not event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        )
        if self._sale.question is None and plain and event.text().isprintable() and event.text():
            self.entry.focus()
            self.entry.type(event.text())
        else:
            event.ignore()

    def probe(self) -> dict[str, object]:
        """Everything a person can read on the sale."""
        sale = self._sale
        title, detail, amount = self.basket.texts()
        question = sale.question
        return {
            "screen": self.name,
            "lines": len(sale.basket.lines),
            "items": sale.totals.count,
            "total": format_amount(sale.totals.total, sale.currency),
            "message": title,
            "detail": detail,
            "price": amount,
            "entry": self.entry.shown,
            "pay": self.pay.text(),
            "can_pay": sale.can_pay,
            "ignored": sale.ignored,
            "customer": sale.buyer,
            "unknown": question.code if isinstance(question, UnknownCode) else "",
            "page": self.tiles.open_page,
            "names": [line.item.name for line in sale.basket.lines],
            "quantities": [format_qty(line.qty, line.item.unit) for line in sale.basket.lines],
            "promotions": [off_words(line, sale.currency) for line in sale.basket.lines],
            "amounts": [format_amount(line.net, sale.currency) for line in sale.basket.lines],
        }

    # -- layout ----------------------------------------------------------------------------------

    def arrange(self, layout: Layout, *, mirrored: bool) -> None:
        """Lay the parts out for a window class; ``mirrored`` swaps basket and rail for the left hand."""
        if (layout, mirrored) == (self._layout, self._mirrored) and self.layout() is not None:
            return
        self._layout, self._mirrored = layout, mirrored
        self._drop_layout()
        t = theme()
        row = QHBoxLayout(self)
        margin = t.px(SPACE_3)
        row.setContentsMargins(margin, margin, margin, margin)
        row.setSpacing(margin)
        compact = layout is Layout.COMPACT
        parts: list[QLayout] = [self._left(layout)]
        parts += [self._compact_side()] if compact else [self._middle(), self._rail(layout)]
        for part in reversed(parts) if mirrored else parts:
            row.addLayout(part, 0 if part in (parts[0], parts[-1]) and not compact else 1)
        if compact:
            row.setStretch(1 if mirrored else 0, 0)
            self._show_side(self._switch.currentIndex())

    def _drop_layout(self) -> None:
        for widget in (self.tiles, self.pad, self.quick, self.actions_row, self.pay, self.basket):
            widget.setParent(self)
            widget.setVisible(True)
        for extra in (self._items_key, self._pad_key, self._switch):
            extra.setParent(self)
            extra.setVisible(self._layout is Layout.COMPACT)
        old = self.layout()
        if old is not None:
            _take_out(old)
            QWidget().setLayout(old)

    def _column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme().px(SPACE_2))
        return column

    def _left(self, layout: Layout) -> QLayout:
        column = self._column()
        self.basket.setFixedWidth(theme().px(BASKET_WIDTH[layout]))
        column.addWidget(self.basket, 1)
        return column

    def _middle(self) -> QLayout:
        column = self._column()
        column.addWidget(self.tiles, 1)
        column.addWidget(self.actions_row)
        return column

    def _rail(self, layout: Layout) -> QLayout:
        column = self._column()
        for widget in (self.pad, self.quick, self.pay):
            widget.setFixedWidth(theme().px(RAIL_WIDTH[layout]))
        column.addWidget(self.pad, 1)
        column.addWidget(self.quick)
        column.addWidget(self.pay)
        return column

    def _compact_side(self) -> QLayout:
        column = self._column()
        for widget in (self.pad, self.quick, self.pay):
            widget.setMinimumWidth(0)
            widget.setMaximumWidth(16_777_215)
        keys = QHBoxLayout()
        keys.setSpacing(theme().px(SPACE_2))
        keys.addWidget(self._items_key, 1)
        keys.addWidget(self._pad_key, 1)
        pad_side = QWidget()
        inside = QVBoxLayout(pad_side)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme().px(SPACE_2))
        inside.addWidget(self.pad, 1)
        inside.addWidget(self.quick)
        while (old := self._switch.widget(0)) is not None:
            self._switch.removeWidget(old)
        self._switch.addWidget(self.tiles)
        self._switch.addWidget(pad_side)
        column.addLayout(keys)
        column.addWidget(self._switch, 1)
        column.addWidget(self.actions_row)
        column.addWidget(self.pay)
        return column

    def _show_side(self, index: int) -> None:
        switch([self._items_key, self._pad_key], (self._items_key, self._pad_key)[index])
        self._switch.setCurrentIndex(index)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the canvas."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().c.canvas)
        painter.end()


def _take_out(layout: QLayout) -> None:
    """Empty a layout without touching its widgets: a layout given away would take them along."""
    while (item := layout.takeAt(0)) is not None:
        inner = item.layout()
        if inner is not None:
            _take_out(inner)
