"""A shift's figures from its documents, for the twin: as the Z must state them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]
_WAYS = ("float", "drop", "pay_in", "pay_out")


def figures_of(shift_docs: Sequence[tuple[Json, bool]], grand: int) -> Json:
    """The figures so far; each document comes with whether it was refused."""
    booked = [d for d, refused in shift_docs if not refused]
    sales = [d for d in booked if d["kind"] == "sale"]
    refunds = [d for d in booked if d["kind"] == "refund"]
    tenders = [t for d in sales + refunds for t in d["tenders"]]
    taxes = [t for d in sales + refunds for t in d["taxes"]]
    lines = [x for d in sales + refunds for x in d["lines"]]
    off = {
        name: sum(part["amount"] for x in lines for part in x.get(key, ()))
        for name, key in (("promotions", "given"), ("discounts", "discounts"))
    }
    off["deposits"] = sum(x["amount"] for x in lines if "deposit_for" in x)
    off["empties"] = -sum(x["amount"] for x in lines if "empties" in x["flags"])
    off["loaded"] = sum(x["amount"] for x in lines if "account" in x)
    off["rounding"] = sum(d.get("rounding", 0) for d in sales + refunds)
    cash = {way: sum(d["amount"] for d in booked if d.get("direction") == way) for way in _WAYS}
    opening = sum(d["float"] for d in booked if d["kind"] == "shift_open")
    names = [d.get("name", d["kind"]) for d in booked]
    on_account = [d for d in booked if d["kind"] == "account_payment"]
    received = [
        {"kind": kind, "count": len(each), "amount": sum(each)}
        for kind in ("card", "cash")
        if (each := [d["amount"] for d in on_account if d["tender"]["kind"] == kind])
    ]
    return {
        "sales": len(sales), "sales_total": sum(d["total"] for d in sales),
        "refunds": len(refunds), "refunds_total": -sum(d["total"] for d in refunds),
        "tenders": [
            {
                "kind": kind,
                "count": sum(1 for t in tenders if t["kind"] == kind and "change" not in t),
                "amount": sum(t["amount"] for t in tenders if t["kind"] == kind),
            }
            for kind in sorted({t["kind"] for t in tenders})
        ],
        "taxes": [
            {"code": code, "rate": rate}
            | {
                k: sum(t[k] for t in taxes if (t["code"], t["rate"]) == (code, rate))
                for k in ("net", "tax", "gross")
            }
            for code, rate in sorted({(t["code"], t["rate"]) for t in taxes})
        ],
        "float": opening + cash["float"], "pay_in": cash["pay_in"], "pay_out": -cash["pay_out"],
        "drops": -cash["drop"],
        "expected_cash": opening + sum(cash.values())
        + sum(t["amount"] for t in [*tenders, *received] if t["kind"] == "cash"),
        "no_sales": names.count("no_sale"), "voids": names.count("void"),
        "line_voids": names.count("line_voided"), "age_refusals": names.count("age_refused"),
        "refused": len(shift_docs) - len(booked),
        "first_no": shift_docs[0][0]["no"], "last_no": shift_docs[-1][0]["no"],
        "grand": grand,
        **{name: amount for name, amount in off.items() if amount},
        **({"received": received} if received else {}),
    }  # fmt: skip
