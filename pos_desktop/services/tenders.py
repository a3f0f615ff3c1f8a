"""Gift cards, credit, vouchers, accounts and mobile payments: looked up, held for a basket, freed again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from pos_desktop.domain.money import format_money
from pos_desktop.domain.tender import Tender
from pos_desktop.domain.tender_kinds import (
    NAMES,
    CodeError,
    TenderKind,
    TenderRules,
    account_code,
    cheque_number,
    mobile_code,
)
from pos_desktop.errors import UserError, add_messages
from pos_desktop.services.core import TillCore
from pos_desktop.words import WordTable, t

add_messages(
    {
        "tender.needs_server": (
            "The server is away, and only it knows what is on it: {name}.\n"
            "Take cash, or a card the terminal approves by itself."
        ),
        "tender.code": "{words}",
    }
)

_WORDS = WordTable(
    {
        "tender_kind": "This store does not take that. Choose another way to pay.",
        "no_account": "No gift card, credit or voucher has that code. Check it and try again.",
        "account_blocked": "{name} {shown} is blocked. Take another payment, and call the manager.",
        "account_until": "{name} {shown} was good until {until}. Take another payment.",
        "account_short": "There is nothing left on it. Take another payment.",
        "account_over": "That is above the account's limit: {available} is left of it.",
        "ref_used": "That M-Pesa code is used already. Ask for the message of this payment.",
        "code": "An M-Pesa code is ten letters and digits, such as QGH7X5K2PL.",
        "item_code": "That is an item's barcode. Scan the number of the card itself.",
        "kind": "That code belongs to something else: {other}. Take another card.",
    }
)


@dataclass(frozen=True, slots=True)
class AccountCard:
    """A gift card, credit, voucher or account; money in minor units.

    ``shown`` is the end of its code; ``code`` the whole of it, only for what is about to be filled.
    ``available`` is what may be spent now: without what other baskets hold, with what may be owed.
    """

    account: int
    kind: TenderKind
    shown: str
    balance: int
    available: int
    code: str = ""
    until: str = ""
    blocked: bool = False

    @property
    def name(self) -> str:
        """As screens call it: ``Gift card ending K7Q2``."""
        name = NAMES[self.kind]
        return t("{name} ending {end}", name=name, end=self.shown) if self.shown else name


@dataclass(frozen=True, slots=True)
class TenderRefused:
    """It cannot be taken: the rule, words for the cashier, and what could be taken (minor units)."""

    reason: str
    words: str
    available: int = 0


class TakingTenders:
    """The part of ``TillServices`` for payments that only the server knows the worth of.

    EnvironmentProblem when the server does not answer; UserError "tender.needs_server" while the till sells
    alone, "tender.code" for a code that is none or a payment card's.
    """

    _core: TillCore

    def tender_rules(self) -> TenderRules:
        """Which ways of paying the store takes, as last heard. Never blocks."""
        return self._core.rules.tenders

    def account(self, text: str) -> AccountCard | None:
        """What a scanned or typed code stands for, or None."""
        code = self._code(account_code, text)
        self._need_server("gift_card")
        found = self._core.link.account_find(code)
        return None if found is None else _card(found)

    def new_account(self, kind: TenderKind, text: str = "") -> AccountCard | TenderRefused:
        """A gift card or store credit for the next document to fill: by its code, or a new one."""
        code = self._code(account_code, text) if text else ""
        self._need_server(kind)
        answer = self._core.link.account_new(kind, code)
        return _card(answer) if answer.get("ok") else self._refused(answer, kind)

    def hold_tender(
        self, sale_id: str, kind: TenderKind, text: str, amount: int, *, account: int = 0, over: bool = False
    ) -> Tender | TenderRefused:
        """Take what a code, or the account with this number, pays of ``amount`` (minor units).

        It is held for this basket for ten minutes. A stored value pays what it has; a cheque needs no server.
        ``over``: beyond an account's limit, which somebody allowed.
        """
        if kind == "cheque":
            return Tender(kind, amount, self._code(cheque_number, text))
        if kind == "mobile":
            body: dict[str, Any] = {"kind": kind, "ref": self._code(mobile_code, text), "amount": amount}
        elif account:
            body = {"account": account, "amount": amount, **({"over": 1} if over else {})}
        else:
            body = {"code": self._code(account_code, text), "amount": amount}
        self._need_server(kind)
        answer = self._core.link.hold_tender(sale_id, body)
        if not answer.get("ok"):
            return self._refused(answer, kind)
        return _tender(answer, body.get("ref", ""))

    def release_tender(self, sale_id: str, tender: Tender | None = None) -> None:
        """A payment was given back before the sale was completed (None: all of them): free what it held."""
        held = ("", 0) if tender is None else (tender.ref if tender.kind == "mobile" else "", tender.account)
        if tender is None or any(held):
            self._core.link.release_tender(sale_id, held[1], held[0])

    def _code(self, read: Any, text: str) -> str:
        try:
            return str(read(text))
        except CodeError as problem:
            raise UserError("tender.code", words=str(problem)) from None

    def _need_server(self, kind: TenderKind) -> None:
        if self._core.alone.selling:
            raise UserError("tender.needs_server", name=NAMES[kind])

    def _refused(self, answer: Mapping[str, Any], kind: TenderKind) -> TenderRefused:
        reason, available = str(answer.get("reason")), int(answer.get("available") or 0)
        words = _WORDS.get(reason) or t("It cannot be taken now ({reason}). Choose another way to pay.")
        shown = str(answer.get("shown") or "")
        return TenderRefused(
            reason,
            words.format(
                reason=reason,
                name=NAMES.get(str(answer.get("kind")), NAMES[kind]),
                other=NAMES.get(str(answer.get("kind")), ""),
                shown=t("ending {end}", end=shown) if shown else "",
                until=str(answer.get("until") or ""),
                available=format_money(available, self._core.hello.store.currency),
            ),
            available,
        )


def _card(row: Mapping[str, Any]) -> AccountCard:
    return AccountCard(
        account=int(row["account"]),
        kind=cast(TenderKind, row["kind"]),
        shown=str(row.get("shown") or ""),
        balance=int(row["balance"]),
        available=int(row["available"]),
        code=str(row.get("code") or ""),
        until=str(row.get("until") or ""),
        blocked=bool(row.get("blocked")),
    )


def _tender(row: Mapping[str, Any], ref: str) -> Tender:
    kind, amount = cast(TenderKind, row["kind"]), int(row["amount"])
    if ref:
        return Tender(kind, amount, ref)
    value, shown = int(row.get("value") or 0), str(row.get("shown") or "")
    left = None if kind == "account" else 0 if kind == "voucher" else int(row["balance"]) - amount
    return Tender(kind, amount, shown, account=int(row["account"]), value=value, left=left)
