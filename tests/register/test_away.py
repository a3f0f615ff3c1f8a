"""Selling while the server is away, in the real window: how long people wait, what is taken, what returns."""

from __future__ import annotations

import time

import pytest

from pos_desktop.services.results import Refused
from tests.register.conftest import AMINA, AMINAS_PIN, Counter, Shop, Till, code_of, sign_in
from tests.register.gallery_away import pull
from ui.register.screens.tender import NOT_NOW, TenderScreen
from ui.robot.cable import Cable
from ui.widgets.key import Key

pytestmark = pytest.mark.expects_log

FIRST_WAIT = 8.0
"""What the first customer waits at most, seconds, until the till takes the server for away."""
SLACK = 15.0
"""What a busy machine may add to that."""


@pytest.fixture
def alone(cable: Cable, shop: Shop, counter: Counter) -> Till:
    """A register that may sell alone and has its own copy of the prices; Amina signed in at it."""
    shop.do("update pos.store set offline = true where number = 1")
    till = counter.open()
    till.wait(lambda shown: shown["copied"] is True, 30_000)
    return till


def outcomes(shop: Shop) -> list[tuple[object, ...]]:
    """Total and outcome of every sale on the server, in order."""
    return shop.ask(
        "select s.total, d.outcome from pos.sale s join pos.document d on d.id = s.document_id order by d.no"
    )


def sell(till: Till, code: str) -> float:
    """Sell one item for exact cash; the seconds from the key to a till ready for the next customer."""
    till.scan(code)
    begun = time.monotonic()
    till.window.press("exact_cash")
    till.wait(lambda shown: shown["screen"] == "sale" and shown["lines"] == 0, 30_000)
    return time.monotonic() - begun


def test_the_first_customer_waits_eight_seconds_at_most_and_the_next_ones_not(
    cable: Cable, alone: Till, shop: Shop
) -> None:
    """The network swallows everything. The screen asks whether the sale went through, then takes it over."""
    milk = code_of(shop, "Whole milk 2 L")
    alone.scan(milk)
    alone.stroke("F12")
    cable.swallow()
    begun = time.monotonic()
    alone.window.press("exact")
    alone.wait(lambda shown: shown["screen"] == "confirming")
    assert "Did it go through?" in str(alone["message"])
    assert "accepts the sale by itself" in str(alone["detail"])
    alone.wait(lambda shown: shown["screen"] == "sale", 30_000)
    assert time.monotonic() - begun < FIRST_WAIT + SLACK
    assert "sold offline, sent later" in str(alone["detail"])
    alone.wait(lambda shown: shown["network"] == "Offline · 1 sale queued")
    assert sell(alone, milk) < FIRST_WAIT
    assert outcomes(shop) == []
    cable.mend()
    alone.wait(lambda shown: shown["away"] is False and shown["pending"] == 0, 40_000)
    assert [total for total, _outcome in outcomes(shop)] == [185, 185]


def test_after_a_restart_the_till_is_still_alone_and_sells(
    cable: Cable, alone: Till, shop: Shop, counter: Counter
) -> None:
    """The program ends and starts with the cable out: the chip, the queue and Amina's PIN are there again."""
    milk = code_of(shop, "Whole milk 2 L")
    pull(alone, shop)
    sell(alone, milk)
    counter.close(alone)
    again = counter.open(ready=False)
    assert again["screen"] == "sign_in"
    again.wait(lambda shown: shown["network"] == "Offline · 1 sale queued", 20_000)
    sign_in(again, AMINA, AMINAS_PIN)
    again.wait(lambda shown: shown["screen"] == "sale")
    sell(again, milk)
    again.wait(lambda shown: shown["queued"] == 2, 20_000)
    cable.mend()
    again.wait(lambda shown: shown["away"] is False and shown["pending"] == 0, 40_000)
    again.settle()
    assert "2 records sent" in str(again["banner"])
    assert [total for total, _outcome in outcomes(shop)] == [185, 185]


def test_where_no_more_cash_fits_only_a_card_is_taken(alone: Till, shop: Shop) -> None:
    """The key says why; exact cash from the sale opens the payment, which says it too; the card works."""
    shop.do("update pos.store set offline_cash = 200 where number = 1")
    alone.services.till.settle()
    pull(alone, shop)
    milk = code_of(shop, "Whole milk 2 L")
    sell(alone, milk)
    alone.scan(milk)
    alone.stroke("F11")
    assert alone["screen"] == "tender"
    assert "Take a card" in str(alone["message"])
    cash = alone.find("cash")
    assert isinstance(cash, Key)
    assert cash.reason == NOT_NOW
    screen = alone.window.stage.current
    assert isinstance(screen, TenderScreen)
    assert "exact" not in screen.key_actions()
    alone.stroke("F2", "F1")
    assert (alone["screen"], alone["queued"]) == ("sale", 2)


def test_what_needs_the_server_says_so_and_selling_goes_on(alone: Till, shop: Shop) -> None:
    """Cash to the safe, an X report: words in the strip, nothing recorded, the next item is scanned."""
    pull(alone, shop)
    alone.stroke("F10", "F6")
    assert (alone["screen"], alone["message"]) == ("sale", "The server is away, and this needs it.")
    alone.scan(code_of(shop, "Whole milk 2 L"))
    assert alone["lines"] == 1
    assert alone["pending"] == 0


def test_what_the_server_would_not_book_is_said_and_undoes_nothing(till: Till, shop: Shop) -> None:
    """The goods are gone and the money is there: the banner names the receipt, and selling goes on."""
    sell(till, code_of(shop, "Whole milk 2 L"))
    last = till.services.till.last_document()
    assert last is not None
    refusal = Refused("blocked", "An item was blocked meanwhile.", last.document)
    till.window.flows.away.refused.emit((refusal, refusal))
    number = f"S1-T1-1-{last.document.no:06d}"
    assert str(till["banner"]).startswith(f"{number} and 1 more was sold alone and not booked: An item was")
    assert "The manager is told" in str(till["banner"])
    till.scan(code_of(shop, "Whole milk 2 L"))
    assert till["lines"] == 1


def test_what_a_till_alone_cannot_know_is_not_called_unknown(alone: Till, shop: Shop) -> None:
    """Its own list is not complete: the scan is to be repeated, and nobody is asked to name a new item."""
    pull(alone, shop)
    own = alone.services.till._core.alone
    own.snapshot_until, whole = None, own.snapshot_until
    alone.scan("5901234123457")
    assert alone["screen"] == "sale"
    assert alone["unknown"] == ""
    assert "was not added" in str(alone["message"])
    assert "own list is not complete yet" in str(alone["detail"])
    own.snapshot_until = whole
    alone.scan("5901234123457")
    assert alone["unknown"] != ""
