"""The sale part of the twin: what a sale or refund must be, and what it moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.database.twin_value import KINDS, ValueTwin

Json = dict[str, Any]
BIG = 9_999_999_900_000
OLD_ENOUGH = ("id_checked", "clearly_over")


def stands(d: Json) -> bool:
    """Goods and money have changed hands, whatever the server says."""
    return bool({"offline", "stands", "refilled"} & set(d["flags"]))


def half_up(numerator: int, denominator: int) -> int:
    """A quotient, its half rounded away from zero."""
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


@dataclass
class TwinItem:
    """An item as the server has it. ``prices`` are its valid versions, oldest first; ``tax`` its code."""

    tax: str
    prices: dict[int, int]
    on_hand: int = 0
    min_age: int | None = None
    open_price: bool = False
    blocked: bool = False
    specials: dict[int, tuple[int, int, bool]] = field(default_factory=dict)
    """By version: the amount, the least bought, and whether this till's customers and hours have it."""


def _stands(d: Json) -> bool:
    return bool({"offline", "stands", "refilled"} & set(d["flags"]))


@dataclass
class SaleTwin:
    """What the checks of a sale ask of a till and its shop."""

    store: int
    number: int
    drawer: int
    tax_mode: str
    currency: str
    items: dict[int, TwinItem]
    rates: dict[str, int]
    rights: dict[int, set[str]]
    signed_in: set[int]
    people: set[int]
    today: str
    grand: int = field(default=0, kw_only=True)
    sold: set[str] = field(default_factory=set, kw_only=True)
    value: ValueTwin = field(default_factory=ValueTwin, kw_only=True)
    step: int = field(default=1, kw_only=True)

    def _check_sale(self, d: Json, rights: set[str] | None, open_: bool) -> tuple[str | None, list[str]]:
        if not open_:
            return "no_shift", []
        for hard in (
            self._wrong_shop,
            self._wrong_lines,
            self._wrong_prices,
            self._wrong_sums,
            self._wrong_tenders,
        ):
            reason = hard(d)
            if reason and not (reason == "price" and stands(d)):
                return reason, []
        if d["grand"] != self.grand + d["total"]:
            return "grand", []
        if d["sale"] in self.sold and not stands(d):
            return "already_sold", []
        again = ["already_sold"] if d["sale"] in self.sold else []
        again += ["price"] if self._wrong_prices(d) == "price" else []
        breaches = again + self._breaches(d, rights)
        final = any(t["kind"] == "card" for t in d["tenders"]) or stands(d)
        if breaches and not final:
            return breaches[0], []
        old = any(
            x["price_version"]
            and self.items[x["item"]].prices
            and x["price_version"] != max(self.items[x["item"]].prices)
            and not self._special(x)
            for x in d["lines"]
        )
        return None, breaches + (["old_price"] if old else [])

    def _wrong_shop(self, d: Json) -> str | None:
        right = d.get("currency") == self.currency and d.get("tax_mode") == self.tax_mode and "sale" in d
        return None if right else "shop"

    def _wrong_lines(self, d: Json) -> str | None:
        lines = d["lines"]
        if not lines or sorted(x["n"] for x in lines) != list(range(1, len(lines) + 1)):
            return "lines"
        for x in lines:
            if not (
                1 <= x["qty"] <= 99_999_000
                and 0 <= x["price"] <= 99_999_999
                and 0 <= x["amount"] <= BIG
                and x["price_version"] >= 0
            ):
                return "lines"
        return None if all(x["item"] in self.items for x in lines) else "no_item"

    def _special(self, x: Json) -> tuple[int, int, bool] | None:
        """The special price that a line claims, if there is one of that version and amount."""
        row = self.items[x["item"]].specials.get(x["price_version"])
        return row if row is not None and row[0] == x["price"] else None

    def _unspecial(self, d: Json) -> bool:
        """A line claims a special price that is not for it: by its quantity, the hour or the customer."""
        bought: dict[int, int] = {}
        for x in d["lines"]:
            bought[x["item"]] = bought.get(x["item"], 0) + x["qty"]
        claimed = ((x, row) for x in d["lines"] if (row := self._special(x)) is not None)
        return any(not here or least > bought[x["item"]] for x, (_, least, here) in claimed)

    def _wrong_prices(self, d: Json) -> str | None:
        for x in d["lines"]:
            if x["amount"] != half_up(x["price"] * x["qty"], 1000) and "label_price" not in x["flags"]:
                return "amounts"
        for x in d["lines"]:
            typed = {"typed_price", "label_price"} & set(x["flags"])
            known = self.items[x["item"]].prices.get(x["price_version"])
            if (not typed) if x["price_version"] == 0 else (known != x["price"] and not self._special(x)):
                return "price"
        return None

    def _wrong_sums(self, d: Json) -> str | None:
        sums: dict[str, int] = {}
        for x in d["lines"]:
            sums[x["tax"]] = sums.get(x["tax"], 0) + x.get("net", x["amount"])
        if sorted(sums) != sorted(t["code"] for t in d["taxes"]):
            return "taxes"
        for t in d["taxes"]:
            amount, rate = sums[t["code"]], t["rate"]
            if not 0 <= rate <= 10_000_000:
                return "taxes"
            divisor = 1_000_000 + (rate if self.tax_mode == "included" else 0)
            tax = half_up(amount * rate, divisor)
            right = (
                (amount - tax, tax, amount) if self.tax_mode == "included" else (amount, tax, amount + tax)
            )
            if (t["net"], t["tax"], t["gross"]) != right:
                return "taxes"
        return None if sum(t["gross"] for t in d["taxes"]) == d["total"] else "total"

    def _wrong_tenders(self, d: Json) -> str | None:
        tenders = d["tenders"]
        if sorted(t["n"] for t in tenders) != list(range(1, len(tenders) + 1)):
            return "tenders"
        for t in tenders:
            change = t.get("change")
            right = t["kind"] in KINDS and t["amount"] != 0 and (t["amount"] > 0) == (change is None)
            if not right or (change is not None and (change != 1 or t["kind"] != "cash")):
                return "tenders"
        paid = sum(t["amount"] for t in tenders)
        if sum("change" in t for t in tenders) > 1 or paid != d["total"] + d.get("rounding", 0):
            return "tenders"
        if sum(t["amount"] for t in tenders if t["kind"] != "cash") > d["total"]:
            return "tenders"
        return self.value.wrong(d)

    def _breaches(self, d: Json, rights: set[str] | None) -> list[str]:
        held = self._held(d, rights)
        items = [(x, self.items[x["item"]]) for x in d["lines"]]
        needed = {"sell"} | {
            "sell_unknown" if item.open_price else "price_override"
            for x, item in items
            if "typed_price" in x["flags"]
        }
        ages = [item.min_age for _, item in items if item.min_age is not None]
        seen = [c["min_age"] for c in d["checks"] if c["kind"] == "age" and c["result"] in OLD_ENOUGH]
        moved = any(item.tax != x["tax"] for x, item in items)
        moved = moved or any(self.rates.get(t["code"]) != t["rate"] for t in d["taxes"])
        found = {
            "unknown_cashier": rights is None,
            "no_permission": rights is not None and not needed <= held,
            "blocked": any(item.blocked for _, item in items),
            "age_unchecked": bool(ages) and max(seen, default=0) < max(ages),
            "special_price": self._unspecial(d),
            "tax_moved": moved,
            "rounding": d.get("rounding", 0) != self.rounding(d),
        }
        return [name for name, is_so in found.items() if is_so] + self.value.breaches(d)

    def rounding(self, d: Json) -> int:
        """What is left for cash, to the nearest step; a half goes up."""
        due = d["total"] - sum(t["amount"] for t in d["tenders"] if t["kind"] != "cash")
        return half_up(due, self.step) * self.step - due

    def _held(self, d: Json, rights: set[str] | None) -> set[str]:
        raise NotImplementedError

    def _move_goods(self, d: Json) -> list[str]:
        """Stock after the sale, and what is on gift cards; flags."""
        self.value.book(d)
        for x in d["lines"]:
            if x.get("back", {}).get("to") != "waste":
                self.items[x["item"]].on_hand -= x["qty"]
        sold = [self.items[x["item"]] for x in d["lines"] if x["qty"] > 0]
        return ["oversell"] if any(item.on_hand < 0 and not item.open_price for item in sold) else []
