"""What a shop may promise: offers, when and for whom they are live, and the lines they are held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from pos_desktop.domain.money import divide_half_up
from pos_desktop.domain.quantity import ONE, extend
from pos_desktop.words import later, t

PPM = 1_000_000
CASE_PRICE = later("Case price")
"""What singles that came to a case are booked as, in every language; ``offer_words`` shows it."""
MAX_SET = 100
"""Pieces in one set at most; a pallet is a price of its own."""


class PromotionError(ValueError):
    """An offer that cannot be: the text says why, for the person who sets it up."""


@dataclass(frozen=True, slots=True)
class Goods:
    """A line as promotions see it: ``qty`` in thousandths, ``price`` and ``amount`` in minor units.

    ``groups`` are what offers may name: category, brand, supplier. ``fixed`` lines take part in nothing (a
    typed price, a deposit, goods the law keeps out). Pieces of a whole line cost ``price`` each; a weighed
    line, or one whose amount is not its pieces' price (a label), is taken as a whole.
    """

    n: int
    item: int
    qty: int
    price: int
    amount: int
    groups: frozenset[str] = frozenset()
    fixed: bool = False

    @property
    def pieces(self) -> int:
        """How many pieces sets can take from it; 0 for a line that is taken as a whole."""
        count = self.qty // ONE
        return count if self.qty == count * ONE and self.amount == count * self.price else 0

    @property
    def kind(self) -> tuple[int, int, int]:
        """What lines of equal pieces have in common; a line that is taken as a whole is of its own kind."""
        return (self.item, self.price, 0 if self.pieces else self.n)


@dataclass(frozen=True, slots=True)
class Select:
    """Which goods: any of the items or groups (none named: all), but not those left out."""

    items: frozenset[int] = frozenset()
    groups: frozenset[str] = frozenset()
    but: frozenset[int] = frozenset()

    def takes(self, goods: Goods) -> bool:
        """Whether a line's goods are meant."""
        if goods.item in self.but:
            return False
        if not self.items and not self.groups:
            return True
        return goods.item in self.items or not self.groups.isdisjoint(goods.groups)


# -- by how much --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Percent:
    """A share of the price, parts per million; of one piece, rounded half up."""

    ppm: int


@dataclass(frozen=True, slots=True)
class Off:
    """An amount off, minor units a piece (or a kilogram); of a sale, for a :class:`Spend`."""

    amount: int


@dataclass(frozen=True, slots=True)
class Price:
    """A price instead, minor units a piece (or a kilogram)."""

    amount: int


@dataclass(frozen=True, slots=True)
class PriceList:
    """A price instead for each item by its id: member prices."""

    prices: Mapping[int, int]


Cut: TypeAlias = Percent | Off | Price | PriceList


def cut_of(cut: Cut, item: int, price: int, qty: int = ONE) -> int:
    """What ``cut`` takes off ``qty`` thousandths at ``price``: minor units, from 0 to the whole amount."""
    amount = extend(price, qty)
    if isinstance(cut, Percent):
        off = divide_half_up(amount * cut.ppm, PPM)
    elif isinstance(cut, Off):
        off = extend(cut.amount, qty)
    elif isinstance(cut, Price):
        off = amount - extend(cut.amount, qty)
    else:
        off = amount - extend(cut.prices.get(item, price), qty)
    return min(max(off, 0), max(amount, 0))


# -- offers -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Each:
    """Every piece, or weighed line, of the goods."""

    select: Select
    cut: Cut


@dataclass(frozen=True, slots=True)
class Part:
    """So many pieces of a set: with a cut they are what it rewards, without what it asks for."""

    select: Select
    count: int
    cut: Cut | None = None


@dataclass(frozen=True, slots=True)
class SetFor:
    """A set of parts: at a total (three for 5.00, a meal deal), or with cuts of its parts (buy A get B)."""

    parts: tuple[Part, ...]
    total: int | None = None


@dataclass(frozen=True, slots=True)
class CheapestOf:
    """In every ``count`` pieces the ``cheapest`` so many are cut, all of their price unless said otherwise.

    Three for the price of two is ``CheapestOf(select, 3, 1)``; the second at half price
    ``CheapestOf(select, 2, 1, Percent(500_000))``.
    """

    select: Select
    count: int
    cheapest: int
    cut: Percent = Percent(PPM)


@dataclass(frozen=True, slots=True)
class Spend:
    """Goods for ``least`` minor units at shelf prices: a percentage or an amount off what they come to."""

    select: Select
    least: int
    cut: Percent | Off


Offer: TypeAlias = Each | SetFor | CheapestOf | Spend


# -- when and for whom --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class When:
    """Days from ``start`` to ``end`` (both count), weekdays (Monday is 0), and hours, by the shop's clock.

    Hours may pass midnight: Friday 22:00 to 02:00 is a Friday's until two in the morning.
    """

    start: date | None = None
    end: date | None = None
    weekdays: frozenset[int] = frozenset(range(7))
    since: time = time(0)
    until: time = time(0)

    def has(self, at: datetime) -> bool:
        """Whether ``at`` (the shop's local time) is in it."""
        day, clock = at.date(), at.time().replace(tzinfo=None)
        if self.since < self.until and not self.since <= clock < self.until:
            return False
        if self.since > self.until and clock < self.since:
            if clock >= self.until:
                return False
            day -= timedelta(days=1)  # the night belongs to the evening it began
        started = self.start is None or self.start <= day
        return started and (self.end is None or day <= self.end) and day.weekday() in self.weekdays


ALWAYS = When()


@dataclass(frozen=True, slots=True)
class Ask:
    """Who buys where and when: local time, store, the customer's groups, coupons handed over (by code)."""

    at: datetime
    store: int = 0
    customers: frozenset[str] = frozenset()
    coupons: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Promotion:
    """One offer with its conditions. ``id`` orders promotions where nothing else does.

    A piece takes part in one exclusive promotion, or in any number of ``stackable`` ones, each taken off the
    shelf price. ``limit`` is the most sets (or pieces) a sale; with a ``coupon``, for each one handed over.
    Empty ``stores`` and ``customers`` mean all.
    """

    id: int
    name: str
    offer: Offer
    stackable: bool = False
    limit: int | None = None
    coupon: str = ""
    when: When = ALWAYS
    stores: frozenset[int] = frozenset()
    customers: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        _check(self)

    def live(self, ask: Ask) -> bool:
        """Whether it holds for this customer here and now."""
        return (
            (not self.stores or ask.store in self.stores)
            and (not self.customers or not self.customers.isdisjoint(ask.customers))
            and (not self.coupon or ask.coupons.get(self.coupon, 0) > 0)
            and self.when.has(ask.at)
        )

    def times(self, ask: Ask) -> int | None:
        """The most sets or pieces in this sale; None is no limit. A coupon without one counts once each."""
        if not self.coupon:
            return self.limit
        return (self.limit or 1) * ask.coupons.get(self.coupon, 0)


def _check(promotion: Promotion) -> None:
    offer = promotion.offer
    if promotion.limit is not None and promotion.limit < 1:
        raise PromotionError(f"{promotion.name}: a limit is 1 or more.")
    if promotion.stackable and not _may_stack(offer):
        raise PromotionError(f"{promotion.name}: an offer that names a price cannot be added to others.")
    if isinstance(offer, SetFor):
        _check_set(promotion.name, offer)
    if isinstance(offer, CheapestOf) and not 1 <= offer.cheapest < offer.count <= MAX_SET:
        raise PromotionError(f"{promotion.name}: of {MAX_SET} pieces at most, some are paid and some cut.")
    if isinstance(offer, Spend) and (offer.least < 0 or (promotion.limit or 1) != 1):
        raise PromotionError(f"{promotion.name}: a sale reaches its sum once.")
    for cut in _cuts(offer):
        _check_cut(promotion.name, cut)


def _check_set(name: str, offer: SetFor) -> None:
    counts = [part.count for part in offer.parts]
    if not counts or min(counts) < 1 or sum(counts) > MAX_SET:
        raise PromotionError(f"{name}: a set has from 1 to {MAX_SET} pieces.")
    rewarded = [part for part in offer.parts if part.cut is not None]
    if (offer.total is None) == (not rewarded):
        raise PromotionError(f"{name}: a set has either a total or a part that is cut.")
    if offer.total is not None and offer.total < 0:
        raise PromotionError(f"{name}: a total is 0 or more.")


def _cuts(offer: Offer) -> list[Cut]:
    if isinstance(offer, SetFor):
        return [part.cut for part in offer.parts if part.cut is not None]
    return [offer.cut]


def _check_cut(name: str, cut: Cut) -> None:
    if isinstance(cut, Percent):
        sound = 0 < cut.ppm <= PPM
    elif isinstance(cut, PriceList):
        sound = all(price >= 0 for price in cut.prices.values())
    else:
        sound = cut.amount >= 0
    if not sound:
        raise PromotionError(f"{name}: a cut is above nothing, and not more than all of the price.")


def _may_stack(offer: Offer) -> bool:
    named_price = isinstance(offer, SetFor) and offer.total is not None
    return not named_price and not any(isinstance(cut, Price | PriceList) for cut in _cuts(offer))


@dataclass(frozen=True, slots=True)
class Pack:
    """A case of an item: ``count`` singles for ``price`` minor units; it may be an item of its own too."""

    single: int
    count: int
    price: int
    name: str = CASE_PRICE


def offer_words(name: str) -> str:
    """An offer as people read it: the shop's own name for it, or the program's for a case."""
    return t(name) if name == CASE_PRICE else name


def pack_promotion(id_: int, pack: Pack) -> Promotion:
    """Singles that come to a case cost what the case costs, if that is less: a set at a total."""
    part = Part(Select(items=frozenset({pack.single})), pack.count)
    return Promotion(id_, pack.name, SetFor((part,), pack.price))
