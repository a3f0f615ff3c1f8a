"""The labels a shop's own scales print: an item number with its price or weight, by the shop's patterns.

biip reads these by country and knows nine of them; every shop's scale is set its own way, so the
patterns are the shop's. GS1's check digits are still biip's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from biip.checksums import gs1_price_weight_check_digit, gs1_standard_check_digit


@dataclass(frozen=True, slots=True)
class CodePattern:
    """A scale label of the shop, such as ``02IIIIICPPPPC``.

    Digits are fixed, I the item, P the price in minor units, W the weight in grams, X anything, C a check
    digit: the last one GS1's, one in front of four or five P or W digits GS1's price check digit.
    """

    text: str
    prefix: str
    item: slice
    price: slice | None
    weight: slice | None
    inner_check: int | None

    @property
    def length(self) -> int:
        """How many digits the label has."""
        return len(self.text)


@dataclass(frozen=True, slots=True)
class LabelReading:
    """A label that fits a pattern: the codes its item may be filed under, and its measure.

    No codes: a check digit is wrong (``check_digit`` is the right one, where the last one is meant).
    ``price`` is in minor units, ``qty`` in thousandths of a kilogram (grams).
    """

    codes: tuple[str, ...] = ()
    price: int | None = None
    qty: int | None = None
    check_digit: int | None = None


_PATTERN = re.compile(r"(\d{1,3})X*(I+)X*(C?)(P+|W+)X*(C)")


@lru_cache(maxsize=256)
def compile_pattern(text: str) -> CodePattern:
    """A pattern from its text; ValueError says what is wrong with it, in words for the person setting it."""
    found = _PATTERN.fullmatch(text)
    if found is None or not 8 <= len(text) <= 14:
        raise ValueError(
            f"“{text}” is not a label pattern. Write it like 02IIIIICPPPPC: fixed digits, I item, "
            "C check digit, P price or W weight, and C at the end."
        )
    inner = found.start(3) if found.group(3) else None
    if inner is not None and len(found.group(4)) not in (4, 5):
        raise ValueError(f"“{text}”: a check digit in the middle goes with four or five digits.")
    measure = slice(*found.span(4))
    is_price = found.group(4)[0] == "P"
    return CodePattern(
        text=text,
        prefix=found.group(1),
        item=slice(*found.span(2)),
        price=measure if is_price else None,
        weight=None if is_price else measure,
        inner_check=inner,
    )


def read_label(digits: str, patterns: Iterable[str | CodePattern]) -> LabelReading | None:
    """The digits read by the first pattern they fit, or None when they fit none."""
    for each in patterns:
        pattern = compile_pattern(each) if isinstance(each, str) else each
        full = _as_long_as(pattern, digits)
        if full is not None and full.startswith(pattern.prefix):
            return _read(full, pattern)
    return None


def with_check_digit(payload: str) -> str:
    """``payload`` (digits without the last) with GS1's check digit behind it."""
    return payload + str(gs1_standard_check_digit(payload))


def _as_long_as(pattern: CodePattern, digits: str) -> str | None:
    """The digits in the pattern's length: scanners send UPC-A with or without its leading zero."""
    if len(digits) == pattern.length:
        return digits
    if len(digits) == 12 and pattern.length == 13:
        return "0" + digits
    if len(digits) == 13 and pattern.length == 12 and digits[0] == "0":
        return digits[1:]
    return None


def _read(full: str, pattern: CodePattern) -> LabelReading:
    right = gs1_standard_check_digit(full[:-1])
    if right != int(full[-1]):
        return LabelReading(check_digit=right)
    measure = pattern.price or pattern.weight
    assert measure is not None
    value = full[measure]
    inner = pattern.inner_check
    if inner is not None and gs1_price_weight_check_digit(value) != int(full[inner]):
        return LabelReading()
    item = full[pattern.item]
    codes = tuple(dict.fromkeys((item.lstrip("0") or item, item, _without_measure(full, pattern))))
    if pattern.price:
        return LabelReading(codes, price=int(value))
    return LabelReading(codes, qty=int(value))


def _without_measure(full: str, pattern: CodePattern) -> str:
    """The label's GTIN with zeros for its measure: how an item can carry the label's number as its code."""
    kept = (digit if place < pattern.item.stop else "0" for place, digit in enumerate(full[:-1]))
    return with_check_digit("".join(kept)).zfill(14)
