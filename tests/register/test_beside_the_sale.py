"""Beside paying: holding and recalling, no sale, voids, and the drawer counted at the shift's end."""

from __future__ import annotations

from pos_desktop.hardware.emulated import EmulatedPrinter
from tests.register.conftest import Shop, Till, sign_in
from tests.register.test_paying import booked, text_of


def test_a_sale_somebody_else_holds_says_whose_it_is(till: Till, milk: str) -> None:
    """The badge counts; the name stands under it for everybody but the one whose sale it is."""
    till.scan(milk)
    till.stroke("F8")
    assert till.find("recall").accessibleName() == "Recall, 1"
    till.stroke("Ctrl+L")
    sign_in(till, 1002, "2222")
    mine = {card.number: card.name for card in till.services.till.staff()}[1001].split()[0]
    assert till.find("recall").accessibleName() == f"Recall {mine}, 1"
    till.stroke("Ctrl+L")
    sign_in(till)
    assert till.find("recall").accessibleName() == "Recall, 1"
    till.stroke("F8", "Return")
    assert till.find("recall").accessibleName() == "Recall"


def test_hold_and_recall(till: Till, shop: Shop, milk: str) -> None:
    """F8 parks; F8 with nothing rung up lists; the badge counts."""
    till.scan(milk)
    till.stroke("F8")
    assert till["lines"] == 0
    assert till["held"] == 1
    till.stroke("F8", "Return")
    assert till["screen"] == "sale"
    assert till["names"] == ["Whole milk 2 L"]
    assert till["held"] == 0
    till.stroke("F11")
    assert booked(shop) == [("cash 185",)]


def test_no_sale_needs_a_reason(till: Till, shop: Shop, printer: EmulatedPrinter) -> None:
    """The drawer opens after the record, not before."""
    till.stroke("Ctrl+D")
    assert till["screen"] == "no_sale"
    assert printer.kicks == 0
    till.stroke("F2")
    assert till["message"] == "Drawer opened"
    assert printer.kicks == 1
    assert len(shop.ask("select 1 from pos.document where kind = 'no_sale'")) == 1


def test_a_void_needs_a_reason_and_a_supervisor(till: Till, shop: Shop, milk: str) -> None:
    """The lines are in the record, the drawer and the books are not touched."""
    till.scan(milk)
    till.stroke("F10", "F3", "F2")
    assert till["screen"] == "approval"
    till.keys("5555\n")
    assert till["screen"] == "sale"
    assert till["message"] == "Sale voided"
    assert till["lines"] == 0
    records = shop.ask(
        "select outcome, body::jsonb -> 'approvals' -> 0 ->> 'by' from pos.document where kind = 'void'"
    )
    assert records == [("booked", "1005")]
    assert booked(shop) == []


def test_the_drawer_is_counted_and_the_shift_closed(
    till: Till, shop: Shop, milk: str, printer: EmulatedPrinter
) -> None:
    """The Z equals the ledger; then somebody signs in to a new shift."""
    till.scan(milk)
    till.stroke("F11", "Ctrl+W")
    if till["screen"] == "approval":
        till.keys("5555\n")
    assert till["screen"] == "shift_close"
    till.keys("2\n")
    till.stroke("F12", "F12")
    assert till["screen"] == "z_done"
    closed = shop.ask(
        "select body::json->>'expected', body::json->>'z' from pos.document where kind = 'shift_close'"
    )
    assert closed == [("10185", "1")]
    assert "Z report 1" in text_of(printer)
    till.stroke("Return")
    assert till["screen"] == "sign_in"
    sign_in(till)
    assert till["screen"] == "sale"
    assert len(shop.ask("select 1 from pos.document where kind = 'shift_open'")) == 2
