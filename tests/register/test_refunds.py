"""Goods back at the real window on a real server: receipt, lines, money, paper; and what is in the way."""

from __future__ import annotations

import pytest

from pos_desktop.hardware.emulated import EmulatedPrinter
from tests.register.conftest import Shop, Till, code_of
from tests.register.test_questions import approve

BOOKED = (
    "select kind, outcome, (body::json->>'total')::int from pos.document"
    " where kind in ('sale', 'refund') order by no"
)


@pytest.fixture
def loaf(shop: Shop) -> str:
    """Sourdough, 3.20."""
    return code_of(shop, "Sourdough")


def last_receipt(till: Till) -> str:
    """The number of the last receipt, as its barcode says it."""
    done = till.services.till.last_document()
    assert done is not None
    fields = done.document.fields
    return f"S{fields['store']}-T{fields['till']}-{fields['epoch']}-{fields['no']:06d}"


def test_a_receipt_is_scanned_and_some_of_it_comes_back(
    till: Till, shop: Shop, milk: str, loaf: str, printer: EmulatedPrinter
) -> None:
    """Two of three milks: a tick, one less, a reason; the drawer opens, and the paper says it."""
    till.scan(milk, milk, milk, loaf)
    till.stroke("F11")
    receipt = last_receipt(till)
    till.scan(receipt)
    assert (till["screen"], till["lines"]) == ("refund_lines", 2)
    till.stroke("F12")
    assert till["message"] == "Tick what comes back."
    till.stroke("Return", "-", "F12")
    assert (till["message"], till["gives"]) == ("Choose why it comes back.", "£3.70")
    till.stroke("F5", "F12")
    assert (till["screen"], till["amounts"], till["total"]) == ("sale", ["−3.70"], "−3.70")
    assert till["pay"] == "Refund £3.70"
    till.stroke("F12")
    assert (till["screen"], till["ways"]) == ("give_back", ["Cash: £3.70"])
    till.stroke("Return")
    assert till["screen"] == "give_back", "Enter gives no money away"
    kicks = printer.kicks
    till.stroke("F12")
    assert (till["screen"], till["change"]) == ("change", "3.70")
    assert printer.kicks == kicks + 1
    paper = "\n".join(printer.papers[-1].lines)
    for words in ("-2 x 1.85", f"as paid on {receipt}", "-£3.70", "Given back: Cash"):
        assert words in paper, paper
    till.stroke("Return")
    till.scan(receipt)
    till.stroke("F3")
    assert till["chosen"] == ["Whole milk 2 L 1", "Sourdough loaf 800 g 1"], "what is left of it"
    till.stroke("F5", "F11", "F12", "F12", "F12", "Return")
    till.scan(receipt)
    assert (till["screen"], till["message"]) == ("sale", "No refund")
    assert shop.ask(BOOKED) == [
        ("sale", "booked", 875),
        ("refund", "booked", -370),
        ("refund", "booked", -505),
    ]
    figures = till.services.till.x_report().figures.values
    assert (figures["refunds"], figures["refunds_total"], figures["expected_cash"]) == (2, 875, 10_000)


def test_an_exchange_has_one_balance_and_a_card_gets_its_money_back(
    till: Till, shop: Shop, milk: str, loaf: str
) -> None:
    """Goods back, goods new, the rest to the card they were paid with; its slip is noted."""
    till.scan(loaf, loaf)
    till.stroke("F12", "F2")
    till.keys("A17")
    till.stroke("F1")
    till.scan(last_receipt(till))
    till.stroke("F3", "F6", "F12")
    till.scan(milk)
    assert (till["total"], till["pay"]) == ("−4.55", "Refund £4.55")
    till.stroke("F12")
    assert till["ways"] == ["To the card, paid with slip A17: £4.55"]
    till.stroke("F12")
    assert till["screen"] == "card"
    till.keys("B29")
    till.stroke("F1")
    assert (till["screen"], till["message"]) == ("sale", "Refunded £4.55")
    assert shop.ask("select kind, amount, ref from pos.payment order by amount") == [
        ("card", -455, "B29"), ("card", 640, "A17"),
    ]  # fmt: skip
    assert shop.ask(BOOKED) == [("sale", "booked", 640), ("sale", "booked", -455)]


def test_without_a_receipt_somebody_who_may_allows_it(till: Till, shop: Shop, milk: str) -> None:
    """The lowest price of late, in the cashier's name and by the supervisor's leave, once."""
    shop.do(
        f"insert into pos.price (item_id, amount, valid_from) select item_id, 150, now() - interval '9 days'"
        f" from pos.item_code where code = '{milk.zfill(14)}'"
    )
    till.stroke("F7", "F4")
    till.scan(milk, milk)
    assert (till["screen"], till["chosen"], till["gives"]) == ("refund_lines", ["Whole milk 2 L 2"], "£3.00")
    till.stroke("F6", "F12")
    assert till["screen"] == "approval"
    approve(till)
    till.stroke("F12", "F12", "Return")
    told = (
        "select outcome, flags, body::jsonb->'approvals'->0->>'what' from pos.document where kind = 'refund'"
    )
    assert shop.ask(told) == [("booked", [], "refund_no_receipt")]
