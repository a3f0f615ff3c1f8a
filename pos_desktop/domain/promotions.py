"""The promotions of one basket: which give what to which line, the best for the customer that is allowed.

First the promotions of pieces and lines: a piece has one exclusive promotion, or any stackable ones together,
each off the shelf price. Then the offers on what was spent, on top: all stackable ones together, or one
exclusive one alone in the sale. Of these ways the one that takes most off. docs/promotions.md has the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pos_desktop.domain.money import divide_half_up
from pos_desktop.domain.promotion import PPM, Ask, Goods, Off, Promotion, Spend
from pos_desktop.domain.promotion_book import Book
from pos_desktop.domain.promotion_lines import Tally, of_pieces
from pos_desktop.domain.rounding import spread_by


@dataclass(frozen=True, slots=True)
class Given:
    """What one promotion takes off one line: minor units, and the pieces it counted (0: not by pieces)."""

    line: int
    promotion: int
    amount: int
    pieces: int


@dataclass(frozen=True, slots=True)
class Applied:
    """What all promotions give, by line and promotion.

    ``exact``: no allowed combination takes more off. Without it the combination is allowed and the best that
    was found within the search's bound.
    """

    given: tuple[Given, ...] = ()
    exact: bool = True

    @property
    def total(self) -> int:
        """Everything taken off, minor units."""
        return sum(each.amount for each in self.given)

    def of_line(self, n: int) -> int:
        """What is taken off one line, minor units."""
        return sum(each.amount for each in self.given if each.line == n)


def best(book: Book, goods: Sequence[Goods], ask: Ask) -> Applied:
    """What the shop's promotions give for these lines: pure, the same for any order of lines.

    Amounts are minor units; a line never goes below zero. Lines are named by ``Goods.n``.
    """
    lines = sorted((one for one in goods if not one.fixed and one.amount > 0), key=_place)
    tally, exact = of_pieces(book, lines, ask)
    spends = book.for_sale(ask)
    ways = [_with_spends([each for each in spends if each.stackable], lines, tally)]
    ways += [_with_spends([each], lines, {}) for each in spends if not each.stackable]
    way = max(ways, key=lambda each: sum(amount for amount, _ in each.values()))
    given = (Given(n, id_, amount, pieces) for (n, id_), (amount, pieces) in sorted(way.items()) if amount)
    return Applied(tuple(given), exact)


def _place(goods: Goods) -> tuple[int, int, int, int]:
    """By content, the line's name last: equal lines may be exchanged, others have one order."""
    return (-goods.price, goods.item, goods.qty, goods.n)


def _with_spends(spends: Sequence[Promotion], lines: Sequence[Goods], tally: Tally) -> Tally:
    """The tally with offers on what is spent: each off what was left before the first, while anything is."""
    made = {key: [*entry] for key, entry in tally.items()}
    net = {one.n: one.amount for one in lines}
    for (n, _), (amount, _pieces) in tally.items():
        net[n] -= amount
    left = dict(net)
    for each in spends:
        offer = each.offer
        assert isinstance(offer, Spend)
        meant = [one for one in lines if offer.select.takes(one)]
        if not meant or sum(one.amount for one in meant) < offer.least:
            continue
        due = sum(net[one.n] for one in meant)
        off = offer.cut.amount if isinstance(offer.cut, Off) else divide_half_up(due * offer.cut.ppm, PPM)
        weights = [left[one.n] for one in meant]
        shares = spread_by(min(off, sum(weights)), weights, [one.kind for one in meant])
        for one, share in zip(meant, shares, strict=True):
            made[one.n, each.id] = [share, 0]
            left[one.n] -= share
    return made
