"""Age, entries, reasons, lists, waiting and More: each answer once, and none by accident."""

from __future__ import annotations

from datetime import date

import pytest

from tests.register.screens.conftest import Show
from tests.register.screens.stock import FULL_DISK, GBP, HELD, LOCKED, QUESTION, REASONS, RECEIPTS
from tests.register.screens.watch import driving
from ui.keymap import Keymap
from ui.register.screens.age import AgeOverlay
from ui.register.screens.entry import AmountEntry
from ui.register.screens.lists import HoldListScreen, ReprintScreen
from ui.register.screens.more import CHOICES, MorePanel
from ui.register.screens.reasons import NoSaleScreen, VoidScreen
from ui.register.screens.typed import TypedDate, TypedNumber, long_date
from ui.register.screens.values import (
    AgeAnswer,
    AgeQuestion,
    ConfirmingView,
    EntryAnswer,
    EntryKind,
    EntryQuestion,
    MoreChoice,
    MoreView,
    Recall,
    Reprint,
)
from ui.register.screens.waiting import CannotRecordScreen, ConfirmingScreen, LockedOutScreen
from ui.widgets.text import record_text


@pytest.mark.parametrize(
    ("stroke", "result"), [("F1", "id_checked"), ("F2", "clearly_over"), ("F4", "refused")]
)
def test_the_three_answers_of_an_age_check(show: Show, stroke: str, result: str) -> None:
    """One key each."""
    with driving(show("age")) as driver:
        driver.stroke(stroke)
        assert driver.answer() == AgeAnswer(18, result)  # type: ignore[arg-type]


def test_the_cut_off_date_is_on_the_screen(show: Show) -> None:
    """For 16, 18 and 21, and for a 29 February."""
    for age, today, shown in (
        (16, date(2026, 11, 22), "22 November 2010"),
        (21, date(2026, 11, 22), "22 November 2005"),
        (18, date(2028, 2, 29), "28 February 2010"),
    ):
        with record_text() as log:
            show(lambda host, a=age, t=today: AgeOverlay(AgeQuestion("Cider", a, t), parent=host)).grab()
        assert shown in log.texts


def test_old_enough_by_date_still_asks_for_the_answer(show: Show) -> None:
    """Born on the very day: the key lights up, F1 answers, and only that a date was used goes out."""
    with driving(show("age")) as driver:
        driver.type("22112008")
        assert driver.heard == []
        assert driver.screen.probe()["too_young"] is False
        driver.stroke("F1")
        assert driver.answer() == AgeAnswer(18, "id_checked", "typed")


def test_too_young_by_date_leaves_only_refusing(show: Show) -> None:
    """A day too late: F1 and F2 are dead, the screen says so, F4 refuses."""
    with driving(show("age")) as driver:
        driver.type("23112008")
        assert driver.screen.probe()["too_young"] is True
        assert "Too young" in str(driver.screen.probe()["message"])
        driver.stroke("F1", "F2", "Return", "Space", "Esc")
        assert driver.heard == []
        driver.stroke("F4")
        assert driver.answer() == AgeAnswer(18, "refused", "typed")


def test_a_mistyped_date_can_be_typed_again(show: Show) -> None:
    """F3 clears it; a day that does not exist, or lies ahead, decides nothing."""
    with driving(show("age")) as driver:
        driver.type("23112008")
        driver.stroke("F3")
        assert driver.screen.probe()["too_young"] is False
        for impossible in ("31022000", "01012030", "01011880"):
            driver.type(impossible)
            assert driver.screen.probe()["too_young"] is False, impossible
            driver.stroke("F3")
        driver.tap("key_1")
        assert driver.screen.probe()["digits"] == 1
        assert driver.heard == []


def test_a_scan_does_not_reach_an_age_check(show: Show) -> None:
    """It is refused audibly, and types no date."""
    with driving(show("age")) as driver:
        driver.scan("22112000")
        assert driver.refused_scans == ["22112000"]
        assert driver.screen.probe()["digits"] == 0


def entry(kind: EntryKind, *, unit: str = "each", price: int | None = None) -> EntryQuestion:
    """A question for a number."""
    return EntryQuestion(kind, "Title", "Bananas, loose", GBP, unit=unit, price=price)


@pytest.mark.parametrize(
    ("kind", "unit", "typed", "value"),
    [
        ("price", "each", "5\n", 500),
        ("price", "each", "0\n", 0),
        ("amount", "each", "12,5\n", 1250),
        ("quantity", "each", "6\n", 6000),
        ("weight", "kg", ".842\n", 842),
    ],
)
def test_numbers_typed(show: Show, kind: EntryKind, unit: str, typed: str, value: int) -> None:
    """Minor units for money, thousandths for goods."""
    with driving(show(lambda host: AmountEntry(entry(kind, unit=unit), parent=host))) as driver:
        driver.type(typed)
        assert driver.answer() == EntryAnswer(kind, value)


def test_an_empty_entry_answers_nothing(show: Show) -> None:
    """Enter says what to do, Esc leaves everything as it was."""
    with driving(show(lambda host: AmountEntry(entry("weight", unit="kg"), parent=host))) as driver:
        assert driver.screen.name == "weigh"
        driver.stroke("Return")
        assert driver.heard == []
        assert "weigh" in str(driver.screen.probe()["message"]).lower()
        driver.stroke("Esc")
        assert driver.names == ["back"]


def test_a_piece_has_no_decimals(show: Show) -> None:
    """The point is dead where goods are sold by the piece."""
    with driving(show(lambda host: AmountEntry(entry("quantity"), parent=host))) as driver:
        driver.type("1.5")
        assert driver.screen.probe()["typed"] == "15"
        assert not driver.button("key_.").isEnabled()


def test_what_a_weight_comes_to_shows_as_it_is_typed(show: Show) -> None:
    """0.842 kg at 1.12 is 0.94."""
    with driving(
        show(lambda host: AmountEntry(entry("weight", unit="kg", price=112), parent=host))
    ) as driver:
        driver.type("0.842")
        assert driver.screen.probe()["comes_to"] == "0.842 kg × 1.12 = £0.94"


def test_reasons_by_key_and_finger(show: Show) -> None:
    """F2 is the first reason; the tap is the answer."""
    with driving(show(lambda host: NoSaleScreen(REASONS, parent=host))) as driver:
        driver.stroke("F2")
        assert driver.answer() == REASONS[0]
    with driving(show(lambda host: VoidScreen(REASONS, 7, 2884, GBP, parent=host))) as driver:
        driver.tap("reason_3")
        assert driver.answer() == REASONS[2]
        driver.stroke("Esc")
        assert driver.names == ["chosen", "back"]


def test_recalling_by_keys_over_pages(show: Show) -> None:
    """Down, page down, Enter."""
    with driving(show(lambda host: HoldListScreen(HELD, GBP, parent=host))) as driver:
        driver.stroke("Down")
        assert driver.screen.probe()["chosen"] == HELD[1].label
        driver.stroke("PgDown", "Down", "Down", "Return")
        assert driver.answer() == Recall(HELD[7].sale_id)


def test_recalling_by_touch(show: Show) -> None:
    """A tap on a row takes it."""
    with driving(show(lambda host: HoldListScreen(HELD, GBP, parent=host))) as driver:
        driver.tap("page_next")
        driver.tap(f"row:{HELD[6].label}")
        assert driver.answer() == Recall(HELD[6].sale_id)


def test_an_empty_list_says_so_and_answers_nothing(show: Show) -> None:
    """No sale on hold."""
    with driving(show(lambda host: HoldListScreen((), GBP, parent=host))) as driver:
        driver.stroke("Return", "Down", "PgDown")
        assert driver.heard == []
        assert "No sale is on hold" in str(driver.screen.probe()["message"])


def test_a_receipts_barcode_asks_for_its_copy(show: Show) -> None:
    """One of another till is refused in words."""
    with driving(show(lambda host: ReprintScreen(RECEIPTS, GBP, parent=host))) as driver:
        driver.scan("S1-T9-1-010420")
        assert driver.refused_scans == ["S1-T9-1-010420"]
        assert driver.screen.probe()["message"]
        driver.scan("S1-T2-1-010420")
        assert driver.answer() == Reprint(10420)


def test_confirming_counts_and_can_be_hurried(show: Show) -> None:
    """What happened, how often it was tried, F5 tries now; nothing else can be done."""
    view = ConfirmingView("S1-T2-1-010428", 2884, 7, GBP)
    screen = show(lambda host: ConfirmingScreen(view, parent=host))
    assert isinstance(screen, ConfirmingScreen)
    with driving(screen) as driver:
        assert "£28.84 with 7 lines is saved.\nDid it go through?" in str(screen.probe()["message"])
        screen.set_attempts(4)
        with record_text() as log:
            screen.grab()
        assert "Tried 4 times. The till goes on trying by itself." in log.texts
        driver.stroke("Return", "Esc", "Space")
        driver.scan("5010012345678")
        assert driver.heard == []
        assert driver.refused_scans == ["5010012345678"]
        driver.stroke("F5")
        assert driver.names == ["retry_asked"]


def test_a_held_till_says_who_holds_it(show: Show) -> None:
    """The holder and the reference for IT are on the screen."""
    with driving(show(lambda host: LockedOutScreen(LOCKED, parent=host))) as driver:
        with record_text() as log:
            driver.screen.grab()
        assert f"Held by {LOCKED.holder}" in log.texts
        assert "Ref 7F3A" in log.texts
        driver.tap("leave")
        driver.stroke("F5")
        assert driver.names == ["leave_asked", "try_again"]


def test_a_full_disk_refuses_payment_in_words(show: Show) -> None:
    """The basket is kept; back or try again."""
    with driving(show(lambda host: CannotRecordScreen(FULL_DISK, parent=host))) as driver:
        assert "disk" in str(driver.screen.probe()["message"])
        driver.stroke("F5", "Esc")
        assert driver.names == ["try_again", "back"]


def test_more_offers_each_choice_and_says_who_must_allow_it(show: Show) -> None:
    """By its key and by tap; a closed choice is not there."""
    view = MoreView("dark", "Amina M.", frozenset({"void_sale"}), frozenset({"cash"}))
    keymap = Keymap()
    with driving(show(lambda host: MorePanel(view, parent=host))) as driver:
        assert "asks a supervisor" in driver.button("void_sale").accessibleName()
        assert driver.button("theme").text() == "Light screen"
        assert driver.screen.probe()["choices"] == [name for name in CHOICES if name != "cash"]
        for name in driver.screen.key_actions():
            driver.stroke(keymap.keys("more", name)[0])
        chosen = [values[0] for signal, values in driver.heard if signal == "chosen"]
        assert chosen == [MoreChoice(name) for name in CHOICES if name != "cash"]
        assert driver.names[-1] == "back"


def test_numbers_and_dates_as_they_are_typed() -> None:
    """One decimal sign, no more decimals than there are, no leading zeros; a date only when it is one."""
    number = TypedNumber(2)
    for key in ("0", "0", "1", "2", ".", ".", "3", "4", "5"):
        number = number.press(key)
    assert number.text == "12.34"
    assert number.press("backspace").text == "12.3"
    assert TypedNumber(2).press(",").text == "0."
    assert TypedNumber(0).press(".").text == ""
    assert TypedNumber(0).press("00").text == "0"
    born = TypedDate()
    for key in "29022008":
        born = born.press(key)
    assert born.date == date(2008, 2, 29)
    assert born.shown == "29 / 02 / 2008"
    assert TypedDate("02292008", month_first=True).date == date(2008, 2, 29)
    assert TypedDate("29022007").date is None
    assert long_date(date(2008, 2, 9)) == "9 February 2008"
    assert QUESTION.challenge == 25
