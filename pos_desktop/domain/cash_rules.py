"""What a shop says about people and cash: how far roles go, when a drawer is full, when a day begins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from pos_desktop.domain.money import Currency

LimitName = Literal["discount", "refund", "pay_out", "difference"]

LIMITS: Final[tuple[LimitName, ...]] = ("discount", "refund", "pay_out", "difference")
"""What a role can be held to: of a line or a sale, of one refund, of one pay out, over or short at the Z."""

FULL_NOTES = 10
"""A drawer is full, where the shop does not say when, at so many of the currency's largest note."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most this share (parts per million) and this amount (minor units); None: any."""

    ppm: int | None = None
    amount: int | None = None

    def holds(self, ppm: int = 0, amount: int = 0) -> bool:
        """Whether so much is within it; reaching it exactly is."""
        return (self.ppm is None or ppm <= self.ppm) and (self.amount is None or amount <= self.amount)


NO_LIMIT: Final = Limit()


@dataclass(frozen=True, slots=True)
class CashRules:
    """``drawer_full`` in minor units, 0 never, None by the currency; ``day_starts`` minutes after midnight.

    ``single_cashier``: who opens a shift is the only one to sell in it. ``limits`` by role, then by name.
    """

    limits: Mapping[str, Mapping[str, Limit]] = field(default_factory=dict)
    drawer_full: int | None = None
    single_cashier: bool = False
    day_starts: int = 0

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> CashRules:
        """The part ``cash`` of ``api.shop_rules``."""
        full = fields.get("drawer_full")
        return cls(
            limits={
                role: {what: _limit(told) for what, told in named.items()}
                for role, named in fields.get("limits", {}).items()
            },
            drawer_full=None if full is None else int(full),
            single_cashier=bool(fields.get("single_cashier")),
            day_starts=int(fields.get("day_starts") or 0),
        )

    def limit(self, role: str, what: LimitName) -> Limit:
        """How far a role goes; without a rule, any way."""
        return self.limits.get(role, {}).get(what, NO_LIMIT)

    def within(self, role: str, what: LimitName, *, ppm: int = 0, amount: int = 0) -> bool:
        """Whether a role goes so far by itself: ``ppm`` parts per million, ``amount`` minor units."""
        return self.limit(role, what).holds(ppm, amount)

    def full_at(self, currency: Currency) -> int:
        """The cash (minor units) from which a drawer should be emptied into the safe; 0: never."""
        if self.drawer_full is None:
            return FULL_NOTES * currency.denominations[0]
        return self.drawer_full


NO_CASH_RULES: Final = CashRules()

_PERCENT = re.compile(r"(\d{1,3})(?:[.,](\d{1,4}))?")


def parse_percent(text: str) -> int | None:
    """A share as a person types it, ``12.5``, in parts per million; None when it is none up to 100."""
    found = _PERCENT.fullmatch(text.strip().removesuffix("%").strip())
    if found is None:
        return None
    ppm = int(found[1]) * 10_000 + int((found[2] or "").ljust(4, "0"))
    return ppm if ppm <= 1_000_000 else None


def _limit(told: Mapping[str, Any]) -> Limit:
    ppm, amount = told.get("ppm"), told.get("amount")
    return Limit(None if ppm is None else int(ppm), None if amount is None else int(amount))
