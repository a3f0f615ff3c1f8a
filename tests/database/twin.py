"""``api.post_document`` a second time, in plain Python over dicts: the oracle the server must agree with.

It shares no code with the server, and with the program only the canonical bytes it is given. Time stands
still: prices and tax rates are those of now.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any

from tests.database.twin_figures import figures_of

Json = dict[str, Any]
BIG = 9_999_999_900_000
OLD_ENOUGH = ("id_checked", "clearly_over")


@dataclass
class TwinItem:
    """An item as the server has it. ``prices`` are its valid versions, oldest first; ``tax`` its code."""

    tax: str
    prices: dict[int, int]
    on_hand: int = 0
    min_age: int | None = None
    open_price: bool = False
    blocked: bool = False


def _stands(d: Json) -> bool:
    return bool({"offline", "stands", "refilled"} & set(d["flags"]))


@dataclass
class TwinTill:
    """One till and the books it writes to."""

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
    offline: bool = False
    cap_sale: int = 25_000
    cap_sales: int = 200
    epoch: int = 1
    next_no: int = 1
    grand: int = 0
    z_next: int = 1
    head: bytes = b""
    shift: str | None = None
    answers: dict[str, tuple[bytes, Json]] = field(default_factory=dict)
    sold: set[str] = field(default_factory=set)
    shift_docs: list[tuple[Json, bool]] = field(default_factory=list)
    chain: list[tuple[str, list[str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        name = f"pos_desktop/1 store {self.store} till {self.number} epoch {self.epoch}"
        self.head = hashlib.sha256(name.encode()).digest()

    def post(self, body: bytes, hash_: bytes, stands: str = "") -> tuple[str, str | None, list[str]]:
        """(outcome, reason, flags) of a document; what is booked takes effect."""
        d = _read(body)
        if d is None:
            return "rejected", "malformed", []
        if d["id"] in self.answers:
            known, answer = self.answers[d["id"]]
            if known == body + hash_:
                return answer["outcome"], answer["reason"], answer["flags"]
            return "rejected", "id_reused", []
        broken = self._broken(d, body, hash_)
        if broken:
            return "rejected", broken, []
        reason, flags, shift = self._judge(d, stands)
        if reason is None:
            flags = flags + self._book(d, shift)
        self.next_no += 1
        self.head = hash_
        self.chain.append((d["kind"], flags))
        if shift == self.shift and d["kind"] != "shift_close":
            self.shift_docs.append((d, reason is not None))
        outcome = "refused" if reason else "flagged" if flags else "booked"
        self.answers[d["id"]] = (body + hash_, {"outcome": outcome, "reason": reason, "flags": flags})
        return outcome, reason, flags

    def _broken(self, d: Json, body: bytes, hash_: bytes) -> str | None:
        if d.get("v") != 1:
            return "version"
        if (d.get("store"), d.get("till")) != (self.store, self.number):
            return "other_till"
        if d.get("epoch") != self.epoch:
            return "epoch"
        if d.get("no") != self.next_no:
            return "number"
        if d.get("prev") != self.head.hex():
            return "chain"
        return None if hashlib.sha256(self.head + body).digest() == hash_ else "hash"

    # -- content ----------------------------------------------------------------------------------

    def _judge(self, d: Json, stands: str) -> tuple[str | None, list[str], str | None]:
        """What the check says, and the shift the document goes to; ``d`` takes on what stands at the till."""
        if stands in ("offline", "refilled"):
            d["flags"] = [*d["flags"], stands]
        named = shift = d.get("shift")
        late = (
            shift != self.shift and _stands(d) and d["kind"] in ("sale", "void", "event", "no_sale", "cash")
        )
        if late and (self.shift or d["cashier"] in self.people):
            shift = d["shift"] = self.shift or d["id"]
        reason, flags = self._check(d, shift)
        if reason == "no_item" and stands != "refused" and _stands(d) and self._restored(d):
            reason, flags = self._check(d, shift)
            flags = [*flags, "restored"]
        if stands == "refused" and reason != "malformed":
            reason, flags = "refused_before", []
        if reason is not None:
            return reason, flags, named
        return reason, [*flags, "late_shift"] if late else flags, shift

    def _restored(self, d: Json) -> bool:
        """The items a document names and nobody knows are made again from it."""
        top, made = max(self.items), False
        for x in d["lines"]:
            if x["item"] not in self.items and 1 <= x["item"] <= top + 10_000:
                tax = x["tax"] if x["tax"] in self.rates else min(self.rates)
                self.items[x["item"]] = TwinItem(tax=tax, prices={}, min_age=x.get("min_age"))
                made = True
        if d["cashier"] not in self.people and 1 <= d["cashier"] <= 999_999:
            self.people.add(d["cashier"])
            made = True
        return made

    def _check(self, d: Json, shift: str | None) -> tuple[str | None, list[str]]:
        at = d.get("at", "")
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", at) or not _whole(
            d, "cashier", "grand"
        ):
            return "malformed", []
        rights = self.rights.get(d["cashier"])
        open_ = shift is not None and shift in (self.shift, d["id"])
        check = self._check_sale if d["kind"] == "sale" else self._check_other
        reason, flags = check(d, rights, open_)
        if (
            reason is None
            and rights is not None
            and d["cashier"] not in self.signed_in
            and not {"offline", "refilled"} & set(d["flags"])
        ):
            flags = [*flags, "not_signed_in"]
        if reason is None and "refilled" in d["flags"]:
            flags = [*flags, "refilled"]
        elif reason is None and "offline" in d["flags"]:
            flags = [*flags, "offline", *self._over(d)]
        return reason, flags

    def _over(self, d: Json) -> list[str]:
        """How a document made alone breaks the store's rules for that."""
        last = self.chain[-self.cap_sales :]
        used = len(last) == self.cap_sales and all(k == "sale" and "offline" in f for k, f in last)
        over = d["kind"] == "sale" and (d["total"] > self.cap_sale or used)
        return ([] if self.offline else ["offline_not_allowed"]) + (["over_cap"] if over else [])

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
            if reason and not (reason == "price" and _stands(d)):
                return reason, []
        if d["grand"] != self.grand + d["total"]:
            return "grand", []
        if d["sale"] in self.sold and not _stands(d):
            return "already_sold", []
        again = ["already_sold"] if d["sale"] in self.sold else []
        again += ["price"] if self._wrong_prices(d) == "price" else []
        breaches = again + self._breaches(d, rights)
        final = any(t["kind"] == "card" for t in d["tenders"]) or _stands(d)
        if breaches and not final:
            return breaches[0], []
        old = any(
            x["price_version"]
            and self.items[x["item"]].prices
            and x["price_version"] != max(self.items[x["item"]].prices)
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
                1 <= x["qty"] <= 99_999_000 and 0 <= x["price"] <= 99_999_999 and 0 <= x["amount"] <= BIG
            ):
                return "lines"
        return None if all(x["item"] in self.items for x in lines) else "no_item"

    def _wrong_prices(self, d: Json) -> str | None:
        for x in d["lines"]:
            if x["amount"] != _half_up(x["price"] * x["qty"], 1000) and "label_price" not in x["flags"]:
                return "amounts"
        for x in d["lines"]:
            typed = {"typed_price", "label_price"} & set(x["flags"])
            known = self.items[x["item"]].prices.get(x["price_version"])
            if (not typed) if x["price_version"] == 0 else (known != x["price"]):
                return "price"
        return None

    def _wrong_sums(self, d: Json) -> str | None:
        sums: dict[str, int] = {}
        for x in d["lines"]:
            sums[x["tax"]] = sums.get(x["tax"], 0) + x["amount"]
        if sorted(sums) != sorted(t["code"] for t in d["taxes"]):
            return "taxes"
        for t in d["taxes"]:
            amount, rate = sums[t["code"]], t["rate"]
            if not 0 <= rate <= 10_000_000:
                return "taxes"
            divisor = 1_000_000 + (rate if self.tax_mode == "included" else 0)
            tax = _half_up(amount * rate, divisor)
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
            right = (
                t["kind"] in ("cash", "card") and t["amount"] != 0 and (t["amount"] > 0) == (change is None)
            )
            if not right or (change is not None and (change != 1 or t["kind"] != "cash")):
                return "tenders"
        if sum("change" in t for t in tenders) > 1 or sum(t["amount"] for t in tenders) != d["total"]:
            return "tenders"
        return "tenders" if sum(t["amount"] for t in tenders if t["kind"] == "card") > d["total"] else None

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
            "tax_moved": moved,
        }
        return [name for name, is_so in found.items() if is_so]

    def _held(self, d: Json, rights: set[str] | None) -> set[str]:
        """The cashier's own rights, and those of an approver of this store who entered his PIN."""
        approved = {
            a["what"]
            for a in d.get("approvals", ())
            if a["what"] in self.rights.get(a["by"], ()) and a["by"] in self.signed_in
        }
        return approved | set(rights or ())

    def _check_other(self, d: Json, rights: set[str] | None, open_: bool) -> tuple[str | None, list[str]]:
        kind = d["kind"]
        if kind not in ("void", "event", "cash", "no_sale", "shift_open", "shift_close"):
            return "unknown_kind", []
        if kind != "shift_open" and not open_:
            return "no_shift", []
        reason = getattr(self, f"_wrong_{kind}")(d) or ("grand" if d["grand"] != self.grand else None)
        needs = {
            "shift_open": "open_shift",
            "shift_close": "close_shift",
            "void": "void_sale",
            "no_sale": "no_sale",
        }.get(kind)
        breach = (
            "unknown_cashier"
            if rights is None
            else "no_permission"
            if needs and needs not in self._held(d, rights)
            else None
        )
        hard = kind in ("shift_open", "shift_close") and "refilled" not in d["flags"]
        if reason or (breach and hard):
            return reason or breach, []
        return None, [breach] if breach else []

    def _wrong_void(self, d: Json) -> str | None:
        return None if "reason" in d and "sale" in d and "total" in d else "void"

    def _wrong_event(self, d: Json) -> str | None:
        right = re.fullmatch(r"[a-z_]{1,64}", d.get("name", "")) and isinstance(d.get("detail"), dict)
        return None if right else "event"

    def _wrong_no_sale(self, d: Json) -> str | None:
        return None if "reason" in d else "reason"

    def _wrong_cash(self, d: Json) -> str | None:
        amount, way = d.get("amount", 0), d.get("direction")
        right = way in ("float", "drop", "pay_in", "pay_out") and 0 < abs(amount) <= BIG and "reason" in d
        return None if right and (amount > 0) == (way in ("float", "pay_in")) else "cash"

    def _wrong_shift_open(self, d: Json) -> str | None:
        if d.get("shift") != d["id"]:
            return "shift"
        if d.get("drawer") != self.drawer:
            return "drawer"
        day = d.get("business_date")
        if not (day == self.today or ("refilled" in d["flags"] and re.fullmatch(r"\d{4}-\d\d-\d\d", day))):
            return "business_date"
        if not 0 <= d.get("float", -1) <= BIG:
            return "float"
        if "counted" in d and sum(a * b for a, b in d["counted"]) != d["float"]:
            return "counts"
        return "shift_is_open" if self.shift else None

    def _wrong_shift_close(self, d: Json) -> str | None:
        if d.get("z") != self.z_next:
            return "z_number"
        if not 0 <= d.get("counted", -1) <= BIG or d.get("blind") not in (0, 1):
            return "counted"
        if d.get("counts") != [] and sum(a * b for a, b in d.get("counts", ())) != d["counted"]:
            return "counts"
        figures = self.figures()
        if d.get("figures") != figures or d.get("expected") != figures["expected_cash"]:
            return "figures_moved"
        return None if d.get("over_short") == d["counted"] - d["expected"] else "over_short"

    # -- effects ----------------------------------------------------------------------------------

    def _book(self, d: Json, shift: str | None) -> list[str]:
        if shift == d["id"] and d["kind"] != "shift_open":
            self.shift, self.shift_docs = shift, []  # a late shift, opened by a document that is no opening
        if d["kind"] == "shift_open":
            self.shift, self.shift_docs = d["id"], []
        elif d["kind"] == "shift_close":
            self.shift, self.z_next = None, self.z_next + 1
        elif d["kind"] == "sale":
            self.grand += d["total"]
            self.sold.add(d["sale"])
            for x in d["lines"]:
                self.items[x["item"]].on_hand -= x["qty"]
            sold = [self.items[x["item"]] for x in d["lines"]]
            if any(item.on_hand < 0 and not item.open_price for item in sold):
                return ["oversell"]
        return []

    def figures(self) -> Json:
        """The shift's figures so far."""
        return figures_of(self.shift_docs, self.grand)


def _read(body: bytes) -> Json | None:
    try:
        d = json.loads(body)
    except ValueError:
        return None
    return d if isinstance(d, dict) and "id" in d else None


def _whole(d: Json, *names: str) -> bool:
    return all(type(d.get(name)) is int for name in names)


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
