"""The part of the twin about what is not cash or card: gift cards, credit, vouchers and payment codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
KINDS = ("cash", "card", "gift_card", "store_credit", "voucher", "mobile", "cheque", "account", "points")
STORED = ("gift_card", "store_credit", "voucher")


@dataclass
class TwinAccount:
    """What somebody has paid for and not yet spent."""

    kind: str
    balance: int = 0


@dataclass
class ValueTwin:
    """The accounts of a shop and the codes that paid; it takes every kind but ``untaken``."""

    accounts: dict[int, TwinAccount] = field(default_factory=dict)
    holds: dict[int, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    untaken: tuple[str, ...] = ("cheque",)

    def wrong(self, d: Json) -> str | None:
        """The reason that refuses always."""
        seen = [account for _, account, _ in self._moves(d)]
        codes = [t.get("ref") for t in d["tenders"] if t["kind"] == "mobile"]
        if len(set(seen)) < len(seen) or len(set(codes)) < len(codes):
            return "tenders"
        if not all(self._shaped(t) for t in d["tenders"]) or not all(map(self._loads, d["lines"])):
            return "tenders"
        known = [(kind, self.accounts.get(account)) for kind, account, _ in self._moves(d)]
        return "tenders" if any(a is not None and a.kind != kind for kind, a in known) else None

    def breaches(self, d: Json) -> list[str]:
        """What is refused, unless it stands."""
        kinds = {t["kind"] for t in d["tenders"]}
        loads = any("account" in x for x in d["lines"])
        alone = "offline" in d["flags"] and (loads or kinds - {"cash", "card"})
        codes = {t["ref"] for t in d["tenders"] if t["kind"] == "mobile"}
        moves = list(self._moves(d))
        found = {
            "tender_kind": bool(kinds & set(self.untaken)),
            "offline_tender": bool(alone),
            "ref_used": bool(codes & self.used),
            "no_account": any(account not in self.accounts for _, account, _ in moves),
            "account_short": any(self._short(account, amount) for _, account, amount in moves),
        }
        return [name for name, is_so in found.items() if is_so]

    def book(self, d: Json) -> None:
        """Spend and load."""
        self.used |= {t["ref"] for t in d["tenders"] if t["kind"] == "mobile"}
        for kind, account, amount in self._moves(d):
            self.accounts.setdefault(account, TwinAccount(kind)).balance += amount

    def _short(self, number: int, amount: int) -> bool:
        account = self.accounts.get(number)
        if account is None or amount >= 0:
            return False
        whole = account.kind == "voucher" and account.balance != -amount
        return whole or account.balance + amount < 0

    def _moves(self, d: Json) -> Iterator[tuple[str, int, int]]:
        for x in d["lines"]:
            if "account" in x:
                yield self.holds.get(x["item"], ""), x["account"], x["amount"]
        for t in d["tenders"]:
            if "account" in t:
                yield t["kind"], t["account"], -t.get("value", t["amount"])

    def _loads(self, x: Json) -> bool:
        return "account" not in x or (x["item"] in self.holds and x["qty"] == 1000 and x["amount"] > 0)

    def _shaped(self, t: Json) -> bool:
        if t["kind"] in STORED:
            more = t.get("value", t["amount"] + 1) > t["amount"] > 0 and t["kind"] == "voucher"
            return "account" in t and ("value" not in t or more)
        if t["kind"] == "mobile" and not re.fullmatch(r"[A-Z][A-Z0-9]{9}", t.get("ref", "")):
            return False
        if t["kind"] == "cheque" and not re.fullmatch(r"[0-9A-Z/-]{1,24}", t.get("ref", "0")):
            return False
        return "account" not in t and "value" not in t
