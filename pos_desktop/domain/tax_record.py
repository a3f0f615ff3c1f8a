"""Tax as a document states it: what its lines say of their taxes, and the sums worked out from that anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

from pos_desktop.domain.tax import NOBODY, Tax, Taxed, Taxes, tax_sale

Fields = Mapping[str, Any]


class Taxable(Protocol):
    """What is asked of an item: its tax code, and the taxes it stands for."""

    @property
    def tax(self) -> str:
        """The code."""

    @property
    def tax_set(self) -> Taxes:
        """The taxes with their rates."""


def taxes_record(taxes: Iterable[Tax]) -> list[dict[str, Any]]:
    """Taxes as data; ``on`` says that one is due on those before it."""
    return [
        {"code": tax.code, "rate": tax.rate, "on": 1}
        if tax.compound
        else {"code": tax.code, "rate": tax.rate}
        for tax in taxes
    ]


def read_taxes(rows: Iterable[Fields]) -> Taxes:
    """The taxes that :func:`taxes_record` wrote."""
    return tuple(Tax(str(row["code"]), int(row["rate"]), bool(row.get("on"))) for row in rows)


def unclear_codes(items: Iterable[Taxable], exempt: Collection[str] = NOBODY) -> set[str]:
    """The codes whose rate a document's taxes cannot tell: with two rates in it, or nobody pays them."""
    rates: dict[str, Taxes] = {}
    unclear = set(exempt)
    for item in items:
        if rates.setdefault(item.tax, item.tax_set) != item.tax_set:
            unclear.add(item.tax)
    return unclear


def line_tax_fields(item: Taxable, unclear: Collection[str], *, back: bool) -> dict[str, Any]:
    """What a line says of its taxes beside their code: all of a composite one, a rate that is not clear."""
    (first, *more) = item.tax_set
    if more or first.code != item.tax or first.compound:
        return {"taxes": taxes_record(item.tax_set)}
    return {"rate": first.rate} if back or item.tax in unclear else {}


def line_taxes(line: Fields, rows: Sequence[Fields]) -> Taxes:
    """The taxes of a document's line; ``rows`` are the document's own. KeyError when its code has no rate."""
    if "taxes" in line:
        return read_taxes(line["taxes"])
    rate = line.get("rate")
    if rate is None:
        rate = {row["code"]: row["rate"] for row in reversed(rows)}[line["tax"]]
    return (Tax(line["tax"], rate),)


def taxed_again(fields: Fields) -> Taxed:
    """A sale's taxes, or a refund's, from its lines alone; KeyError, ValueError when they say too little."""
    rows = fields["taxes"]
    lines = [(line_taxes(line, rows), line.get("net", line["amount"])) for line in fields["lines"]]
    exempt = frozenset(fields["exempt"]["codes"]) if "exempt" in fields else NOBODY
    return tax_sale(lines, fields["tax_mode"], fields.get("tax_method", "by_rate"), exempt)
