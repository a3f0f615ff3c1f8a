"""The screens of a refund in likely states, for the gallery."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from pos_desktop.domain.basket import Item
from pos_desktop.domain.money import currency
from pos_desktop.domain.refund import GiveBack, SoldLine
from pos_desktop.words import t
from ui.register.screen import Screen
from ui.register.screens.give_back import CardBackPanel, GiveBackScreen, GivenBackScreen
from ui.register.screens.hold_name import HoldNameScreen
from ui.register.screens.reasons import WhyScreen
from ui.register.screens.refund_lines import SCAN_FIRST, RefundLinesScreen
from ui.register.screens.refund_receipt import RefundReceiptScreen
from ui.register.screens.refund_values import GiveBackView, RefundView
from ui.register.screens.values import ChangeView, Reason, ReceiptRow

GBP = currency("GBP")
REASONS = tuple(
    Reason(words, words) for words in ("Faulty or damaged", "Wrong item", "Changed their mind", "Wrong price")
)


def sold(n: int, name: str, price: int, qty: int, back: int = 0, unit: str = "each") -> SoldLine:
    """A line of the gallery's receipt; what came back of it gave its share."""
    item = Item(n, name, unit, price, n, "S", 200_000, code=f"0500000000{n:04d}")  # type: ignore[arg-type]
    net = price * qty // 1000
    return SoldLine(n, item, item.code, qty, net, back, net * back // qty)


LINES = (
    sold(1, "Whole milk 2 L", 185, 3000, back=1000),
    sold(2, "Malbec Reserva 2022 75 cl, Valle de Uco, single vineyard", 850, 2000),
    sold(3, "Sourdough loaf 800 g", 320, 1000, back=1000),
    sold(4, "Bananas, loose", 112, 842, unit="kg"),
    sold(5, "Cheddar mature 400 g", 435, 1000),
)
WAYS = (GiveBack("card", 2884, "d1", "A1729"), GiveBack("cash", 435))


def _receipts() -> tuple[ReceiptRow, ...]:
    return tuple(
        ReceiptRow(no, f"S1-T3-1-{no:06d}", "22 Nov 2026 14:03 GMT", "Whole milk 2 L and 6 more", 2884)
        for no in range(128, 122, -1)
    )


def _lines(host: QWidget) -> Screen:
    view = RefundView(
        "Refund of S1-T3-1-000128",
        "22 Nov 2026 14:03 GMT · total £28.84",
        LINES,
        REASONS,
        GBP,
        ((1, 1000), (2, 2000)),
    )
    return RefundLinesScreen(view, parent=host)


def _unproven(host: QWidget) -> Screen:
    view = RefundView("Refund without a receipt", t(SCAN_FIRST), (), REASONS, GBP, scanning=True)
    screen = RefundLinesScreen(view, parent=host)
    cheese, milk = sold(5, "Cheddar mature 400 g", 435, 99_000), sold(1, "Whole milk 2 L", 185, 99_000)
    for line in (milk, cheese, milk):
        screen.add_line(line)
    return screen


def _given(host: QWidget) -> Screen:
    view = ChangeView(435, -3319, (("Back to the card", 2884), ("Cash", 435)), "S1-T3-1-000131", GBP)
    return GivenBackScreen(view, parent=host)


REFUND_SCREENS: dict[str, Callable[[QWidget], Screen]] = {
    "refund": lambda host: RefundReceiptScreen(_receipts(), GBP, parent=host),
    "refund_lines": _lines,
    "refund_no_receipt": _unproven,
    "give_back": lambda host: GiveBackScreen(GiveBackView(WAYS, GBP), parent=host),
    "card_back": lambda host: CardBackPanel(2884, GBP, parent=host),
    "given_back": _given,
    "hold_name": lambda host: HoldNameScreen(parent=host),
    "why": lambda host: WhyScreen("Take out Whole milk 2 L", "The total was named.", REASONS, parent=host),
}
