"""Promotions: each kind by example, and the best combination against trying everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from pos_desktop.domain.promotion import (
    Ask,
    CheapestOf,
    Each,
    Goods,
    Off,
    Offer,
    Pack,
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
    pack_promotion,
)
from pos_desktop.domain.promotion_book import Book
from pos_desktop.domain.promotions import Applied, Given, best

NOW = Ask(datetime(2026, 11, 20, 18, 30))  # a Friday evening
HALF, TENTH = Percent(500_000), Percent(100_000)
WINE, BEER, SNACK = (
    Select(groups=frozenset({"wine"})),
    Select(groups=frozenset({"beer"})),
    Select(groups=frozenset({"snack"})),
)
ALL = Select()


def goods(n: int, price: int, pieces: int = 1, *groups: str, item: int = 0, **more: object) -> Goods:
    """A line of whole pieces."""
    line = Goods(n, item or n, pieces * 1000, price, pieces * price, frozenset(groups))
    return replace(line, **more)  # type: ignore[arg-type]


def off(lines: list[Goods], *promotions: Promotion, ask: Ask = NOW) -> Applied:
    """What these promotions give."""
    return best(Book(promotions), lines, ask)


def one(offer: Offer, id_: int = 1, **more: object) -> Promotion:
    """A promotion with nothing special."""
    return replace(Promotion(id_, f"Offer {id_}", offer), **more)  # type: ignore[arg-type]


# --- each kind --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offer", "taken"),
    [
        (Each(WINE, TENTH), 100 + 80 * 2),
        (Each(WINE, Off(150)), 150 * 3),
        (Each(WINE, Off(5000)), 1000 + 800 * 2),
        (Each(WINE, Price(700)), 300 + 100 * 2),
        (Each(WINE, Price(900)), 100),
        (Each(ALL, PriceList({1: 950, 3: 90})), 50 + 10),
        (SetFor((Part(WINE, 3),), 2000), 600),
        (SetFor((Part(WINE, 2),), 1500), 300),
        (SetFor((Part(WINE, 3),), 3000), 0),
        (SetFor((Part(WINE, 1), Part(SNACK, 1)), 1000), 100),
        (SetFor((Part(WINE, 2), Part(SNACK, 1, Percent(1_000_000)))), 100),
        (SetFor((Part(WINE, 1), Part(SNACK, 1, HALF))), 50),
        (CheapestOf(WINE, 3, 1), 800),
        (CheapestOf(WINE, 2, 1), 800),
        (CheapestOf(WINE, 2, 1, HALF), 400),
        (CheapestOf(ALL, 4, 2), 800 + 100),
        (CheapestOf(WINE, 4, 1), 0),
        (Spend(WINE, 2600, Off(500)), 500),
        (Spend(WINE, 2601, Off(500)), 0),
        (Spend(ALL, 0, TENTH), 270),
    ],
)
def test_each_kind_of_offer(offer: Offer, taken: int) -> None:
    """A bottle at 10.00, two at 8.00, and a snack at 1.00."""
    lines = [goods(1, 1000, 1, "wine"), goods(2, 800, 2, "wine"), goods(3, 100, 1, "snack")]
    assert off(lines, one(offer)).total == taken
    assert off(lines, one(offer)).exact


def test_every_complete_set_counts() -> None:
    three = one(CheapestOf(WINE, 3, 1))
    for pieces, free in ((2, 0), (3, 1), (5, 1), (6, 2), (100, 33)):
        assert off([goods(1, 700, pieces, "wine")], three).total == 700 * free
    assert off([goods(1, 700, 9, "wine")], replace(three, limit=2)).total == 1400


def test_the_dearest_sets_first_give_most_for_the_cheapest_free() -> None:
    lines = [goods(n, price, 1, "wine") for n, price in enumerate((900, 800, 700, 300, 200, 100), 1)]
    assert off(lines, one(CheapestOf(WINE, 3, 1))).total == 700 + 100


def test_pieces_go_where_they_give_most() -> None:
    """Two offers want the same snack; alone each would take it."""
    lines = [goods(1, 500, 1, "wine"), goods(2, 400, 1, "beer"), goods(3, 300, 1, "snack")]
    with_wine = one(SetFor((Part(WINE, 1), Part(SNACK, 1)), 600), 1)
    with_beer = one(SetFor((Part(BEER, 1), Part(SNACK, 1)), 450), 2)
    assert off(lines, with_wine, with_beer).given == (Given(2, 2, 143, 1), Given(3, 2, 107, 1))
    assert off(lines, with_wine, with_beer, one(Each(BEER, Off(60)), 3)).given == (
        Given(1, 1, 125, 1),
        Given(2, 3, 60, 1),
        Given(3, 1, 75, 1),
    )


def test_a_set_that_gives_less_than_its_pieces_alone_is_not_made() -> None:
    """The search's bound is a penny above what a set gives: what it finds is compared once more."""
    lines = [goods(1, 11, 1, "beer"), goods(2, 32, 1, "wine")]
    assert off(lines, one(Each(BEER, Price(0)), 1), one(CheapestOf(ALL, 2, 1, HALF), 2)).total == 11


def test_stackable_offers_add_up_and_exclusive_ones_do_not() -> None:
    lines = [goods(1, 1000, 1, "wine")]
    tenth, two = one(Each(WINE, TENTH), 1), one(Each(WINE, Off(200)), 2)
    assert off(lines, tenth, two).given == (Given(1, 2, 200, 1),)
    both = off(lines, replace(tenth, stackable=True), replace(two, stackable=True))
    assert both.given == (Given(1, 1, 100, 1), Given(1, 2, 200, 1))
    third = one(Each(WINE, Percent(290_000)), 3)
    assert off(lines, replace(tenth, stackable=True), replace(two, stackable=True), third).total == 300


def test_stackable_offers_never_take_more_than_the_price() -> None:
    lines = [goods(1, 1000, 2, "wine")]
    made = [one(Each(WINE, Percent(600_000)), n, stackable=True) for n in (1, 2)]
    made.append(one(CheapestOf(WINE, 2, 1), 3, stackable=True))
    assert off(lines, *made).given == (Given(1, 1, 1200, 2), Given(1, 2, 800, 2))


def test_offers_on_what_is_spent_come_on_top_or_alone() -> None:
    lines = [goods(1, 1000, 3, "wine"), goods(2, 100, 1, "snack")]
    tenth = one(Each(WINE, TENTH), 1)
    five = one(Spend(ALL, 3000, Off(500)), 2, stackable=True)
    assert off(lines, tenth, five).total == 300 + 500
    alone = one(Spend(ALL, 3000, Off(790)), 3)
    assert off(lines, tenth, five, alone).total == 800
    assert off(lines, tenth, five, replace(alone, offer=Spend(ALL, 3000, Off(810)))).given == (
        Given(1, 3, 784, 0),
        Given(2, 3, 26, 0),
    )


def test_a_threshold_counts_shelf_prices_of_its_own_goods() -> None:
    lines = [goods(1, 1000, 2, "wine"), goods(2, 5000, 1, "beer")]
    spend = one(Spend(WINE, 2000, Percent(100_000)), 2, stackable=True)
    assert off(lines, one(Each(WINE, HALF), 1), spend).given == (Given(1, 1, 1000, 2), Given(1, 2, 100, 0))


def test_weighed_goods_and_labels_are_taken_as_they_are() -> None:
    apples = Goods(1, 1, 842, 210, 177, frozenset({"fruit"}))
    fruit = Select(groups=frozenset({"fruit"}))
    assert off([apples], one(Each(fruit, TENTH))).given == (Given(1, 1, 18, 0),)
    assert off([apples], one(Each(fruit, Price(199)))).total == 177 - 168
    assert off([apples], one(Each(fruit, Off(20)))).total == 17
    assert off([apples], one(CheapestOf(fruit, 2, 1))).total == 0
    label = Goods(1, 1, 1000, 210, 329, frozenset({"fruit"}))
    assert label.pieces == 0
    assert off([label], one(Each(fruit, HALF))).total == 165


def test_fixed_lines_take_part_in_nothing() -> None:
    line = goods(1, 1000, 2, "wine", fixed=True)
    assert (
        off([line], one(Each(ALL, HALF)), one(CheapestOf(ALL, 2, 1), 2), one(Spend(ALL, 0, TENTH), 3))
        == Applied()
    )


def test_goods_left_out_are_left_out() -> None:
    but = Select(groups=frozenset({"wine"}), but=frozenset({2}))
    lines = [goods(1, 1000, 1, "wine"), goods(2, 900, 1, "wine")]
    assert off(lines, one(Each(but, TENTH))).given == (Given(1, 1, 100, 1),)


def test_twelve_singles_come_to_the_price_of_the_case() -> None:
    six, twelve = Pack(1, 6, 500, "Six-pack"), Pack(1, 12, 900, "Case of 12")
    book = [pack_promotion(1, six), pack_promotion(2, twelve)]
    for pieces, price in ((5, 500), (6, 500), (11, 1000), (12, 900), (18, 1400), (25, 1900), (36, 2700)):
        line = goods(1, 100, pieces)
        assert line.amount - off([line], *book).total == price
    assert off([goods(1, 100, 12)], *book).given == (Given(1, 2, 300, 12),)
    scanned_apart = [goods(n, 100, 1, item=1) for n in range(1, 13)]
    assert off(scanned_apart, *book).total == 300
    assert {each.amount for each in off(scanned_apart, *book).given} == {25}


def test_a_coupon_counts_as_often_as_it_is_handed_over() -> None:
    coupon = one(Each(WINE, Off(200)), coupon="WINE2")
    lines = [goods(1, 1000, 3, "wine"), goods(2, 150, 1, "wine")]
    assert off(lines, coupon).total == 0
    for handed, taken in ((1, 200), (2, 400), (3, 600), (4, 750), (9, 750)):
        assert off(lines, coupon, ask=replace(NOW, coupons={"WINE2": handed})).total == taken


# --- when and for whom -------------------------------------------------------------------------------------


def test_members_stores_and_dates() -> None:
    member = one(Each(ALL, PriceList({1: 800})), customers=frozenset({"member"}), stores=frozenset({2}))
    member = replace(member, when=When(date(2026, 11, 20), date(2026, 11, 22)))
    line = [goods(1, 1000)]
    ask = replace(NOW, store=2, customers=frozenset({"member", "staff"}))
    assert off(line, member, ask=ask).total == 200
    assert off(line, member, ask=replace(ask, store=1)).total == 0
    assert off(line, member, ask=replace(ask, customers=frozenset({"staff"}))).total == 0
    for day, taken in ((19, 0), (20, 200), (22, 200), (23, 0)):
        assert off(line, member, ask=replace(ask, at=datetime(2026, 11, day, 12))).total == taken


@pytest.mark.parametrize(
    ("at", "live"),
    [
        ((20, 16, 59, 59), False),
        ((20, 17, 0, 0), True),
        ((20, 18, 59, 59), True),
        ((20, 19, 0, 0), False),
        ((21, 18, 0, 0), False),
    ],
)
def test_a_happy_hour(at: tuple[int, int, int, int], live: bool) -> None:
    when = When(weekdays=frozenset({4}), since=time(17), until=time(19))
    assert when.has(datetime(2026, 11, *at)) is live


@pytest.mark.parametrize(
    ("day", "hour", "live"),
    [(20, 21, False), (20, 22, True), (21, 1, True), (21, 2, False), (21, 23, False), (20, 1, False)],
)
def test_a_night_belongs_to_the_evening_it_began(day: int, hour: int, live: bool) -> None:
    when = When(date(2026, 11, 20), date(2026, 11, 20), frozenset({4}), time(22), time(2))
    assert when.has(datetime(2026, 11, day, hour)) is live


@pytest.mark.parametrize(
    ("offer", "more"),
    [
        (Each(ALL, Percent(0)), {}),
        (Each(ALL, Percent(1_000_001)), {}),
        (Each(ALL, Off(-1)), {}),
        (Each(ALL, Price(-1)), {}),
        (Each(ALL, Price(5)), {"stackable": True}),
        (Each(ALL, PriceList({1: 5})), {"stackable": True}),
        (Each(ALL, PriceList({1: -5})), {}),
        (Each(ALL, Off(5)), {"limit": 0}),
        (SetFor((), 100), {}),
        (SetFor((Part(ALL, 0),), 100), {}),
        (SetFor((Part(ALL, 101),), 100), {}),
        (SetFor((Part(ALL, 2),), -1), {}),
        (SetFor((Part(ALL, 2),)), {}),
        (SetFor((Part(ALL, 2, TENTH),), 100), {}),
        (SetFor((Part(ALL, 2),), 100), {"stackable": True}),
        (CheapestOf(ALL, 2, 2), {}),
        (CheapestOf(ALL, 2, 0), {}),
        (Spend(ALL, -1, TENTH), {}),
        (Spend(ALL, 100, TENTH), {"limit": 2}),
    ],
)
def test_offers_that_cannot_be(offer: Offer, more: dict[str, object]) -> None:
    with pytest.raises(PromotionError, match=r"^Offer 1: .*\.$"):
        one(offer, **more)


def test_two_promotions_of_one_number_are_refused() -> None:
    with pytest.raises(PromotionError):
        Book([one(Each(ALL, TENTH)), one(Each(WINE, TENTH))])


# --- against trying everything -----------------------------------------------------------------------------


# --- beyond the bound --------------------------------------------------------------------------------------
