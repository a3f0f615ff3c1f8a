"""What a till knows of the shop's promotions: the live ones in a book, and the shop's place and clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from pos_desktop.domain.promotion import Promotion, PromotionError
from pos_desktop.domain.promotion_book import Book
from pos_desktop.domain.promotion_record import read_promotion


@dataclass(frozen=True, slots=True)
class PromotionRules:
    """The promotions of a store, its number, and its legal clock. ``reasons`` are
    those of discounts by hand, ``left_out`` promotions nobody could read.

    ``book`` is made of the promotions: the one that is asked for every basket.
    """

    store: int = 0
    zone: tzinfo = UTC
    promotions: tuple[Promotion, ...] = ()
    reasons: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    book: Book = field(init=False, repr=False, compare=False)
    names: Mapping[int, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "book", Book(self.promotions))
        object.__setattr__(self, "names", {each.id: each.name for each in self.promotions})

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> PromotionRules:
        """The rules of ``api.shop_rules``. One promotion nobody can read takes no other one with it."""
        read: list[Promotion] = []
        odd: list[str] = []
        for row in fields.get("promotions") or ():
            try:
                read.append(read_promotion(row))
            except PromotionError as problem:
                odd.append(str(problem))
        zone = ZoneInfo(str(fields["zone"])) if fields.get("zone") else UTC
        reasons = tuple(str(text) for text in fields.get("reasons") or ())
        return cls(int(fields.get("store") or 0), zone, tuple(read), reasons, tuple(odd))

    def local(self, at: datetime) -> datetime:
        """A moment by the shop's clock."""
        return at.astimezone(self.zone)


NO_PROMOTIONS = PromotionRules()
