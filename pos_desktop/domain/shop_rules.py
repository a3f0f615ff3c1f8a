"""The shop's rules as a till knows them: what ``api.shop_rules`` says, read once, one part for each subject.

A part is a frozen dataclass with ``from_fields`` in a module of its own, which knows nothing of baskets; here
it gets a field and a line in :meth:`ShopRules.from_fields`. A part the server says nothing of is its default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pos_desktop.domain.cash_rules import CashRules
from pos_desktop.domain.promotion_rules import NO_PROMOTIONS, PromotionRules


@dataclass(frozen=True, slots=True)
class ShopRules:
    """Every part of the rules. Equal when the server said the same."""

    promotions: PromotionRules = NO_PROMOTIONS
    cash: CashRules = CashRules()

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> ShopRules:
        """The rules from the answer of ``api.shop_rules``, one key for each part."""
        return cls(
            promotions=PromotionRules.from_fields(fields.get("promotions") or {}),
            cash=CashRules.from_fields(fields.get("cash") or {}),
        )


NO_RULES = ShopRules()
