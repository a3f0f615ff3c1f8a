"""A shift's figures derived again from its documents alone: the independent twin of the server's sums."""

from __future__ import annotations

from collections.abc import Iterable

from pos_desktop.domain.document import SALES, Fields

_WAYS = ("float", "pay_in", "pay_out", "drop")
_SEEN = {
    "no_sale": "no_sales",
    "void": "voids",
    "line_voided": "line_voids",
    "age_refused": "age_refusals",
}
"""What is counted, by the event's name or the document's kind."""


def figures_after(documents: Iterable[Fields], grand: int) -> Fields:
    """A shift's figures from its documents in order (``refused`` marks those without effect).

    The independent twin of the server's ``pos.shift_figures``; money in minor units.
    """
    told = list(documents)
    booked = [fields for fields in told if not fields["refused"]]
    both = [fields for fields in booked if fields["kind"] in SALES]
    tenders, received = _tender_sums(both), _received_sums(booked)
    moves = [(fields["direction"], fields["amount"]) for fields in booked if fields["kind"] == "cash"]
    moved = {way: sum(amount for name, amount in moves if name == way) for way in _WAYS}
    opening = sum(fields["float"] for fields in booked if fields["kind"] == "shift_open")
    cash_in = sum(row["amount"] for row in [*tenders, *received] if row["kind"] == "cash")
    names = [fields.get("name") if fields["kind"] == "event" else fields["kind"] for fields in booked]
    return {
        **_turnover(both),
        "tenders": tenders,
        "taxes": _tax_sums(both),
        "float": opening + moved["float"],
        "pay_in": moved["pay_in"],
        "pay_out": -moved["pay_out"],
        "drops": -moved["drop"],
        "expected_cash": opening + cash_in + sum(moved.values()),
        **{figure: names.count(name) for name, figure in _SEEN.items()},
        "refused": len(told) - len(booked),
        "first_no": told[0]["no"],
        "last_no": told[-1]["no"],
        "grand": grand,
        **_off_sums(both),
        **({"received": received} if received else {}),
    }


def _turnover(both: Iterable[Fields]) -> Fields:
    """How many sales and refunds, and what they come to; a refund's sum is positive."""
    totals = [(fields["kind"], fields["total"]) for fields in both]
    sales, refunds = ([total for kind, total in totals if kind == wanted] for wanted in SALES)
    return {
        "sales": len(sales),
        "sales_total": sum(sales),
        "refunds": len(refunds),
        "refunds_total": -sum(refunds),
    }


def _off_sums(sales: Iterable[Fields]) -> Fields:
    """What promotions, people and the rounding of cash changed, deposits taken and empties given for; what
    there was none of is left out."""
    sums = {"promotions": 0, "discounts": 0, "rounding": 0, "loaded": 0, "deposits": 0, "empties": 0}
    for fields in sales:
        sums["rounding"] += fields.get("rounding", 0)
        for line in fields["lines"]:
            sums["promotions"] += sum(each["amount"] for each in line.get("given", ()))
            sums["discounts"] += sum(each["amount"] for each in line.get("discounts", ()))
            sums["loaded"] += line["amount"] if "account" in line else 0
            if "deposit_for" in line:
                sums["deposits"] += line["amount"]
            elif "empties" in line["flags"]:
                sums["empties"] -= line["amount"]
    return {name: amount for name, amount in sums.items() if amount}


def _received_sums(booked: Iterable[Fields]) -> list[Fields]:
    """Payments received on house accounts, by their kind."""
    paid = [fields for fields in booked if fields["kind"] == "account_payment"]
    amounts: dict[str, list[int]] = {}
    for fields in paid:
        amounts.setdefault(fields["tender"]["kind"], []).append(fields["amount"])
    return [{"kind": kind, "count": len(each), "amount": sum(each)} for kind, each in sorted(amounts.items())]


def _tender_sums(sales: Iterable[Fields]) -> list[Fields]:
    sums: dict[str, list[int]] = {}
    for fields in sales:
        for tender in fields["tenders"]:
            row = sums.setdefault(tender["kind"], [0, 0])
            row[0] += 0 if tender.get("change") else 1
            row[1] += tender["amount"]
    return [{"kind": kind, "count": n, "amount": amount} for kind, (n, amount) in sorted(sums.items())]


def _tax_sums(sales: Iterable[Fields]) -> list[Fields]:
    sums: dict[tuple[str, int], list[int]] = {}
    for fields in sales:
        for tax in fields["taxes"]:
            row = sums.setdefault((tax["code"], tax["rate"]), [0, 0, 0])
            for place, name in enumerate(("net", "tax", "gross")):
                row[place] += tax[name]
    return [
        {"code": code, "rate": rate, "net": net, "tax": tax, "gross": gross}
        for (code, rate), (net, tax, gross) in sorted(sums.items())
    ]
