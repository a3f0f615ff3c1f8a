"""Money as whole minor units (pence, cents): parsing what people type, showing it, rounding once.

An amount is a plain ``int`` of the currency's minor unit; a currency knows how many digits that is.
There is no float anywhere near it: QLocale and ``float`` would round a cent away.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pos_desktop import words

MINUS = "\N{MINUS SIGN}"
THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency of ISO 4217: its code, its sign, its number of decimal digits and its notes and coins.

    ``notes`` and ``coins`` are in minor units, largest first; they drive quick keys and the drawer count.
    """

    code: str
    symbol: str
    digits: int
    notes: tuple[int, ...]
    coins: tuple[int, ...]

    @property
    def denominations(self) -> tuple[int, ...]:
        """Every note and coin in minor units, largest first."""
        return self.notes + self.coins


CURRENCIES: dict[str, Currency] = {
    c.code: c
    for c in (
        Currency("GBP", "£", 2, (5000, 2000, 1000, 500), (200, 100, 50, 20, 10, 5, 2, 1)),
        Currency(
            "EUR", "€", 2, (50000, 20000, 10000, 5000, 2000, 1000, 500), (200, 100, 50, 20, 10, 5, 2, 1)
        ),
        Currency("USD", "$", 2, (10000, 5000, 2000, 1000, 500, 200, 100), (50, 25, 10, 5, 1)),
        Currency("JPY", "¥", 0, (10000, 5000, 2000, 1000), (500, 100, 50, 10, 5, 1)),
        Currency("KES", "KSh", 2, (100000, 50000, 20000, 10000, 5000), (4000, 2000, 1000, 500, 100)),
        Currency("TZS", "TSh", 2, (1000000, 500000, 200000, 100000), (50000, 20000, 10000, 5000)),
        Currency("KWD", "KD", 3, (20000, 10000, 5000, 1000, 500, 250), (100, 50, 20, 10, 5)),
    )
}


def currency(code: str) -> Currency:
    """The currency with this ISO 4217 code; KeyError names an unknown one."""
    return CURRENCIES[code]


def format_amount(minor: int, cur: Currency) -> str:
    """``-123456`` as ``−1 234.56``, in German ``−1 234,56``: thin grouping, a true minus, no sign."""
    sign = MINUS if minor < 0 else ""
    units, rest = divmod(abs(minor), 10**cur.digits)
    whole = f"{units:,}".replace(",", THIN_SPACE)
    return words.decimals(f"{sign}{whole}.{rest:0{cur.digits}d}") if cur.digits else f"{sign}{whole}"


def format_money(minor: int, cur: Currency) -> str:
    """Like :func:`format_amount` with the currency's sign: ``−£1 234.56``, in German ``−1 234,56 €``."""
    sign, text = MINUS if minor < 0 else "", format_amount(abs(minor), cur)
    if words.language() in words.COMMA:
        return f"{sign}{text}{THIN_SPACE}{cur.symbol}"
    return f"{sign}{cur.symbol}{text}"


def plain_number(text: str) -> str:
    """A formatted number as files and entries have it: no grouping, a hyphen for minus, a point."""
    return text.replace(THIN_SPACE, "").replace(MINUS, "-").replace(",", ".")


_TYPED = re.compile(r"[-\u2212]?\d*(?:[.,]\d*)?")


def parse_amount(text: str, cur: Currency) -> int | None:
    """What a person typed as an amount in minor units, or None when it is not one.

    Point and comma both are the decimal sign, since numpads send either. More decimals than the
    currency has are refused rather than rounded: nobody types half a cent on purpose.
    """
    cleaned = text.strip().replace(THIN_SPACE, "").replace("\u00a0", "").replace(" ", "")
    cleaned = cleaned.removeprefix(cur.symbol).removesuffix(cur.symbol)
    if not _TYPED.fullmatch(cleaned) or not any(ch.isdigit() for ch in cleaned):
        return None
    negative = cleaned[0] in "-\u2212"
    whole, _, decimals = cleaned.lstrip("-\u2212").replace(",", ".").partition(".")
    if len(decimals) > cur.digits:
        return None
    minor = int(whole or "0") * int(10**cur.digits) + int(decimals.ljust(cur.digits, "0") or "0")
    return -minor if negative else minor


def divide_half_up(numerator: int, denominator: int) -> int:
    """``numerator / denominator`` as a whole number, a half rounded away from zero.

    The one rounding of the program. PostgreSQL's ``round(numeric)`` rounds the same way, so the
    server's check of a document agrees to the last cent.
    """
    if denominator <= 0:
        raise ValueError("the denominator must be positive")
    quotient, rest = divmod(abs(numerator), denominator)
    if 2 * rest >= denominator:
        quotient += 1
    return -quotient if numerator < 0 else quotient
