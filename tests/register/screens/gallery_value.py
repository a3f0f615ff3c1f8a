"""The screens of gift cards, vouchers, M-Pesa and cheques, each in a likely state."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from pos_desktop.domain.money import currency
from pos_desktop.domain.refund import GiveBack
from pos_desktop.domain.tender import Tender, Tendering
from ui.register.screen import Screen
from ui.register.screens.code import CodePanel
from ui.register.screens.give_back import GiveBackScreen
from ui.register.screens.other_ways import WAYS, OtherWays
from ui.register.screens.refund_values import GiveBackView
from ui.register.screens.tender import TenderScreen
from ui.register.screens.values import CodeQuestion

GBP = currency("GBP")
KINDS = ("gift_card", "store_credit", "voucher", "mobile", "cheque", "account")
TAKEN = (
    Tender("gift_card", 1000, "K7Q2", account=17, left=1234),
    Tender("mobile", 574, "QGH7X5K2PL"),
)


def other_taken(screen: TenderScreen, total: int) -> TenderScreen:
    """Two payments of other kinds taken, and the key for more."""
    tendering = Tendering(total)
    for tender in TAKEN:
        tendering = tendering.add(tender)
    screen.set_others(KINDS)
    screen.show_tendering(tendering)
    return screen


def _gift_card(host: QWidget) -> Screen:
    question = CodeQuestion(
        "gift_card",
        "Gift card",
        "Scan it to see what it holds, sell it or top it up.",
        "Its code: scan it, or type it",
        GBP,
        take="Look",
        other="Sell one without a card: a slip with a new number",
    )
    return CodePanel(question, parent=host)


def _mobile(host: QWidget) -> CodePanel:
    question = CodeQuestion(
        "mobile",
        "M-Pesa",
        "Type the code at the beginning of the message. It counts once.",
        "M-Pesa code, such as QGH7X5K2PL",
        GBP,
        1884,
    )
    screen = CodePanel(question, parent=host)
    screen.type_text("QGH7X5K")
    return screen


def _refused(host: QWidget) -> Screen:
    screen = _mobile(host)
    screen.type_text("2MKP01XW8R2MKP01XW8R")
    screen.say("Gift card ending MWMW was good until 31 December 2025. Take another payment.")
    return screen


def _keyboard(host: QWidget) -> Screen:
    screen = _mobile(host)
    screen._show_keyboard(True)
    return screen


def _credit(host: QWidget) -> Screen:
    ways = (GiveBack("card", 2884, "d", "A1729"), GiveBack("cash", 435))
    return GiveBackScreen(GiveBackView(ways, GBP, "The card first.", credit=True), parent=host)


VALUE_SCREENS: dict[str, Callable[[QWidget], Screen]] = {
    "other_ways": lambda host: OtherWays(tuple(WAYS), parent=host),
    "code_gift_card": _gift_card,
    "code_mobile": _mobile,
    "code_refused": _refused,
    "code_keyboard": _keyboard,
    "give_back_credit": _credit,
}
