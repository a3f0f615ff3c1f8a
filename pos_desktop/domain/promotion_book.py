"""A shop's promotions, filed by what they are for, so that a basket meets only those that may touch it."""

from __future__ import annotations

from collections.abc import Iterable

from pos_desktop.domain.promotion import Ask, Goods, Promotion, PromotionError, Select, SetFor, Spend


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

    def near(self, goods: Goods) -> list[Promotion]:
        """The promotions of pieces and lines that name the goods' item, a group of theirs, or all."""
        near = [*self._any, *self._by_item.get(goods.item, ())]
        for group in goods.groups:
            near += self._by_group.get(group, ())
        return near

    def for_sale(self, ask: Ask) -> tuple[Promotion, ...]:
        """The live offers on what is spent, by id."""
        return tuple(each for each in self._spends if each.live(ask))


def _selects(promotion: Promotion) -> tuple[Select, ...]:
    offer = promotion.offer
    if isinstance(offer, SetFor):
        return tuple(part.select for part in offer.parts)
    return () if isinstance(offer, Spend) else (offer.select,)
