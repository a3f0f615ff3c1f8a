"""Paying: cash and card against a total, what is still to pay, the change, and the quick cash keys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from pos_desktop.domain.barcode import card_within
from pos_desktop.domain.money import Currency

TenderKind = Literal["cash", "card"]

QUICK_KEYS = 6
MAX_TENDERS = 20


class TenderError(ValueError):
    """A payment is refused; ``code`` names the rule, ``str()`` says it in words.

    Codes: amount, paid, card_over, card_number, cash_over, many, remaining.
    """

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True, slots=True)
class Tender:
    """One way of paying: ``amount`` in minor units; change is a negative cash tender with ``change`` set."""

    kind: TenderKind
    amount: int
    ref: str = ""
    change: bool = False


@dataclass(frozen=True, slots=True)
class Tendering:
    """The payments taken so far against ``total`` (minor units); every method returns a new value."""

    total: int
    tenders: tuple[Tender, ...] = ()

    def __post_init__(self) -> None:
        if self.total < 0:
            raise ValueError("a sale's total is not negative")

    @property
    def given(self) -> int:
        """Everything handed over, minor units."""
        return sum(t.amount for t in self.tenders)

    @property
    def remaining(self) -> int:
        """Still to pay, minor units, never negative."""
        return max(self.total - self.given, 0)

    @property
    def change(self) -> int:
        """To give back in cash, minor units, never negative."""
        return max(self.given - self.total, 0)

    @property
    def complete(self) -> bool:
        """Nothing left to pay."""
        return self.given >= self.total

    def add_cash(self, amount: int, currency: Currency) -> Tendering:
        """Take cash (minor units); above the due gives change. TenderError: amount, paid, cash_over, many."""
        self._open(amount)
        if amount > self.remaining + 10 * max(currency.denominations):
            raise TenderError(
                "cash_over", "That is far more than is due. Check the amount and type it again."
            )
        return self._with(Tender("cash", amount))

    def add_card(self, amount: int, ref: str = "") -> Tendering:
        """Take a card payment (minor units) and its slip reference.

        TenderError "card_over" above the due, "card_number" when the reference holds one.
        """
        self._open(amount)
        if card_within(ref) is not None:
            raise TenderError(
                "card_number", "That is a card number, which is never kept. Type the slip's reference."
            )
        if amount > self.remaining:
            raise TenderError("card_over", "A card cannot pay more than is due: no cash back from a card.")
        return self._with(Tender("card", amount, ref.strip()))

    def remove(self, index: int) -> Tendering:
        """Take back payment ``index`` (0 is the first) before the sale is completed."""
        return replace(self, tenders=self.tenders[:index] + self.tenders[index + 1 :])

    def final(self) -> tuple[Tender, ...]:
        """The tenders as the document states them, change last; TenderError "remaining" when not paid yet."""
        if not self.complete:
            raise TenderError("remaining", "The sale is not paid yet.")
        if self.change:
            return (*self.tenders, Tender("cash", -self.change, change=True))
        return self.tenders

    def _open(self, amount: int) -> None:
        if amount <= 0:
            raise TenderError("amount", "Type an amount above 0.")
        if self.complete:
            raise TenderError("paid", "The sale is paid already.")
        if len(self.tenders) >= MAX_TENDERS:
            raise TenderError("many", f"A sale takes {MAX_TENDERS} payments. Take one back first.")

    def _with(self, tender: Tender) -> Tendering:
        return replace(self, tenders=(*self.tenders, tender))


def quick_amounts(remaining: int, currency: Currency) -> list[int]:
    """Up to six sums (minor units) a customer plausibly hands over for ``remaining``, exact first.

    The next whole unit and the next multiple of each note, smallest first (UX 5.3); 28.84 in pounds gives
    28.84, 29, 30, 40, 50, 100. Nothing to pay gives no keys.
    """
    if remaining <= 0:
        return []
    steps = (10**currency.digits, *sorted(currency.notes), 2 * max(currency.notes))
    ups = {-(-remaining // step) * step for step in steps}
    return [remaining, *sorted(ups - {remaining})][:QUICK_KEYS]


def change_breakdown(amount: int, currency: Currency) -> list[tuple[int, int]]:
    """(denomination, count) pairs, largest first, that make up ``amount`` minor units of change.

    What is below the smallest coin is left out: it cannot be handed over.
    """
    parts: list[tuple[int, int]] = []
    for denomination in currency.denominations:
        count, amount = divmod(amount, denomination)
        if count:
            parts.append((denomination, count))
    return parts
