"""What a cell of an item list may hold, column by column; a refusal says what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from pos_desktop.domain.barcode import CodeKind, card_within, gtin14, parse_code
from pos_desktop.domain.items_row import TaxCode
from pos_desktop.domain.money import Currency, parse_amount
from pos_desktop.domain.quantity import ONE
from pos_desktop.words import t

MAX_NAME = 120
MAX_WORD = 60
MAX_CODES = 20
MAX_PRICE = 10**9
MAX_STOCK = 10_000_000 * ONE
NOT_SAID = ""


class RefusedError(ValueError):
    """A cell that cannot go in; the text is the reason, for the person who corrects it."""


def read_codes(text: str) -> tuple[str, ...]:
    """Several codes with spaces between, in canonical form and the order given, each once."""
    codes: dict[str, None] = {}
    for part in text.split():
        for code in _read_code(part):
            codes[code] = None
    if len(codes) > MAX_CODES:
        raise RefusedError(t("{n} codes; an item has up to {most}", n=len(codes), most=MAX_CODES))
    return tuple(codes)


def _read_code(part: str) -> tuple[str, ...]:
    parsed = parse_code(part)
    if parsed.kind is CodeKind.BAD_CHECK_DIGIT:
        if parsed.check_digit is None:
            raise RefusedError(t("the check digit of {text} is wrong", text=parsed.text))
        words = t(
            "the check digit of {text} is wrong; it would end in {digit}",
            text=parsed.text,
            digit=parsed.check_digit,
        )
        raise RefusedError(words)
    if _SHORTENED.fullmatch(part):
        raise RefusedError(
            t(
                "“{part}” was shortened by a spreadsheet; format the column as text and export again",
                part=part,
            )
        )
    if parsed.kind is CodeKind.CARD:
        raise RefusedError(t("this is a card number, not an item code"))
    if parsed.kind is CodeKind.RECEIPT:
        raise RefusedError(t("{text} is a receipt number, not an item code", text=parsed.text))
    if not parsed.sellable:
        raise RefusedError(
            t("“{text}” is not a code; use digits, or letters and digits without spaces", text=parsed.text)
        )
    return (parsed.code, *_without_lost_zero(part))


_SHORTENED = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")


def _without_lost_zero(part: str) -> tuple[str, ...]:
    """A UPC-A whose leading zeros a spreadsheet ate is filed under its full form as well."""
    if len(part) not in (10, 11) or not part.isdigit():
        return ()
    full = gtin14(part.zfill(12))
    return (full,) if full else ()


def read_name(text: str) -> str:
    """The name as people read it: one line, single spaces."""
    name = " ".join(text.split())
    if not name:
        raise RefusedError(t("the name is missing"))
    return _word(name, MAX_NAME)


def read_word(text: str) -> str | None:
    """A category's or supplier's name, or None when not said."""
    word = " ".join(text.split())
    return _word(word, MAX_WORD) if word else None


def _word(text: str, most: int) -> str:
    if len(text) > most:
        raise RefusedError(t("{n} characters; at most {most} fit", n=len(text), most=most))
    if not text.isprintable():
        raise RefusedError(t("has characters that cannot be printed; type it again"))
    if card_within(text) is not None:
        raise RefusedError(t("has a card number in it, which is never kept; take it out"))
    return text


def read_price(text: str, currency: Currency) -> int:
    """A price in minor units; point or comma, grouping allowed when both stand in it."""
    if not text:
        raise RefusedError(t("the price is missing"))
    amount = parse_amount(ungrouped(text).removeprefix(currency.code), currency)
    if amount is None:
        digits = currency.digits
        raise RefusedError(
            t("“{text}” is not a price; write it like {example}", text=shown(text), example=_example(digits))
        )
    if amount < 0:
        raise RefusedError(t("“{text}” is below zero", text=shown(text)))
    if amount > MAX_PRICE:
        raise RefusedError(t("“{text}” is too much for one item", text=shown(text)))
    return amount


def _example(digits: int) -> str:
    return "1." + "85000"[:digits] if digits else "185"


def read_cost(text: str, currency: Currency) -> Decimal | None:
    """What one unit cost the shop, in whole currency with up to six decimals, or None when not said."""
    if not text:
        return None
    plain = ungrouped(text).removeprefix(currency.code).removeprefix(currency.symbol).strip()
    if not re.fullmatch(r"\d{1,9}(?:[.,]\d{0,6})?|[.,]\d{1,6}", plain, re.ASCII):
        raise RefusedError(t("“{text}” is not a cost; write it like 0.925", text=shown(text)))
    return Decimal(plain.replace(",", "."))


def read_stock(text: str) -> int | None:
    """Units on hand in thousandths, or None when not said. Zero is said."""
    if not text:
        return None
    plain = ungrouped(text)
    if not re.fullmatch(r"-?\d{1,8}(?:[.,]\d{0,3})?", plain, re.ASCII):
        raise RefusedError(t("“{text}” is not a number of units; write it like 24 or 12.5", text=shown(text)))
    if plain.startswith("-"):
        raise RefusedError(t("“{text}” is below zero; opening stock starts at 0", text=shown(text)))
    whole, _, decimals = plain.replace(",", ".").partition(".")
    stock = int(whole) * ONE + int(decimals.ljust(3, "0") or "0")
    if stock > MAX_STOCK:
        raise RefusedError(t("“{text}” is more than a shop holds", text=shown(text)))
    return stock


_UNITS = {
    "each": "each", "ea": "each", "pc": "each", "pcs": "each", "piece": "each", "unit": "each",
    "kg": "kg", "kilo": "kg", "l": "l", "lt": "l", "litre": "l", "liter": "l",
}  # fmt: skip


def read_unit(text: str) -> str | None:
    """``each``, ``kg`` or ``l``, or None when not said."""
    if not text:
        return None
    unit = _UNITS.get(text.lower().rstrip("."))
    if unit is None:
        raise RefusedError(t("“{text}” is not a unit; write each, kg or l", text=shown(text)))
    return unit


def read_plu(text: str) -> str | None:
    """A look-up number of one to five digits, or None when not said."""
    if not text:
        return None
    if not re.fullmatch(r"[1-9]\d{0,4}", text, re.ASCII):
        raise RefusedError(
            t("“{text}” is not a PLU; a PLU has one to five digits, bananas 4011", text=shown(text))
        )
    return text


def read_min_age(text: str) -> int | None:
    """Years a buyer must have, ``18`` or ``18+``, or None when not said; 0 says there is no limit."""
    if not text:
        return None
    years = text.removesuffix("+").strip()
    if not (years.isascii() and years.isdigit()) or not (int(years) == 0 or 10 <= int(years) <= 30):
        raise RefusedError(t("“{text}” is not an age; write it like 18", text=shown(text)))
    return int(years)


def read_strength(text: str) -> int | None:
    """Alcohol by volume in hundredths of a per cent (``13.5%`` is 1350), or None when not said."""
    found = re.fullmatch(r"(\d{1,2})(?:[.,](\d{1,2}))? ?(?:% ?(?:vol|abv)?\.?)?", text, re.ASCII | re.I)
    if not text:
        return None
    if found is None:
        raise RefusedError(
            t("“{text}” is not a strength; write per cent by volume like 13.5", text=shown(text))
        )
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


_LITRES = {"": 1, "ml": 1, "cl": 10, "dl": 100, "l": 1000}


def read_volume(text: str) -> int | None:
    """Contents in millilitres (``75 cl`` is 750; a bare number is millilitres), or None when not said."""
    if not text:
        return None
    found = re.fullmatch(r"(\d{1,6})(?:[.,](\d{1,3}))? ?(ml|cl|dl|l|)", text.lower(), re.ASCII)
    if found is None:
        raise RefusedError(
            t("“{text}” is not a volume; write it like 75 cl, 330 ml or 1.5 l", text=shown(text))
        )
    thousandths = int(found[1]) * 1000 + int((found[2] or "").ljust(3, "0"))
    millilitres, rest = divmod(thousandths * _LITRES[found[3]], 1000)
    if rest or not 0 < millilitres <= 1_000_000:
        raise RefusedError(t("“{text}” is not a volume in whole millilitres", text=shown(text)))
    return millilitres


class TaxReader:
    """Finds the rate a row names by code or by percentage; the first of two equal rates wins."""

    def __init__(self, taxes: Iterable[TaxCode]) -> None:
        self._by_code: dict[str, str] = {}
        self._by_rate: dict[int, str] = {}
        for tax in taxes:
            self._by_code[tax.code.upper()] = tax.code
            self._by_rate.setdefault(tax.rate, tax.code)

    def __call__(self, text: str) -> str | None:
        """The code of the rate, or None when not said."""
        if not text:
            return None
        code = self._by_code.get(text.upper())
        found = re.fullmatch(r"(\d{1,2}|100)(?:[.,](\d{1,4}))? ?%?", text, re.ASCII)
        if code is None and found is not None:
            rate = int(found[1]) * 10_000 + int((found[2] or "").ljust(4, "0"))
            code = self._by_rate.get(rate)
        if code is None:
            known = ", ".join(self._by_code.values())
            raise RefusedError(
                t("no tax rate “{text}” is set up; there are {known}", text=shown(text), known=known)
            )
        return code


def ungrouped(text: str) -> str:
    """A number without its grouping: ``1.234,50`` and ``1,234.50`` become ``1234,50`` and ``1234.50``."""
    point, comma = text.rfind("."), text.rfind(",")
    if point < 0 or comma < 0:
        return text
    group = "," if comma < point else "."
    head, tail = text[: max(point, comma)], text[max(point, comma) :]
    parts = head.lstrip("-").split(group)
    if any(len(part) != 3 for part in parts[1:]) or not 1 <= len(parts[0]) <= 3:
        return text
    return head.replace(group, "") + tail


def shown(text: str, most: int = 24) -> str:
    """A cell as a reason quotes it: short and printable, so that it cannot work a terminal."""
    plain = "".join(ch if ch.isprintable() else "�" for ch in text)
    return plain if len(plain) <= most else plain[: most - 1] + "…"
