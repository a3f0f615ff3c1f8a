"""What is remembered between scans changes no answer: the quick way against one that remembers nothing."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_desktop.domain import promotion_kept, promotion_search
from pos_desktop.domain.promotion import (
    Ask,
    CheapestOf,
    Each,
    Goods,
    Off,
    Offer,
    Part,
    Percent,
    Promotion,
    Select,
    SetFor,
    Spend,
)
from pos_desktop.domain.promotion_book import Book
from pos_desktop.domain.promotion_kept import Kept, Solved
from pos_desktop.domain.promotion_step import Option
from pos_desktop.domain.promotions import best

NOW = datetime(2026, 11, 20, 18, 30)
ITEMS = 12


def select(chance: random.Random) -> Select:
    if chance.random() < 0.6:
        return Select(items=frozenset(chance.sample(range(1, ITEMS + 1), chance.randrange(1, 5))))
    return Select(groups=frozenset({f"g{chance.randrange(3)}"}))


def offer(chance: random.Random) -> Offer:
    count = chance.randrange(2, 4)
    made: list[Offer] = [
        Each(select(chance), Percent(chance.randrange(1, 5) * 100_000)),
        Each(select(chance), Off(chance.randrange(10, 90))),
        CheapestOf(select(chance), count, 1, Percent(500_000)),
        SetFor((Part(select(chance), count),), count * chance.randrange(60, 200)),
        SetFor((Part(select(chance), 1), Part(select(chance), 1)), chance.randrange(100, 500)),
        SetFor((Part(select(chance), 2), Part(select(chance), 1, Percent(1_000_000)))),
        Spend(select(chance), chance.randrange(100, 900), Off(50)),
    ]
    return chance.choice(made)


def promotions(chance: random.Random) -> list[Promotion]:
    made = []
    for id_ in range(1, chance.randrange(3, 14)):
        what = offer(chance)
        stackable = isinstance(what, CheapestOf) and chance.random() < 0.3
        limit = chance.choice((None, None, 1, 2)) if isinstance(what, SetFor | CheapestOf) else None
        made.append(
            Promotion(id_, f"Offer {id_}", what, stackable, limit, coupon=chance.choice(("", "", "", "a")))
        )
    return made


def line(chance: random.Random, n: int) -> Goods:
    item, pieces = chance.randrange(1, ITEMS + 1), chance.choice((1, 1, 2, 3, 130))
    price = 50 + 37 * item
    groups = frozenset({f"g{item % 3}"})
    return Goods(n, item, pieces * 1000, price, pieces * price, groups, chance.random() < 0.1)


def walk(chance: random.Random, steps: int) -> list[tuple[list[Goods], Ask]]:
    """Baskets of a customer: scanned, one more, taken out, a coupon handed over."""
    lines: list[Goods] = []
    ask, seen = Ask(NOW), []
    for n in range(1, steps + 1):
        what = chance.random()
        if what < 0.6 or not lines:
            lines = [*lines, line(chance, n)]
        elif what < 0.8:
            at = chance.randrange(len(lines))
            more = lines[at].qty + 1000
            lines = [*lines]
            lines[at] = replace(lines[at], qty=more, amount=lines[at].price * more // 1000)
        elif what < 0.9:
            lines = lines[1:]
        else:
            ask = Ask(NOW, coupons={"a": chance.randrange(3)})
        chance.shuffle(lines)
        seen.append((lines, ask))
    return seen


@pytest.mark.parametrize("many", [promotion_search.MANY_PLANS, 1], ids=["together", "a few at a time"])
def test_what_is_remembered_changes_no_answer(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promotion_search, "MANY_PLANS", many)
    monkeypatch.setattr(promotion_kept, "KEPT", 40)  # so that it is begun anew now and then

    @settings(max_examples=15, deadline=None, database=None)
    @given(st.integers(0, 1 << 30))
    def holds(seed: int) -> None:
        chance = random.Random(seed)
        offers = promotions(chance)
        book = Book(offers)
        for lines, ask in walk(chance, 12):
            assert best(book, lines, ask) == best(Book(offers), lines, ask)

    holds()


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 60)), max_size=30))
def test_a_search_is_remembered_with_what_it_took(asked: list[tuple[int, int]]) -> None:
    """One that gave up is asked again when it may take more; one that found may not take more than it may."""

    def solve(content: int, budget: int) -> Solved:
        needs = 20 * content
        return ((Option(content, content),), needs) if needs <= budget else (None, budget + 3)

    kept = Kept()
    for content, budget in asked:
        found, steps = kept.part(content, budget, lambda c=content, b=budget: solve(c, b))  # type: ignore[misc]
        plain, took = solve(content, budget)
        assert found == plain
        assert steps == took or (found is None and steps > budget and took > budget)
