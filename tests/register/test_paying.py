"""Paying at the real window: cash, card, split, change, moved prices, paper and drawer, and no answer."""

from __future__ import annotations

import psycopg
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest

from pos_desktop.hardware.emulated import EmulatedPrinter
from tests.register.conftest import Counter, Shop, Till
from ui.key_events import send_scan, send_stroke
from ui.register.away_words import STUCK
from ui.robot.cable import Cable


def booked(shop: Shop) -> list[tuple[object, ...]]:
    """Tenders of the booked sales, oldest first."""
    return shop.ask(
        "select (select string_agg(t->>'kind' || ' ' || (t->>'amount'), ', ' order by (t->>'n')::int)"
        " from json_array_elements(body::json->'tenders') t)"
        " from pos.document where kind = 'sale' and outcome <> 'refused' order by no"
    )


def text_of(printer: EmulatedPrinter, number: int = -1) -> str:
    """A printed paper as text."""
    return "\n".join(printer.papers[number].lines)


def test_exact_cash_is_one_key(till: Till, shop: Shop, milk: str, printer: EmulatedPrinter) -> None:
    """F11: booked, printed, drawer open, ready for the next customer."""
    till.scan(milk)
    till.stroke("F11")
    assert till["screen"] == "sale"
    assert till["lines"] == 0
    assert till["message"] == "Paid by cash £1.85"
    assert booked(shop) == [("cash 185",)]
    assert len(printer.papers) == 1
    assert printer.kicks == 1
    assert "Whole milk 2 L" in text_of(printer)


def test_cash_with_change(till: Till, shop: Shop, milk: str, printer: EmulatedPrinter) -> None:
    """The change stands in big digits until the next scan, which is already the next sale's."""
    till.scan(milk)
    till.stroke("F12")
    assert till["screen"] == "tender"
    till.keys("5.00\n")
    assert till["screen"] == "change"
    assert till["change"] == "3.15"
    assert booked(shop) == [("cash 500, cash -315",)]
    till.scan(milk, milk)
    assert till["screen"] == "sale"
    assert till["quantities"] == ["2"]
    assert printer.kicks == 1


def test_the_change_makes_way_by_itself(till: Till, milk: str) -> None:
    """Nobody touches the till any more: 20 s later it is ready, and still says what was given back."""
    till.scan(milk)
    till.stroke("F12")
    till.keys("5.00\n")
    over = till.window.stage.current.findChild(QTimer)
    assert isinstance(over, QTimer)
    assert (over.interval(), over.isActive()) == (20_000, True)
    over.start(1)
    till.wait(lambda shown: shown["screen"] == "sale")
    assert till["message"] == "Last change £3.15"


def test_the_last_change_stays_readable(till: Till, milk: str) -> None:
    """After Next customer the empty screen still says it."""
    till.scan(milk)
    till.stroke("F12", "F6", "Return")
    assert till["screen"] == "sale"
    assert str(till["message"]).startswith("Last change £")


def test_card_from_the_sale(till: Till, shop: Shop, milk: str, printer: EmulatedPrinter) -> None:
    """F4, paid, with the slip's reference; no drawer, and no change screen."""
    till.scan(milk)
    till.stroke("F4")
    assert till["screen"] == "card"
    till.keys("4711")
    till.stroke("F1")
    assert till["screen"] == "sale"
    assert till["message"] == "Paid by card £1.85"
    assert booked(shop) == [("card 185",)]
    refs = shop.ask("select body::json->'tenders'->0->>'ref' from pos.document where kind = 'sale'")
    assert refs == [("4711",)]
    assert printer.kicks == 0


def test_a_card_that_was_not_charged(till: Till, shop: Shop, milk: str) -> None:
    """Back at the tender, nothing taken, then cash."""
    till.scan(milk)
    till.stroke("F4", "F4")
    assert till["screen"] == "tender"
    assert booked(shop) == []
    till.stroke("F11")
    assert booked(shop) == [("cash 185",)]


def test_split_between_cash_and_card(till: Till, shop: Shop, milk: str) -> None:
    """A part in cash, the rest by card; one document."""
    till.scan(milk)
    till.stroke("F12")
    till.keys("1.00\n")
    assert till["screen"] == "tender"
    till.stroke("F2", "F1")
    assert till["screen"] == "sale"
    assert booked(shop) == [("cash 100, card 85",)]


def test_cancelled_payments_are_given_back(till: Till, shop: Shop, milk: str) -> None:
    """Cancel payment, once it was said what to give back: the sale goes on with nothing taken."""
    till.scan(milk)
    till.stroke("F12")
    till.keys("1.00\n")
    till.stroke("Ctrl+Del")
    assert till["screen"] == "tender"
    till.stroke("Ctrl+Del")
    assert till["screen"] == "sale"
    till.scan(milk)
    assert till["quantities"] == ["2"]
    till.stroke("F11")
    assert booked(shop) == [("cash 370",)]


def test_items_are_not_added_while_paying(till: Till, milk: str) -> None:
    """A scan at the tender is refused aloud and adds nothing."""
    sounds: list[str] = []
    till.window.flows.desk.sale.sound.connect(sounds.append)
    till.scan(milk)
    till.stroke("F12")
    sounds.clear()
    till.scan(milk)
    assert till["screen"] == "tender"
    assert till.window.flows.desk.sale.totals.count == 1
    assert sounds == ["error"]


def test_payments_survive_a_crash(counter: Counter, shop: Shop, milk: str) -> None:
    """A part was taken, the program died: it comes back at the tender with the part."""
    till = counter.open()
    till.scan(milk)
    till.stroke("F12")
    till.keys("1.00\n")
    counter.close(till)
    again = counter.open()
    assert again["screen"] == "tender"
    assert again.window.flows.paying.tendering.given == 100
    again.stroke("F11")
    assert booked(shop) == [("cash 100, cash 85",)]


def test_a_price_that_rose_since_the_scan_does_not_count(till: Till, shop: Shop, milk: str) -> None:
    """The lower price counts, and the tender says so; the server flags it for the manager."""
    till.scan(milk)
    set_price(shop, "Whole milk 2 L", 199)
    till.stroke("F12")
    assert till["total"] == "1.85"
    assert "stays 1.85" in str(till["message"])
    till.stroke("F11")
    assert booked(shop) == [("cash 185",)]


def test_a_price_that_fell_counts_at_once(till: Till, shop: Shop, milk: str) -> None:
    """The customer pays the lower, new price."""
    till.scan(milk)
    set_price(shop, "Whole milk 2 L", 150)
    till.stroke("F12")
    assert "1.85 → 1.50" in str(till["message"])
    till.stroke("F11")
    assert booked(shop) == [("cash 150",)]


def set_price(shop: Shop, name: str, amount: int) -> None:
    """A new price, as the manager's window sets it."""
    shop.do(
        f"insert into pos.price (item_id, amount) select id, {amount} from pos.item where name = '{name}'"
    )


def test_an_item_set_to_refuse_stops_before_money(till: Till, shop: Shop, milk: str) -> None:
    """Nothing left of it: said before the tender opens, the line chosen."""
    shop.do(
        "update pos.item set stock_policy = 'refuse' where name = 'Whole milk 2 L';"
        "update pos.stock set on_hand = 0 where item_id ="
        " (select id from pos.item where name = 'Whole milk 2 L')"
    )
    till.scan(milk)
    till.stroke("F12")
    assert till["screen"] == "sale"
    assert till.window.flows.sale_screen.basket.strip.state == "danger"
    assert booked(shop) == []


def test_a_printer_without_paper_never_undoes_a_sale(
    till: Till, shop: Shop, milk: str, printer: EmulatedPrinter
) -> None:
    """Words, a chip and a key; it prints when there is paper."""
    printer.set_paper(0)
    till.scan(milk)
    till.stroke("F11")
    assert booked(shop) == [("cash 185",)]
    assert "out of paper" in str(till["banner"])
    assert till["printer"] == "Printer waits"
    till.scan(milk)
    assert till["lines"] == 1
    printer.set_paper(None)
    till.window.flows.paper.print_again()
    till.settle()
    assert till["banner"] == ""
    assert "Whole milk 2 L" in text_of(printer)


def test_every_paper_that_waited_is_printed(till: Till, milk: str, printer: EmulatedPrinter) -> None:
    """Two sales without paper, a third with: the third prints, and the two still ask to be printed."""
    printer.set_paper(0)
    for _sale in range(2):
        till.scan(milk)
        till.stroke("F11")
    assert printer.papers == ()
    printer.set_paper(None)
    till.scan(milk)
    till.stroke("F11")
    assert len(printer.papers) == 1
    assert till["banner"] == "2 earlier papers did not print. Print again?"
    till.window.flows.paper.print_again()
    till.settle()
    assert till["banner"] == ""
    numbers = [text_of(printer, n).split("S1-T1-1-")[1][:6] for n in range(3)]
    assert numbers == ["000004", "000002", "000003"]


def test_reprints_are_copies(till: Till, milk: str, printer: EmulatedPrinter) -> None:
    """Ctrl+P prints the last receipt marked COPY."""
    till.scan(milk)
    till.stroke("F11", "Ctrl+P")
    assert "COPY" not in text_of(printer, 0)
    assert "COPY" in text_of(printer, 1)


@pytest.mark.expects_log
def test_no_answer_locks_the_sale_until_there_is_one(
    till: Till, shop: Shop, milk: str, printer: EmulatedPrinter
) -> None:
    """Confirming: no paper, no new sale; the answer comes, then paper and drawer."""
    till.scan(milk)
    till.stroke("F12")
    with psycopg.connect(shop.owner_dsn) as owner:
        owner.execute("select 1 from pos.till for update")
        till.window.press("exact")
        till.wait(lambda shown: shown["screen"] == "confirming", 20_000)
        assert printer.papers == ()
        assert printer.kicks == 0
        till.scan(milk)
        assert till["screen"] == "confirming"
        owner.rollback()
    till.wait(lambda shown: shown["screen"] == "sale", 20_000)
    till.settle()
    assert booked(shop) == [("cash 185",)]
    assert len(printer.papers) == 1
    assert printer.kicks == 1
    assert till["lines"] == 0


def test_a_complete_payment_is_not_given_back(till: Till, shop: Shop, milk: str) -> None:
    """While the server thinks, no key and no tap takes money out of a sale that is being booked."""
    till.scan(milk)
    till.stroke("F12")
    with psycopg.connect(shop.owner_dsn) as owner:
        owner.execute("select 1 from pos.till for update")
        till.window.press("exact")
        till.wait(lambda shown: "Recording the sale" in str(shown["message"]))
        for name in ("Ctrl+Del", "Ctrl+Del", "Esc", "Return", "F2"):
            send_stroke(till.window, name, gap_ms=200)
            till.window.scans.flush()
        QTest.mouseClick(till.find("payment:0"), Qt.MouseButton.LeftButton)
        assert till["screen"] == "tender"
        assert till["paid"] == "1.85"
        assert till["payments"] == 1
        assert "Recording the sale" in str(till["message"])
        owner.rollback()
    till.settle()
    assert till["message"] == "Paid by cash £1.85"
    assert booked(shop) == [("cash 185",)]


def test_escape_clears_what_is_typed_before_it_speaks_of_money(till: Till, milk: str) -> None:
    """Esc goes one step back: first what is typed, then the words about the money taken."""
    till.scan(milk)
    till.stroke("F12")
    till.keys("1.00\n")
    till.keys("99")
    till.stroke("Esc")
    assert till["typed"] == ""
    assert till["message"] == ""
    till.stroke("Esc")
    assert str(till["message"]).startswith("Money is taken already")


def test_a_refused_payment_is_paid_again(till: Till, shop: Shop, milk: str) -> None:
    """The item was recalled while the tender stood open: nothing is booked, and it is paid another way."""
    till.scan(milk)
    till.stroke("F12")
    shop.do("update pos.item set blocked = true where name = 'Whole milk 2 L'")
    till.keys("1.85\n")
    assert till["screen"] == "tender"
    assert till.window.flows.paying.tendering.given == 185
    assert booked(shop) == []
    shop.do("update pos.item set blocked = false where name = 'Whole milk 2 L'")
    till.stroke("Ctrl+Del", "Ctrl+Del")
    assert till["screen"] == "sale"
    till.stroke("F4", "F1")
    assert till["message"] == "Paid by card £1.85"
    assert booked(shop) == [("card 185",)]
    assert len(shop.ask("select 1 from pos.document where kind = 'sale' and outcome = 'refused'")) == 1


def test_two_sales_in_a_row_are_two_documents(till: Till, shop: Shop, milk: str) -> None:
    """Exact cash twice, scanned and paid without waiting for paper."""
    for _ in range(2):
        till.scan(milk)
        till.stroke("F11")
    assert booked(shop) == [("cash 185",), ("cash 185",)]
    assert len(shop.ask("select distinct body::json->>'sale' from pos.document where kind = 'sale'")) == 2


def test_exact_cash_pressed_twice_sells_once(till: Till, shop: Shop, milk: str) -> None:
    """A nervous finger: the second press finds nothing to pay."""
    till.scan(milk)
    till.window.press("exact_cash")
    till.window.press("exact_cash")
    till.settle()
    assert booked(shop) == [("cash 185",)]


@pytest.mark.expects_log
def test_a_server_that_is_away_comes_back(cable: Cable, till: Till, shop: Shop, milk: str) -> None:
    """Said on the chip, the banner and in the strip, the basket kept; nobody has to do anything."""
    till.scan(milk)
    cable.pull()
    till.wait(lambda shown: shown["network"] == "Offline", 20_000)
    assert till["banner"] == STUCK
    send_scan(till.window, milk)
    till.wait(lambda shown: "was not added" in str(shown["message"]), 20_000)
    assert till["items"] == 1
    till.stroke("F11")
    assert (till["screen"], till["message"]) == ("sale", "This sale can't be paid yet")
    cable.mend()
    till.wait(lambda shown: shown["network"] == "Online", 20_000)
    till.settle(20_000)
    till.scan(milk)
    assert till["quantities"] == ["2"]
    till.stroke("F11")
    assert booked(shop) == [("cash 370",)]
