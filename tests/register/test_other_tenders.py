"""Gift cards, vouchers, M-Pesa and cheques at the real window: sold, scanned, typed, split, given back."""

from __future__ import annotations

import pytest

from pos_desktop.hardware.emulated import EmulatedPrinter
from tests.register.conftest import Counter, Shop, Till
from tests.register.gallery import code_of

CARD = "CORNER-GIFT-0001"
CODE = CARD.replace("-", "")
MPESA = "QGH7X5K2PL"


@pytest.fixture
def milk(shop: Shop) -> str:
    """Whole milk, 1.85."""
    return code_of(shop, "Whole milk 2 L")


def text_of(printer: EmulatedPrinter, number: int = -1) -> str:
    return "\n".join(printer.papers[number].lines)


def tenders(shop: Shop) -> list[object]:
    """Kind, amount and reference of the last sale's payments."""
    return [
        tuple(row)
        for row in shop.ask(
            "select p.kind, p.amount, coalesce(p.ref, '') from pos.payment p join pos.document d"
            " on d.id = p.document_id where d.no = (select max(no) from pos.document) order by n"
        )
    ]


def sell_gift_card(till: Till, code: str, amount: str) -> None:
    """Through More, for cash."""
    till.stroke("F10", "Ctrl+G")
    assert till["screen"] == "code"
    if code:
        till.scan(code)
    else:
        till.tap("new_number")
    assert till["screen"] == "entry"
    till.keys(amount + "\n")
    assert till["screen"] == "sale"
    till.stroke("F11")


def test_a_gift_card_is_sold_shows_what_it_holds_and_pays_by_a_scan(
    till: Till, shop: Shop, milk: str, printer: EmulatedPrinter
) -> None:
    sell_gift_card(till, CARD, "10.00")
    assert "ending 0001" in text_of(printer)
    assert shop.ask(f"select balance from pos.account where code = '{CODE}'") == [(1000,)]
    till.scan(milk)
    till.stroke("F12")
    till.scan(CARD)
    assert till["screen"] == "sale"
    assert till["message"] == "Paid by gift card £1.85"
    assert tenders(shop) == [("gift_card", 185, "0001")]
    paper = text_of(printer)
    assert "Gift card ending 0001" in paper
    assert "8.15 left on it" in paper
    assert printer.kicks == 1, "only the cash sale opened the drawer"
    till.stroke("F10", "Ctrl+G")
    till.scan(CARD)
    assert till["item"] == "Gift card ending 0001 holds £8.15"
    till.stroke("Esc")
