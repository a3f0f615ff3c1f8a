"""Paying: payments against a total, what is still to pay or to give back, the change, the quick cash keys."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pos_desktop.domain.barcode import card_within
from pos_desktop.domain.money import Currency, format_amount
from pos_desktop.domain.rounding import CashPolicy, cash_rounding
from pos_desktop.domain.tender_kinds import NAMES, TenderKind
from pos_desktop.words import t

QUICK_KEYS = 6
MAX_TENDERS = 20


class TenderError(ValueError):
    """A payment is refused; ``code`` names the rule, ``str()`` says it in words.

    Codes: amount, paid, card_over, over, card_number, cash_over, step, many, twice, remaining.
    """

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True, slots=True)
class Tender:
    """One way of paying: ``amount`` in minor units; change is a negative cash tender with ``change`` set.

    ``account`` is the server's number of the gift card, credit, voucher or account (0: none). ``value`` is
    what a voucher is used up with when that is more than it pays; ``left`` what the card holds afterwards.
    A refund's tenders are negative; ``back`` is then the sale (its document's id) whose payment goes back.
    """

    kind: TenderKind
    amount: int
    ref: str = ""
    change: bool = False
    account: int = 0
    value: int = 0
    left: int | None = None
    back: str = ""


@dataclass(frozen=True, slots=True)
class Tendering:
    """The payments taken so far against ``total`` (minor units); every method returns a new value.

    A negative total is given back: the same payments the other way round, written down as negative ones.
    What is left for cash after all other payments is rounded by ``cash``; the total and the others are not.
    """

    total: int
    tenders: tuple[Tender, ...] = ()
    cash: CashPolicy | None = None

    @property
    def back(self) -> bool:
        """Money goes to the customer."""
        return self.total < 0

    @property
    def given(self) -> int:
        """Everything handed over, minor units; negative when it was given back."""
        return sum(t.amount for t in self.tenders)

    @property
    def remaining(self) -> int:
        """Still to pay, or to give back, minor units, never negative; unrounded, as a card would pay it."""
        return 0 if self.complete else max(self._way * (self.total - self.given), 0)

    @property
    def rounding(self) -> int:
        """What rounding adds (+) or takes off (-) when what is left for cash is paid in cash, minor units."""
        return cash_rounding(self._for_cash, self.cash)

    @property
    def cash_remaining(self) -> int:
        """Still to pay in cash, or to give back, rounded; minor units, never negative."""
        return max(self._way * (self._for_cash + self.rounding - self._cash_given), 0)

    @property
    def change(self) -> int:
        """To give back in cash, minor units, never negative."""
        return 0 if self.back else max(self._cash_given - self._for_cash - self.rounding, 0)

    @property
    def complete(self) -> bool:
        """Nothing left to pay or to give back."""
        return self.cash_remaining == 0

    def add_cash(self, amount: int, currency: Currency) -> Tendering:
        """Take cash (minor units); above the due gives change, but no more than is due is given back.

        TenderError: amount, paid, cash_over, step, many.
        """
        self._open(amount)
        due = self.cash_remaining
        most = due if self.back else due + 10 * max(currency.denominations)
        if amount > most:
            raise TenderError(
                "cash_over", t("That is far more than is due. Check the amount and type it again.")
            )
        if self.cash is not None and amount % self.cash.step:
            step = format_amount(self.cash.step, currency)
            raise TenderError(
                "step", t("Cash goes in steps of {step} here. Type what was given in coins.", step=step)
            )
        return self._with(Tender("cash", amount))

    def add_card(self, amount: int, ref: str = "") -> Tendering:
        """Take a card payment (minor units) and its slip reference.

        TenderError "card_over" above the due, "card_number" when the reference holds one.
        """
        self._open(amount)
        _no_card(ref)
        if amount > self.remaining:
            raise TenderError("card_over", t("A card cannot pay more than is due: no cash back from a card."))
        return self._with(Tender("card", amount, ref.strip()))

    def add(self, tender: Tender) -> Tendering:
        """Take a payment of any other kind; its amount is positive, also when it is given back.

        TenderError "over" above the due, "twice" for the same card, account or code again, "card_number".
        """
        self._open(tender.amount)
        _no_card(tender.ref)
        if tender.amount > self.remaining:
            name = NAMES[tender.kind]
            raise TenderError(
                "over", t("{name} cannot pay more than is due. Type a smaller amount.", name=name)
            )
        if any(_same(tender, taken) for taken in self.tenders):
            raise TenderError("twice", t("That is taken already. Take it back first to change its amount."))
        return self._with(tender)

    def remove(self, index: int) -> Tendering:
        """Take back payment ``index`` (0 is the first) before the sale is completed."""
        return replace(self, tenders=self.tenders[:index] + self.tenders[index + 1 :])

    def final(self) -> tuple[Tender, ...]:
        """The tenders as the document states them, change last; TenderError "remaining" when not paid yet."""
        if not self.complete:
            raise TenderError("remaining", t("The sale is not paid yet."))
        if self.change:
            return (*self.tenders, Tender("cash", -self.change, change=True))
        return self.tenders

    @property
    def _way(self) -> int:
        return -1 if self.back else 1

    @property
    def _cash_given(self) -> int:
        return sum(t.amount for t in self.tenders if t.kind == "cash")

    @property
    def _for_cash(self) -> int:
        """What all other payments leave."""
        return self.total - sum(t.amount for t in self.tenders if t.kind != "cash")

    def _open(self, amount: int) -> None:
        if amount <= 0:
            raise TenderError("amount", t("Type an amount above 0."))
        if self.complete:
            raise TenderError("paid", t("The sale is paid already."))
        if len(self.tenders) >= MAX_TENDERS:
            raise TenderError("many", t("A sale takes {n} payments. Take one back first.", n=MAX_TENDERS))

    def _with(self, tender: Tender) -> Tendering:
        signed = replace(tender, amount=-tender.amount) if self.back else tender
        return replace(self, tenders=(*self.tenders, signed))


def _no_card(ref: str) -> None:
    if card_within(ref) is not None:
        raise TenderError(
            "card_number", t("That is a card number, which is never kept. Type the slip's reference.")
        )


def _same(one: Tender, other: Tender) -> bool:
    if one.account:
        return one.account == other.account
    return one.kind == "mobile" and (one.kind, one.ref) == (other.kind, other.ref)


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
