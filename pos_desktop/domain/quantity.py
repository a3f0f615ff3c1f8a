"""Quantities as whole thousandths of a unit: 1000 is one piece, 842 is 0.842 kg."""

from __future__ import annotations

import re

from pos_desktop.domain.money import MINUS, divide_half_up
from pos_desktop.words import decimals

ONE = 1000
MAX_QTY = 99_999 * ONE
"""More than this in one line is a slip of the hand or a barcode read into the quantity."""

_TYPED = re.compile(r"\d{1,6}(?:[.,]\d{0,3})?|[.,]\d{1,3}")


def parse_qty(text: str) -> int | None:
    """A typed quantity in thousandths, or None when it is not one, is zero, or is above ``MAX_QTY``."""
    cleaned = text.strip().replace(",", ".")
    if not _TYPED.fullmatch(text.strip()):
        return None
    whole, _, decimals = cleaned.partition(".")
    qty = int(whole or "0") * ONE + int(decimals.ljust(3, "0") or "0")
    return qty if 0 < qty <= MAX_QTY else None


def format_qty(qty: int, unit: str = "each") -> str:
    """``3000, each`` as ``3``; ``842, kg`` as ``0.842 kg``, in German ``0,842 kg``."""
    sign = MINUS if qty < 0 else ""
    whole, rest = divmod(abs(qty), ONE)
    if unit == "each":
        return f"{sign}{whole}" if rest == 0 else decimals(f"{sign}{whole}.{rest:03d}".rstrip("0"))
    return f"{decimals(f'{sign}{whole}.{rest:03d}')} {unit}"


def extend(price: int, qty: int) -> int:
    """``price`` (minor units per unit) times ``qty`` (thousandths), rounded half up to minor units."""
    return divide_half_up(price * qty, ONE)
