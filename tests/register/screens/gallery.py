"""Every screen of the room in a likely state, built from frozen values, for the tests and for looking at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QWidget

from pos_desktop.domain.basket import Basket, Item, totals
from pos_desktop.domain.money import currency
from pos_desktop.domain.receipt import ReportPaper, Section, ShopPaper
from pos_desktop.domain.tender import Tendering
from pos_desktop.errors import EnvironmentProblem, UserError
from pos_desktop.services.problems import COPIED, FORKED, NEEDS_EPOCH, OTHER_EPOCH, SHUT_OUT
from tests.register.screens.gallery_customers import CUSTOMER_SCREENS
from tests.register.screens.gallery_deals import DEAL_SCREENS
from tests.register.screens.gallery_devices import DEVICE_SCREENS
from tests.register.screens.gallery_law import LAW_SCREENS
from tests.register.screens.gallery_refunds import REFUND_SCREENS
from tests.register.screens.gallery_value import VALUE_SCREENS, other_taken
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
    AgeQuestion,
    ApprovalRequest,
    CapRow,
    CashDirection,
    ChangeView,
    ClosingView,
    ConfirmingView,
    EntryQuestion,
    HeldRow,
    MoreView,
    OfflineView,
    OpeningView,
    PendingView,
    Person,
    Reason,
    ReceiptRow,
    StockQuestion,
    StopView,
)
from ui.register.screens.waiting import CannotRecordScreen, ConfirmingScreen, LockedOutScreen
from ui.register.screens.z_done import ZDoneScreen
from ui.register.stops import stop_view, trouble_view
from ui.widgets.key import Key

GBP = currency("GBP")
EUR = currency("EUR")
TODAY = date(2026, 11, 22)
PEOPLE = (
    Person(1001, "Amina M.", "Cashier"),
    Person(1002, "Jonas O.", "Cashier"),
    Person(1003, "Priya R.", "Supervisor"),
    Person(1004, "Dieter K.", "Manager"),
    Person(1005, "Maximiliane Oberhuber-Schwarzenbach", "Cashier"),
    Person(1006, "Lee", "Cashier"),
    Person(1007, "Siobhán Ó Briain", "Cashier"),
    Person(1008, "Tomás G.", "Supervisor"),
)

Make = Callable[[QWidget], Screen]


def item(number: int, name: str, price: int, *, unit: str = "each", min_age: int | None = None) -> Item:
    """An item of the gallery's shop."""
    return Item(
        id=number,
        name=name,
        unit=unit,  # type: ignore[arg-type]
        price=price,
        price_version=number,
        tax="A",
        rate=200000,
        code=f"0500000000{number:04d}",
        min_age=min_age,
    )


def basket(*, wine: bool = True) -> Basket:
    """Seven lines as in the pictures, one name too long for a line."""
    full = Basket("0190", "included")
    for number, (name, price, qty) in enumerate(
        [
            ("Whole milk 2 L", 185, 1000),
            ("Sourdough loaf 800 g", 320, 1000),
            ("Free range eggs, 12", 310, 2000),
            ("Malbec Reserva 2022 75 cl, Valle de Uco, single vineyard", 850, 1000),
            ("Cheddar mature 400 g", 435, 1000),
            ("Crisps ready salted 6-pack", 190, 3000),
        ],
        1,
    ):
        if wine or "Malbec" not in name:
            full = full.add(item(number, name, price), qty)
    return full.add(item(9, "Bananas, loose", 112, unit="kg"), 842)


def z_paper() -> ReportPaper:
    """A Z report with every section filled."""
    shop = ShopPaper(("Corner Grocer",), (), GBP)
    return ReportPaper(
        shop=shop,
        title="Z report 214",
        facts=(
            ("Till", "2"),
            ("Drawer", "2"),
            ("Cashier", "Amina M."),
            ("Business date", "2026-11-22"),
            ("Opened", "22 Nov 2026 08:01 GMT"),
            ("Closed", "22 Nov 2026 18:04 GMT"),
        ),
        sections=(
            Section(
                "Sales",
                (("Sales (128)", "2 431.60"), ("Refunds (0)", "0.00"), ("Total", "£2 431.60")),
                strong=True,
            ),
            Section("Paid by", (("Cash (80)", "1 204.35"), ("Card (51)", "1 227.25"))),
            Section(
                "VAT",
                (
                    ("A 20% on 1 000.00", "200.00"),
                    ("B 5% on 100.00", "5.00"),
                    ("Z 0% on 1 126.60", "0.00"),
                    ("VAT in all", "205.00"),
                ),
            ),
            Section(
                "Cash",
                (
                    ("Float", "100.00"),
                    ("Paid out", "−12.50"),
                    ("Drops to safe", "−800.00"),
                    ("Expected in drawer", "491.85"),
                ),
            ),
            Section(
                "Drawer count",
                (("Counted", "£490.85"), ("Short", "−£1.00")),
            ),
            Section(
                "Counted events",
                (
                    ("Drawer opened, no sale", "2"),
                    ("Sales voided", "1"),
                    ("Lines voided", "4"),
                    ("Age refusals", "3"),
                ),
            ),
            Section(
                "Record",
                (
                    ("First number", "S1-T2-1-010300"),
                    ("Last number", "S1-T2-1-010428"),
                    ("Grand total", "£1 204 431.60"),
                ),
            ),
        ),
    )


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


QUESTION = AgeQuestion("Malbec Reserva 2022 75 cl", 18, TODAY, "alcohol")
CASH_REASONS: dict[CashDirection, tuple[Reason, ...]] = {
    "drop": (Reason("safe", "To the safe"), Reason("bank", "To the bank")),
    "pay_in": (Reason("change", "Change from the bank"),),
    "pay_out": tuple(Reason(f"way_{n}", f"A reason with quite a few words, number {n}") for n in range(1, 7)),
}
REASONS = (
    Reason("change", "Change for a customer"),
    Reason("wrong", "Wrong change given before"),
    Reason("check", "Drawer check"),
    Reason("test", "Test of the drawer"),
    Reason("other", "Something else"),
)
HELD = tuple(
    HeldRow(f"0190-{n}", f"Lady with the red bag {n}", "Jonas O., till 1", f"14:{n:02d}", n, 1250 * n)
    for n in range(1, 9)
)
RECEIPTS = tuple(
    ReceiptRow(10428 - n, f"S1-T2-1-{10428 - n:06d}", f"22 Nov 14:{n:02d}", "cash, 3 items", 2884 + n)
    for n in range(20)
)
OFFLINE_NEAR = OfflineView(
    "The server is away",
    "Selling goes on: cash, or a card the terminal approves by itself."
    " Sales are sent when the server answers.",
    (
        CapRow("Time alone", "1 h 05 min of 4 h", 27, "good"),
        CapRow("Sales", "168 of 200", 84, "warn"),
        CapRow("Cash taken", "£5\u202f000.00 of £5\u202f000.00", 100, "danger"),
    ),
    ("One sale alone goes up to £250.00.", "Prices on this till hold until Sun 22 Nov 18:04."),
)
PENDING = PendingView(
    "The shift can't be closed yet",
    "12 records of this till are not with the server, so the Z report would be short. They are sent by"
    " themselves; close the shift then.",
    tuple(f"S1-T2-1-{10400 + n:06d} · sale of £28.84 · 14:{n:02d}" for n in range(12)),
)
LOCKED = StopView(
    "This till is in use already",
    "Another program is working as till 2 of Corner Grocer.",
    "Close it there, then try again. One till has one register.",
    "pos-desktop register, process 4711 on BACKROOM-PC, since 08:01",
    "7F3A",
)
FULL_DISK = StopView(
    "Payment can't be taken",
    "The disk of this till is full, so the sale could not be recorded.",
    "Free some space or call IT, then try again. The basket is kept.",
)


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
