"""Recognising payment card numbers, so that none is ever looked up, shown, logged or kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from unicodedata import decimal


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


_NETWORKS = re.compile(
    r"4\d{15}|4\d{18}"  # Visa (its 13 digits are no longer issued)
    r"|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(?:0[0-5]|095|[689]\d)\d{10,16}|35(?:2[89]|[3-8]\d)\d{12,15}"  # Diners Club, JCB
    r"|6(?:011|4[4-9]\d|5\d\d)\d{12,15}|62\d{14,17}"  # Discover, UnionPay
    r"|(?:50|5[6-9]|6[0379])\d{14,17}|220[0-4]\d{12,15}"  # Maestro and its kin, Mir
)


def is_network_card(digits: str) -> bool:
    """Whether the digits pass Luhn and begin, and are as long, as the cards of a network that issues them."""
    return 13 <= len(digits) <= 19 and _NETWORKS.fullmatch(digits) is not None and luhn_valid(digits)


def card_at_start(digits: str) -> str | None:
    """The card in front of a longer number: a reader that sends number, expiry and code without a mark."""
    lengths = (16, 15, 14, 19, 18, 17, 13)
    return next((digits[:n] for n in lengths if n < len(digits) and is_network_card(digits[:n])), None)


_STRIPE = re.compile(r"%?[A-Z]?(\d[\d ]{11,21}\d)\^|;?(\d{12,19})=\d")


def card_on_stripe(text: str) -> str | None:
    """The digits of a magnetic stripe that a keyboard reader typed (ISO/IEC 7813, either track), or None."""
    found = _STRIPE.match(text)
    if found is None:
        return None
    return (found.group(1) or found.group(2)).replace(" ", "")


_UNSEEN = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
"""Characters that take no room, with which a number can be hidden from a search but not from a reader."""
_GROUP = rf"\d(?:[{_UNSEEN}]*\d)*"
_BETWEEN = rf"[{_UNSEEN}]*[ \t\u00a0\u2000-\u200a\u202f\u2010-\u2015_./·-]{{1,2}}[{_UNSEEN}]*"
# Ids and hashes first, so that their digits are never taken for a number.
_NUMBERS = re.compile(
    r"(?<![0-9a-fA-F])(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|[0-9a-fA-F]{64}|[0-9a-fA-F]{40}|[0-9a-fA-F]{32})(?![0-9a-fA-F])"
    rf"|(?P<number>{_GROUP}(?:{_BETWEEN}{_GROUP})*)"
)
_GROUPS = re.compile(_GROUP)


def cards_within(text: str, harmless: Callable[[str], bool]) -> Iterator[tuple[int, int, str]]:
    """Where card numbers stand in a text (from, to) and their digits, in order; ``harmless`` spares some.

    One may begin with the last four digits of the one before, and so inside it.
    Digits of any script, in one piece or in groups as people write them (equal ones, the last may be
    shorter, or 4-6-5 and 4-6-4; in any groups, if it is the number of a network), with spaces, dashes, dots
    or unseen characters between.
    """
    for found in _NUMBERS.finditer(text):
        if found["number"] is None or found.end() - found.start() < 13:
            continue
        groups = [
            (found.start() + g.start(), found.start() + g.end(), _digits(g.group()))
            for g in _GROUPS.finditer(found["number"])
        ]
        yield from _in_groups(groups, harmless)


def _in_groups(
    groups: list[tuple[int, int, str]], harmless: Callable[[str], bool]
) -> Iterator[tuple[int, int, str]]:
    first = 0
    while first < len(groups):
        window = _card_from(groups, first, harmless)
        if window is None:
            first += 1
            continue
        last, digits = window
        yield groups[first][0], groups[last][1], digits
        # What the mask leaves of it may begin the next number, the true one.
        groups[last] = (groups[last][0], groups[last][1], digits[-4:])
        first = last


def _card_from(
    groups: list[tuple[int, int, str]], first: int, harmless: Callable[[str], bool]
) -> tuple[int, str] | None:
    """The longest card number that begins with group ``first``: its last group and its digits."""
    digits, best = "", None
    sizes: tuple[int, ...] = ()
    for last in range(first, min(first + 19, len(groups))):
        digits += groups[last][2]
        sizes = (*sizes, len(groups[last][2]))
        if len(digits) > 19:
            break
        card = is_card_number if _as_people_write(sizes) else is_network_card
        if len(digits) >= 13 and card(digits) and not harmless(digits):
            best = last, digits
    return best


def _as_people_write(sizes: tuple[int, ...]) -> bool:
    """Whether groups of these lengths are how people write a card; in others it has to be a network's."""
    return sizes in ((4, 6, 5), (4, 6, 4)) or (len(set(sizes[:-1])) <= 1 and sizes[-1] <= sizes[0])


def _digits(text: str) -> str:
    return "".join(str(decimal(ch)) for ch in text if ch.isdecimal())


def mask_within(text: str, harmless: Callable[[str], bool]) -> str:
    """``text`` with the card numbers in it masked; ``harmless`` spares those known to be something else."""
    parts: list[str] = []
    done = 0
    for start, end, digits in cards_within(text, harmless):
        if start < done:
            parts[-1] = parts[-1][:-4]
        parts += [text[done:start], mask(digits)]
        done = end
    return "".join((*parts, text[done:])) if parts else text
