"""Promotions: 60 lines against 300 live ones, in a shop of 3,000 items and in one where nearly all touch.

``python -m tests.benchmarks.promotions`` prints the figures; no server is needed.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pos_desktop.domain.basket import Basket, Item, Line
from pos_desktop.domain.promotion import (
    Ask,
    CheapestOf,
    Each,
    Goods,
    Off,
    Offer,
    Part,
    Percent,
    Price,
    Promotion,
    Select,
    SetFor,
    Spend,
)
from pos_desktop.domain.promotion_book import Book
from pos_desktop.domain.promotion_rules import PromotionRules
from pos_desktop.domain.promotions import best
from pos_desktop.domain.quantity import ONE
from pos_desktop.domain.shop_rules import ShopRules
from tests.benchmarks.report import Row

AIM_MS = 5
LINES, PROMOTIONS = 60, 300
REPEATS = 5
"""Scans of a basket that are timed, each of another line: the same twice would only be remembered."""
ASK = Ask(datetime(2026, 11, 20, 18, 30))


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of each basket, sorted, and how many answers were proven the best."""

    ms: tuple[float, ...]
    exact: int

    @property
    def median(self) -> float:
        """The middle one."""
        return self.ms[len(self.ms) // 2]


@dataclass(frozen=True, slots=True)
class Shop:
    """Items with a category, a brand and a price, and promotions over them, made from a seed."""

    items: int
    chance: random.Random

    def select(self) -> Select:
        """A few items, a brand or a category."""
        kind = self.chance.random()
        if kind < 0.5:
            return Select(
                items=frozenset(self.chance.sample(range(self.items), self.chance.randrange(1, 12)))
            )
        if kind < 0.8:
            return Select(groups=frozenset({f"brand {self.chance.randrange(80)}"}))
        return Select(groups=frozenset({f"category {self.chance.randrange(60)}"}))

    def offer(self) -> Offer:
        """Any kind of offer, about as often as leaflets have them."""
        chance = self.chance
        count = chance.randrange(2, 5)
        made: list[tuple[int, Callable[[], Offer]]] = [
            (25, lambda: Each(self.select(), Percent(chance.randrange(1, 8) * 50_000))),
            (10, lambda: Each(self.select(), Off(chance.randrange(10, 200)))),
            (10, lambda: Each(Select(items=frozenset({chance.randrange(self.items)})), Price(399))),
            (20, lambda: CheapestOf(self.select(), count, 1, Percent(chance.choice([500_000, 1_000_000])))),
            (15, lambda: SetFor((Part(self.select(), count),), count * chance.randrange(60, 900))),
            (
                10,
                lambda: SetFor(tuple(Part(self.select(), 1) for _ in range(3)), chance.randrange(300, 2500)),
            ),
            (7, lambda: SetFor((Part(self.select(), 2), Part(self.select(), 1, Percent(1_000_000))))),
            (3, lambda: Spend(self.select(), chance.randrange(1000, 10_000), Off(500))),
        ]
        return chance.choices([make for _, make in made], [weight for weight, _ in made])[0]()

    def promotions(self) -> tuple[Promotion, ...]:
        """The shop's promotions, one in seven of those that may be added to others being so."""
        made = []
        for id_ in range(1, PROMOTIONS + 1):
            offer = self.offer()
            addable = isinstance(offer, CheapestOf | Spend) or (
                isinstance(offer, Each) and not isinstance(offer.cut, Price)
            )
            made.append(Promotion(id_, f"Offer {id_}", offer, addable and self.chance.random() < 0.15))
        return tuple(made)

    def basket(self) -> list[Goods]:
        """Lines of one to six pieces."""
        lines = []
        for n in range(1, LINES + 1):
            item, pieces = self.chance.randrange(self.items), self.chance.choice([1, 1, 1, 2, 2, 3, 6])
            of_item = random.Random(item)
            price = of_item.randrange(50, 2500)
            groups = frozenset({f"brand {of_item.randrange(80)}", f"category {of_item.randrange(60)}"})
            lines.append(Goods(n, item, pieces * 1000, price, pieces * price, groups))
        return lines


def measure(items: int, baskets: int) -> Times:
    """Each basket once to get to know its goods, then timed with one more piece, as at a scan."""
    times, exact = [], 0
    for seed in range(baskets):
        shop = Shop(items, random.Random(seed))
        book, lines = Book(shop.promotions()), shop.basket()
        exact += best(book, lines, ASK).exact
        times.append(statistics.median(_timed(book, lines, n) for n in range(REPEATS)))
    return Times(tuple(sorted(times)), exact)


def _timed(book: Book, lines: list[Goods], n: int) -> float:
    more = lines[n].qty + ONE
    lines[n] = replace(lines[n], qty=more, amount=lines[n].price * more // ONE)
    begun = time.thread_time()  # the processor's: nothing in it waits, and other programs shall not count
    best(book, lines, ASK)
    return (time.thread_time() - begun) * 1000


def measure_scan(items: int, baskets: int) -> Times:
    """The same through the register's own basket: one more piece of a line, each time of another."""
    times = []
    for seed in range(baskets):
        shop = Shop(items, random.Random(seed))
        rules = ShopRules(promotions=PromotionRules(1, UTC, shop.promotions()))
        basket = Basket("sale").begun(ASK.at.replace(tzinfo=UTC), rules)
        lines = tuple(_line(goods) for goods in shop.basket())
        basket = basket.stepped(replace(basket, lines=lines))
        times.append(statistics.median(_timed_scan(basket, line) for line in basket.lines[-REPEATS:]))
    return Times(tuple(sorted(times)), 0)


def _line(goods: Goods) -> Line:
    item = Item(
        goods.item, f"Item {goods.item}", "each", goods.price, 1, "S", 200_000, groups=tuple(goods.groups)
    )
    return Line(goods.n, item, "", goods.qty, goods.price, 1, goods.amount)


def _timed_scan(basket: Basket, line: Line) -> float:
    begun = time.thread_time()
    basket.change_qty(line.n, line.qty + ONE)
    return (time.thread_time() - begun) * 1000


def promotion_rows(baskets: int) -> list[Row]:
    """The figures as rows of the report."""
    return [row for items in (3000, 400) for row in _rows(items, baskets)]


def _rows(items: int, baskets: int) -> list[Row]:
    times, scans = measure(items, baskets), measure_scan(items, baskets)
    name = f"promotions, {LINES} lines, {PROMOTIONS} live, {items} items"
    note = f"longest {times.ms[-1]:.1f} ms; {times.exact} of {len(times.ms)} proven the best"
    wired = f"a scan into {LINES} lines, {PROMOTIONS} promotions, {items} items"
    return [
        Row(name, round(times.median, 2), "ms", AIM_MS, note=note),
        Row(wired, round(scans.median, 2), "ms", AIM_MS, note=f"longest {scans.ms[-1]:.1f} ms"),
    ]


if __name__ == "__main__":
    for row in promotion_rows(50):
        print(f"{row.name}: {row.figure} {row.unit} (aim {row.aim}), {row.note}")
