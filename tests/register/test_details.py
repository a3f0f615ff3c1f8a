"""Small things at the counter: numbers that stay, words that name things, the clock, a late receipt."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QApplication

from pos_desktop.hardware.emulated import EmulatedPrinter
from tests.register.conftest import Counter, Shop, Till
from tests.register.gallery import UNKNOWN
from ui.register.clock import ShopClock
from ui.register.screens.values import HeldRow
from ui.widgets.labels import Label


def words_on(till: Till) -> str:
    """Every word of the current screen."""
    shown = till.window.stage.current.findChildren(Label)
    return "\n".join(label.text() for label in shown if label.isVisible())


def heading(till: Till) -> str:
    """What stands over the basket."""
    panel = till.window.flows.sale_screen.basket
    return next(label.text() for label in panel.findChildren(Label) if label.text().startswith("Sale "))


@pytest.fixture
def wine(shop: Shop) -> str:
    """A bottle with a minimum age."""
    found = shop.ask(
        "select min(c.code) from pos.item i join pos.item_code c on c.item_id = i.id where i.min_age = 18"
    )
    return str(found[0][0])


def test_the_number_of_a_sale_stays_until_it_is_paid(till: Till, milk: str, wine: str) -> None:
    """A refusal and a code left out take numbers of their own; what the cashier calls out does not move."""
    assert heading(till) == "Sale 2"
    till.scan(milk)
    till.scan(wine)
    till.stroke("F4")
    till.scan(UNKNOWN)
    till.stroke("Esc")
    till.settle()
    assert till.window.flows.desk.state.next_no == 4
    assert heading(till) == "Sale 2"
    till.stroke("F11")
    till.scan(milk)
    assert heading(till) == "Sale 5"
    till.stroke("Del")
    assert heading(till) == "Sale 5"


def test_undo_says_what_it_undid(till: Till, milk: str) -> None:
    """Added, changed, removed: each by name."""
    till.scan(milk)
    till.stroke("Del", "Ctrl+Z")
    assert till["message"] == "Whole milk 2 L is back"
    till.keys("3")
    till.stroke("F2")
    assert till["quantities"] == ["3"]
    till.stroke("Ctrl+Z")
    assert (till["message"], till["detail"]) == ("Whole milk 2 L", "Undone · 3 → 1")
    till.stroke("Ctrl+Z", "Ctrl+Z")
    assert till["message"] == "Whole milk 2 L taken out"
    assert till["lines"] == 0


def test_refused_scans_are_counted_on_the_question_itself(till: Till, milk: str, wine: str) -> None:
    """The strip behind it is half covered: age check and weight say it where the person looks."""
    till.scan(wine)
    till.scan(milk, milk)
    assert "2 more scans ignored, scan them again after this" in words_on(till)
    till.stroke("F1")
    till.keys("4011\n")
    assert till["screen"] == "weigh"
    assert "ignored" not in words_on(till)
    till.scan(milk)
    assert "1 more scan ignored, scan it again after this" in words_on(till)


def test_scans_refused_before_do_not_hide_why_the_next_is_not_added(till: Till, milk: str) -> None:
    """More was open: that scan is told of, until there is something newer to say."""
    till.scan(milk)
    till.stroke("F10")
    till.scan(milk)
    till.stroke("Esc")
    assert "1 more scan ignored" in str(till["detail"])
    till.scan("4111111111111111")
    assert till["message"] == "Not added"
    assert "payment card" in str(till["detail"])
    till.scan(milk)
    assert (till["quantities"], till["ignored"]) == (["2"], 0)


def test_an_items_barcode_is_no_slip_reference(till: Till, milk: str) -> None:
    """Scanned at the card question it is refused; the slip's own code is taken."""
    till.scan(milk)
    till.stroke("F4")
    before = till.window.flows.desk.sale.ignored
    till.scan(milk)
    assert till["reference"] == ""
    assert "item's barcode" in str(till["message"])
    assert till.window.flows.desk.sale.ignored == before + 1
    till.scan("AUTH-004711")
    assert till["reference"] == "AUTH-004711"


def test_a_held_sale_says_by_whom_and_its_lines_once(till: Till, milk: str) -> None:
    """The name of who held it, not a number."""
    till.scan(milk)
    till.stroke("F8", "F8")
    assert till["screen"] == "hold_list"
    assert till["chosen"] == "Whole milk 2 L"
    row: HeldRow = till.window.stage.current._rows[0]  # type: ignore[attr-defined]
    name = till.window.flows.desk.cashier.name  # type: ignore[union-attr]
    assert row.by == f"Till 1 · {name}"
    assert row.lines == 1


def test_closing_says_that_a_sale_is_on_hold(till: Till, milk: str) -> None:
    """It stops nothing, but whoever counts the drawer should know; with none held nothing is said."""
    till.stroke("Ctrl+W")
    assert till["message"] == ""
    till.stroke("Esc")
    till.scan(milk)
    till.stroke("F8", "Ctrl+W")
    assert till["screen"] == "shift_close"
    assert till["message"] == "1 sale still on hold in this store. Recall takes it up."
    till.keys("2\n")
    till.stroke("F12", "F12")
    assert till["screen"] == "z_done"


def test_the_keys_of_more_stand_in_their_order(till: Till, milk: str) -> None:
    """F2, F3, F4 from the left, with and without a sale to void."""
    for scans in ((), (milk,)):
        till.scan(*scans)
        till.stroke("F10")
        hints = [till.find(str(name)).hint for name in till.probe()["choices"]]  # type: ignore[attr-defined]
        numbers = [int(hint[1:]) for hint in hints if hint[1:].isdigit()]
        assert numbers == sorted(numbers)
        till.stroke("Esc")


def test_results_of_find_have_no_quantity_and_read_like_codes(till: Till) -> None:
    """A pill with a 1 says nothing there; the code is in the groups people read aloud."""
    till.stroke("F3")
    till.keys("whole milk 2")
    row = till.window.stage.current._model.row(0)  # type: ignore[attr-defined]
    assert row.name == "Whole milk 2 L"
    assert row.quantity == ""
    assert len(row.unit_price.rsplit(" · ", 1)[-1].split()) == 3
    assert row.spoken().startswith("Whole milk")


def test_cash_out_has_reasons_of_its_own(till: Till, shop: Shop, printer: EmulatedPrinter) -> None:
    """By keys alone: the way, the amount, the reason; the drawer opens and the ledger says why."""
    till.stroke("F10", "F4", "F4")
    assert till["reasons"] == ["Window cleaner", "Stamps and post", "Petty cash", "Correction"]
    till.stroke("F2")
    assert till["reasons"] == ["To the safe", "To the bank"]
    till.stroke("F4")
    till.keys("12.50")
    till.stroke("F5", "F12")
    assert till["message"] == "Cash paid out"
    assert shop.ask("select direction, amount, reason from pos.cash_movement") == [
        ("pay_out", -1250, "Window cleaner")
    ]
    assert printer.kicks == 1


def test_a_receipt_that_came_out_late_is_printed(till: Till, milk: str, printer: EmulatedPrinter) -> None:
    """Print again after a jam gives the original; what is printed after that is a copy."""
    printer.set_paper(0)
    till.scan(milk)
    till.stroke("F11")
    printer.set_paper(None)
    till.window.flows.paper.print_again()
    till.settle()
    assert "COPY" not in "\n".join(printer.papers[-1].lines)
    till.stroke("Ctrl+P")
    assert "COPY" in "\n".join(printer.papers[-1].lines)


def test_locking_at_the_tender_keeps_what_was_paid(till: Till, shop: Shop, milk: str) -> None:
    """Ctrl+L with a part paid, the PIN, and the rest is paid: one sale, both payments."""
    till.scan(milk)
    till.stroke("F12")
    till.keys("1.00\n")
    till.stroke("Ctrl+L")
    assert till["screen"] == "lock"
    till.keys("1111\n")
    assert (till["screen"], till["paid"], till["remaining"]) == ("tender", "1.00", "0.85")
    till.stroke("F11")
    tenders = "select string_agg(amount::text, ',' order by n) from pos.payment"
    assert shop.ask(tenders) == [("100,85",)]


def test_locking_at_the_change_keeps_it_on_the_screen(till: Till, milk: str) -> None:
    """The change is still to be given when the person is back."""
    till.scan(milk)
    till.stroke("F12")
    till.keys("5.00\n")
    till.stroke("Ctrl+L")
    assert till["screen"] == "lock"
    till.keys("1111\n")
    assert (till["screen"], till["change"]) == ("change", "3.15")


# -- the clock ---------------------------------------------------------------------------------------------


def test_the_clock_tells_the_shops_time_by_the_server(app: QApplication) -> None:
    """London in summer, on a machine that is ten minutes slow; then the next minute."""
    machine = datetime(2026, 7, 1, 11, 49, 59, 999_000, tzinfo=UTC)
    told: list[str] = []
    clock = ShopClock("Europe/London", now=lambda: machine)
    clock.told.connect(told.append)
    clock.set_offset(10 * 60_000)
    assert told == ["12:59"]
    assert 0 < clock.wait_ms <= 2
    machine = datetime(2026, 7, 1, 11, 50, tzinfo=UTC)
    clock.set_offset(10 * 60_000)
    assert told == ["12:59", "13:00"]
    assert clock.wait_ms > 59_000


@pytest.mark.parametrize(("width", "shown"), [(1366, True), (1920, True), (1024, False)])
def test_the_clock_is_on_the_register_where_there_is_room(counter: Counter, width: int, shown: bool) -> None:
    """Wholly in sight beside the chips."""
    till = counter.open(size=(width, 768))
    clock = till.window.topbar.clock
    assert clock.isVisible() is shown
    if shown:
        hours, minutes = clock.text().split(":")
        assert (len(hours), len(minutes)) == (2, 2)
        assert clock.width() >= clock.sizeHint().width()
        assert till.window.topbar.rect().contains(clock.geometry())
