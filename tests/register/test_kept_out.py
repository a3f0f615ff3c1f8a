"""Refused before anything happened, and offered after it did: a full disk, guessed PINs, a lost receipt."""

from __future__ import annotations

import re

import pytest
from pytestqt.qtbot import QtBot

from pos_desktop.domain.basket import totals
from pos_desktop.domain.tender import Tendering
from pos_desktop.hardware.emulated import EmulatedPrinter
from pos_desktop.services.results import Completed, ZReport
from tests.register.conftest import FLOAT, Counter, Shop, Till
from ui.register.posting import Posting
from ui.widgets.labels import Label


def words_on(till: Till) -> str:
    """Every label of the current screen."""
    return " ".join(label.text() for label in till.window.stage.current.findChildren(Label))


@pytest.mark.parametrize("way", ["F12", "F11", "F4"])
def test_a_disk_that_takes_no_record_takes_no_payment(till: Till, shop: Shop, milk: str, way: str) -> None:
    """Tender, exact cash and card are all refused in words; nothing is posted, and it goes on when it can."""
    till.scan(milk)
    journal = till.services.till._core.journal._db
    journal.execute("PRAGMA query_only = ON")
    till.stroke(way)
    assert till["screen"] == "cannot_record"
    assert "Payment can't be taken" in words_on(till)
    assert "Take no payment" in words_on(till)
    assert shop.ask("select from pos.document where kind = 'sale'") == []
    till.stroke("F5")
    assert till["screen"] == "cannot_record"
    till.stroke("Esc")
    assert (till["screen"], till["items"]) == ("sale", 1)
    journal.execute("PRAGMA query_only = OFF")
    till.stroke("F11")
    assert till["message"] == "Paid by cash £1.85"


def test_five_wrong_pins_make_the_right_one_wait(counter: Counter) -> None:
    """The pad says how long, and takes nothing meanwhile."""
    till = counter.open(ready=False)
    for _ in range(5):
        till.keys("9999\n")
        assert till["screen"] == "sign_in"
    assert re.search(r"Next try in [1-5] s\.", words_on(till))
    till.keys("1111\n")
    assert till["screen"] == "sign_in"
    assert till["cashier"] == 0


def test_a_receipt_lost_in_a_crash_is_offered(
    counter: Counter, shop: Shop, milk: str, printer: EmulatedPrinter
) -> None:
    """Booked, but the till stopped before its paper: said at the start, and printed as the original."""
    till = counter.open()
    till.scan(milk)
    basket = till.window.flows.desk.sale.basket
    tenders = Tendering(totals(basket).total).add_cash(185, till.window.flows.desk.sale.currency).final()
    assert isinstance(till.services.till.complete_sale(basket, tenders), Completed)
    counter.close(till)
    assert printer.papers == ()
    again = counter.open()
    assert again["lines"] == 0
    assert again["message"] == "The last sale is safe"
    assert str(again["detail"]).startswith("S1-T1-1-000002 was booked")
    again.stroke("F10", "F5", "Return")
    (paper,) = printer.papers
    assert "Whole milk 2 L" in "\n".join(paper.lines)
    assert "COPY" not in "\n".join(paper.lines)
    counter.close(again)
    assert counter.open()["message"] != "The last sale is safe"
    assert len(shop.ask("select from pos.sale")) == 1


def test_a_fault_of_the_window_after_the_booking_loses_no_sale(
    counter: Counter, shop: Shop, milk: str, printer: EmulatedPrinter, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The window breaks down with the server's answer in hand: booked once, its paper at the next start."""
    till = counter.open()
    till.scan(milk)
    with monkeypatch.context() as broken, qtbot.captureExceptions() as seen:
        broken.setattr(Posting, "_answered", lambda *_: 1 // 0)
        till.stroke("F11")
    assert [kind for kind, _, _ in seen] == [ZeroDivisionError]
    assert printer.papers == ()
    counter.close(till)
    again = counter.open()
    assert (again["lines"], again["message"]) == (0, "The last sale is safe")
    again.stroke("F10", "F5", "Return")
    assert len(printer.papers) == 1
    assert len(shop.ask("select from pos.sale")) == 1


def test_a_lost_receipt_is_over_with_the_shift(counter: Counter, milk: str) -> None:
    """After the Z nobody waits for it any more: the next shift does not begin with it."""
    till = counter.open()
    till.scan(milk)
    basket = till.window.flows.desk.sale.basket
    tenders = Tendering(totals(basket).total).add_cash(185, till.window.flows.desk.sale.currency).final()
    assert isinstance(till.services.till.complete_sale(basket, tenders), Completed)
    till.services.till.save_draft(till.services.till.new_basket(), ())
    assert isinstance(till.services.till.close_shift(counted=FLOAT + 185), ZReport)
    counter.close(till)
    again = counter.open()
    assert again["screen"] == "sale"
    assert again["message"] != "The last sale is safe"
