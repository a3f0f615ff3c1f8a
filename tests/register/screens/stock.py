"""What the gallery's screens show: a basket, a Z paper, people, reasons, what waits."""

from __future__ import annotations

from datetime import date

from pos_desktop.domain.basket import Basket, Item
from pos_desktop.domain.money import currency
from pos_desktop.domain.receipt import ReportPaper, Section, ShopPaper
from ui.register.screens.values import (
    AgeQuestion,
    CapRow,
    CashDirection,
    HeldRow,
    OfflineView,
    PendingView,
    Person,
    Reason,
    ReceiptRow,
    StopView,
)

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
