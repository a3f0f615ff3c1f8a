"""The history of the product in hand: sold by the week, its prices, and every movement of its stock."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_desktop.domain.money import Currency, format_amount
from pos_desktop.domain.quantity import format_qty
from pos_desktop.services.manager import ManagerDesk, Product, Store
from pos_desktop.services.manager_history import History, Moved, PriceThen, item_history
from pos_desktop.words import t
from ui.models.journal import moment
from ui.tasks import Lanes, Query
from ui.theme import theme
from ui.widgets.bar_chart import BarChart
from ui.widgets.canvas import LEFT, RIGHT, Canvas
from ui.widgets.key import Key, switch
from ui.widgets.labels import Label, PaintedWidget
from ui.widgets.overlay import Overlay

Line = tuple[str, str, str]
"""What it was, a small line below, and the figure at the right."""
_ROW = 46
_PAGE = 7


class _Lines(PaintedWidget):
    """A page of lines."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: Sequence[Line] = ()
        self.setFixedHeight(theme().px(_ROW * _PAGE))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        with Canvas.on(self) as canvas:
            for n, (title, note, figure) in enumerate(self.lines):
                top, height = n * look.px(_ROW), look.px(_ROW)
                canvas.fill(QRectF(0, top + height - 1, self.width(), 1), look.c.line)
                left = QRectF(0, top + look.px(3), self.width() * 0.68, look.px(20))
                canvas.text(left, title, look.type("table_strong"), look.c.text, align=LEFT, max_lines=1)
                low = QRectF(0, top + look.px(23), self.width() * 0.68, look.px(18))
                canvas.text(low, note, look.type("note"), look.c.text2, align=LEFT, max_lines=1)
                right = QRectF(self.width() * 0.68, top, self.width() * 0.32, height)
                canvas.text(
                    right, figure, look.type("table_strong"), look.c.text, align=RIGHT, max_lines=1, ltr=True
                )


def price_line(price: PriceThen, money: Currency, zone: ZoneInfo) -> Line:
    """A price of the past."""
    note = t("{name}, this store", name=price.who)
    if price.every_store:
        note = t("{name}, all stores", name=price.who)
    return moment(price.since, zone), note, format_amount(price.amount, money)


def moved_line(moved: Moved, unit: str, zone: ZoneInfo) -> Line:
    """A movement."""
    sign = "+" if moved.delta > 0 else ""
    note = ", ".join(part for part in (moment(moved.at, zone), moved.who, moved.note) if part)
    title = t("{what}, then {amount}", what=moved.words, amount=format_qty(moved.balance, unit))
    return title, note, f"{sign}{format_qty(moved.delta, unit)}"


class ProductHistory(Overlay):
    """Weeks as bars; prices and movements as pages of lines. Signals: ``trouble(Exception)``."""

    trouble = Signal(object)

    def __init__(
        self, host: QWidget, desk: ManagerDesk, lanes: Lanes, store: Store, money: Currency, product: Product
    ) -> None:
        super().__init__(host, width=640, closes_on_esc=True, name="history")
        self._desk, self._lanes, self._store, self._money = desk, lanes, store, money
        self._product, self._zone = product, ZoneInfo(store.time_zone)
        self._prices: list[Line] = []
        self._moves: list[Line] = []
        self._last: int | None = None
        self._first_line = 0
        self.chart = BarChart(height=110, axis=False)
        self.average = Label("", role="note", tone="text2", align="end", max_lines=1)
        self.movements = Key(t("Movements"), name="show_movements", height=44)
        self.prices = Key(t("Prices"), name="show_prices", height=44)
        self.lines = _Lines()
        self.back = Key("", icon="chevron-up", name="history_back", height=44)
        self.on = Key("", icon="chevron-down", name="history_on", height=44)
        self.close_key = Key(t("Close"), hint="Esc", height=52, name="close_history")
        self._build()
        self._connect()
        switch([self.movements, self.prices], self.movements)

    def _build(self) -> None:
        body = self.card.body
        body.setSpacing(theme().px(10))
        body.addWidget(Label(self._product.name, role="title", max_lines=2))
        head = QHBoxLayout()
        head.addWidget(Label(t("Sold per week"), role="chip", tone="text2", max_lines=1), 1)
        head.addWidget(self.average, 1)
        body.addLayout(head)
        self.chart.setFixedHeight(theme().px(110))
        body.addWidget(self.chart)
        keys = QHBoxLayout()
        keys.setSpacing(theme().px(8))
        for key in (self.movements, self.prices):
            keys.addWidget(key, 2)
        for key, words in ((self.back, t("Newer")), (self.on, t("Older"))):
            key.setAccessibleName(words)
            keys.addWidget(key, 1)
        body.addLayout(keys)
        column = QVBoxLayout()
        column.addWidget(self.lines)
        body.addLayout(column)
        body.addWidget(self.close_key)

    def _connect(self) -> None:
        for key in (self.movements, self.prices):
            key.clicked.connect(lambda _=False, chosen=key: self._show_kind(chosen))
        self.back.clicked.connect(lambda: self._turn(-_PAGE))
        self.on.clicked.connect(lambda: self._turn(_PAGE))
        self.close_key.clicked.connect(self.close_overlay)

    def open(self) -> None:
        """Show what is known and ask for the rest."""
        super().open()
        self._ask()

    def _ask(self) -> None:
        desk, store, item, last = self._desk, self._store.number, self._product.id, self._last
        work = lambda: item_history(desk, store, item, last)  # noqa: E731 - the lane's work
        self._lanes.run(Query(self, work, self._came, self.trouble.emit, replaces="history"))

    def _came(self, history: History) -> None:
        unit = self._product.unit
        self._moves += [moved_line(each, unit, self._zone) for each in history.movements]
        self._prices = [price_line(each, self._money, self._zone) for each in history.prices]
        self._last = history.movements[-1].id if history.movements else None
        sold = [amount for _, amount in history.weeks]
        words = [t("w{week}", week=monday.isocalendar().week) for monday, _ in history.weeks]
        self.chart.set_data(words, sold, value_text=lambda qty: format_qty(qty, unit))
        mean = sum(sold[:-1]) // max(1, len(sold) - 1)
        self.average.set_text(t("On average {amount}", amount=format_qty(mean - mean % 100, unit)))
        self._show()

    def _shown(self) -> list[Line]:
        return self._moves if self.movements.isChecked() else self._prices

    def _show_kind(self, chosen: Key) -> None:
        switch([self.movements, self.prices], chosen)
        self._first_line = 0
        self._show()

    def _turn(self, by: int) -> None:
        self._first_line = max(0, self._first_line + by)
        near_end = self._first_line + 2 * _PAGE > len(self._moves)
        if by > 0 and near_end and self.movements.isChecked() and self._last is not None:
            self._ask()
        self._show()

    def _show(self) -> None:
        every = self._shown()
        self.lines.lines = every[self._first_line : self._first_line + _PAGE] or [(t("Nothing yet."), "", "")]
        self.lines.announce("; ".join(" ".join(line) for line in self.lines.lines))
        self.lines.update()
        self.back.setEnabled(self._first_line > 0)
        self.on.setEnabled(self._first_line + _PAGE < len(every))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows and the page keys turn the lines."""
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_PageDown) and self.on.isEnabled():
            self._turn(_PAGE)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_PageUp) and self.back.isEnabled():
            self._turn(-_PAGE)
        super().keyPressEvent(event)
