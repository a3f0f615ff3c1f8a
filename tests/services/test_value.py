"""Gift cards and payment codes through the till's services: held, taken, never alone, known after a crash."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pos_desktop.database import value_setup
from pos_desktop.domain.basket import totals
from pos_desktop.domain.loading import load
from pos_desktop.domain.refund import take_back
from pos_desktop.domain.tender import Tender, Tendering
from pos_desktop.errors import UserError
from pos_desktop.services.results import Completed, Unconfirmed
from pos_desktop.services.tenders import AccountCard, TenderRefused
from pos_desktop.services.till import TillServices
from tests.database.invariants import assert_sound
from tests.services.cable import Wired, wired_tills
from tests.services.tills import BREAD, Shopfront, cash, scanned

CODE = "CORNER-GIFT-0001"
KINDS = ("cash", "card", "gift_card", "store_credit", "voucher", "mobile", "cheque")


@pytest.fixture
def wired(front: Shopfront, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wired]:
    """Tills that may sell alone, in a shop that takes every kind."""
    with front.database.connect() as owner:
        owner.execute("select setval(pg_get_serial_sequence('pos.category', 'id'), 1000)")
        value_setup.take_tenders(owner, 1, KINDS)
    with wired_tills(front, monkeypatch) as tills:
        tills.allow()
        yield tills


def sold_gift_card(till: TillServices, amount: int) -> AccountCard:
    """A gift card, sold for cash."""
    card = till.new_account("gift_card", CODE)
    assert isinstance(card, AccountCard)
    (item,) = till.items((till.tender_rules().holds["gift_card"],))
    basket = load(till.new_basket(), item, amount, account=card.account, code=card.code)
    assert isinstance(till.complete_sale(basket, cash(basket)), Completed)
    return card


def test_what_no_answer_comes_to_is_never_taken_for_done_by_the_till_alone(wired: Wired) -> None:
    """Cash and cards would be; what a gift card is worth the server alone knows."""
    till = wired.selling()
    card = sold_gift_card(till, 500)
    basket = scanned(till, till.new_basket(), BREAD)
    paid = till.hold_tender(basket.sale_id, "gift_card", CODE.lower(), totals(basket).total)
    assert paid == Tender("gift_card", 249, "0001", account=card.account, left=251)
    till.save_draft(basket, (paid,))
    wired.cable.deaf = True
    posted = till.complete_sale(basket, (paid,))
    assert isinstance(posted, Unconfirmed)
    assert posted.document.fields["flags"] == []
    wired.cable.deaf = False
    (done,) = till.settle().done
    assert isinstance(done, Completed)
    assert not done.offline
    found = till.account(CODE)
    assert found is not None
    assert (found.balance, found.name) == (251, "Gift card ending 0001")
    with wired.front.database.connect() as owner:
        assert_sound(owner)


def test_alone_no_gift_card_is_looked_at_sold_or_taken(wired: Wired) -> None:
    till = wired.selling()
    sold_gift_card(till, 500)
    wired.cable.pulled = True
    basket = scanned(till, till.new_basket(), BREAD)
    assert till.offline_state().away
    for refused in (
        lambda: till.account(CODE),
        lambda: till.new_account("gift_card"),
        lambda: till.hold_tender(basket.sale_id, "mobile", "QGH7X5K2PL", 100),
    ):
        with pytest.raises(UserError) as caught:
            refused()
        assert caught.value.code == "tender.needs_server"
    assert till.hold_tender(basket.sale_id, "cheque", "000123", 100) == Tender("cheque", 100, "000123")


def test_payments_held_come_back_after_a_crash_and_are_freed_when_given_back(wired: Wired) -> None:
    till = wired.selling()
    card = sold_gift_card(till, 100)
    basket = scanned(till, till.new_basket(), BREAD)
    paid = till.hold_tender(basket.sale_id, "gift_card", CODE, 249)
    assert isinstance(paid, Tender)
    assert (paid.amount, paid.left) == (100, 0)
    till.save_draft(basket, Tendering(249).add(paid).tenders)
    draft = till.load_draft()
    assert draft is not None
    assert draft.tenders == (paid,)
    held = till.account(CODE)
    assert held is not None
    assert (held.balance, held.available) == (100, 0)
    other = till.hold_tender(till.new_basket().sale_id, "gift_card", CODE, 249)
    assert isinstance(other, TenderRefused)
    assert other.words == "There is nothing left on it. Take another payment."
    till.release_tender(basket.sale_id, paid)
    freed = till.account(CODE)
    assert freed is not None
    assert (freed.account, freed.available) == (card.account, 100)


def test_what_a_gift_card_paid_goes_back_onto_it(wired: Wired) -> None:
    """Onto each of two cards what it had paid, however many pieces come back."""
    till = wired.selling()
    first = sold_gift_card(till, 200)
    second = till.new_account("gift_card", "CORNER-GIFT-0002")
    assert isinstance(second, AccountCard)
    (item,) = till.items((till.tender_rules().holds["gift_card"],))
    basket = load(till.new_basket(), item, 1000, account=second.account, code=second.code)
    assert isinstance(till.complete_sale(basket, cash(basket)), Completed)
    basket = scanned(till, till.new_basket(), BREAD, BREAD)
    tendering = Tendering(totals(basket).total)
    for code in (CODE, "CORNER-GIFT-0002"):
        paid = till.hold_tender(basket.sale_id, "gift_card", code, tendering.remaining)
        assert isinstance(paid, Tender)
        tendering = tendering.add(paid)
    sold = till.complete_sale(basket, tendering.final())
    assert isinstance(sold, Completed)
    for _ in range(2):
        receipt = till.receipt_to_refund(till.receipt_of(sold.document.no).number)
        back = take_back(till.new_basket(), receipt, 1, 1000, "stock", "faulty")
        ways = tuple(way.tender for way in till.ways_back(back))
        assert isinstance(till.complete_sale(back, ways), Completed)
    balances = [card.balance for card in map(till.account, (CODE, "CORNER-GIFT-0002")) if card]
    assert balances == [200, 1000]
    assert first.account != second.account
    with wired.front.database.connect() as owner:
        assert_sound(owner)


def test_codes_that_are_none_are_refused_in_words(wired: Wired) -> None:
    till = wired.selling()
    sale_id = till.new_basket().sale_id
    for kind, text, words in (
        ("gift_card", "4111 1111 1111 1111", "payment card's number"),
        ("gift_card", "AB", "is no gift card"),
        ("mobile", "12345", "ten letters and digits"),
        ("cheque", "no. 12", "not a cheque's number"),
    ):
        with pytest.raises(UserError, match=words):
            till.hold_tender(sale_id, kind, text, 100)  # type: ignore[arg-type]
    nobodys = till.hold_tender(sale_id, "gift_card", "GC7Q2MKP01XW8R", 100)
    assert isinstance(nobodys, TenderRefused)
    assert "has that code" in nobodys.words
    made = till.new_account("gift_card", BREAD)
    assert isinstance(made, TenderRefused)
    assert made.words == "That is an item's barcode. Scan the number of the card itself."
