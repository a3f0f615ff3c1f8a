"""Every screen of the room in a likely state, built from frozen values, for the tests and for looking at."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from pos_desktop.domain.basket import totals
from pos_desktop.domain.tender import Tendering
from pos_desktop.errors import EnvironmentProblem, UserError
from pos_desktop.services.problems import COPIED, FORKED, NEEDS_EPOCH, OTHER_EPOCH, SHUT_OUT
from tests.register.screens.gallery_customers import CUSTOMER_SCREENS
from tests.register.screens.gallery_deals import DEAL_SCREENS
from tests.register.screens.gallery_devices import DEVICE_SCREENS
from tests.register.screens.gallery_law import LAW_SCREENS
from tests.register.screens.gallery_refunds import REFUND_SCREENS
from tests.register.screens.gallery_value import VALUE_SCREENS, other_taken
from tests.register.screens.stock import (
    CASH_REASONS,
    EUR,
    FULL_DISK,
    GBP,
    HELD,
    LOCKED,
    OFFLINE_NEAR,
    PENDING,
    PEOPLE,
    QUESTION,
    REASONS,
    RECEIPTS,
    TODAY,
    basket,
    z_paper,
)
from ui.register.screen import Screen
from ui.register.screens.age import AgeOverlay
from ui.register.screens.approval import ApprovalOverlay
from ui.register.screens.card import CardPanel
from ui.register.screens.cash import CashMovementScreen
from ui.register.screens.change import ChangeScreen
from ui.register.screens.entry import AmountEntry
from ui.register.screens.lists import HoldListScreen, ReprintScreen
from ui.register.screens.more import MorePanel
from ui.register.screens.offline import OfflinePanel, PendingScreen
from ui.register.screens.reasons import NoSaleScreen, VoidScreen
from ui.register.screens.shift_close import ShiftCloseScreen
from ui.register.screens.shift_open import ShiftOpenScreen
from ui.register.screens.sign_in import LockScreen, SignInScreen
from ui.register.screens.stock import StockWarning
from ui.register.screens.tender import TenderScreen
from ui.register.screens.values import (
    ApprovalRequest,
    ChangeView,
    ClosingView,
    ConfirmingView,
    EntryQuestion,
    MoreView,
    OpeningView,
    Person,
    StockQuestion,
)
from ui.register.screens.waiting import CannotRecordScreen, ConfirmingScreen, LockedOutScreen
from ui.register.screens.z_done import ZDoneScreen
from ui.register.stops import stop_view, trouble_view
from ui.widgets.key import Key

Make = Callable[[QWidget], Screen]


def _sign_in(host: QWidget) -> Screen:
    screen = SignInScreen("Corner Grocer", 2, parent=host)
    screen.set_people(PEOPLE)
    screen.set_hint("Demo shop: the PIN of Amina is 1001, of Priya 3003.")
    screen.set_footer(("Online", "Sun 22 Nov · 14:32", "v0.1"))
    return screen


def _refused(host: QWidget) -> Screen:
    screen = SignInScreen("Corner Grocer", 2, clock=lambda: 100.0, parent=host)
    screen.set_people(PEOPLE[:4])
    screen.refuse(15)
    return screen


def _lock(host: QWidget) -> Screen:
    screen = LockScreen("Corner Grocer", 2, parent=host)
    screen.set_people(
        (Person(1001, "Amina M.", "Cashier", "sale waiting: 7 lines"), *PEOPLE[1:4]),
    )
    screen.set_waiting_sale(7, 1001)
    screen.set_footer(("Online", "Sun 22 Nov · 14:32", "v0.1"))
    for digit in "12":
        screen.typed(digit)
    return screen


def opening() -> OpeningView:
    """A shift to be opened."""
    return OpeningView(2, 2, TODAY, GBP, "Amina M.")


def _shift_open(host: QWidget) -> Screen:
    screen = ShiftOpenScreen(opening(), parent=host)
    for key in "100":
        screen.typed(key)
    return screen


def _shift_open_counted(host: QWidget) -> Screen:
    screen = ShiftOpenScreen(OpeningView(2, 2, TODAY, EUR, "Amina M."), parent=host)
    screen.count_by_pieces(True)
    for key in ("down", "down", "1", "2", "enter", "9"):
        screen.typed(key)
    return screen


def closing(*, blind: bool = False, blockers: tuple[str, ...] = ()) -> ClosingView:
    """A shift to be closed, 491.85 expected."""
    return ClosingView(2, 2, TODAY, GBP, 49185, blind, 214, blockers)


def count(screen: ShiftCloseScreen) -> None:
    """Count 490.85 into it."""
    for pieces in "8410001111":
        screen.typed(pieces)
        screen.typed("enter")


def _shift_close(host: QWidget) -> Screen:
    screen = ShiftCloseScreen(closing(), parent=host)
    count(screen)
    return screen


def _shift_close_blind(host: QWidget) -> Screen:
    return ShiftCloseScreen(closing(blind=True), parent=host)


def _shift_close_review(host: QWidget) -> Screen:
    screen = ShiftCloseScreen(closing(blind=True), parent=host)
    count(screen)
    screen.key_actions()["take"]()
    return screen


def _shift_close_stopped(host: QWidget) -> Screen:
    stops = ("A sale with 7 lines is still open on this till. Finish it or void it first.",)
    return ShiftCloseScreen(closing(blockers=stops), parent=host)


def tender_screen(host: QWidget, tendering: Tendering | None = None) -> TenderScreen:
    """The tender screen over the gallery's basket."""
    full = basket()
    sums = totals(full)
    screen = TenderScreen(GBP, parent=host)
    screen.show_sale(full, sums, tendering or Tendering(sums.total))
    return screen


def _tender_part(host: QWidget) -> Screen:
    total = totals(basket()).total
    screen = tender_screen(host, Tendering(total).add_card(1000, "004410").add_cash(500, GBP))
    screen.handle_scan("5000000000001")
    return screen


def _tender_cancelling(host: QWidget) -> Screen:
    screen = _tender_part(host)
    screen.key_actions()["cancel"]()
    return screen


def _tender_many(host: QWidget) -> Screen:
    tendering = Tendering(totals(basket()).total)
    for amount in (100, 200, 300, 400, 500):
        tendering = tendering.add_cash(amount, GBP)
    screen = tender_screen(host, tendering)
    for key in "20":
        screen.typed(key)
    return screen


def _tender_offline(host: QWidget, kinds: tuple[str, ...]) -> Screen:
    screen = tender_screen(host)
    screen.set_offered(kinds, "The server is away. Take cash, or a card the terminal approves by itself.")
    return screen


def _change(host: QWidget) -> Screen:
    view = ChangeView(116, 2884, (("Cash given", 2000), ("Card", 1000)), "S1-T2-1-010428", GBP)
    return ChangeScreen(view, parent=host)


def _change_wide(host: QWidget) -> Screen:
    view = ChangeView(128888, 112, (("Cash given", 129000),), "S1-T2-1-010429", EUR, "waiting")
    return ChangeScreen(view, parent=host)


def age_typed(host: QWidget, digits: str) -> AgeOverlay:
    """The age check with a date of birth typed."""
    screen = AgeOverlay(QUESTION, parent=host)
    for digit in digits:
        screen.typed(digit)
    return screen


def _card_typed(host: QWidget) -> Screen:
    screen = CardPanel(1884, GBP, parent=host)
    screen.type_reference("004410")
    return screen


def _card_keyboard(host: QWidget) -> Screen:
    screen = CardPanel(1884, GBP, parent=host)
    opener = screen.findChild(Key, "keyboard")
    assert opener is not None
    opener.click()
    return screen


def _approval(host: QWidget) -> Screen:
    words = "Change the price of Malbec Reserva 2022 75 cl, 9.50 to 5.00"
    screen = ApprovalOverlay(ApprovalRequest(words, (PEOPLE[2], PEOPLE[3], PEOPLE[7])), parent=host)
    screen.refuse(0)
    return screen


def _entry(host: QWidget) -> Screen:
    question = EntryQuestion("price", "Price of the line", "Malbec Reserva 2022 75 cl", GBP, was="9.50 each")
    return AmountEntry(question, parent=host)


def _weigh(host: QWidget) -> Screen:
    question = EntryQuestion("weight", "Weigh it", "Bananas, loose", GBP, unit="kg", price=112)
    screen = AmountEntry(question, parent=host)
    for key in (".", "8", "4", "2"):
        screen.typed(key)
    return screen


def _cash(host: QWidget) -> Screen:
    screen = CashMovementScreen(GBP, CASH_REASONS, parent=host)
    screen.key_actions()["drop"]()
    for key in ("5", "0", "0", "down"):
        screen.typed(key)
    return screen


def _more(host: QWidget) -> Screen:
    return MorePanel(MoreView("light", "Amina M.", frozenset({"void_sale"})), parent=host)


SCREENS: dict[str, Make] = {
    "sign_in": _sign_in,
    "sign_in_refused": _refused,
    "lock": _lock,
    "shift_open": _shift_open,
    "shift_open_counted": _shift_open_counted,
    "shift_close": _shift_close,
    "shift_close_blind": _shift_close_blind,
    "shift_close_review": _shift_close_review,
    "shift_close_stopped": _shift_close_stopped,
    "z_done": lambda host: ZDoneScreen(z_paper(), printing="printed", parent=host),
    "tender": tender_screen,
    "tender_part": _tender_part,
    "tender_many": _tender_many,
    "tender_cancelling": _tender_cancelling,
    "change": _change,
    "change_wide": _change_wide,
    "age": lambda host: AgeOverlay(QUESTION, parent=host),
    "age_old": lambda host: age_typed(host, "03111990"),
    "age_young": lambda host: age_typed(host, "23112008"),
    "card": _card_typed,
    "card_keyboard": _card_keyboard,
    "card_unknown": lambda host: CardPanel(1884, GBP, True, parent=host),
    "confirming": lambda host: ConfirmingScreen(
        ConfirmingView("S1-T2-1-010428", 2884, 7, GBP, 3), parent=host
    ),
    "confirming_alone": lambda host: ConfirmingScreen(
        ConfirmingView("S1-T2-1-010428", 2884, 7, GBP, 1, alone=True), parent=host
    ),
    "confirming_capped": lambda host: ConfirmingScreen(
        ConfirmingView(
            "S1-T2-1-010428", 2884, 7, GBP, 4, why="200 of 200 sales without the server are used."
        ),
        parent=host,
    ),
    "offline": lambda host: OfflinePanel(OFFLINE_NEAR, parent=host),
    "pending": lambda host: PendingScreen(PENDING, parent=host),
    "tender_offline": lambda host: _tender_offline(host, ("cash", "card")),
    "tender_card_only": lambda host: _tender_offline(host, ("card",)),
    "change_offline": lambda host: ChangeScreen(
        ChangeView(116, 2884, (("Cash", 3000),), "S1-T2-1-010428", GBP, offline=True), parent=host
    ),
    "locked_out": lambda host: LockedOutScreen(LOCKED, parent=host),
    **{
        f"stopped_{n}": lambda host, reason=reason: LockedOutScreen(stop_view(reason), parent=host)
        for n, reason in enumerate((NEEDS_EPOCH, OTHER_EPOCH, COPIED, FORKED, SHUT_OUT), 1)
    },
    **{
        f"cannot_open_{n}": lambda host, trouble=trouble: LockedOutScreen(trouble_view(trouble), parent=host)
        for n, trouble in enumerate(
            (
                UserError("till.needs_update", found=12),
                EnvironmentProblem("tls.other_name", host="grocer-main.headoffice.example.org"),
                EnvironmentProblem("server.unreachable"),
            ),
            1,
        )
    },
    "cannot_record": lambda host: CannotRecordScreen(FULL_DISK, parent=host),
    "hold_list": lambda host: HoldListScreen(HELD, GBP, parent=host),
    "hold_list_empty": lambda host: HoldListScreen((), GBP, parent=host),
    "reprint": lambda host: ReprintScreen(RECEIPTS, GBP, parent=host),
    "no_sale": lambda host: NoSaleScreen(REASONS, parent=host),
    "void_sale": lambda host: VoidScreen(REASONS, 7, 2884, GBP, parent=host),
    "stock_warning": lambda host: StockWarning(
        StockQuestion("Malbec Reserva 2022 75 cl, Valle de Uco", "each", 2000, 3000), parent=host
    ),
    "cash": _cash,
    "approval": _approval,
    "entry": _entry,
    "weigh": _weigh,
    "more": _more,
    **DEAL_SCREENS,
    **DEVICE_SCREENS,
    **LAW_SCREENS,
    **REFUND_SCREENS,
    **VALUE_SCREENS,
    **CUSTOMER_SCREENS,
    "tender_other": lambda host: other_taken(tender_screen(host), totals(basket()).total),
}

FULL_SCREENS = frozenset({"sign_in", "lock", "locked_out"})
"""The screens without the window's top bar."""
