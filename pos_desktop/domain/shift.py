"""A shift's cash: counting the drawer by denomination, what should be in it, over and short."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from pos_desktop.domain.money import Currency
from pos_desktop.words import t

MAX_PIECES = 9_999
"""More notes or coins of one kind than this is a slip of the hand."""


class CountError(ValueError):
    """A drawer count holds a denomination the currency lacks, or an impossible number of pieces."""


@dataclass(frozen=True, slots=True)
class DrawerCount:
    """Pieces of each denomination in the drawer, (denomination in minor units, pieces), largest first."""

    counts: tuple[tuple[int, int], ...]

    @property
    def total(self) -> int:
        """What lies in the drawer, minor units."""
        return sum(denomination * pieces for denomination, pieces in self.counts)


def drawer_count(pieces: Mapping[int, int], currency: Currency) -> DrawerCount:
    """A checked count from {denomination: pieces}; kinds with no piece are left out. CountError."""
    for denomination, count in pieces.items():
        if denomination not in currency.denominations:
            raise CountError(
                t(
                    "{currency} has no note or coin of {denomination}.",
                    currency=currency.code,
                    denomination=denomination,
                )
            )
        if not 0 <= count <= MAX_PIECES:
            raise CountError(t("Count between 0 and {most} of each.", most=MAX_PIECES))
    return DrawerCount(tuple((d, pieces[d]) for d in currency.denominations if pieces.get(d)))


def business_date(at: datetime, zone: tzinfo, day_starts: int = 0) -> date:
    """The day that a shift opened at ``at`` (aware) belongs to, whatever the clock says when it is closed.

    ``day_starts``: minutes after midnight of the shop's wall clock until which it is still the day before.
    Read from the wall clock, so a day of 23 or 25 hours begins as any other.
    """
    local = at.astimezone(zone)
    early = local.hour * 60 + local.minute < day_starts
    return local.date() - timedelta(days=1) if early else local.date()


def expected_cash(float_amount: int, cash_tenders: Iterable[int], movements: Iterable[int] = ()) -> int:
    """What should lie in the drawer: float, cash less change, signed movements (minor units)."""
    return float_amount + sum(cash_tenders) + sum(movements)


def cash_effect(fields: Mapping[str, Any]) -> int:
    """What a booked document does to the cash in its drawer, minor units; the float of an opening too."""
    if fields["kind"] == "cash":
        return int(fields["amount"])
    if fields["kind"] == "shift_open":
        return int(fields["float"])
    if fields["kind"] == "account_payment":
        return int(fields["amount"]) if fields["tender"]["kind"] == "cash" else 0
    return sum(tender["amount"] for tender in fields.get("tenders", ()) if tender["kind"] == "cash")


def over_short(counted: int, expected: int) -> int:
    """Counted minus expected, minor units: positive is over, negative is short."""
    return counted - expected
