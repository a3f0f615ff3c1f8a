"""The shop's rules as a till knows them: what ``api.shop_rules`` says, read once, one part for each subject.

A part is a frozen dataclass with ``from_fields`` in a module of its own, which knows nothing of baskets; here
it gets a field and a line in :meth:`ShopRules.from_fields`. A part the server says nothing of is its default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pos_desktop.domain.cash_rules import NO_CASH_RULES, CashRules
from pos_desktop.domain.customer_rules import NO_CUSTOMER_RULES, CustomerRules
from pos_desktop.domain.law import NO_LAW, Law
from pos_desktop.domain.paper_words import PLAIN_PAPER, PaperRules
from pos_desktop.domain.promotion_rules import NO_PROMOTIONS, PromotionRules
from pos_desktop.domain.tax_rules import BY_RATE, TaxRules
from pos_desktop.domain.tender_kinds import CASH_AND_CARD, TenderRules


@dataclass(frozen=True, slots=True)
class ShopRules:
    """Every part of the rules. Equal when the server said the same."""

    promotions: PromotionRules = NO_PROMOTIONS
    cash: CashRules = NO_CASH_RULES
    tax: TaxRules = BY_RATE
    papers: PaperRules = PLAIN_PAPER
    customers: CustomerRules = NO_CUSTOMER_RULES
    tenders: TenderRules = CASH_AND_CARD
    law: Law = NO_LAW

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> ShopRules:
        """The rules from the answer of ``api.shop_rules``, one key for each part."""
        return cls(
            promotions=PromotionRules.from_fields(fields.get("promotions") or {}),
            cash=CashRules.from_fields(fields.get("cash") or {}),
            tax=TaxRules.from_fields(fields.get("tax") or {}),
            papers=PaperRules.from_fields(fields.get("papers") or {}),
            customers=CustomerRules.from_fields(fields.get("customers") or {}),
            tenders=TenderRules.from_fields(fields.get("tenders")),
            law=Law.from_fields(fields.get("law") or {}),
        )


NO_RULES = ShopRules()
