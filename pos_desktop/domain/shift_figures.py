"""A shift's figures derived again from its documents alone: the independent twin of the server's sums."""

from __future__ import annotations

from collections.abc import Iterable

from pos_desktop.domain.document import SALES, Fields


def figures_after(documents: Iterable[Fields], grand: int) -> Fields:
    """A shift's figures from its documents in order (``refused`` marks those without effect).

    The independent twin of the server's ``pos.shift_figures``; money in minor units.
    """
    told = list(documents)
    booked = [fields for fields in told if not fields["refused"]]
    both = [fields for fields in booked if fields["kind"] in SALES]
    sales, refunds = ([fields for fields in both if fields["kind"] == kind] for kind in SALES)
    moves = [(fields["direction"], fields["amount"]) for fields in booked if fields["kind"] == "cash"]
    tenders = _tender_sums(both)
    opening = sum(fields["float"] for fields in booked if fields["kind"] == "shift_open")
    names = [fields.get("name") if fields["kind"] == "event" else fields["kind"] for fields in booked]
    received = _received_sums(booked)
    cash_in = sum(row["amount"] for row in [*tenders, *received] if row["kind"] == "cash")
    by_direction = {way: sum(amount for name, amount in moves if name == way) for way, _ in moves}
    seen = ("no_sale", "void", "line_voided", "age_refused")
    return {
        "sales": len(sales),
        "sales_total": sum(fields["total"] for fields in sales),
        "refunds": len(refunds),
        "refunds_total": -sum(fields["total"] for fields in refunds),
        "tenders": tenders,
        "taxes": _tax_sums(both),
        "float": opening + by_direction.get("float", 0),
        "pay_in": by_direction.get("pay_in", 0),
        "pay_out": -by_direction.get("pay_out", 0),
        "drops": -by_direction.get("drop", 0),
        "expected_cash": opening + cash_in + sum(amount for _, amount in moves),
        **dict(zip(("no_sales", "voids", "line_voids", "age_refusals"), map(names.count, seen), strict=True)),
        "refused": len(told) - len(booked),
        "first_no": told[0]["no"],
        "last_no": told[-1]["no"],
        "grand": grand,
        **_off_sums(both),
        **({"received": received} if received else {}),
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
