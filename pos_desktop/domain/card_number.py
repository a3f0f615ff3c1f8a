"""Recognising payment card numbers, so that none is ever looked up, shown, logged or kept."""

from __future__ import annotations

import re
from collections.abc import Callable


def mask(digits: str) -> str:
    """A card number as it may be shown: the last four digits behind dots."""
    return "•••• " + digits[-4:]


def luhn_valid(digits: str) -> bool:
    """ISO/IEC 7812's check over a number in digits."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_card_number(digits: str) -> bool:
    """Whether 13 to 19 digits may be a card's. The caller has ruled out a valid GTIN.

    One in ten misread EAN-13s passes Luhn, so short numbers count only where cards of that length exist:
    13 digits begin with 4 (Visa), 14 with 3 (Diners Club). No card begins with 0.
    """
    if not 13 <= len(digits) <= 19 or digits[0] == "0":
        return False
    if (len(digits) == 13 and digits[0] != "4") or (len(digits) == 14 and digits[0] != "3"):
        return False
    return luhn_valid(digits)


_STRIPE = re.compile(r"%?[A-Z]?(\d[\d ]{11,21}\d)\^|;?(\d{12,19})=\d")


def card_on_stripe(text: str) -> str | None:
    """The digits of a magnetic stripe that a keyboard reader typed (ISO/IEC 7813, either track), or None."""
    found = _STRIPE.match(text)
    if found is None:
        return None
    return (found.group(1) or found.group(2)).replace(" ", "")


_LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){12,18}")


def mask_within(text: str, harmless: Callable[[str], bool]) -> str:
    """``text`` with the card numbers in it masked; ``harmless`` spares those known to be something else."""

    def hide(found: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", found.group())
        return mask(digits) if is_card_number(digits) and not harmless(digits) else found.group()

    return _LONG_NUMBER.sub(hide, text)
