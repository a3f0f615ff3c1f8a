"""Opening and closing a shift: typed and counted, blind and not, over and short, what stops it, and the Z."""

from __future__ import annotations

import pytest

from tests.register.screens.conftest import Show
from tests.register.screens.gallery import closing, opening
from tests.register.screens.stock import CASH_REASONS, GBP, z_paper
from tests.register.screens.watch import driving
from ui.register.screens.cash import CashMovementScreen
from ui.register.screens.counting import denomination_name
from ui.register.screens.shift_close import ShiftCloseScreen
from ui.register.screens.shift_open import ShiftOpenScreen
from ui.register.screens.values import CashMoved, ShiftCount, ShiftOpening
from ui.register.screens.z_done import ZDoneScreen
from ui.widgets.text import record_text


def test_a_float_typed_as_one_sum(show: Show) -> None:
    """1 0 0 Enter opens with 100.00; the business date is on the screen in words."""
    with driving(show(lambda host: ShiftOpenScreen(opening(), parent=host))) as driver:
        with record_text() as log:
            driver.screen.grab()
        assert any("business date Sunday 22 November 2026" in text for text in log.texts)
        driver.type("100\n")
        assert driver.answer() == ShiftOpening(10000)


def test_no_float_is_said_and_zero_can_be(show: Show) -> None:
    """Enter on an empty field opens nothing; a typed 0 does."""
    with driving(show(lambda host: ShiftOpenScreen(opening(), parent=host))) as driver:
        driver.stroke("F12")
        assert driver.heard == []
        assert "Type the float first" in str(driver.screen.probe()["message"])
        driver.type("0")
        driver.stroke("F12")
        assert driver.answer() == ShiftOpening(0)


def test_a_float_counted_by_keyboard(show: Show) -> None:
    """F5 counts: two fives of each kind typed, plus and minus step, F12 opens; Enter only goes on."""
    with driving(show(lambda host: ShiftOpenScreen(opening(), parent=host))) as driver:
        driver.stroke("F5", "Down")
        driver.type("2\n")
        driver.type("3")
        driver.stroke("Num++", "Num++", "-")
        driver.stroke("Return")
        assert driver.heard == []
        driver.stroke("F12")
        assert driver.answer() == ShiftOpening(2 * 2000 + 4 * 1000, ((2000, 2), (1000, 4)))


def test_a_float_counted_by_touch(show: Show) -> None:
    """The + keys of a row, then the pad into the row last touched."""
    with driving(show(lambda host: ShiftOpenScreen(opening(), parent=host), (1024, 768))) as driver:
        driver.tap("float_counted")
        driver.tap("more:50")
        driver.tap("more:50")
        driver.tap("less:50")
        driver.tap("more:1000")
        driver.tap("key_7")
        driver.tap("take")
        assert driver.answer() == ShiftOpening(17050 - 10000, ((1000, 7), (50, 1)))


def test_a_busy_shift_opens_once(show: Show) -> None:
    """While it is being opened a second press does nothing; trouble is said and opens the key again."""
    screen = show(lambda host: ShiftOpenScreen(opening(), parent=host))
    assert isinstance(screen, ShiftOpenScreen)
    with driving(screen) as driver:
        driver.type("100")
        driver.stroke("F12")
        screen.set_busy(True)
        driver.stroke("F12")
        assert driver.names == ["opened"]
        screen.say("Drawer 2 has an open shift already. Close that one first.")
        driver.stroke("F12")
        assert driver.names == ["opened", "opened"]


def test_a_blind_count_hides_what_is_expected_until_it_is_done(show: Show) -> None:
    """Neither painted nor probed before the review; after it over or short stands there in words."""
    with driving(show(lambda host: ShiftCloseScreen(closing(blind=True), parent=host))) as driver:
        driver.type("9\n")
        driver.stroke("F6", "F5")
        assert driver.heard == []
        assert driver.button("x_report").reason == "counting blind"
        with record_text() as log:
            driver.screen.grab()
        assert not any("491.85" in text for text in log.texts)
        assert driver.screen.probe()["expected"] == ""
        driver.stroke("F12")
        with record_text() as log:
            driver.screen.grab()
        assert {"£491.85", "£450.00", "Short", "−£41.85"} <= log.texts
        assert driver.heard == []
        driver.stroke("F12")
        assert driver.answer() == ShiftCount(45000, ((5000, 9),), True)


@pytest.mark.parametrize(
    ("strokes", "blind"),
    [((), True), (("F6",), False), (("F6", "F6"), False), (("F5",), False), (("F12", "Esc"), False)],
)
def test_a_count_is_blind_only_when_nobody_looked(show: Show, strokes: tuple[str, ...], blind: bool) -> None:
    """Hidden at first; shown by F6, named by the X report or seen in a review, it was not counted blind."""
    with driving(show(lambda host: ShiftCloseScreen(closing(), parent=host))) as driver:
        assert driver.screen.probe()["expected"] == ""
        driver.stroke(*strokes)
        assert driver.screen.probe()["expected"] == ("491.85" if strokes == ("F6",) else "")
        driver.stroke("F12", "F12")
        assert driver.heard[-1][1][0].blind is blind


def test_counting_again_is_counted(show: Show) -> None:
    """Esc in the review goes back to the count and not out; Enter closes nothing."""
    with driving(show(lambda host: ShiftCloseScreen(closing(), parent=host))) as driver:
        driver.stroke("F12", "Return", "Esc")
        assert driver.heard == []
        driver.type("1")
        driver.stroke("F12", "F12")
        assert driver.answer() == ShiftCount(5000, ((5000, 1),), False, recounts=1)


def test_what_stops_the_close_is_said_and_the_key_is_dead(show: Show) -> None:
    """An open sale stops it; an X report can still be printed."""
    with driving(show("shift_close_stopped")) as driver:
        assert "7 lines is still open" in str(driver.screen.probe()["message"])
        driver.stroke("F12", "F12")
        assert driver.heard == []
        driver.stroke("F5")
        assert driver.names == ["x_report_asked"]


def test_leaving_the_count(show: Show) -> None:
    """Esc before the review goes back to the sale."""
    with driving(show(lambda host: ShiftCloseScreen(closing(), parent=host))) as driver:
        driver.stroke("Esc")
        assert driver.names == ["back"]


def test_the_z_shows_every_figure_of_the_paper(show: Show) -> None:
    """Label and value of each row, as on the paper; Enter goes on, P prints again."""
    paper = z_paper()
    with driving(show(lambda host: ZDoneScreen(paper, parent=host), (1024, 768))) as driver:
        with record_text() as log:
            driver.screen.grab()
        for section in paper.sections:
            for row in section.rows:
                assert set(row) <= log.texts, row
        driver.stroke("P", "Return")
        assert driver.names == ["print_asked", "next_asked"]


def test_cash_to_the_safe_needs_way_amount_and_reason(show: Show) -> None:
    """Each is asked for in words; nothing is taken for granted."""
    with driving(show(lambda host: CashMovementScreen(GBP, CASH_REASONS, parent=host))) as driver:
        driver.stroke("F12")
        assert "which way" in str(driver.screen.probe()["message"])
        driver.stroke("F2", "F12")
        assert "amount" in str(driver.screen.probe()["message"])
        driver.type("200")
        driver.stroke("F12")
        assert "why" in str(driver.screen.probe()["message"])
        driver.stroke("Down", "Down", "F12")
        assert driver.answer() == CashMoved("drop", 20000, "bank")


def test_cash_paid_out_by_touch(show: Show) -> None:
    """The same with a finger."""
    with driving(
        show(lambda host: CashMovementScreen(GBP, CASH_REASONS, parent=host), (1024, 768))
    ) as driver:
        for name in ("pay_out", "key_1", "key_2", "key_.", "key_5", "reason_5", "take"):
            driver.tap(name)
        assert driver.answer() == CashMoved("pay_out", 1250, "way_5")


def test_each_way_the_cash_goes_has_reasons_of_its_own(show: Show) -> None:
    """F5 is the first reason of the way chosen; another way forgets a reason that was for the first."""
    with driving(show(lambda host: CashMovementScreen(GBP, CASH_REASONS, parent=host))) as driver:
        assert driver.screen.probe()["reasons"] == []
        driver.stroke("F5")
        assert driver.screen.probe()["reason"] == ""
        driver.stroke("F2", "F6")
        assert driver.screen.probe()["reason"] == "bank"
        driver.stroke("F3")
        assert driver.screen.probe()["reason"] == ""
        assert driver.screen.probe()["reasons"] == ["Change from the bank"]
        driver.stroke("F6")
        assert driver.screen.probe()["reason"] == ""
        driver.type("50")
        driver.stroke("F5", "F12")
        assert driver.answer() == CashMoved("pay_in", 5000, "change")


def test_names_of_notes_and_coins() -> None:
    """As people call them."""
    assert [denomination_name(d, GBP) for d in (5000, 100, 50, 1)] == ["£50", "£1", "50p", "1p"]
