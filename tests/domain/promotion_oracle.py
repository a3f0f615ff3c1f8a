"""The best promotions of a small basket by trying everything: the definition, without any cleverness."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain, combinations

from pos_desktop.domain.promotion import Ask, CheapestOf, Each, Goods, Promotion, SetFor, cut_of

Gains = tuple[int, ...]
"""What each piece of the basket gets."""


def most_off(promotions: Sequence[Promotion], goods: Sequence[Goods], ask: Ask) -> int:
    """The most that promotions of pieces can take off, over every allowed combination."""
    pieces = [one for one in goods for _ in range(one.pieces)]
    live = [each for each in promotions if each.live(ask)]
    ways = {each.id: list(_ways(each, pieces, ask)) for each in live}
    exclusive = [each for each in live if not each.stackable]
    stackable = [each for each in live if each.stackable]

    @cache
    def stacked(free: frozenset[int]) -> int:
        """The stackable ones on pieces that no exclusive one has."""
        best = 0
        for sums in _together([ways[each.id] for each in stackable], free, len(pieces)):
            best = max(best, sum(min(sums[n], pieces[n].price) for n in range(len(pieces))))
        return best

    def alone(rest: Sequence[Promotion], free: frozenset[int]) -> int:
        if not rest:
            return stacked(free)
        best = alone(rest[1:], free)
        for taken, gains in ways[rest[0].id]:
            if taken <= free:
                best = max(best, sum(gains) + alone(rest[1:], free - taken))
        return best

    return alone(exclusive, frozenset(range(len(pieces))))


def _together(
    ways: Sequence[list[tuple[frozenset[int], Gains]]], free: frozenset[int], size: int
) -> Iterator[Gains]:
    if not ways:
        yield (0,) * size
        return
    for others in _together(ways[1:], free, size):
        yield others
        for taken, gains in ways[0]:
            if taken <= free:
                yield tuple(a + b for a, b in zip(gains, others, strict=True))


def _ways(promotion: Promotion, pieces: Sequence[Goods], ask: Ask) -> Iterator[tuple[frozenset[int], Gains]]:
    """Each set of pieces the promotion may have, and each way to give it to them."""
    times = promotion.times(ask)
    for taken in _subsets(range(len(pieces))):
        seen = set()
        for sets, gains in _given(promotion, list(taken), pieces):
            if times is None or sets <= times:
                spread = tuple(gains.get(n, 0) for n in range(len(pieces)))
                if spread not in seen:
                    seen.add(spread)
                    yield frozenset(taken), spread


def _subsets(numbers: Sequence[int] | range) -> Iterator[tuple[int, ...]]:
    return chain.from_iterable(combinations(numbers, size) for size in range(1, len(numbers) + 1))


def _given(
    promotion: Promotion, taken: list[int], pieces: Sequence[Goods]
) -> Iterator[tuple[int, dict[int, int]]]:
    """Ways to part the pieces into whole sets: how many sets, and what each piece gets."""
    if not taken:
        yield 0, {}
        return
    first, rest = taken[0], taken[1:]
    size = _size(promotion)
    for others in combinations(rest, size - 1):
        left = [n for n in rest if n not in others]
        for one in _one_set(promotion, [first, *others], pieces):
            for sets, gains in _given(promotion, left, pieces):
                yield sets + 1, {**gains, **one}


def _size(promotion: Promotion) -> int:
    offer = promotion.offer
    if isinstance(offer, SetFor):
        return sum(part.count for part in offer.parts)
    return offer.count if isinstance(offer, CheapestOf) else 1


def _one_set(promotion: Promotion, taken: list[int], pieces: Sequence[Goods]) -> Iterator[dict[int, int]]:
    offer = promotion.offer
    if isinstance(offer, Each):
        goods = pieces[taken[0]]
        if offer.select.takes(goods):
            yield {taken[0]: cut_of(offer.cut, goods.item, goods.price)}
    elif isinstance(offer, CheapestOf):
        if all(offer.select.takes(pieces[n]) for n in taken):
            cheapest = sorted(taken, key=lambda n: pieces[n].price)[: offer.cheapest]
            yield {n: cut_of(offer.cut, pieces[n].item, pieces[n].price) for n in cheapest}
    elif isinstance(offer, SetFor):
        yield from _parted(offer, 0, taken, pieces)


def _parted(offer: SetFor, part: int, taken: list[int], pieces: Sequence[Goods]) -> Iterator[dict[int, int]]:
    """Every way to give the pieces of one set to its parts. A total's cut stands at its first piece."""
    if part == len(offer.parts):
        yield {}
        return
    one = offer.parts[part]
    for chosen in combinations(taken, one.count):
        if not all(one.select.takes(pieces[n]) for n in chosen):
            continue
        for rest in _parted(offer, part + 1, [n for n in taken if n not in chosen], pieces):
            if offer.total is not None:
                gains = {n: pieces[n].price for n in chosen} | rest
                if part == 0:
                    gains[chosen[0]] -= offer.total
            else:
                cuts = {n: cut_of(one.cut, pieces[n].item, pieces[n].price) if one.cut else 0 for n in chosen}
                gains = cuts | rest
            yield gains
