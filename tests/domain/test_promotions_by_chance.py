"""Promotions by properties: the best combination, whatever the order; and baskets beyond the bound."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from pos_desktop.domain.promotion import (
    CheapestOf,
    Cut,
    Each,
    Goods,
    Off,
    Offer,
    Part,
    Percent,
    Price,
    PriceList,
    Promotion,
    Select,
    SetFor,
    Spend,
)
from pos_desktop.domain.promotion_lines import MAX_PIECES
from pos_desktop.domain.promotions import Applied, Given
from tests.domain.promotion_oracle import most_off
from tests.domain.test_promotions import ALL, BEER, HALF, NOW, TENTH, WINE, goods, off, one

SELECTS = st.sampled_from(
    [
        ALL,
        WINE,
        BEER,
        Select(groups=frozenset({"wine", "beer"})),
        Select(items=frozenset({1, 3})),
        Select(but=frozenset({2})),
    ]
)


CUTS: st.SearchStrategy[Cut] = st.one_of(
    st.integers(1, 20).map(lambda n: Percent(n * 50_000)),
    st.integers(0, 120).map(Off),
    st.integers(0, 120).map(Price),
    st.just(PriceList({1: 30, 2: 55})),
)


ADDABLE: st.SearchStrategy[Cut] = st.one_of(
    st.integers(1, 20).map(lambda n: Percent(n * 50_000)), st.integers(0, 120).map(Off)
)


@st.composite
def offers(draw: st.DrawFn, stackable: bool) -> Offer:
    """Offers of every kind for pieces."""
    cuts = ADDABLE if stackable else CUTS
    kind = draw(st.sampled_from(["each", "cheapest", "get", "total"]))
    if kind == "each":
        return Each(draw(SELECTS), draw(cuts))
    if kind == "cheapest":
        count = draw(st.integers(2, 4))
        cut = draw(st.sampled_from([Percent(1_000_000), HALF]))
        return CheapestOf(draw(SELECTS), count, draw(st.integers(1, count - 1)), cut)
    counts = draw(st.lists(st.integers(1, 3), min_size=1, max_size=2))
    if kind == "total" and not stackable:
        return SetFor(tuple(Part(draw(SELECTS), n) for n in counts), draw(st.integers(0, 200)))
    parts = [Part(draw(SELECTS), n) for n in counts]
    return SetFor((*parts[:-1], replace(parts[-1], cut=draw(cuts))))


@st.composite
def promotions(draw: st.DrawFn) -> tuple[Promotion, ...]:
    """Up to three promotions that want the same pieces."""
    made = []
    for id_ in range(1, draw(st.integers(1, 3)) + 1):
        stackable = draw(st.booleans())
        limit = draw(st.sampled_from([None, None, 1, 2]))
        made.append(Promotion(id_, f"Offer {id_}", draw(offers(stackable)), stackable, limit))
    return tuple(made)


@st.composite
def baskets(draw: st.DrawFn, pieces: int = 5, most: int = 2) -> list[Goods]:
    """Lines of whole pieces, some of the same item."""
    lines, left = [], pieces
    while left and len(lines) < pieces:
        item, count = draw(st.integers(1, 4)), draw(st.integers(1, min(most, left)))
        price = draw(st.integers(0, 12)) * 10 + item
        lines.append(goods(len(lines) + 1, price, count, ("wine", "beer")[item % 2], item=item))
        left -= count
        if draw(st.booleans()):
            break
    return lines


@settings(max_examples=250, deadline=None)
@given(baskets(), promotions())
def test_the_best_combination_is_found(lines: list[Goods], offered: tuple[Promotion, ...]) -> None:
    found = off(lines, *offered)
    most = most_off(offered, lines, NOW)
    if found.exact:
        assert found.total == most
    else:  # three kinds of sets that may all share each piece are 27 ways a piece
        assert sum(each.stackable for each in offered) == 3
        assert found.total <= most
    _is_sound(lines, found, offered)


def _is_sound(lines: list[Goods], found: Applied, offered: tuple[Promotion, ...]) -> None:
    """No line below zero, nothing from nobody, and no more pieces than a line has."""
    by_id = {each.id: each for each in offered}
    for line in lines:
        here = [each for each in found.given if each.line == line.n]
        assert 0 <= sum(each.amount for each in here) <= line.amount
        assert all(each.amount > 0 and each.pieces <= line.pieces for each in here)
        assert sum(each.pieces for each in here if not by_id[each.promotion].stackable) <= line.pieces
    assert len({(each.line, each.promotion) for each in found.given}) == len(found.given)


@settings(deadline=None)
@given(baskets(pieces=14, most=6), promotions(), st.randoms(use_true_random=False))
def test_the_order_of_scans_does_not_matter(
    lines: list[Goods], offered: tuple[Promotion, ...], chance: random.Random
) -> None:
    spend = one(Spend(WINE, 100, TENTH), 9, stackable=True)
    found = off(lines, *offered, spend)
    mixed = lines[:]
    chance.shuffle(mixed)
    book = [*offered, spend]
    chance.shuffle(book)
    assert off(mixed, *book) == found
    apart = [goods(n, line.price, 1, *line.groups, item=line.item) for n, line in enumerate(_pieces(lines))]
    assert off(apart, *book).total == found.total
    _is_sound(lines, replace(found, given=tuple(g for g in found.given if g.promotion != 9)), offered)


def _pieces(lines: list[Goods]) -> list[Goods]:
    return [line for line in lines for _ in range(line.pieces)]


@settings(deadline=None)
@given(baskets(pieces=8, most=3), promotions(), st.data())
def test_removing_a_line_undoes_exactly_what_it_brought(
    lines: list[Goods], offered: tuple[Promotion, ...], data: st.DataObject
) -> None:
    """There is nothing to remember: the promotions are those of the lines that are there."""
    gone = data.draw(st.sampled_from(lines))
    rest = [line for line in lines if line.n != gone.n]
    before = off(rest, *offered)
    off(lines, *offered)
    assert off(rest, *offered) == before
    assert before.total <= off(lines, *offered).total


@settings(max_examples=40, deadline=None)
@given(baskets(pieces=6, most=2), promotions())
def test_an_offer_more_never_gives_less(lines: list[Goods], offered: tuple[Promotion, ...]) -> None:
    for n in range(len(offered)):
        assert off(lines, *offered[:n]).total <= off(lines, *offered[: n + 1]).total


def test_a_basket_beyond_the_bound_gets_an_allowed_answer_that_says_so() -> None:
    """Thirty overlapping meal deals over sixty dishes: more combinations than anybody can try."""
    chance = random.Random(7)
    lines = [
        goods(n, chance.randrange(100, 2000), 1, *(f"g{g}" for g in chance.sample(range(12), 4)))
        for n in range(1, 61)
    ]
    offered = tuple(
        one(
            SetFor(
                tuple(
                    Part(Select(groups=frozenset({f"g{g}"})), chance.randrange(1, 4))
                    for g in chance.sample(range(12), 3)
                ),
                chance.randrange(500, 4000),
            ),
            n,
        )
        for n in range(1, 31)
    )
    found = off(lines, *offered)
    assert not found.exact
    assert found.total > 0
    _is_sound(lines, found, offered)
    shuffled = lines[:]
    chance.shuffle(shuffled)
    assert off(shuffled, *offered) == found
    alone = max(off(lines, each).total for each in offered)
    assert found.total >= alone


def test_a_pallet_is_settled_in_portions() -> None:
    three = one(CheapestOf(WINE, 3, 1))
    line = goods(1, 700, 10 * MAX_PIECES + 7, "wine")
    found = off([line], three)
    assert found.given == (Given(1, 1, 700 * (10 * MAX_PIECES + 6) // 3, 10 * MAX_PIECES + 6),)
    assert not found.exact
