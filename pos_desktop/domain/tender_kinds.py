"""The ways of paying a till knows: their names, what each needs, and the form of their codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast, get_args

from pos_desktop.domain.barcode import card_within
from pos_desktop.words import WordTable, t

TenderKind = Literal[
    "cash", "card", "gift_card", "store_credit", "voucher", "mobile", "cheque", "account", "points"
]

KINDS: Final[tuple[TenderKind, ...]] = get_args(TenderKind)
"""All of them, in the order of their keys."""

NAMES: Final[Mapping[str, str]] = WordTable(
    {
        "cash": "Cash",
        "card": "Card",
        "gift_card": "Gift card",
        "store_credit": "Store credit",
        "voucher": "Voucher",
        "mobile": "M-Pesa",
        "cheque": "Cheque",
        "account": "On account",
        "points": "Points",
    }
)
"""As screens and papers call them."""

ALONE: Final = ("cash", "card")
"""What a till may take while the server is away: of all others the server alone knows the worth."""

STORED: Final = ("gift_card", "store_credit", "voucher")
"""Value the shop owes to whoever has the code."""

IN_DRAWER: Final = ("cash", "cheque")
"""What goes into the drawer."""

CHEQUE_NUMBER = re.compile(r"[0-9A-Z/-]{1,24}")
MOBILE_CODE = re.compile(r"[A-Z][A-Z0-9]{9}")
"""An M-Pesa receipt: ten capitals and digits, a letter first, as Safaricom prints it in its message."""
ACCOUNT_CODE = re.compile(r"[0-9A-Z]{6,32}")
_BETWEEN = re.compile(r"[\s\-_.]+")


class CodeError(ValueError):
    """A typed or scanned code is refused; ``code`` names the rule, ``str()`` says it in words.

    Codes: card_number, form.
    """

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True, slots=True)
class TenderRules:
    """Which ways of paying a store takes, and the items whose lines load a gift card or an account."""

    kinds: tuple[TenderKind, ...] = ("cash", "card")
    holds: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any] | None) -> TenderRules:
        """The part ``tenders`` of ``api.shop_rules``; kinds this program does not know are left out."""
        if not fields:
            return cls()
        kinds = tuple(cast(TenderKind, kind) for kind in fields.get("kinds") or () if kind in KINDS)
        holds = {str(kind): int(item) for kind, item in (fields.get("holds") or {}).items()}
        return cls(kinds, holds)

    def takes(self, kind: str) -> bool:
        """This store takes it."""
        return kind in self.kinds

    @property
    def others(self) -> tuple[TenderKind, ...]:
        """What it takes beside cash and card."""
        return tuple(kind for kind in self.kinds if kind not in ALONE)


CASH_AND_CARD: Final = TenderRules()
"""What a store takes that says nothing else."""


def mobile_code(text: str) -> str:
    """An M-Pesa code in capitals without spaces. CodeError "form" when it has not the form of one."""
    code = _compact(text)
    if not MOBILE_CODE.fullmatch(code):
        raise CodeError("form", t("An M-Pesa code is ten letters and digits, such as QGH7X5K2PL."))
    return code


def cheque_number(text: str) -> str:
    """A cheque's number, "" when none was typed. CodeError: card_number, form."""
    code = "".join(text.split()).upper()
    _no_card(code)
    if code and not CHEQUE_NUMBER.fullmatch(code):
        raise CodeError("form", t("That is not a cheque's number. Type it from the cheque, or leave it out."))
    return code


def account_code(text: str) -> str:
    """A gift card's, credit's or voucher's code as the server keeps it. CodeError: card_number, form."""
    code = _compact(text)
    _no_card(text)
    _no_card(code)
    if not ACCOUNT_CODE.fullmatch(code):
        raise CodeError(
            "form", t("That is no gift card, credit or voucher. Scan it again, or type its code.")
        )
    return code


def _compact(text: str) -> str:
    return _BETWEEN.sub("", text).upper()


def _no_card(text: str) -> None:
    if card_within(text) is not None:
        raise CodeError(
            "card_number", t("That is a payment card's number, which is never kept. Use the terminal.")
        )
