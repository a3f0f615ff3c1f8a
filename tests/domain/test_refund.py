"""What comes back gives back what was paid for it: no penny more however it is cut, none less in the end."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_desktop.domain.basket import Basket, BasketError, Item, totals
from pos_desktop.domain.basket_parts import Exempt
from pos_desktop.domain.refund import (
    GiveBack,
    PaidBy,
    SoldLine,
    SoldSale,
    all_cash,
    coming_back,
    leave,
    receipts_of,
    take_back,
    take_unproven,
    taken,
    ways_back,
)
from pos_desktop.domain.rounding import CashPolicy
from pos_desktop.domain.tax import TaxMode

AT = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)


def item(number: int, price: int, *, unit: str = "each", rate: int = 200_000) -> Item:
    return Item(number, f"item {number}", unit, price, 70 + number, f"T{rate}", rate)  # type: ignore[arg-type]


def sold(*lines: SoldLine, paid: tuple[PaidBy, ...] = (), exempt: Exempt | None = None) -> SoldSale:
    return SoldSale("d1", "S1-T1-1-000007", AT, sum(line.net for line in lines), lines, paid, exempt)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 99_999), st.integers(1, 40), st.data())
def test_a_line_in_pieces_gives_back_exactly_what_was_paid(
    net: int, pieces: int, data: st.DataObject
) -> None:
    """Any cut of a line into returns adds up to its net amount, and no return gives less than nothing."""
    left, back_qty, back_amount = pieces, 0, 0
    while left:
        now = data.draw(st.integers(1, left))
        line = SoldLine(1, item(1, 1), "c", pieces * 1000, net, back_qty, back_amount)
        assert line.left == left * 1000
        gives = line.gives(now * 1000)
        assert gives >= 0
        assert abs(gives * pieces - net * now) <= pieces, "further than a penny from its share"
        left, back_qty, back_amount = left - now, back_qty + now * 1000, back_amount + gives
    assert back_amount == net


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 9_999),
            st.integers(1, 9),
            st.sampled_from([0, 50_000, 200_000]),
            st.integers(0, 99),
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(["included", "added"]),
)
def test_a_whole_sale_that_comes_back_is_its_mirror(
    parts: list[tuple[int, int, int, int]], mode: TaxMode
) -> None:
    """Total and every tax of the refund are those of the sale with the sign turned round."""
    lines = []
    for n, (price, pieces, rate, off) in enumerate(parts, 1):
        lines.append(SoldLine(n, item(n, price, rate=rate), "c", pieces * 1000, max(price * pieces - off, 0)))
    paid = Basket("p", mode)
    for n, line in enumerate(lines, 1):
        paid = paid.add_typed(item(n, 0, rate=line.item.rate), line.net)
    back = Basket("b", mode)
    for line in lines:
        back = take_back(back, sold(*lines), line.n, line.qty, "stock", "faulty")
    was, now = totals(paid), totals(back)
    assert now.total == -was.total
    assert {(t.code, t.rate): (t.net, t.tax) for t in now.taxes} == {
        (t.code, t.rate): (-t.net, -t.tax) for t in was.taxes
    }


def test_no_more_comes_back_than_is_left_and_a_line_is_replaced_not_doubled() -> None:
    line = SoldLine(1, item(1, 250), "c", 3000, 700, back_qty=1000, back_amount=233)
    sale = sold(line)
    basket = take_back(Basket("b"), sale, 1, 1000, "stock", "faulty")
    assert (basket.lines[0].qty, basket.lines[0].amount, basket.lines[0].price) == (-1000, -234, 250)
    basket = take_back(basket, sale, 1, 2000, "waste", "faulty")
    assert [(each.qty, each.amount) for each in basket.lines] == [(-2000, -467)]
    assert (taken(basket, "d1", 1), coming_back(basket), receipts_of(basket)) == (2000, 467, ("d1",))
    back = basket.lines[0].back
    assert back is not None
    assert (back.to, back.document, back.line, back.receipt, back.reason) == (
        "waste", "d1", 1, "S1-T1-1-000007", "faulty",
    )  # fmt: skip
    with pytest.raises(BasketError, match="No more than 2 of item 1"):
        take_back(basket, sale, 1, 3000, "stock", "faulty")
    for qty in (0, -1000, 500):
        with pytest.raises(BasketError) as refused:
            take_back(basket, sale, 1, qty, "stock", "faulty")
        assert refused.value.code == "quantity"
    assert leave(basket, "d1", 1).empty
    assert leave(basket, "d2", 1) == basket


def test_a_deposit_comes_back_with_its_bottle() -> None:
    """By the same share, each a line of its own; taken out, both go."""
    bottle, deposit = item(1, 180), item(2, 25)
    sale = sold(
        SoldLine(1, bottle, "c", 4000, 720), SoldLine(2, deposit, "d", 4000, 100, deposit_for=1),
    )  # fmt: skip
    basket = take_back(Basket("b"), sale, 1, 3000, "stock", "faulty")
    main, married = basket.lines
    assert (main.amount, married.amount, married.qty) == (-540, -75, -3000)
    assert married.deposit_for == main.n
    assert basket.touched == main.n
    assert leave(basket, "d1", 1).empty


def test_who_was_exempt_gets_back_what_he_paid() -> None:
    """The certificate goes with the refund; two receipts taxed differently are not one refund."""
    line = SoldLine(1, item(1, 1200), "c", 1000, 1200)
    free = Exempt("C-77", ("T200000",))
    basket = take_back(Basket("b"), sold(line, exempt=free), 1, 1000, "stock", "wrong")
    assert basket.exempt == free
    with pytest.raises(BasketError) as refused:
        take_back(basket, SoldSale("d2", "r", AT, 1, (line,), ()), 1, 1000, "stock", "wrong")
    assert refused.value.code == "back_exempt"


def test_goods_without_a_receipt_come_back_at_the_price_given() -> None:
    basket = take_unproven(Basket("b"), item(1, 999), 650, 12, 2000, "stock", "changed_mind")
    line = basket.lines[0]
    assert (line.price, line.price_version, line.amount, line.back and line.back.document) == (
        650,
        12,
        -1300,
        "",
    )
    with pytest.raises(BasketError) as refused:
        take_unproven(basket, item(2, 0), 650, 0, 1000, "stock", "changed_mind")
    assert refused.value.code == "price_needed"


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 5_000),
    st.lists(
        st.tuples(
            st.sampled_from(["cash", "card", "gift_card", "account", "cheque"]),
            st.integers(1, 3_000),
            st.integers(0, 3_000),
        ),
        max_size=5,
        unique_by=lambda paid: paid[0],
    ),
)
def test_money_goes_back_the_way_it_came_first(due: int, paid: list[tuple[str, int, int]]) -> None:
    """All of it goes back, by no card or account more than is left of what it paid, the rest in cash."""
    by = tuple(PaidBy(kind, amount, min(back, amount)) for kind, amount, back in paid)  # type: ignore[arg-type]
    ways = ways_back(due, [sold(paid=by)])
    assert sum(way.amount for way in ways) == due
    assert all(way.amount > 0 for way in ways)
    left = {each.kind: each.left for each in by if each.kind in ("card", "gift_card", "account")}
    given_back = {way.kind: way.amount for way in ways if way.kind != "cash"}
    assert all(amount <= left[kind] for kind, amount in given_back.items())
    assert sum(given_back.values()) == min(due, sum(left.values()))
    assert all(way.document == ("" if way.kind == "cash" else "d1") for way in ways)
    assert [way.kind for way in ways if way.kind == "cash"] in ([], ["cash"])


def test_ways_as_tenders() -> None:
    way = GiveBack("card", 500, "d1", "A1729", slip="B2", done=True)
    assert (way.tender.kind, way.tender.amount, way.tender.ref, way.tender.back) == ("card", -500, "B2", "d1")
    assert all_cash(570) == (GiveBack("cash", 570),)
    nickel = CashPolicy(date(2020, 1, 1), 5)
    assert all_cash(573, nickel) == (GiveBack("cash", 575),)
    assert ways_back(2, [sold()], nickel) == ()
    assert ways_back(0, [sold()]) == ()
