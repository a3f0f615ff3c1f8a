"""Tender, card and change: what is asked for, what is refused in words, what stays on the screen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from pos_desktop.domain.basket import totals
from pos_desktop.domain.tender import Tendering
from tests.register.screens.conftest import Show
from tests.register.screens.gallery import tender_screen
from tests.register.screens.stock import EUR, GBP, basket
from tests.register.screens.watch import driving
from ui.register.screens.card import CardPanel
from ui.register.screens.change import ChangeScreen
from ui.register.screens.tender import NOT_HERE, NOTHING_TYPED, PAID_ALREADY, TenderScreen
from ui.register.screens.values import (
    CardAnswer,
    CardAsked,
    CashGiven,
    ChangeView,
    PaymentRemoved,
)
from ui.widgets.text import record_text

TOTAL = totals(basket()).total


def test_a_quick_sum_completes_by_one_tap(show: Show) -> None:
    """30.74 due: the second key is 31.00 and says 0.26 change."""
    with driving(show("tender")) as driver:
        key = driver.button("quick_1")
        assert key.text() == "31.00"
        assert "change 0.26" in key.accessibleName()
        driver.tap("quick_1")
        assert driver.answer() == CashGiven(3100)


def test_exact_cash_by_f11(show: Show) -> None:
    """F11 gives exactly what is due."""
    with driving(show("tender")) as driver:
        driver.stroke("F11")
        assert driver.answer() == CashGiven(TOTAL)


def test_holding_a_quick_sum_adds_it_up_and_does_not_pay(show: Show, qtbot: QtBot) -> None:
    """Two long presses on different sums make their sum; the payment waits for Take cash."""
    with driving(show("tender")) as driver:
        for name in ("quick_3", "quick_4"):
            key = driver.button(name)
            middle: QPoint = key.rect().center()
            with qtbot.waitSignal(key.held):  # type: ignore[attr-defined]
                QTest.mousePress(key, Qt.MouseButton.LeftButton, pos=middle)
            QTest.mouseRelease(key, Qt.MouseButton.LeftButton, pos=middle)
        assert driver.heard == []
        assert driver.screen.probe()["typed"] == "90.00"
        driver.tap("key_enter")
        assert driver.answer() == CashGiven(9000)


def test_typed_cash_by_keyboard_and_by_touch(show: Show) -> None:
    """2 0 . 5 Enter is 20.50; the pad does the same; a comma is a decimal sign too."""
    for text in ("20.5\n", "20,5\n"):
        with driving(show("tender")) as driver:
            driver.type(text)
            assert driver.answer() == CashGiven(2050)
    with driving(show("tender")) as driver:
        for name in ("2", "0", ".", "5", "enter"):
            driver.tap(f"key_{name}")
        assert driver.answer() == CashGiven(2050)


def test_enter_with_nothing_typed_pays_nothing(show: Show) -> None:
    """It says what to do instead."""
    with driving(show("tender")) as driver:
        driver.stroke("Return", "F1")
        assert driver.heard == []
        assert driver.screen.probe()["message"] == NOTHING_TYPED


def test_a_card_takes_what_is_due_or_the_part_typed(show: Show) -> None:
    """F2 puts what is due on the terminal; with 5.00 typed only that."""
    with driving(show("tender")) as driver:
        driver.stroke("F2")
        assert driver.answer() == CardAsked(TOTAL)
    with driving(show("tender")) as driver:
        driver.type("5")
        assert "£5.00 to terminal" in driver.button("card").accessibleName()
        driver.stroke("F2")
        assert driver.answer() == CardAsked(500)


def test_a_card_over_what_is_due_is_refused_in_words(show: Show) -> None:
    """No cash back from a card."""
    with driving(show("tender")) as driver:
        driver.type("40")
        driver.stroke("F2")
        assert driver.heard == []
        assert "card" in str(driver.screen.probe()["message"]).lower()


def test_a_slip_of_the_hand_is_not_taken_as_cash(show: Show) -> None:
    """50 000 against 30.74 is asked about, not taken."""
    with driving(show("tender")) as driver:
        driver.type("50000\n")
        assert driver.heard == []
        assert driver.screen.probe()["message"]


def test_an_underpaid_split_goes_on(show: Show) -> None:
    """After 10.00 the rest is due, shown as a payment that can be given back."""
    screen = show("tender")
    assert isinstance(screen, TenderScreen)
    with driving(screen) as driver:
        driver.type("10")
        screen.show_tendering(Tendering(TOTAL).add_cash(1000, GBP))
        assert screen.probe() == {
            "screen": "tender",
            "lines": 7,
            "total": "30.74",
            "remaining": "20.74",
            "cash": "20.74",
            "rounding": "0.00",
            "paid": "10.00",
            "payments": 1,
            "typed": "",
            "message": "",
        }
        driver.settle()
        assert driver.button("quick_0").text() == "20.74"
        driver.tap("payment:0")
        assert driver.answer() == PaymentRemoved(0)


def test_a_card_payment_is_refunded_on_the_terminal_first(show: Show) -> None:
    """The first tap says so and takes nothing; anything between the two taps starts over."""
    with driving(show("tender_part")) as driver:
        driver.tap("payment:0")
        assert driver.heard == []
        assert "Refund £10.00 on the terminal first" in str(driver.screen.probe()["message"])
        driver.type("1")
        driver.tap("payment:0")
        assert driver.heard == []
        driver.tap("payment:0")
        assert driver.answer() == PaymentRemoved(0)


def test_cancelling_says_what_to_give_back_first(show: Show) -> None:
    """Cash and card by name and sum; with nothing taken it cancels at once."""
    with driving(show("tender_part")) as driver:
        driver.stroke("Ctrl+Del")
        assert driver.heard == []
        said = str(driver.screen.probe()["message"])
        assert "Give back £5.00 cash" in said
        assert "Refund £10.00 on the terminal" in said
        driver.tap("cancel")
        assert driver.names == ["cancelled"]
    with driving(show("tender")) as driver:
        driver.stroke("Ctrl+Del")
        assert driver.names == ["cancelled"]


def test_going_back_needs_the_money_given_back_first(show: Show) -> None:
    """Esc clears what is typed, then goes back; with a payment taken it says why not."""
    with driving(show("tender")) as driver:
        driver.type("12")
        driver.stroke("Esc")
        assert driver.heard == []
        assert driver.screen.probe()["typed"] == ""
        driver.stroke("Esc")
        assert driver.names == ["back"]
    with driving(show("tender_part")) as driver:
        driver.stroke("Esc")
        assert driver.heard == []
        assert driver.screen.probe()["message"] == PAID_ALREADY


def test_an_item_scanned_here_is_refused_in_words(show: Show) -> None:
    """It is not typed into the amount, and the window hears that it was refused."""
    with driving(show("tender")) as driver:
        driver.scan("5010012345678")
        assert driver.refused_scans == ["5010012345678"]
        assert driver.screen.probe()["message"] == NOT_HERE
        assert driver.screen.probe()["typed"] == ""
        assert driver.heard == []


def test_many_payments_page(show: Show) -> None:
    """Five payments: the newest is in view, the first can still be reached and given back."""
    with driving(show("tender_many")) as driver:
        driver.tap("page_previous")
        driver.tap("page_previous")
        driver.tap("payment:0")
        assert driver.answer() == PaymentRemoved(0)


def test_names_wrap_in_the_basket_of_the_tender(show: Show) -> None:
    """The long name is painted whole on the smallest screen."""
    screen = show(tender_screen, (1024, 768))
    with record_text() as log:
        screen.grab()
    painted = [t for t in log.painted if t.text.startswith("Malbec Reserva 2022 75 cl, Valle de Uco")]
    assert painted
    assert all(not t.clipped and t.lines > 1 for t in painted)


def test_paid_by_card_with_its_slip(show: Show) -> None:
    """The reference is typed, letters too, then F1 says paid."""
    with driving(show(lambda host: CardPanel(1884, GBP, parent=host))) as driver:
        driver.type("a1-0044")
        driver.stroke("F1")
        assert driver.answer() == CardAnswer(1884, True, "A1-0044")


def test_the_slip_scanned(show: Show) -> None:
    """A scan replaces what was typed; something that cannot be a reference is refused."""
    with driving(show(lambda host: CardPanel(1884, GBP, parent=host))) as driver:
        driver.type("99")
        driver.scan("TX004410")
        assert driver.screen.probe()["reference"] == "TX004410"
        driver.scan("X" * 40)
        assert driver.refused_scans == ["X" * 40]
        assert driver.screen.probe()["reference"] == "TX004410"
        driver.tap("not_paid")
        assert driver.answer() == CardAnswer(1884, False)


def test_an_unclear_card_is_never_guessed(show: Show) -> None:
    """F3 says that the slip does not say; from then on the answer carries that, and Enter never answers."""
    with driving(show(lambda host: CardPanel(1884, GBP, parent=host))) as driver:
        driver.stroke("F3", "Return", "Space", "Esc")
        assert driver.heard == []
        assert "We don't know if the card was charged" in str(driver.screen.probe()["message"])
        driver.stroke("F4")
        assert driver.answer() == CardAnswer(1884, False, unknown=True)


def test_card_reference_by_the_screens_own_keyboard(show: Show) -> None:
    """Touch alone: open the keyboard, type, put it away, answer."""
    with driving(show(lambda host: CardPanel(1884, GBP, parent=host), (1024, 768))) as driver:
        driver.tap("keyboard")
        for letter in "a7":
            driver.tap(f"letter_{letter}")
        driver.tap("keyboard_done")
        driver.tap("paid")
        assert driver.answer() == CardAnswer(1884, True, "A7")


@pytest.mark.parametrize(("way", "signal"), [("Return", "next_asked"), ("P", "print_asked")])
def test_change_by_keyboard(show: Show, way: str, signal: str) -> None:
    """Enter is the next customer, P prints again."""
    with driving(show("change")) as driver:
        driver.stroke(way)
        assert driver.names == [signal]


def test_a_scan_on_the_change_screen_is_the_next_customers(show: Show) -> None:
    """Nothing of it is lost."""
    with driving(show("change")) as driver:
        driver.scan("5010012345678")
        assert driver.heard == [("next_with_scan", ("5010012345678",))]
        assert driver.refused_scans == []


def test_all_notes_and_coins_to_hand_out_are_shown(show: Show) -> None:
    """1 288.88 in euro takes fourteen kinds; every one is on the screen."""
    screen = show("change_wide", (1024, 768))
    with record_text() as log:
        screen.grab()
    kinds = {"€500", "€200", "€50", "€20", "€10", "€5", "€2", "€1", "50c", "20c", "10c", "5c", "2c", "1c"}
    assert kinds <= log.texts
    assert "× 2" in log.texts


def test_the_paper_is_told_in_words(show: Show) -> None:
    """Printing, printed, waiting for the printer, not printed: each its own words, and Print fits them."""
    view = ChangeView(116, 2884, (("Cash", 3000),), "S1-T2-1-010428", EUR, "printing")
    screen = show(lambda host: ChangeScreen(view, parent=host))
    assert isinstance(screen, ChangeScreen)
    said = set()
    with driving(screen) as driver:
        for state in ("printing", "printed", "waiting", "off"):
            screen.set_printing(state)  # type: ignore[arg-type]
            said.add(screen.probe()["message"])
        assert len(said) == 4
        assert driver.button("print").text() == "Print receipt"
