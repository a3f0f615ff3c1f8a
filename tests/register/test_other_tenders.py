"""Gift cards, vouchers, M-Pesa and cheques at the real window: sold, scanned, typed, split, given back."""

from __future__ import annotations

import pytest

from pos_desktop.hardware.emulated import EmulatedPrinter
from tests.register.conftest import Counter, Shop, Till
from tests.register.test_refunds import last_receipt
from ui.robot.cable import Cable

CARD = "CORNER-GIFT-0001"
PAN = "4111111111111111"
CODE = CARD.replace("-", "")


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


def test_a_refund_goes_out_as_store_credit_and_pays_the_next_sale(
    till: Till, shop: Shop, milk: str, printer: EmulatedPrinter
) -> None:
    """Its slip has the number in a barcode; whoever brings it spends it."""
    till.scan(milk)
    till.stroke("F11")
    till.scan(last_receipt(till))
    till.stroke("Return", "F5", "F12", "F12")
    assert till["ways"] == ["Cash: £1.85"]
    kicks = printer.kicks
    till.stroke("F3")
    assert till["ways"] == ["Store credit: £1.85"]
    till.stroke("F12", "Return")
    slip = text_of(printer)
    assert "Store credit" in slip
    assert printer.kicks == kicks, "no cash went out"
    (code,) = (row[0] for row in shop.ask("select code from pos.account where kind = 'store_credit'"))
    assert str(code) in slip
    assert f"code {str(code)[:2]} {str(code)[2:6]}" in text_of(printer, -2)
    till.scan(milk)
    till.stroke("F12")
    till.scan(str(code))
    assert till["message"] == "Paid by store credit £1.85"
    assert tenders(shop) == [("store_credit", 185, str(code)[-4:])]


def test_a_payment_cards_number_is_taken_nowhere(till: Till, shop: Shop, milk: str) -> None:
    """Scanned or typed, where a code is asked for and at the payment: refused, and written nowhere."""
    till.scan(milk)
    till.stroke("F12")
    for how in ("stored", "mobile", "cheque"):
        till.stroke("F3")
        till.tap(how)
        till.keys(PAN)
        assert PAN not in str(till["code"])
        assert "payment card" in str(till["message"])
        till.scan(PAN)
        assert "payment card" in str(till["message"])
        till.stroke("Esc")
        till.scan(PAN)
        assert (till["screen"], till["payments"]) == ("tender", 0)
    till.stroke("Esc", "F10", "Ctrl+G")
    till.scan(PAN)
    assert (till["screen"], till["code"]) == ("code", "")
    assert shop.ask(f"select count(*) from pos.account where code like '%{PAN[-4:]}'") == [(0,)]


@pytest.mark.expects_log
def test_while_the_server_is_away_only_cash_and_cards_are_taken(
    counter: Counter, shop: Shop, cable: Cable, milk: str
) -> None:
    """The key says why; a gift card scanned is refused, and none can be sold."""
    shop.do("update pos.store set offline = true")
    till = counter.open()
    till.wait(lambda seen: seen["copied"] is True, 30_000)
    cable.pull()
    till.wait(lambda seen: seen["away"] is True, 30_000)
    till.scan(milk)
    till.stroke("F12", "F3")
    assert till["screen"] == "tender"
    till.scan(CARD)
    assert (till["screen"], till["payments"]) == ("tender", 0)
    till.stroke("Esc", "F10", "Ctrl+G")
    till.tap("new_number")
    till.keys("5.00\n")
    assert "The server is away" in str(till["message"])
    assert till["lines"] == 1
