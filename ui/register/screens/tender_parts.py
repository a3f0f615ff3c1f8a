"""The parts of the tender screen: the basket to read, a payment taken, a quick key that can be held down."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos_desktop.domain.basket import Basket, Line, Totals
from pos_desktop.domain.money import MINUS, Currency, format_amount, format_money
from pos_desktop.domain.quantity import format_qty
from pos_desktop.domain.tender import Tender, Tendering
from pos_desktop.domain.tender_kinds import NAMES, STORED
from pos_desktop.words import later, t
from ui.register.model import pieces_words
from ui.register.screens.base import Words
from ui.register.screens.tender_words import ICONS, inner_name, payment_note
from ui.theme import RADIUS_KEY, theme
from ui.widgets.basket_list import BasketList, BasketModel, BasketRow
from ui.widgets.button import PaintedButton
from ui.widgets.canvas import RIGHT, Canvas
from ui.widgets.key import Key
from ui.widgets.labels import AmountLabel, Label
from ui.widgets.overlay import PageBar
from ui.widgets.surface import Card


def basket_row(line: Line, currency: Currency) -> BasketRow:
    """A basket line as the texts of its row."""
    item = line.item
    price = format_amount(line.price, currency)
    return BasketRow(
        quantity=format_qty(line.qty, item.unit),
        name=item.name,
        unit_price=t("{price} each", price=price) if item.unit == "each" else f"{price} / {item.unit}",
        amount=format_amount(line.amount, currency),
        flag=f"{item.min_age}+" if item.min_age else "",
        note=t("typed price") if line.typed_price else "",
    )


def rounded_words(tendering: Tendering, currency: Currency) -> str:
    """What cash comes to where it is rounded, or nothing."""
    if tendering.complete or not tendering.rounding:
        return ""
    cash, by = tendering.cash_remaining, tendering.rounding
    up = by * tendering.total > 0
    text = (
        later("{cash} in cash, rounded up by {by}.") if up else later("{cash} in cash, rounded down by {by}.")
    )
    return t(text, cash=format_money(cash, currency), by=format_amount(abs(by), currency))


class SaleSummary(Card):
    """The basket, read only: way back on top, lines, the sale's total. Signals: ``back()``."""

    back = Signal()

    def __init__(self, currency: Currency, hint: str) -> None:
        # The rows of the list bring their own side padding.
        super().__init__(padding=3, spacing=4)
        self._currency = currency
        self._back = Key(
            t("Back to sale"), icon="arrow-left", variant="ghost", form="left", hint=hint, name="back"
        )
        self._back.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._back.setMinimumWidth(theme().px(190))
        self._back.clicked.connect(self.back)
        self._count = Label("", role="note", tone="text2", align="end", max_lines=2)
        edge = theme().px(12)
        head = QHBoxLayout()
        head.setContentsMargins(theme().px(4), theme().px(4), edge, 0)
        head.addWidget(self._back)
        head.addWidget(self._count, 1)
        self.model = BasketModel(self)
        self.list = BasketList()
        self.list.setModel(self.model)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._total = AmountLabel("", role="figure")
        foot = QHBoxLayout()
        foot.setContentsMargins(edge, theme().px(4), edge, theme().px(8))
        foot.addWidget(Label(t("Sale total"), role="heading", tone="text2", max_lines=2), 2)
        foot.addWidget(self._total, 3)
        self.body.addLayout(head)
        self.body.addWidget(self.list, 1)
        self.body.addLayout(foot)

    def show_sale(self, basket: Basket, totals: Totals) -> None:
        """Show these lines and their total."""
        self.model.set_rows([basket_row(line, self._currency) for line in basket.lines])
        self._count.set_text(pieces_words(totals))
        self._total.set_text(format_money(totals.total, self._currency))

    def leave(self) -> None:
        """Ask for the sale screen."""
        self._back.click()


class DueCard(Card):
    """What is still to pay in 64 px, how much is paid, and the words that answer a slip of the hand."""

    def __init__(self) -> None:
        super().__init__(padding=8, direction="row", spacing=12)
        self.body.setContentsMargins(theme().px(14), theme().px(7), theme().px(14), theme().px(7))
        left = QVBoxLayout()
        left.setSpacing(0)
        self.caption = Label(t("Still to pay"), role="heading", tone="text2", max_lines=1)
        self.amount = AmountLabel("", role="due", align="start")
        left.addWidget(self.caption)
        left.addWidget(self.amount, 1)
        right = QVBoxLayout()
        right.setSpacing(theme().px(4))
        self.paid = Label("", role="body_strong", tone="text2", align="end", max_lines=2)
        self.words = Words("", role="body_strong", align="end", max_lines=3)
        right.addWidget(self.paid)
        right.addWidget(self.words, 1)
        self.body.addLayout(left, 5)
        self.body.addLayout(right, 4)
        self.setFixedHeight(theme().px(118))


class Payment(PaintedButton):
    """A payment taken, with a way to give it back: the whole row is the key."""

    def __init__(self, tender: Tender, currency: Currency) -> None:
        super().__init__()
        self._tender = tender
        self._note = payment_note(tender, currency)
        self._amount = f"{MINUS}{format_amount(tender.amount, currency)}"
        self.setText(NAMES[tender.kind])
        self.setAccessibleName(t("{name} {amount}, give it back", name=self.text(), amount=self._amount))

    def sizeHint(self) -> QSize:
        """58 logical pixels high."""
        return QSize(theme().px(240), theme().px(56))

    def minimumSizeHint(self) -> QSize:
        """Icon, kind, amount, cross."""
        return QSize(theme().px(190), theme().px(52))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint icon, kind, reference, amount and cross."""
        t = theme()
        with Canvas.on(self) as canvas:
            rect = QRectF(self.rect())
            canvas.box(rect, t.c.sunken if self.isDown() else t.c.surface, t.c.line, radius=t.px(RADIUS_KEY))
            side, middle = t.px(20), rect.height() / 2
            canvas.icon(QRectF(t.px(14), middle - side / 2, side, side), ICONS[self._tender.kind], t.c.text2)
            cross = QRectF(rect.right() - t.px(14) - side, middle - side / 2, side, side)
            canvas.icon(cross, "x", t.c.text2)
            wide = t.type("basket_amount").width(self._amount) + 2
            amount = QRectF(cross.left() - t.px(12) - wide, 0, wide, rect.height())
            canvas.text(amount, self._amount, t.type("basket_amount"), t.c.text, align=RIGHT, ltr=True)
            self._paint_words(canvas, t.px(46), amount.left() - t.px(8))
            self.paint_ring(canvas, rect, t.px(RADIUS_KEY))

    def _paint_words(self, canvas: Canvas, left: float, right: float) -> None:
        t, half = theme(), self.height() / 2
        if not self._note:
            canvas.text(
                QRectF(left, 0, right - left, self.height()), self.text(), t.type("body_strong"), t.c.text
            )
            return
        top = QRectF(left, half - t.px(22), right - left, t.px(22))
        canvas.text(top, self.text(), t.type("body_strong"), t.c.text)
        below = QRectF(left, half, right - left, t.px(20))
        canvas.text(below, self._note, t.type("note"), t.c.text2, ltr=True)


class PaymentsRow(QWidget):
    """The payments taken so far, two at a time, the newest in view; beside each other, or in a narrow column
    one over the other. Signals: ``removed(int)`` its index."""

    removed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._tenders: tuple[Tender, ...] = ()
        self._currency: Currency | None = None
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(theme().px(8))
        self._bar = PageBar(direction="row")
        self._bar.page_wanted.connect(self._page)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def set_stacked(self, stacked: bool) -> None:
        """One over the other instead of beside each other."""
        way = QBoxLayout.Direction
        self._line.setDirection(way.TopToBottom if stacked else way.LeftToRight)

    def show_payments(self, tenders: tuple[Tender, ...], currency: Currency) -> None:
        """Show these payments; with none the row is away."""
        self._tenders, self._currency = tenders, currency
        self.setVisible(bool(tenders))
        self._page(max(0, (len(tenders) - 1) // 2))

    def _page(self, page: int) -> None:
        while (item := self._line.takeAt(0)) is not None:
            widget = item.widget()
            if isinstance(widget, Payment):
                widget.hide()
                widget.deleteLater()
        for index in range(2 * page, min(2 * page + 2, len(self._tenders))):
            assert self._currency is not None
            key = Payment(self._tenders[index], self._currency)
            key.setObjectName(f"payment:{index}")
            key.clicked.connect(lambda _checked=False, i=index: self.removed.emit(i))
            self._line.addWidget(key, 1)
        many = len(self._tenders) > 2
        self._bar.setVisible(many)
        if many:
            self._line.addWidget(self._bar)
            self._bar.set_pages(page, (len(self._tenders) + 1) // 2)


class QuickKey(Key):
    """A sum the customer may hand over: a tap takes it, holding it down adds it to what is typed."""

    def __init__(self, *, name: str) -> None:
        super().__init__("", role="basket_amount", height=72, name=name)
        self.minor = 0
        self.holds = True


NOTES = 3


def note_places(amounts: Sequence[int], currency: Currency) -> list[int]:
    """Where the three quick sums with a key of their own stand: those made of notes alone."""
    smallest = min(currency.notes)
    return [i for i, amount in enumerate(amounts) if i and amount % smallest == 0][:NOTES]


class KindKeys(QWidget):
    """The ways to pay, one key each: cash, card, and one key for whatever else the store takes."""

    def __init__(self) -> None:
        super().__init__()
        self.cash = Key(
            t("Cash"), icon="banknote", note=t("drawer opens"), role="heading", form="left", height=76
        )
        self.card = Key(t("Card"), icon="credit-card", role="heading", form="left", height=76)
        self.other = Key(t("Other"), icon="ellipsis", role="heading", form="left", height=76)
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(theme().px(8))
        for key in (self.cash, self.card, self.other):
            self._box.addWidget(key, 1)
        self.other.hide()
        self._kinds: tuple[str, ...] = ()

    @property
    def offers_others(self) -> bool:
        """The third key does something now."""
        return bool(self._kinds) and self.other.isEnabled()

    @property
    def takes_codes(self) -> bool:
        """A gift card, credit or voucher may be scanned."""
        return self.offers_others and bool(set(STORED) & set(self._kinds))

    def set_row(self, row: bool) -> None:
        """Beside each other, where the window is narrow."""
        way = QBoxLayout.Direction
        self._box.setDirection(way.LeftToRight if row else way.TopToBottom)

    def set_others(self, kinds: Sequence[str]) -> None:
        """What the third key stands for; with nothing it is away."""
        self._kinds = tuple(kinds)
        self.other.setVisible(bool(kinds))
        names = list(dict.fromkeys(inner_name("gift_card" if kind in STORED else kind) for kind in kinds))
        self.other.set_note(", ".join(names[:3]))
