"""Promotions, prices and discounts in a basket: found anew after each change, nothing stays behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_desktop.domain.basket import Basket, BasketError, Item, totals
from pos_desktop.domain.basket_parts import Coupon, Reduction
from pos_desktop.domain.basket_record import basket_record, read_basket
from pos_desktop.domain.discounts import (
    comes_to,
    reduced,
    reducible_amount,
    with_coupon,
    without_coupon,
    without_discount,
)
from pos_desktop.domain.pricing import PriceRow
from pos_desktop.domain.promotion import (
    CheapestOf,
    Each,
    Off,
    Part,
    Percent,
    Price,
    PriceList,
    Promotion,
    PromotionError,
    Select,
    SetFor,
    Spend,
    When,
)
from pos_desktop.domain.promotion_record import promotion_fields, read_promotion
from pos_desktop.domain.promotion_rules import PromotionRules
from pos_desktop.domain.sale_document import sale_document
from pos_desktop.domain.shop_rules import ShopRules
from pos_desktop.domain.tender import Tender
from tests.domain.made import approval, item
from tests.domain.test_document import PLACE, STAMP

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
GROUPED = Select(groups=frozenset({"c1"}))
EVENING = When(date(2026, 11, 1), date(2026, 11, 30), frozenset({4, 5}), time(17), time(19))
OFFERS = (
    Promotion(1, "Tenth off", Each(GROUPED, Percent(100_000)), stackable=True),
    Promotion(2, "3 for 2", CheapestOf(Select(items=frozenset({1, 2})), 3, 1)),
    Promotion(3, "Two for 1.50", SetFor((Part(Select(items=frozenset({2, 3})), 2),), 150)),
    Promotion(4, "Spend and save", Spend(Select(), 1000, Off(100)), stackable=True),
    Promotion(5, "Evening", Each(Select(items=frozenset({4})), Price(50)), when=EVENING),
    Promotion(6, "Coupon", Spend(Select(), 100, Percent(200_000)), stackable=True, coupon="p6"),
    Promotion(7, "Members", Each(Select(), PriceList({1: 80})), customers=frozenset({"member"})),
)
RULES = ShopRules(promotions=PromotionRules(1, UTC, OFFERS, ("Damaged",)))
GOODS = tuple(item(n, 60 * n + 35, groups=(f"c{n % 2}",)) for n in range(1, 7))
LEVELS = (PriceRow(5, 300, 71, "member"), PriceRow(5, 310, 72, least=3000))


def started(at: datetime = NOON) -> Basket:
    """An empty basket in a shop with offers."""
    return Basket("0192a1b2-0000-7000-8000-000000000001").begun(at, RULES)


def filled(goods: list[Item]) -> Basket:
    """A basket with these goods scanned one by one."""
    basket = started()
    for one in goods:
        basket = basket.add(one)
    return basket


def worth(basket: Basket) -> list[tuple[int, int, int]]:
    """What each item comes to, whatever the order of its lines."""
    return sorted((line.item.id, line.qty, line.net) for line in basket.lines)


scans = st.lists(st.sampled_from(GOODS), min_size=1, max_size=9)


@settings(max_examples=20, deadline=None)
@given(scans, st.sampled_from(GOODS), st.data())
def test_a_line_taken_out_leaves_nothing_and_the_order_does_not_count(
    goods: list[Item], more: Item, data: st.DataObject
) -> None:
    basket = filled(goods)
    typed = basket.add_typed(more, 20)
    assert typed.remove(typed.touched).lines == basket.lines
    assert basket.add(more).undo().lines == basket.lines
    shuffled = data.draw(st.permutations(goods))
    assert worth(filled(list(shuffled))) == worth(basket)
    assert read_basket(basket_record(basket)) == basket
    assert all(0 <= line.net <= line.amount for line in basket.lines)
    sums = totals(basket)
    assert sums.subtotal - sums.off == sums.total == sum(line.net for line in basket.lines)


def test_prices_by_level_hour_and_quantity_and_coupons_come_and_go() -> None:
    five = replace(GOODS[4], prices=LEVELS)
    basket = filled([five, five])
    assert [(line.price, line.price_version) for line in basket.lines] == [(335, 50)]
    assert [(line.price, line.price_version) for line in basket.add(five).lines] == [(310, 72)]
    assert basket.add(five).change_qty(1, 2000).lines == basket.lines
    member = basket.stepped(replace(basket, levels=("member",)))
    assert [(line.price, line.price_version) for line in member.lines] == [(300, 71)]
    assert member.add_typed(five, 500).lines[1].price == 500, "a typed price stays"
    evening = started(NOON.replace(hour=18)).add(GOODS[3])
    assert [(line.amount, line.net) for line in evening.lines] == [(275, 50)]
    handed = with_coupon(basket, Coupon("A-1", 6, "Coupon"))
    assert totals(handed).off > totals(basket).off
    assert without_coupon(handed, "A-1").lines == basket.lines
    for again in ("A-1", "A-2"):
        with pytest.raises(BasketError):
            with_coupon(handed, Coupon(again, 6, "Coupon"))


def test_a_basket_keeps_the_offers_of_its_first_scan_for_a_day() -> None:
    basket = started(NOON.replace(hour=18)).add(GOODS[3])
    assert basket.lines[0].net == 50
    kept = read_basket(basket_record(basket))
    assert kept.begun(NOON.replace(hour=23), RULES).add(GOODS[3]).lines[0].net == 100
    later = kept.begun(NOON.replace(day=22), RULES)
    assert (later.began, later.lines[0].net) == (NOON.replace(day=22), 275)


def test_a_discount_follows_its_line_and_the_sale() -> None:
    basket = filled([GOODS[5], GOODS[3]])
    tenth = reduced(basket, Reduction(1, "Damaged", ppm=100_000), approval())
    assert (tenth.line(1).net, tenth.change_qty(1, 3000).line(1).net) == (355, 994)
    kept = tenth.approvals[0]
    assert (kept.line, kept.was, kept.now) == (1, 395, 355)
    assert tenth.remove(1).reductions == tenth.remove(1).approvals == ()
    assert tenth.undo().lines == without_discount(tenth, 1).lines == basket.lines
    whole = reduced(tenth, Reduction(0, "Regular", amount=61))
    assert totals(tenth).total - totals(whole).total == 61
    assert reducible_amount(whole, 0) == totals(tenth).total
    assert comes_to(basket, Reduction(1, "", amount=100)) == 100
    for wrong in (Reduction(1, "x", amount=10_000), Reduction(0, "x")):
        with pytest.raises(BasketError, match="above nothing"):
            reduced(basket, wrong)
    paid = (Tender("cash", totals(whole).total),)
    first = sale_document(STAMP, PLACE, whole, paid, "GBP").fields["lines"][0]
    assert [each["kind"] for each in first["discounts"]] == ["line", "sale"]
    assert first["net"] == first["amount"] - sum(
        each["amount"] for each in first.get("given", []) + first["discounts"]
    )


@pytest.mark.parametrize("promotion", OFFERS, ids=lambda each: each.name)
def test_an_offer_is_the_same_after_it_was_written_down(promotion: Promotion) -> None:
    assert read_promotion(promotion_fields(promotion)) == promotion


def test_an_offer_nobody_can_read_takes_no_other_with_it() -> None:
    good = promotion_fields(OFFERS[0])
    rows = [{"id": 9, "name": "Odd", "offer": {"kind": "each"}}, good, {**good, "offer": {"kind": "lottery"}}]
    rules = PromotionRules.from_fields({"store": 1, "zone": "Europe/London", "promotions": rows})
    assert (len(rules.promotions), len(rules.left_out)) == (1, 2)
    with pytest.raises(PromotionError):
        read_promotion({})
