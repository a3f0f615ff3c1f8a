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
from tests.database.twin_sale import BIG, SaleTwin, TwinItem
from tests.database.twin_sale import stands as stands_alone

Json = dict[str, Any]
SALES = ("sale", "refund")
LATE = (*SALES, "void", "event", "no_sale", "cash")
__all__ = ["TwinItem", "TwinTill"]


@dataclass
class TwinTill(SaleTwin):
    """One till and the books it writes to."""

    limits: dict[int, dict[str, int]] = field(default_factory=dict)
    offline: bool = False
    cap_sale: int = 25_000
    cap_sales: int = 200
    epoch: int = 1
    next_no: int = 1
    z_next: int = 1
    head: bytes = b""
    shift: str | None = None
    answers: dict[str, tuple[bytes, Json]] = field(default_factory=dict)
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
        late = shift != self.shift and stands_alone(d) and d["kind"] in LATE
        if late and (self.shift or d["cashier"] in self.people):
            shift = d["shift"] = self.shift or d["id"]
        reason, flags = self._check(d, shift)
        if reason == "no_item" and stands != "refused" and stands_alone(d) and self._restored(d):
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
        check = self._check_sale if d["kind"] in SALES else self._check_other
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
        used = len(last) == self.cap_sales and all(k in SALES and "offline" in f for k, f in last)
        over = d["kind"] in SALES and (d["total"] > self.cap_sale or used)
        return ([] if self.offline else ["offline_not_allowed"]) + (["over_cap"] if over else [])

    def _held(self, d: Json, rights: set[str] | None) -> set[str]:
        """The cashier's own rights, and those of an approver of this store who entered his PIN."""
        approved = {
            a["what"]
            for a in d.get("approvals", ())
            if a["what"] in self.rights.get(a["by"], ()) and a["by"] in self.signed_in
        }
        return approved | set(rights or ())

    def _within(self, d: Json, permission: str, what: str, amount: int) -> bool:
        """The cashier, or an approver of just this, may do it and goes so far."""
        entered = [a for a in d.get("approvals", ()) if a["what"] == permission]
        held = {a["by"] for a in entered if a["by"] in self.signed_in}
        return any(
            permission in self.rights.get(by, ()) and amount <= self.limits.get(by, {}).get(what, amount)
            for by in {*held, d["cashier"]}
        )

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
            "cash": d.get("direction") if d.get("direction") in ("drop", "pay_out") else None,
        }.get(kind)
        may = needs is None or needs in self._held(d, rights)
        if may and needs == "pay_out":
            may = self._within(d, "pay_out", "pay_out", abs(d.get("amount", 0)))
        breach = "unknown_cashier" if rights is None else None if may else "no_permission"
        hard = kind in ("shift_open", "shift_close") and "refilled" not in d["flags"]
        hard = hard or (kind == "cash" and not stands_alone(d))
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
        if d.get("over_short") != d["counted"] - d["expected"]:
            return "over_short"
        over = abs(d["over_short"])
        own = over <= self.limits.get(d["cashier"], {}).get("difference", over)
        allowed = own or "refilled" in d["flags"] or self._within(d, "difference_over", "difference", over)
        return None if allowed else "difference_over"

    # -- effects ----------------------------------------------------------------------------------

    def _book(self, d: Json, shift: str | None) -> list[str]:
        if shift == d["id"] and d["kind"] != "shift_open":
            self.shift, self.shift_docs = shift, []  # a late shift, opened by a document that is no opening
        if d["kind"] == "shift_open":
            self.shift, self.shift_docs = d["id"], []
        elif d["kind"] == "shift_close":
            self.shift, self.z_next = None, self.z_next + 1
        elif d["kind"] in SALES:
            self.grand += d["total"]
            self.sold.add(d["sale"])
            return self._move_goods(d)
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
