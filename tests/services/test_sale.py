"""A till's day on a real server: sell, split, refuse, void, hold, close; checked in the books."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from pos_desktop.domain.basket import AgeCheck, Approval, totals
from pos_desktop.domain.document import chain_hash
from pos_desktop.domain.tender import Tendering
from pos_desktop.errors import UserError
from pos_desktop.services.results import (
    BadCode,
    Cashier,
    Completed,
    Found,
    NotOnFile,
    Refused,
    SignedIn,
    SignInRefused,
    ZReport,
)
from pos_desktop.services.till import TillServices
from tests.database import shop as small
from tests.services.tills import BREAD, GBP, MILK, PINS, WINE, Shopfront, cash, ready, scanned, sell


def test_a_sale_is_in_the_books_as_it_was_rung_up(till: TillServices, front: Shopfront) -> None:
    basket = scanned(till, till.new_basket(), MILK, MILK, BREAD)
    tenders = Tendering(totals(basket).total).add_card(200, "slip 7").add_cash(1000, GBP).final()
    done = till.complete_sale(basket, tenders)
    assert isinstance(done, Completed)
    assert (done.outcome, done.flags, done.replayed) == ("booked", (), False)
    rows = front.database.query(
        "select kind, amount, change from pos.payment where document_id = %s order by n", done.document.id
    )
    assert rows == [
        ("card", 200, False),
        ("cash", 1000, False),
        ("cash", 200 + 1000 - 579, True),
    ] or rows == [
        ("card", 200, False),
        ("cash", 1000, False),
        ("cash", -(1200 - 579), True),
    ]
    lines = front.database.query(
        "select item_id, qty * 1000, amount from pos.sale_line where document_id = %s order by n",
        done.document.id,
    )
    assert lines == [(small.MILK, 2000, 330), (small.BREAD, 1000, 249)]
    assert till.state().grand == 579
    assert till.load_draft() is None


def test_the_chain_on_the_till_is_the_servers(till: TillServices, front: Shopfront) -> None:
    for code in (MILK, BREAD, MILK):
        assert isinstance(sell(till, code), Completed)
    rows = front.database.query("select no, prev, hash, body from pos.document order by no")
    assert [row[0] for row in rows] == [1, 2, 3, 4]
    for (_, _, head, _), (_, prev, hash_, body) in pairwise(rows):
        assert prev == head
        assert chain_hash(prev, body.encode()) == hash_
    assert till.state().head == rows[-1][2].hex()


def test_a_refusal_uses_a_number_and_the_same_basket_is_paid_again(
    till: TillServices, front: Shopfront
) -> None:
    basket = scanned(till, till.new_basket(), BREAD)
    front.database.query("update pos.item set blocked = true where id = %s returning id", small.BREAD)
    refused = till.complete_sale(basket, cash(basket))
    assert isinstance(refused, Refused)
    assert refused.reason == "blocked"
    assert "Remove it" in refused.words
    assert till.state().grand == 0
    draft = till.load_draft()
    assert draft is not None
    assert draft.basket.lines == basket.lines

    front.database.query("update pos.item set blocked = false where id = %s returning id", small.BREAD)
    paid = till.complete_sale(basket, cash(basket))
    assert isinstance(paid, Completed)
    assert paid.document.no == refused.document.no + 1
    assert paid.document.id != refused.document.id
    assert till.state().grand == 249
    assert till.load_draft() is None


def test_moved_prices_come_back_before_the_tender(till: TillServices, front: Shopfront) -> None:
    basket = scanned(till, till.new_basket(), MILK, BREAD)
    front.database.query("insert into pos.price (item_id, amount) values (%s, 180) returning id", small.MILK)
    asked = till.check_basket(basket)
    assert not asked.ok
    assert [(p.code, p.n, p.price) for p in asked.problems] == [("price_moved", 1, 180)]
    assert totals(asked.basket).total == 180 + 249
    assert till.check_basket(asked.basket).ok
    assert isinstance(till.complete_sale(asked.basket, cash(asked.basket)), Completed)


def test_age_and_typed_prices_need_their_answers(till: TillServices) -> None:
    found = till.find(WINE)
    assert isinstance(found, Found)
    at = datetime.now(UTC)
    basket = till.new_basket().with_check(AgeCheck(18, "clearly_over", at)).add(found.item, code=found.code)
    assert isinstance(till.approve(small.SUPERVISOR, PINS[small.SUPERVISOR], "price_override"), Cashier)
    approved = basket.set_price(1, 800, Approval("price_override", small.SUPERVISOR, 1, 0, 0, at))
    done = till.complete_sale(approved, cash(approved))
    assert isinstance(done, Completed)
    assert done.outcome == "booked"
    unapproved = till.new_basket().with_check(AgeCheck(18, "id_checked", at)).add(found.item)
    cheap = unapproved.set_price(1, 1, Approval("price_override", small.CASHIER, 1, 0, 0, at))
    refused = till.complete_sale(cheap, cash(cheap))
    assert isinstance(refused, Refused)
    assert refused.reason == "no_permission"


def test_codes_are_found_not_on_file_or_no_codes(till: TillServices) -> None:
    assert isinstance(till.find("4011"), Found)
    assert till.find("4012") == NotOnFile("4012")
    wrong = till.find("5010012345679")
    assert isinstance(wrong, BadCode)
    assert "check digit" in wrong.words
    assert [item.id for item in till.search("milk whole")] == [small.MILK]
    assert [d.item.id for d in till.departments()] == [small.OPEN_GROCERY]


def test_pins(till: TillServices) -> None:
    assert {card.number for card in till.staff()} == {small.CASHIER, small.SUPERVISOR, small.MANAGER}
    till.sign_out()
    with pytest.raises(UserError, match="Nobody is signed in"):
        till.no_sale("change")
    assert till.sign_in(small.CASHIER, "0000") == SignInRefused(0)
    assert till.sign_in(999, "4711") == SignInRefused(0)
    assert till.sign_in(small.CASHIER, "47 11") == SignInRefused(0)
    assert isinstance(till.sign_in(small.CASHIER, PINS[small.CASHIER]), SignedIn)
    with pytest.raises(UserError, match="Ann may not void a whole sale"):
        till.approve(small.CASHIER, PINS[small.CASHIER], "void_sale")
    assert isinstance(till.approve(small.SUPERVISOR, PINS[small.SUPERVISOR], "void_sale"), Cashier)
    assert till.state().cashier is not None
    assert till.state().cashier.number == small.CASHIER  # type: ignore[union-attr]


def test_a_whole_day_closes_with_a_z_that_equals_the_ledger(till: TillServices, front: Shopfront) -> None:
    assert isinstance(sell(till, MILK, MILK), Completed)
    assert isinstance(till.cash_movement("drop", 5000, "to the safe"), Completed)
    assert isinstance(till.cash_movement("pay_in", 700, "change"), Completed)
    assert isinstance(till.no_sale("change for a customer"), Completed)
    assert isinstance(till.post_event("age_refused", {"item": small.WINE, "min_age": 18}), Completed)
    basket = scanned(till, till.new_basket(), BREAD)
    assert isinstance(till.approve(small.SUPERVISOR, PINS[small.SUPERVISOR], "void_sale"), Cashier)
    void = till.void_sale(basket, "customer left", approved_by=small.SUPERVISOR)
    assert isinstance(void, Completed)
    assert (void.outcome, void.flags) == ("booked", ())
    assert till.load_draft() is None

    x = till.x_report()
    assert x.figures.expected_cash == 10000 + 330 - 5000 + 700
    assert (x.figures.values["no_sales"], x.figures.values["voids"], x.figures.values["age_refusals"]) == (
        1,
        1,
        1,
    )
    assert "X report" in till.x_paper(x).title

    z = till.close_shift({1000: 6, 10: 2}, blind=True)
    assert isinstance(z, ZReport)
    assert (z.z, z.counted, z.over_short) == (1, 6020, 6020 - 6030)
    stored = front.database.query("select z, counted, over_short, figures from pos.shift")
    assert stored == [(1, 6020, -10, dict(z.figures.values))]
    paper = till.z_paper(z)
    assert paper.title == "Z report 1"
    assert paper.head == z.document.head
    assert till.z_report(z.document.no).document == z.document  # type: ignore[union-attr]
    assert till.state().shift is None
    assert till.state().z_next == 2
    with pytest.raises(UserError, match="No shift is open"):
        sell(till, MILK)
    assert isinstance(till.open_shift(0, {5000: 1}), Completed)
    shift = till.state().shift
    assert shift is not None
    assert shift.float_amount == 5000


def test_hold_here_recall_there(till: TillServices, front: Shopfront) -> None:
    basket = scanned(till, till.new_basket(), MILK, BREAD)
    till.hold(basket, "blue coat")
    assert till.load_draft() is None
    (held,) = till.held()
    assert (held.label, held.count, held.total, held.cashier, held.till) == ("blue coat", 2, 414, 1001, 1)
    other = front.open(2)
    try:
        ready(other.till, small.SUPERVISOR)
        taken = other.till.recall(basket.sale_id)
        assert taken is not None
        assert taken.lines == basket.lines
        assert till.recall(basket.sale_id) is None
        draft = other.till.load_draft()
        assert draft is not None
        assert draft.basket == taken
        assert isinstance(other.till.complete_sale(taken, cash(taken)), Completed)
    finally:
        other.close()
    again = till.complete_sale(basket, cash(basket))
    assert isinstance(again, Refused)
    assert again.reason == "already_sold"


def test_receipts_are_original_once(till: TillServices) -> None:
    done = sell(till, MILK)
    assert isinstance(done, Completed)
    first = till.receipt_of(done.document.no)
    assert (first.copy, first.total, first.cashier, first.head) == (0, 165, "Ann", done.head)
    assert till.state().unprinted == (done.document.no,)
    till.printed(done.document.id)
    assert till.state().unprinted == ()
    assert till.receipt_of(done.document.no).copy == 1
    assert till.last_document() == done
    with pytest.raises(UserError, match="not on this till"):
        till.receipt_of(99)


def test_price_changes_reach_the_tiles(front: Shopfront) -> None:
    owner = front.database
    owner.query(
        "insert into pos.tile (page, label, item_id) values ('Dairy', 'Milk', %s) returning id", small.MILK
    )
    app = front.open()
    try:
        page = app.till.tiles()[0]
        assert (page.name, page.tiles[0].label, page.tiles[0].item.price) == ("Dairy", "Milk", 165)
        assert not app.till.poll_changes()
        owner.query("insert into pos.price (item_id, amount) values (%s, 190) returning id", small.MILK)
        assert app.till.poll_changes()
        assert app.till.tiles()[0].tiles[0].item.price == 190
        assert not app.till.poll_changes()
    finally:
        app.close()
