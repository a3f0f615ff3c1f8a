"""What a till knows of its store's way of tax: how it is rounded, composite codes, cash policies by date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast, get_args

from pos_desktop.domain.rounding import CashMethod, CashPolicy, cash_policy
from pos_desktop.domain.tax import Tax, Taxes, TaxMethod


@dataclass(frozen=True, slots=True)
class TaxRules:
    """A store's rules. ``parts``: the taxes a composite code stands for, each with whether it is compound.

    ``codes``: every tax with a rate above nothing, with its name: what a certificate can free from.
    """

    method: TaxMethod = "by_rate"
    cash: tuple[CashPolicy, ...] = ()
    parts: Mapping[str, tuple[tuple[str, bool], ...]] = field(default_factory=dict)
    codes: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> TaxRules:
        """The rules as ``pos.rules_tax`` sends them; ValueError for a method nobody knows."""
        method = str(fields.get("method") or "by_rate")
        if method not in get_args(TaxMethod):
            raise ValueError(f"a way of tax of another program version: {method}")
        parts: dict[str, tuple[tuple[str, bool], ...]] = {
            str(code): tuple((str(part), bool(compound)) for part, compound in listed)
            for code, listed in (fields.get("parts") or {}).items()
        }
        return cls(
            cast(TaxMethod, method),
            tuple(
                CashPolicy(date.fromisoformat(str(start)), int(step), cast(CashMethod, str(way)))
                for start, step, way in fields.get("cash") or ()
            ),
            parts,
            tuple((str(code), str(name)) for code, name in fields.get("codes") or ()),
        )

    def cash_on(self, day: date) -> CashPolicy | None:
        """How cash is rounded on a legal local day."""
        return cash_policy(self.cash, day)

    def taxes(self, code: str, rates: Mapping[str, int]) -> Taxes:
        """The taxes of a composite code at these rates; empty for a code that is a tax itself."""
        return tuple(Tax(part, rates.get(part, 0), compound) for part, compound in self.parts.get(code, ()))


BY_RATE = TaxRules()
"""Until the server has said otherwise: one tax an item, rounded by rate; cash is not rounded."""
