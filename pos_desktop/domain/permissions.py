"""What a role may do: the names of permissions, and which roles carry them by default."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

SELL: Final = "sell"
SELL_UNKNOWN: Final = "sell_unknown"
NO_SALE: Final = "no_sale"
X_REPORT: Final = "x_report"
OPEN_SHIFT: Final = "open_shift"
CLOSE_SHIFT: Final = "close_shift"
VOID_SALE: Final = "void_sale"
PRICE_OVERRIDE: Final = "price_override"
MANAGE: Final = "manage"

CASHIER: Final = frozenset({SELL, SELL_UNKNOWN, NO_SALE, X_REPORT, OPEN_SHIFT, CLOSE_SHIFT})
SUPERVISOR: Final = CASHIER | {VOID_SALE, PRICE_OVERRIDE}
MANAGER: Final = SUPERVISOR | {MANAGE}

DEFAULT_ROLES: Final[dict[str, frozenset[str]]] = {
    "cashier": CASHIER,
    "supervisor": SUPERVISOR,
    "manager": MANAGER,
}
"""The roles a new shop starts with; the server's table decides afterwards."""

IN_WORDS: Final[dict[str, str]] = {
    SELL: "sell",
    SELL_UNKNOWN: "sell an unknown item at a typed price",
    NO_SALE: "open the drawer without a sale",
    X_REPORT: "print an X report",
    OPEN_SHIFT: "open a shift",
    CLOSE_SHIFT: "close a shift",
    VOID_SALE: "void a whole sale",
    PRICE_OVERRIDE: "change a price",
    MANAGE: "manage the shop",
}


def allows(permissions: Collection[str], permission: str) -> bool:
    """Whether someone with ``permissions`` may do ``permission``; KeyError for a name nobody defined."""
    IN_WORDS[permission]
    return permission in permissions


def in_words(permission: str) -> str:
    """A permission as the end of the sentence "This needs someone who may ..."."""
    return IN_WORDS[permission]
