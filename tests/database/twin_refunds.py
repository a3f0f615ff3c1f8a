"""The refund part of the server's checks a second time, in plain Python: what came back of which receipt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class SoldTwin:
    """A sold line: thousandths, what was paid for it (minor units), and what of both came back."""

    item: int
    price: int
    qty: int
    net: int
    back_qty: int = 0
    back_net: int = 0


@dataclass
class RefundTwin:
    """Every sold line of a shop by document and number, and what was paid and given back by card."""

    lines: dict[tuple[str, int], SoldTwin] = field(default_factory=dict)
    cards: dict[str, int] = field(default_factory=dict)

    def sold(self, d: Json) -> None:
        """A sale was booked: its lines may come back."""
        for x in d["lines"]:
            if x["qty"] > 0:
                net = x.get("net", x["amount"])
                self.lines[d["id"], x["n"]] = SoldTwin(x["item"], x["price"], x["qty"], net)
        self.cards[d["id"]] = sum(
            t["amount"] for t in d["tenders"] if t["kind"] == "card" and t["amount"] > 0
        )

    def judge(self, d: Json) -> str | None:
        """Why a document with goods coming back is refused; None when it is right."""
        asked: dict[tuple[str, int], list[Json]] = {}
        for x in d["lines"]:
            if "back" in x:
                asked.setdefault((x["back"]["document"], x["back"]["line"]), []).append(x)
        found = set()
        for key, parts in asked.items():
            was = self.lines.get(key)
            if was is None or any((x["item"], x["price"]) != (was.item, was.price) for x in parts):
                found.add("not_sold")
                continue
            qty = was.back_qty - sum(x["qty"] for x in parts)
            net = was.back_net - sum(x["amount"] for x in parts)
            if qty > was.qty:
                found.add("already_refunded")
            elif net != (2 * was.net * qty + was.qty) // (2 * was.qty):
                found.add("refund_amount")
        for document in {t["back"] for t in d["tenders"] if "back" in t}:
            given = -sum(t["amount"] for t in d["tenders"] if t.get("back") == document)
            if given > self.cards.get(document, 0):
                found.add("refund_tender")
        order = ("not_sold", "already_refunded", "refund_amount", "refund_tender")
        return next((reason for reason in order if reason in found), None)

    def book(self, d: Json) -> None:
        """The refund was booked."""
        for x in d["lines"]:
            if "back" in x:
                was = self.lines[x["back"]["document"], x["back"]["line"]]
                was.back_qty, was.back_net = was.back_qty - x["qty"], was.back_net - x["amount"]
        for t in d["tenders"]:
            if "back" in t:
                self.cards[t["back"]] += t["amount"]
