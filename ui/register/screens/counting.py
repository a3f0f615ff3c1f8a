"""Counting a drawer: a row for each note and coin with - and + keys, one number pad, the sum under it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos_desktop.domain.money import Currency, format_amount, format_money
from pos_desktop.domain.shift import MAX_PIECES
from pos_desktop.words import t
from ui.register.screens.values import Counts
from ui.theme import RADIUS_KEY, theme
from ui.widgets.canvas import CENTER, RIGHT, Canvas
from ui.widgets.key import Key, no_focus
from ui.widgets.keypad import Keypad
from ui.widgets.labels import AmountLabel, Label, PaintedWidget

_CENTS = {"GBP": "p", "EUR": "c", "USD": "¢"}


def denomination_name(denomination: int, currency: Currency) -> str:
    """A note or coin as people call it: ``£5``, ``50p``, ``¥500``, ``KSh 100``."""
    unit = 10**currency.digits
    if denomination < unit:
        cents = _CENTS.get(currency.code)
        return f"{denomination}{cents}" if cents else format_money(denomination, currency)
    gap = " " if currency.symbol[-1].isalpha() else ""
    whole, rest = divmod(denomination, unit)
    return f"{currency.symbol}{gap}{whole:,}" if not rest else format_money(denomination, currency)


class CountRow(PaintedWidget):
    """One note or coin: its name, the pieces, what they come to. Signals: ``stepped(int)``, ``wanted()``."""

    stepped = Signal(int)
    wanted = Signal()

    def __init__(self, denomination: int, currency: Currency, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.denomination, self.pieces, self._currency = denomination, 0, currency
        self._chosen = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setObjectName(f"count:{denomination}")
        self._less = no_focus(Key("", icon="minus", height=40, name=f"less:{denomination}"))
        self._more = no_focus(Key("", icon="plus", height=40, name=f"more:{denomination}"))
        name = denomination_name(denomination, currency)
        for key, by, words in (
            (self._less, -1, t("One less {denomination}", denomination=name)),
            (self._more, 1, t("One more {denomination}", denomination=name)),
        ):
            key.setAccessibleName(words)
            key.setFixedWidth(theme().px(48))
            key.clicked.connect(lambda _checked=False, n=by: self.stepped.emit(n))
        box = QHBoxLayout(self)
        box.setContentsMargins(theme().px(70), theme().px(2), theme().px(96), theme().px(2))
        box.setSpacing(0)
        box.addWidget(self._less)
        box.addStretch(1)
        box.addWidget(self._more)

    def show_pieces(self, pieces: int, *, chosen: bool) -> None:
        """Show so many pieces, and whether typing goes here."""
        self.pieces, self._chosen = pieces, chosen
        self.announce(
            t(
                "{denomination}, {pieces} pieces",
                denomination=denomination_name(self.denomination, self._currency),
                pieces=pieces,
            )
        )
        self.update()

    def sizeHint(self) -> QSize:
        """A row a thumb can hit."""
        return QSize(theme().px(300), theme().px(48))

    def minimumSizeHint(self) -> QSize:
        """Name, two keys, pieces, sum."""
        return QSize(theme().px(300), theme().px(44))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A tap on the row lets the pad type into it."""
        self.wanted.emit()
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint name, pieces and sum; the row that is typed into has an edge and a tint."""
        t = theme()
        with Canvas.on(self) as canvas:
            rect = QRectF(self.rect())
            if self._chosen:
                canvas.box(rect, t.c.accent_soft, t.c.accent, radius=t.px(RADIUS_KEY), width=2)
            name = QRectF(t.px(10), 0, t.px(58), rect.height())
            canvas.text(
                name,
                denomination_name(self.denomination, self._currency),
                t.type("basket_name"),
                t.c.text,
                ltr=True,
            )
            middle = QRectF(t.px(120), 0, rect.width() - t.px(120 + 146), rect.height())
            ink = t.c.text if self.pieces else t.c.text3
            canvas.text(middle, str(self.pieces), t.type("basket_amount"), ink, align=CENTER, ltr=True)
            total = QRectF(rect.width() - t.px(94), 0, t.px(84), rect.height())
            amount = format_amount(self.pieces * self.denomination, self._currency)
            canvas.text(total, amount, t.type("table_strong"), ink, align=RIGHT, ltr=True)


class CountGrid(QWidget):
    """All notes and coins in two columns with a pad. Signals: ``changed(int)`` with the sum, minor units."""

    changed = Signal(int)

    def __init__(self, currency: Currency, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._currency, self._at, self._fresh = currency, 0, True
        self.rows = [CountRow(d, currency) for d in currency.denominations]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme().px(12))
        grid.setVerticalSpacing(theme().px(3))
        half = (len(self.rows) + 1) // 2
        for index, row in enumerate(self.rows):
            grid.addWidget(row, index % half, index // half)
            row.stepped.connect(lambda by, i=index: self._step(i, by))
            row.wanted.connect(lambda i=index: self._choose(i))
        for column in range(2):
            grid.setColumnStretch(column, 1)
        self._show()

    @property
    def total(self) -> int:
        """What is counted, minor units."""
        return sum(row.pieces * row.denomination for row in self.rows)

    @property
    def counts(self) -> Counts:
        """(denomination, pieces) of what is there, largest first."""
        return tuple((row.denomination, row.pieces) for row in self.rows if row.pieces)

    def press(self, name: str) -> bool:
        """Digits type the pieces of the chosen row, + and - step them, Enter and arrows go on."""
        row = self.rows[self._at]
        if name in ("up", "down", "enter"):
            self._choose((self._at + (-1 if name == "up" else 1)) % len(self.rows))
        elif name in ("+", "-"):
            self._step(self._at, 1 if name == "+" else -1)
        elif name == "backspace":
            self._put(row.pieces // 10)
        elif name == "clear":
            self._put(0)
        elif name.isdigit():
            before = 0 if self._fresh else row.pieces
            self._put(int(f"{before}{name}"))
        else:
            return False
        return True

    def _put(self, pieces: int) -> None:
        if 0 <= pieces <= MAX_PIECES:
            self._fresh = False
            self.rows[self._at].pieces = pieces
            self._show()
            self.changed.emit(self.total)

    def _step(self, index: int, by: int) -> None:
        self._choose(index)
        self._put(self.rows[index].pieces + by)
        self._fresh = True

    def _choose(self, index: int) -> None:
        # The first digit after coming to a row replaces what stood there: a recount is typed, not appended.
        self._at, self._fresh = index, True
        self._show()

    def _show(self) -> None:
        for index, row in enumerate(self.rows):
            row.show_pieces(row.pieces, chosen=index == self._at)


class CountPad(QWidget):
    """The pad beside a count: the sum on top, digits, and Next for the next row."""

    def __init__(self, caption: str, currency: Currency, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._currency = currency
        self.caption = Label(caption, role="caption", tone="text2")
        self.sum = AmountLabel(format_money(0, currency), role="total")
        self.pad = Keypad("pin")
        self.pad.key("enter").set_label(t("Next"))
        self.setFixedWidth(theme().px(236))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme().px(8))
        box.addWidget(self.caption)
        box.addWidget(self.sum)
        box.addWidget(self.pad, 1)

    def show_sum(self, minor: int) -> None:
        """Show the sum, minor units."""
        self.sum.set_text(format_money(minor, self._currency))


def count_row_of(grid: CountGrid, pad: CountPad) -> QHBoxLayout:
    """Grid and pad side by side, wired: the sum follows the rows, the pad types into them."""
    line = QHBoxLayout()
    line.setSpacing(theme().px(16))
    line.addWidget(grid, 1)
    line.addWidget(pad, 0, Qt.AlignmentFlag.AlignRight)
    grid.changed.connect(pad.show_sum)
    pad.pad.pressed.connect(grid.press)
    return line
