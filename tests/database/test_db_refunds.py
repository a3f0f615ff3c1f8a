"""Goods that come back: what the server lets come back of a receipt, once, and what the books say of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pos_desktop.database import refunds
from pos_desktop.database import till as till_rows
from pos_desktop.database.verify import verify
from tests.database.conftest import World
from tests.database.invariants import assert_sound
from tests.database.racing import at_once, beside, wait_until_blocked, without
from tests.database.shop import (
    BREAD,
    CASHIER,
    MANAGER,
    MILK,
    OPEN_GROCERY,
    SUPERVISOR,
    WINE,
    TillClient,
    card,
    line,
    uuid7,
)

Fields = dict[str, Any]
LOCK = "ORDER BY document_id FOR UPDATE"


def sell(till: TillClient, *lines: Fields, **changes: Any) -> Fields:
    """A booked sale; its fields."""
    check = {"kind": "age", "min_age": 18, "result": "id_checked", "at": "2026-11-22T10:00:00.000Z"}
    fields = till.sale(list(lines), **{"checks": [check], **changes})
    assert till.post(fields).outcome == "booked"
    return fields


def back_of(sold: Fields, n: int = 1, qty: int = 1000, number: int = 1, **back: Any) -> Fields:
    """A line of ``sold`` coming back, all of whose pieces are worth the same."""
    was = sold["lines"][n - 1]
    amount = -was["amount"] * qty // was["qty"]
    told = {"document": sold["id"], "line": n, "receipt": "S1-T1-1-000002", "to": "stock", "reason": "Faulty"}
    rate = next(tax["rate"] for tax in sold["taxes"] if tax["code"] == was["tax"])
    changed = {"n": number, "qty": -qty, "amount": amount, "flags": ["back"], "back": {**told, **back}}
    return {**was, **changed, "rate": rate}


def refund(till: TillClient, lines: list[Fields], **changes: Any) -> Fields:
    """The document of a refund by the supervisor, in cash unless told otherwise."""
    fields = {**till.sale(lines), **changes}
    fields["kind"] = "refund" if all(part["qty"] < 0 for part in lines) else "sale"
    return {"cashier": SUPERVISOR, **fields} if "cashier" in changes else {**fields, "cashier": SUPERVISOR}


def money_back(*amounts: tuple[str, int], of: str = "") -> list[Fields]:
    """Negative tenders; those that are not cash name the sale they were paid for."""
    return [
        {"n": n, "kind": kind, "amount": -amount, **({"back": of, "ref": "R1"} if kind != "cash" else {})}
        for n, (kind, amount) in enumerate(amounts, 1)
    ]


def on_hand(world: World, item: int) -> int:
    """What is in stock of an item in store 1."""
    store = world.shop.stores[1]
    return int(world.one("select on_hand from pos.stock where store_id = %s and item_id = %s", store, item))


@pytest.fixture
def till(world: World) -> TillClient:
    """A till with an open shift."""
    return world.till()


# -- what comes back --------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["included", "added"])
def test_a_sale_that_comes_back_whole_is_its_mirror(world_of: Callable[..., World], mode: str) -> None:
    """Total, taxes, stock and grand total are as before; the shift counts a sale and a refund."""
    world = world_of(tax_mode=mode)
    till = world.till()
    sold = sell(till, line(world.shop.items[MILK], 3000), line(world.shop.items[BREAD], 2000, 2))
    lines = [back_of(sold, 1, 3000, 1), back_of(sold, 2, 2000, 2)]
    answer = till.post(refund(till, lines))
    assert (answer.outcome, answer.flags) == ("booked", ())
    assert world.query("select total, tax from pos.sale order by total") == [
        (-sold["total"], -sum(tax["tax"] for tax in sold["taxes"])),
        (sold["total"], sum(tax["tax"] for tax in sold["taxes"])),
    ]
    assert world.one("select grand from pos.till where login = %s", world.shop.logins[1]) == 0
    assert on_hand(world, MILK) == on_hand(world, BREAD) == 100
    moves = world.query("select reason, delta::int from pos.movement where by is null order by id")
    assert moves == [("sale", -3), ("sale", -2), ("refund", 3), ("refund", 2)]
    figures = till_rows.call(till.connection, "select api.shift_report(%s)", till.shift)
    told = {
        name: figures[name] for name in ("sales", "sales_total", "refunds", "refunds_total", "expected_cash")
    }
    total = sold["total"]
    assert told == {
        "sales": 1, "sales_total": total, "refunds": 1, "refunds_total": total, "expected_cash": 10000,
    }  # fmt: skip
    assert_sound(world.owner)
    assert verify(world.owner).findings == ()


def test_pieces_come_back_one_at_a_time_until_all_did(world: World, till: TillClient) -> None:
    """Three for 1.00: 0.33, 0.34, 0.33 come back, then no more; waste does not come into stock."""
    milk = world.shop.items[MILK]
    cut = {"discounts": [{"kind": "line", "amount": 395, "reason": "end of day"}], "net": 100}
    fields = till.sale([{**line(milk, 3000), **cut}], cashier=MANAGER)
    assert till.post(fields).outcome == "booked"
    given_back = []
    for n, amount in enumerate((33, 34, 33)):
        back = {**back_of(fields, 1, 1000, to="waste" if n else "stock"), "amount": -amount}
        del back["discounts"], back["net"]
        answer = till.post(refund(till, [back]))
        assert answer.outcome == "booked", answer
        given_back.append(amount)
    assert sum(given_back) == 100
    over = till.post(refund(till, [{k: v for k, v in back.items()}]))
    assert (over.outcome, over.reason) == ("refused", "already_refunded")
    assert world.query("select qty::int, amount, waste from pos.returned order by document_id") == [
        (1, 33, False), (1, 34, True), (1, 33, True),
    ]  # fmt: skip
    assert on_hand(world, MILK) == 98
    assert_sound(world.owner)


def test_an_exchange_is_one_sale_with_one_balance(world: World, till: TillClient) -> None:
    """Goods back and goods new in one document: what is due or given back is the difference."""
    sold = sell(till, line(world.shop.items[WINE]))
    lines = [back_of(sold), line(world.shop.items[MILK], 2000, 2)]
    answer = till.post(refund(till, lines))
    assert answer.outcome == "booked"
    sales = world.query(
        "select kind, total from pos.sale s join pos.document d on d.id = s.document_id order by d.no"
    )
    assert sales == [("sale", 950), ("sale", 330 - 950)]
    same = sell(till, line(world.shop.items[MILK]))
    even = till.post(refund(till, [back_of(same), line(world.shop.items[MILK], 1000, 2)]))
    assert even.outcome == "booked", "the same again: nothing is due, and no stock moves"
    assert_sound(world.owner)
    assert verify(world.owner).findings == ()


def lied(sold: Fields) -> dict[str, tuple[Fields, str]]:
    """Refunds of a sale of three milks that say something wrong, and what they are refused for."""
    right = back_of(sold)
    named = right["back"]

    def back(**changes: Any) -> Fields:
        return {**right, "back": {**named, **changes}}

    return {
        "more than was sold": (back_of(sold, 1, 4000), "already_refunded"),
        "a penny more": ({**right, "amount": right["amount"] - 1}, "refund_amount"),
        "another line": (back(line=2), "not_sold"),
        "another document": (back(document=uuid7()), "not_sold"),
        "another item": ({**right, "item": BREAD}, "not_sold"),
        "another price": ({**right, "price": right["price"] + 1}, "not_sold"),
        "another rate": ({**right, "rate": 50_000}, "not_sold"),
        "nowhere to go": (back(to="home"), "back"),
        "without a why": (back(reason=" "), "back"),
        "no line number": ({**right, "back": {k: v for k, v in named.items() if k != "line"}}, "back"),
        "no flag": ({**right, "flags": []}, "back"),
    }


def test_what_was_not_sold_like_that_does_not_come_back(world: World, till: TillClient) -> None:
    """Each lie is refused by name and leaves no trace; the truth is booked after all of them."""
    sold = sell(till, line(world.shop.items[MILK], 3000))
    for name, (part, reason) in lied(sold).items():
        fields = refund(till, [part])
        if "rate" in name:
            fields["taxes"] = [{**tax, "rate": 50_000} for tax in fields["taxes"]]
        answer = till.post(fields)
        assert (name, answer.outcome) == (name, "refused")
        assert answer.reason in (reason, "taxes"), name
    assert world.one("select count(*) from pos.returned") == 0
    assert till.post(refund(till, [back_of(sold, 1, 3000)])).outcome == "booked", "the right one still does"


def test_a_refund_is_not_made_alone_nor_by_anybody(world: World, till: TillClient) -> None:
    """No till vouches for a refund by itself; a cashier needs somebody's approval without a receipt."""
    world.owner.execute("update pos.store set offline = true")
    sold = sell(till, line(world.shop.items[MILK]))
    for flag in ("stands", "offline"):
        answer = till.post(refund(till, [back_of(sold)], flags=[flag]))
        assert (answer.outcome, answer.reason) == ("refused", "refund_alone")
    assert till.post(refund(till, [back_of(sold)]), "offline").reason == "refund_alone"
    world.owner.execute("update pos.role_limit set amount = 164 where role = 'cashier' and what = 'refund'")
    answer = till.post({**refund(till, [back_of(sold)]), "cashier": CASHIER})
    assert (answer.outcome, answer.reason) == ("refused", "no_permission"), "a penny over the role's limit"
    world.owner.execute("update pos.role_limit set amount = 165 where role = 'cashier' and what = 'refund'")
    assert till.post({**refund(till, [back_of(sold)]), "cashier": CASHIER}).outcome == "booked"
    assert_sound(world.owner)


def test_without_a_receipt_the_lowest_price_of_late_is_the_most(world: World, till: TillClient) -> None:
    """A price of forty days ago does not count, the one it was followed by does; nothing without a price."""
    world.owner.execute(
        "insert into pos.price (item_id, amount, valid_from) values (1, 90, now() - interval '50 days'),"
        " (1, 140, now() - interval '40 days'), (1, 155, now() - interval '3 days')"
    )
    lowest = refunds.refund_price(till.connection, MILK)
    assert lowest is not None
    assert lowest["price"] == 140
    assert refunds.refund_price(till.connection, OPEN_GROCERY) is None

    def back(price: int, version: int) -> Fields:
        told = {"to": "stock", "reason": "Wrong item"}
        changes = {
            "price": price,
            "price_version": version,
            "amount": -price,
            "flags": ["back"],
            "back": told,
        }
        return line(world.shop.items[MILK], **{"qty": 1000, **changes}) | {"qty": -1000}

    today = world.shop.items[MILK]
    assert till.post(refund(till, [back(today.price, today.price_version)])).reason == "refund_price"
    assert till.post(refund(till, [back(140, lowest["price_version"])])).outcome == "booked"
    assert_sound(world.owner)


# -- the way it was paid ----------------------------------------------------------------------------


def test_a_card_gets_back_no_more_than_it_paid_and_gets_it_first(world: World, till: TillClient) -> None:
    """Paid 5.00 by card and 4.50 in cash: 5.00 go to the card, and cash instead needs somebody who may."""
    tenders = [*card(500), {"n": 2, "kind": "cash", "amount": 450}]
    sold = sell(till, line(world.shop.items[WINE]), tenders=tenders)
    too_much = refund(till, [back_of(sold)], tenders=money_back(("card", 950), of=sold["id"]))
    till.post(too_much)
    assert world.query("select outcome, flags from pos.document where no = 3") == [("refused", [])]
    world.owner.execute("delete from pos.role_permission where permission = 'refund_other_tender'")
    assert till.post(refund(till, [back_of(sold)])).reason == "no_permission"
    right = refund(till, [back_of(sold)], tenders=money_back(("card", 500), ("cash", 450), of=sold["id"]))
    assert till.post(right).outcome == "booked"
    paid_back = "select p.kind, p.amount from pos.paid_back b join pos.payment p using (document_id, n)"
    assert world.query(paid_back) == [("card", -500)]
    seen = refunds.sale_to_refund(till.connection, {"document": sold["id"]})
    assert seen is not None
    assert [(paid["kind"], paid["amount"], paid["back"]) for paid in seen["tenders"]] == [
        ("card", 500, 500), ("cash", 450, 0),
    ]  # fmt: skip
    assert_sound(world.owner)
    assert verify(world.owner).findings == ()


# -- the receipt ------------------------------------------------------------------------------------


def test_any_till_sees_what_of_a_receipt_may_come_back(world: World, till: TillClient) -> None:
    """By the number on the paper; refused sales are none; and a till that looks too often is told to wait."""
    sold = sell(till, line(world.shop.items[MILK], 2000))
    other = world.till(2)
    name = {"store": 1, "till": 1, "epoch": 1, "no": sold["no"]}
    seen = refunds.sale_to_refund(other.connection, name)
    assert seen is not None
    assert seen["document"] == sold["id"]
    assert [(part["qty"], part["net"], part["back_qty"]) for part in seen["lines"]] == [(2000, 330, 0)]
    assert other.post(refund(other, [back_of(sold)])).outcome == "booked", "at another till"
    again = refunds.sale_to_refund(till.connection, name)
    assert again is not None
    assert [(part["back_qty"], part["back_amount"]) for part in again["lines"]] == [(1000, 165)]
    assert refunds.sale_to_refund(other.connection, {**name, "no": 999}) is None
    assert refunds.sale_to_refund(other.connection, {**name, "no": 1}) is None, "a shift's opening is no sale"
    world.owner.execute(
        "insert into pos.refund_look (till_id)"
        " select id from pos.till, generate_series(1, 200) where number = 2"
    )
    assert refunds.sale_to_refund(other.connection, name) == {"too_many": 1}


def test_one_basket_holds_a_receipt_while_its_card_is_credited(world: World, till: TillClient) -> None:
    """The second till is told before any money moved; given up or paid, the receipt is free again."""
    sold = sell(till, line(world.shop.items[MILK], 2000))
    other = world.till(2)
    part = back_of(sold)
    names = ("item", "price", "price_version", "tax", "rate", "back")
    asked = {"n": 1, "qty": -1000, **{name: part[name] for name in names}}
    mine, yours = ({"sale": uuid7(), "lines": [asked]} for _ in range(2))
    assert till_rows.check_basket(till.connection, mine)["ok"] == 1
    assert till_rows.check_basket(till.connection, mine)["ok"] == 1
    told = till_rows.check_basket(other.connection, yours)
    assert [problem["code"] for problem in told["problems"]] == ["refund_held"]
    assert other.post(refund(other, [part], sale=yours["sale"])).reason == "refund_held"
    assert till.post(refund(till, [part], sale=mine["sale"])).outcome == "booked"
    assert till_rows.check_basket(other.connection, yours)["ok"] == 1
    twice = {**yours, "lines": [{**asked, "qty": -2000}]}
    problems = till_rows.check_basket(other.connection, twice)["problems"]
    assert [problem["code"] for problem in problems] == ["already_refunded"]
    assert other.post(other.common("void", sale=yours["sale"], lines=[], reason="left", total=0)).stored
    assert world.one("select count(*) from pos.refund_hold") == 0


# -- two at once ------------------------------------------------------------------------------------


def test_without_its_lock_one_receipt_is_refunded_twice(world: World, till: TillClient) -> None:
    """The race the lock is for: the second till judges by what it saw before the first was done."""
    without(world.owner, "lock_returned", LOCK)
    sold = sell(till, line(world.shop.items[MILK]))
    other = world.till(2)
    till.connection.execute("begin")
    assert till.post(refund(till, [back_of(sold)])).outcome == "booked"
    answer, pool = beside(lambda: other.post(refund(other, [back_of(sold)])))
    with pool:
        wait_until_blocked(world.owner, other.connection.info.backend_pid)  # by the stock row: too late
        till.connection.execute("commit")
        assert answer.result(60).outcome == "booked", "the race is gone without its lock"
    assert world.one("select sum(qty)::int from pos.returned") == 2
    with pytest.raises(AssertionError, match="refunds_within_sold"):
        assert_sound(world.owner)


def test_with_its_lock_the_second_till_waits_and_is_told(world: World, till: TillClient) -> None:
    sold = sell(till, line(world.shop.items[MILK]))
    other = world.till(2)
    till.connection.execute("begin")
    assert till.post(refund(till, [back_of(sold)])).outcome == "booked"
    answer, pool = beside(lambda: other.post(refund(other, [back_of(sold)])))
    with pool:
        wait_until_blocked(world.owner, other.connection.info.backend_pid)
        till.connection.execute("commit")
        assert (answer.result(60).outcome, answer.result().reason) == ("refused", "already_refunded")
    assert_sound(world.owner)


def test_twenty_tills_refund_one_receipt_and_one_wins(world_of: Callable[..., World]) -> None:
    world = world_of(tills=20)
    tills = [world.till(n) for n in range(1, 21)]
    sold = sell(tills[0], line(world.shop.items[MILK]))
    answers = at_once([lambda t=t: t.post(refund(t, [back_of(sold)])) for t in tills])
    assert sorted(answer.outcome for answer in answers) == ["booked"] + ["refused"] * 19
    assert {answer.reason for answer in answers} == {None, "already_refunded"}
    assert world.one("select count(*) from pos.returned") == 1
    assert_sound(world.owner)


# -- after an old backup ----------------------------------------------------------------------------


def test_a_refund_lost_with_an_old_backup_is_booked_again_and_flagged_where_its_sale_is_lost(
    world: World,
) -> None:
    """What the server had booked stands, whatever it knows now; the manager is told."""
    till = world.till()
    sold = sell(till, line(world.shop.items[MILK]))
    lost = json.loads(json.dumps(sold)) | {"id": uuid7()}
    answer = till.post(refund(till, [back_of(lost)]), "refilled")
    assert (answer.outcome, answer.flags) == ("flagged", ("not_sold", "refilled"))
    assert_sound(world.owner)


def test_what_was_sold_at_a_price_lost_with_an_old_backup_comes_back_at_it(world: World) -> None:
    """The price is in no table any more; the document says what was paid."""
    till = world.till()
    fields = till.sale([line(world.shop.items[MILK]) | {"price_version": 9_999_999}])
    answer = till.post(fields, "refilled")
    assert (answer.outcome, answer.flags) == ("flagged", ("price", "old_price", "refilled"))
    assert till.post(refund(till, [back_of(fields)])).outcome == "booked"
    assert_sound(world.owner)


# -- a second opinion -------------------------------------------------------------------------------
