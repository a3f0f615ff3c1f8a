"""After a cash sale: the change in digits read across a counter, what to hand out, and the next customer."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos_desktop.domain.money import Currency, format_amount, format_money
from pos_desktop.domain.tender import change_breakdown
from pos_desktop.words import later, t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import CardScreen
from ui.register.screens.counting import denomination_name
from ui.register.screens.printing import PrintChip
from ui.register.screens.values import ChangeView, PrintState
from ui.theme import RADIUS_KEY, theme
from ui.widgets.canvas import RIGHT, Canvas
from ui.widgets.key import Key
from ui.widgets.labels import AmountLabel, Label, PaintedWidget

KINDS_IN_ROW = 7
OFFLINE = later("Sold offline. The receipt says so; the sale is sent when the server answers.")
STAYS_MS = 20_000
"""No drawer tells when it is shut, so the time counts from the change; the empty sale still names the sum."""


class Pieces(PaintedWidget):
    """A note or coin and how many of it to hand out."""

    def __init__(self, denomination: int, count: int, currency: Currency) -> None:
        super().__init__()
        self._name, self._count = denomination_name(denomination, currency), f"× {count}"
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.announce(t("{count} of {name}", count=count, name=self._name))

    def sizeHint(self) -> QSize:
        """Wide enough for both words."""
        t = theme()
        width = t.type("basket_amount").width(self._name) + t.type("quantity").width(self._count) + t.px(46)
        return QSize(max(t.px(96), round(width)), t.px(62))

    def minimumSizeHint(self) -> QSize:
        """As the size hint, with less air."""
        return self.sizeHint() - QSize(theme().px(22), 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the two words in a frame."""
        t = theme()
        with Canvas.on(self) as canvas:
            rect = QRectF(self.rect())
            canvas.box(rect, t.c.raised, t.c.line_strong, radius=t.px(RADIUS_KEY))
            inner = rect.adjusted(t.px(10), 0, -t.px(10), 0)
            count = t.type("quantity").width(self._count) + 2
            name = QRectF(inner.left(), 0, inner.width() - count - t.px(4), inner.height())
            canvas.text(name, self._name, t.type("basket_amount"), t.c.text, ltr=True)
            right = QRectF(inner.right() - count, 0, count, inner.height())
            canvas.text(right, self._count, t.type("quantity"), t.c.text2, align=RIGHT, ltr=True)


class ChangeScreen(CardScreen):
    """Stays until the next scan, Enter or Next customer, 20 s at most; printing again does not end it.

    Signals: ``next_asked()``; ``next_with_scan(str)`` a scan that already belongs to the next sale;
    ``print_asked()``.
    """

    next_asked = Signal()
    next_with_scan = Signal(str)
    print_asked = Signal()

    name = "change"
    scan_policy = "take"
    card_width = 880
    card_padding = 28
    done = later("Paid")

    def __init__(
        self, view: ChangeView, *, keys: Keymap | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._view, self._printing = view, view.printing
        self._chip = PrintChip(t("receipt {number}", number=view.number), t(self.done))
        self.body.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignHCenter)
        self.body.addWidget(Label(self._heading(), role="basket_name", tone="text2", align="center"))
        amount = AmountLabel(
            format_money(view.change, view.currency), role="change", tone="pay", align="center"
        )
        self.body.addWidget(amount)
        self.body.addLayout(self._pieces())
        self.body.addWidget(Label(self._given(), role="heading", tone="text2", align="center", max_lines=2))
        if view.offline:
            self.body.addWidget(
                Label(t(OFFLINE), role="body_strong", tone="warn", align="center", max_lines=2)
            )
        self._add_keys()
        self._over = QTimer(self)
        self._over.setSingleShot(True)
        self._over.setInterval(STAYS_MS)
        self._over.timeout.connect(self.next_asked)
        self.set_printing(view.printing)

    def _add_keys(self) -> None:
        self._print = self.action_key(Key(t("Print again"), icon="printer", height=64), "print")
        self._print.clicked.connect(self.print_asked)
        self.body.addWidget(self._print)
        self._next = self.action_key(
            Key(
                t("Next customer"),
                variant="pay",
                icon="check",
                note=t("or just scan the next item"),
                role="strip_name",
                height=84,
            ),
            "next",
        )
        self._next.clicked.connect(self.next_asked)
        self.body.addWidget(self._next)

    def shown(self) -> None:
        """Take the focus, and count the time from here."""
        super().shown()
        self._over.start()

    def _heading(self) -> str:
        return t("Change to give") if self._view.change else t("No change to give")

    def _pieces(self) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(theme().px(8))
        parts = change_breakdown(self._view.change, self._view.currency)
        for start in range(0, len(parts), KINDS_IN_ROW):
            line = QHBoxLayout()
            line.setSpacing(theme().px(10))
            line.addStretch(1)
            for denomination, count in parts[start : start + KINDS_IN_ROW]:
                line.addWidget(Pieces(denomination, count, self._view.currency))
            line.addStretch(1)
            box.addLayout(line)
        return box

    def _given(self) -> str:
        currency = self._view.currency
        given = [f"{name} {format_money(amount, currency)}" for name, amount in self._view.given]
        return " · ".join([*given, t("Total {total}", total=format_money(self._view.total, currency))])

    def set_printing(self, state: PrintState) -> None:
        """Say whether the receipt is out; Print turns into Print again once there was one."""
        self._printing = state
        self._chip.show_state(state)
        self._print.set_label(t("Print receipt") if state == "off" else t("Print again"))

    def handle_scan(self, code: str) -> bool:
        """The next customer's first item: this screen ends and the code goes into the next sale."""
        self.next_with_scan.emit(code)
        return True

    def typed(self, name: str) -> bool:
        """Enter is the next customer."""
        if name == "enter":
            self._next.click()
            return True
        return False

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        return {"next": self._next.click, "print": self._print.click}

    def probe(self) -> dict[str, object]:
        """The change, the total, and how the receipt is doing."""
        view = self._view
        return {
            "screen": self.name,
            "change": format_amount(view.change, view.currency),
            "total": format_amount(view.total, view.currency),
            "receipt": view.number,
            "printing": self._printing,
            "message": self._chip.text(),
            "detail": t(OFFLINE) if view.offline else "",
        }
