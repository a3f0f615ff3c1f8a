"""Numbers being typed on a pad, a key at a time: amounts, quantities, a date of birth. No widget here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from pos_desktop.domain.calendar_words import month, short_month, weekday
from pos_desktop.domain.money import Currency, parse_amount
from pos_desktop.domain.quantity import parse_qty
from pos_desktop.words import decimals, t

MAX_DIGITS = 8
BACKSPACE = "backspace"
CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class TypedNumber:
    """Digits and at most one decimal sign; ``decimals`` is how many may follow it (0 means none at all)."""

    decimals: int
    text: str = ""

    def press(self, key: str) -> TypedNumber:
        """The number after "0".."9", "00", "." or ",", BACKSPACE or CLEAR; what does not fit is let go."""
        if key == CLEAR:
            return replace(self, text="")
        if key == BACKSPACE:
            return replace(self, text=self.text[:-1])
        if key in (".", ","):
            return self._point()
        typed = self
        for digit in key:
            typed = typed._digit(digit)
        return typed

    def _point(self) -> TypedNumber:
        if not self.decimals or "." in self.text:
            return self
        return replace(self, text=(self.text or "0") + ".")

    def _digit(self, digit: str) -> TypedNumber:
        if not (digit.isascii() and digit.isdigit()):
            return self
        whole, point, rest = self.text.partition(".")
        if point:
            return self if len(rest) >= self.decimals else replace(self, text=self.text + digit)
        if len(whole) >= MAX_DIGITS - self.decimals:
            return self
        return replace(self, text=digit if whole == "0" else whole + digit)

    @property
    def shown(self) -> str:
        """As people read it, with the decimal sign of their language."""
        return decimals(self.text)

    @property
    def empty(self) -> bool:
        """Nothing typed yet."""
        return not self.text


def typed_amount(text: str, currency: Currency) -> int:
    """Minor units of what was typed so far; nothing typed is 0."""
    return parse_amount(text, currency) or 0 if text else 0


def typed_qty(text: str) -> int:
    """Thousandths of what was typed so far; nothing, or nothing usable yet, is 0."""
    return parse_qty(text) or 0 if text else 0


@dataclass(frozen=True, slots=True)
class TypedDate:
    """A date typed as eight digits, day first unless ``month_first``; it is read, never stored."""

    digits: str = ""
    month_first: bool = False

    def press(self, key: str) -> TypedDate:
        """The date after one digit, BACKSPACE or CLEAR."""
        if key == CLEAR:
            return replace(self, digits="")
        if key == BACKSPACE:
            return replace(self, digits=self.digits[:-1])
        fresh = "".join(ch for ch in key if ch.isascii() and ch.isdigit())
        return replace(self, digits=(self.digits + fresh)[:8])

    @property
    def complete(self) -> bool:
        """All eight digits are there."""
        return len(self.digits) == 8

    @property
    def date(self) -> date | None:
        """The date, or None while it is not complete or there is no such day."""
        if not self.complete:
            return None
        first, second, year = int(self.digits[:2]), int(self.digits[2:4]), int(self.digits[4:])
        day, month = (second, first) if self.month_first else (first, second)
        try:
            return date(year, month, day)
        except ValueError:
            return None

    @property
    def shown(self) -> str:
        """What stands in the field: ``03 / 11 / 2008`` with what is missing left blank."""
        parts = [self.digits[:2], self.digits[2:4], self.digits[4:]]
        return " / ".join(part for part in parts if part)

    @property
    def pattern(self) -> str:
        """What to type, for the empty field."""
        return t("MM / DD / YYYY") if self.month_first else t("DD / MM / YYYY")


def long_date(day: date) -> str:
    """``22 November 2008``: no leading zero, the month in words, so that no order of digits can mislead."""
    return t("{day} {month} {year}", day=day.day, month=month(day), year=day.year)


def short_date(day: date) -> str:
    """``22 Nov``."""
    return t("{day} {month}", day=day.day, month=short_month(day))


def day_and_date(day: date) -> str:
    """``Sunday 22 November 2026``."""
    return t("{weekday} {date}", weekday=weekday(day), date=long_date(day))
