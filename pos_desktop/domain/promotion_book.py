"""A shop's promotions, filed by what they are for, so that a basket meets only those that may touch it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pos_desktop.domain.money import divide_half_up
from pos_desktop.domain.promotion import (
    PPM,
    Ask,
    Each,
    Goods,
    Percent,
    Promotion,
    PromotionError,
    Select,
    SetFor,
    Spend,
    cut_of,
)
from pos_desktop.domain.promotion_kept import Kept
from pos_desktop.domain.promotion_sets import Role, roles_of
from pos_desktop.domain.quantity import ONE

KNOWN = 20_000
"""Goods whose chances are remembered; then it begins anew."""


@dataclass(frozen=True, slots=True)
class Chance:
    """What a promotion may do for one piece of some goods, or for a line taken as a whole, live or not."""

    promotion: Promotion
    gain: int
    roles: tuple[Role, ...]


class Book:
    """A shop's promotions, found by what they are for. Made once, asked for every basket."""

    def __init__(self, promotions: Iterable[Promotion]) -> None:
        self._all = tuple(sorted(promotions, key=lambda each: each.id))
        if len({each.id for each in self._all}) < len(self._all):
            raise PromotionError("Two promotions have one number.")
        self._spends = tuple(each for each in self._all if isinstance(each.offer, Spend))
        self._any: list[Promotion] = []
        self._by_item: dict[int, list[Promotion]] = {}
        self._by_group: dict[str, list[Promotion]] = {}
        self._known: dict[object, tuple[Chance, ...]] = {}
        self.kept = Kept()
        for each in self._all:
            for select in _selects(each):
                self._file(each, select)

    def _file(self, promotion: Promotion, select: Select) -> None:
        if not select.items and not select.groups:
            self._any.append(promotion)
        for item in select.items:
            self._by_item.setdefault(item, []).append(promotion)
        for group in select.groups:
            self._by_group.setdefault(group, []).append(promotion)

    def chances(self, goods: Goods) -> tuple[Chance, ...]:
        """What promotions of pieces and lines may do for the goods, by id; the same goods are asked once."""
        whole = (0, 0) if goods.pieces else (goods.qty, goods.amount)
        key = (goods.item, goods.price, goods.groups, whole)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= KNOWN:
                self._known.clear()
            known = self._known[key] = self._chances(goods)
        return known

    def _chances(self, goods: Goods) -> tuple[Chance, ...]:
        near = {each.id: each for each in (*self._any, *self._by_item.get(goods.item, ()))}
        for group in goods.groups:
            near.update((each.id, each) for each in self._by_group.get(group, ()))
        chances = (_chance(near[id_], goods) for id_ in sorted(near))
        return tuple(each for each in chances if each is not None)

    def for_sale(self, ask: Ask) -> tuple[Promotion, ...]:
        """The live offers on what is spent, by id."""
        return tuple(each for each in self._spends if each.live(ask))


def _selects(promotion: Promotion) -> tuple[Select, ...]:
    offer = promotion.offer
    if isinstance(offer, SetFor):
        return tuple(part.select for part in offer.parts)
    return () if isinstance(offer, Spend) else (offer.select,)


def _chance(promotion: Promotion, goods: Goods) -> Chance | None:
    offer = promotion.offer
    if isinstance(offer, Each) and offer.select.takes(goods):
        return Chance(promotion, _each_gain(offer, goods), roles_of(offer, goods) if goods.pieces else ())
    roles = roles_of(offer, goods) if goods.pieces else ()
    return Chance(promotion, 0, roles) if roles else None


def _each_gain(offer: Each, goods: Goods) -> int:
    if goods.pieces:
        return cut_of(offer.cut, goods.item, goods.price)
    if isinstance(offer.cut, Percent):  # a label's amount is not price times weight
        return divide_half_up(goods.amount * offer.cut.ppm, PPM)
    return min(cut_of(offer.cut, goods.item, goods.price, goods.qty or ONE), goods.amount)
