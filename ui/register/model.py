"""What the sale screen shows and asks, as frozen values: the last-scan strip and the open question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pos_desktop.domain.basket import Basket, Item, Totals
from pos_desktop.services.results import Found
from pos_desktop.words import t, t_n

Weight = Literal["", "scale", "typed"]
"""Where the weight of an item came from that a scale has to give."""

StripKind = Literal["ready", "added", "note", "stop", "busy", "info"]


@dataclass(frozen=True, slots=True)
class Strip:
    """The strip over the basket: what happened last, to what, and what to do next."""

    kind: StripKind
    title: str
    detail: str = ""
    amount: str = ""


def ready_strip() -> Strip:
    """What the strip says while nothing is rung up."""
    return Strip("ready", t("Ready to scan"), t("First item starts the sale"))


@dataclass(frozen=True, slots=True)
class Pending:
    """An item on its way into the basket: where its code came from and how many of it (thousandths)."""

    found: Found
    qty: int | None = None
    price: int | None = None
    department: str = ""
    weight: Weight = ""


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """A code nobody has filed; the till stops until it is answered."""

    code: str
    qty: int | None = None


@dataclass(frozen=True, slots=True)
class AskAge:
    """The item may only be sold to people of ``min_age`` or over."""

    pending: Pending
    min_age: int


@dataclass(frozen=True, slots=True)
class AskWeight:
    """The item is sold by weight or volume and none was given."""

    pending: Pending


@dataclass(frozen=True, slots=True)
class AskPrice:
    """The item has no fixed price."""

    pending: Pending


@dataclass(frozen=True, slots=True)
class AskStock:
    """The books say too little is left: ``basket`` with line ``n`` and ``strip`` show when sold anyway.

    ``code`` is what was scanned; empty when a quantity was changed by hand.
    """

    item: Item
    wanted: int
    basket: Basket
    n: int
    strip: Strip
    code: str = ""


@dataclass(frozen=True, slots=True)
class AskApproval:
    """Somebody else has to let this cashier sell the item."""

    pending: Pending


Question = UnknownCode | AskAge | AskApproval | AskWeight | AskPrice | AskStock


def grouped(code: str) -> str:
    """A code in the groups people read aloud: ``5012345678900`` as ``5 012345 678900``; nothing is lost."""
    digits = code.lstrip("0") if len(code) == 14 and code.isdigit() else code
    if code.isdigit() and len(digits) <= 13:
        digits = code[-13:] if len(digits) == 13 else code[-max(len(digits), 8) :]
    if not digits.isdigit():
        return digits
    if len(digits) == 13:
        return f"{digits[0]} {digits[1:7]} {digits[7:]}"
    if len(digits) == 12:
        return f"{digits[0]} {digits[1:6]} {digits[6:11]} {digits[11]}"
    if len(digits) == 8:
        return f"{digits[:4]} {digits[4:]}"
    return digits


def ignored_words(count: int) -> str:
    """Scans that were refused while a question was open, and what to do about them."""
    return t_n(
        count,
        "{n} more scan ignored, scan it again after this",
        "{n} more scans ignored, scan them again after this",
    )


def pieces_words(totals: Totals) -> str:
    """``3 items``, ``2 items back``, ``3 items, 2 back``."""
    out = totals.count + totals.back
    if not totals.back:
        return items_words(out)
    if not out:
        return t("{items} back", items=items_words(totals.back))
    return t("{items}, {back} back", items=items_words(out), back=totals.back)


def items_words(count: int) -> str:
    """``1 item``, ``3 items``."""
    return t_n(count, "{n} item", "{n} items")


def lines_words(count: int) -> str:
    """``1 line``, ``3 lines``: what a basket or a document has."""
    return t_n(count, "{n} line", "{n} lines")


def more_lines(count: int) -> str:
    """``1 more line``, ``3 more lines``: those that are not named."""
    return t_n(count, "{n} more line", "{n} more lines")


def sales_words(count: int) -> str:
    """``1 sale``, ``3 sales``."""
    return t_n(count, "{n} sale", "{n} sales")


def records_words(count: int) -> str:
    """``1 record``, ``3 records``: what the till has written down."""
    return t_n(count, "{n} record", "{n} records")


def over_words(difference: int) -> str:
    """How the drawer stands against what was expected (minor units): over, short, or neither."""
    if difference > 0:
        return t("Over")
    return t("Short") if difference < 0 else t("Nothing over or short")
