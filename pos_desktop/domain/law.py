"""What the law of a shop says about goods at the till: hours, limits of one sale, lowest prices, deposits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pos_desktop.domain.basket_parts import Item
from pos_desktop.domain.item_card import read_item
from pos_desktop.domain.quantity import ONE
from pos_desktop.domain.sale_hours import FARTHEST, Hours, read_hours, shut_until, shuts_at

WARNING = timedelta(minutes=10)
"""How long before goods shut the register counts down."""

_ML, _HUNDREDTHS = 1000, 10_000
"""Volume in millilitres, strength in hundredths of a percent: so a litre of pure alcohol is their product."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """A rule of law on goods: those of ``items``, of ``categories``, or of ``strength`` (hundredths of a
    percent) and more. ``most`` is what one sale may hold of them, thousandths; ``hours`` when they shut."""

    id: int
    name: str
    items: frozenset[int] = frozenset()
    categories: frozenset[int] = frozenset()
    strength: int | None = None
    most: int | None = None
    hours: tuple[Hours, ...] = ()

    def takes(self, item: Item) -> bool:
        """Whether the rule is about the item."""
        strong = self.strength is not None and item.strength > 0 and self.strength <= item.strength
        return strong or item.id in self.items or item.category_id in self.categories


@dataclass(frozen=True, slots=True)
class Shut:
    """Goods that may not be sold now: the rule's name, and when they may be again (None: for good)."""

    name: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Closing:
    """Goods that shut soon: the rule, when (the shop's clock), and the seconds left."""

    restriction: Restriction
    at: datetime
    seconds: int


@dataclass(frozen=True, slots=True)
class Law:
    """The rules of one store. ``lowest`` are (from, minor units for a litre of pure alcohol) by date;
    ``deposits`` the items a bottle's deposit is, by id; ``juniors`` the staff who sell goods with a minimum
    age only with an approval, and from when on they need none."""

    zone: str = "UTC"
    restrictions: tuple[Restriction, ...] = ()
    lowest: tuple[tuple[date, int], ...] = ()
    deposits: Mapping[int, Item] = field(default_factory=dict)
    juniors: Mapping[int, date] = field(default_factory=dict)

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> Law:
        """The rules as ``pos.rules_law`` sends them."""
        deposits = [read_item(row) for row in fields.get("deposits") or ()]
        return cls(
            str(fields.get("zone") or "UTC"),
            tuple(_restriction(row) for row in fields.get("restrictions") or ()),
            tuple((date.fromisoformat(str(day)), int(rate)) for day, rate in fields.get("lowest") or ()),
            {item.id: item for item in deposits},
            {int(who): date.fromisoformat(str(day)) for who, day in fields.get("juniors") or ()},
        )

    # -- hours -----------------------------------------------------------------------------------

    def shut(self, item: Item, at: datetime) -> Shut | None:
        """Why the item may not be sold at ``at`` (aware), by the rule that lasts longest; None: it may."""
        clock = self.local(at)
        found = [
            (end, rule.name)
            for rule in self.restrictions
            if rule.hours and rule.takes(item) and (end := shut_until(rule.hours, clock)) is not None
        ]
        if not found:
            return None
        end, name = max(found)
        return Shut(name, None if end >= clock + FARTHEST else end)

    def closing(self, at: datetime, within: timedelta = WARNING) -> Closing | None:
        """What shuts next, if that is soon: for the countdown on the register."""
        clock = self.local(at)
        found = [
            (when, rule.id, rule)
            for rule in self.restrictions
            if rule.hours and (when := shuts_at(rule.hours, clock, within)) is not None
        ]
        if not found:
            return None
        when, _, rule = min(found, key=lambda each: each[:2])
        left = when.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC) - at
        return Closing(rule, when, max(int(left.total_seconds()), 0))

    def day(self, at: datetime) -> date:
        """The shop's date at ``at`` (aware)."""
        return self.local(at).date()

    def local(self, at: datetime) -> datetime:
        """The shop's clock at ``at`` (aware), without a zone."""
        return at.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)

    # -- limits ----------------------------------------------------------------------------------

    def over(self, goods: Iterable[tuple[Item, int]]) -> Restriction | None:
        """The first rule whose limit these goods pass, as (item, thousandths); a case counts its pieces."""
        lines = list(goods)
        for rule in self.restrictions:
            if rule.most is None:
                continue
            held = sum(qty * max(item.pack, 1) for item, qty in lines if qty > 0 and rule.takes(item))
            if held > rule.most:
                return rule
        return None

    # -- who serves -------------------------------------------------------------------------------

    def too_young_to_sell(self, staff: int, at: datetime) -> bool:
        """Whether this person sells goods with a minimum age only with somebody's approval."""
        since = self.juniors.get(staff)
        return since is not None and self.day(at) < since

    # -- lowest price ----------------------------------------------------------------------------

    def lowest_price(self, item: Item, qty: int, day: date) -> int:
        """The least ``qty`` thousandths may cost on ``day``, minor units; 0: there is no such law.

        Volume times strength times rate, each piece rounded up: what three bottles must cost is three times
        what one must (Alcohol (Minimum Pricing) (Scotland) Act 2012, schedule 3 paragraph 6A).
        """
        rate = max(((since, rate) for since, rate in self.lowest if since <= day), default=None)
        if rate is None or not item.strength or qty <= 0:
            return 0
        volume = item.volume or (_ML if item.unit == "l" else 0)
        pure = volume * item.strength * rate[1]
        if item.unit == "each":
            return _up(pure, _ML * _HUNDREDTHS) * (qty // ONE)
        return _up(pure * qty, _ML * _HUNDREDTHS * ONE)

    # -- deposits --------------------------------------------------------------------------------

    def deposit_of(self, item: Item) -> tuple[Item, int] | None:
        """The deposit that goes with a piece of the item, and how many of it; None: there is none."""
        deposit = self.deposits.get(item.deposit)
        return (deposit, item.deposit_count) if deposit is not None else None


NO_LAW = Law()


def _restriction(row: Mapping[str, Any]) -> Restriction:
    strength, most = row.get("strength"), row.get("most")
    return Restriction(
        int(row["id"]),
        str(row["name"]),
        frozenset(int(item) for item in row.get("items") or ()),
        frozenset(int(category) for category in row.get("categories") or ()),
        None if strength is None else int(strength),
        None if most is None else int(most),
        tuple(read_hours(each) for each in row.get("hours") or ()),
    )


def _up(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)
