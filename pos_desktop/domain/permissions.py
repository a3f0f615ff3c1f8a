"""What a role may do: the names of permissions, and which roles carry them by default."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from pos_desktop.words import WordTable

SELL: Final = "sell"
SELL_UNKNOWN: Final = "sell_unknown"
NO_SALE: Final = "no_sale"
X_REPORT: Final = "x_report"
OPEN_SHIFT: Final = "open_shift"
CLOSE_SHIFT: Final = "close_shift"
VOID_SALE: Final = "void_sale"
PRICE_OVERRIDE: Final = "price_override"
MANAGE: Final = "manage"
REFUND: Final = "refund"
REFUND_NO_RECEIPT: Final = "refund_no_receipt"
REFUND_OTHER_TENDER: Final = "refund_other_tender"
VOID_LINE: Final = "void_line"
DISCOUNT: Final = "discount"
EXEMPT_TAX: Final = "exempt_tax"
ACCOUNT_OVER: Final = "account_over"
PAY_OUT: Final = "pay_out"
DROP: Final = "drop"
DIFFERENCE_OVER: Final = "difference_over"
TRAINING: Final = "training"
SERVE_UNDER_AGE: Final = "serve_under_age"
TYPE_WEIGHT: Final = "type_weight"

CASHIER: Final = frozenset(
    {SELL, SELL_UNKNOWN, NO_SALE, X_REPORT, OPEN_SHIFT, CLOSE_SHIFT, REFUND, DISCOUNT, PAY_OUT, DROP}
    | {VOID_LINE}
)
SUPERVISOR: Final = CASHIER | {
    VOID_SALE,
    PRICE_OVERRIDE,
    REFUND_NO_RECEIPT,
    REFUND_OTHER_TENDER,
    EXEMPT_TAX,
    DIFFERENCE_OVER,
    TRAINING,
    SERVE_UNDER_AGE,
    TYPE_WEIGHT,
}
MANAGER: Final = SUPERVISOR | {MANAGE, ACCOUNT_OVER}

DEFAULT_ROLES: Final[dict[str, frozenset[str]]] = {
    "cashier": CASHIER,
    "supervisor": SUPERVISOR,
    "manager": MANAGER,
}
"""The roles a new shop starts with; the server's table decides afterwards."""

IN_WORDS: Final = WordTable(
    {
        SELL: "sell",
        SELL_UNKNOWN: "sell an unknown item at a typed price",
        NO_SALE: "open the drawer without a sale",
        X_REPORT: "print an X report",
        OPEN_SHIFT: "open a shift",
        CLOSE_SHIFT: "close a shift",
        VOID_SALE: "void a whole sale",
        PRICE_OVERRIDE: "change a price",
        MANAGE: "manage the shop",
        REFUND: "give money back against a receipt",
        REFUND_NO_RECEIPT: "give money back without a receipt",
        REFUND_OTHER_TENDER: "give back in cash what was paid another way",
        VOID_LINE: "take a line out after the total was named",
        DISCOUNT: "give a discount",
        EXEMPT_TAX: "sell without tax",
        ACCOUNT_OVER: "sell beyond a customer's limit",
        PAY_OUT: "pay cash out of the drawer",
        DROP: "take cash to the safe",
        DIFFERENCE_OVER: "close a shift that is that far over or short",
        TRAINING: "start training",
        SERVE_UNDER_AGE: "let a cashier under the age sell it",
        TYPE_WEIGHT: "type a weight the scale should give",
    }
)


def allows(permissions: Collection[str], permission: str) -> bool:
    """Whether someone with ``permissions`` may do ``permission``; KeyError for a name nobody defined."""
    IN_WORDS[permission]
    return permission in permissions


def in_words(permission: str) -> str:
    """A permission as the end of the sentence "This needs someone who may ..."."""
    return IN_WORDS[permission]
