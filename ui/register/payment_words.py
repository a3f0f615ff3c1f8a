"""A payment in words: why it cannot be taken, what was given, how it was paid, which prices moved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pos_desktop.domain.basket import Basket
from pos_desktop.domain.basket_parts import LOWER_PRICE
from pos_desktop.domain.money import Currency, format_amount
from pos_desktop.domain.tender import Tendering
from pos_desktop.domain.tender_kinds import NAMES
from pos_desktop.services.offline_state import TenderRule
from pos_desktop.services.results import Problem
from ui.register.model import Strip, plural

NO_MORE_CASH = "No more cash until the server answers. Take a card."


def stopped(rule: TenderRule) -> tuple[str, str]:
    """Why a till alone may not sell this, and what to do: the two lines of the rule."""
    words, _, todo = rule.stop.partition("\n")
    return words, todo


def given_rows(tendering: Tendering) -> tuple[tuple[str, int], ...]:
    """What was given, as the change screen lists it."""
    rows = tuple((NAMES[tender.kind], tender.amount) for tender in tendering.tenders)
    return (*rows, ("Rounding", tendering.rounding)) if tendering.rounding else rows


def paid_strip(tendering: Tendering, basket: Basket, money: Callable[[int], str]) -> Strip:
    """One line on the empty screen for a sale without change."""
    kinds = dict.fromkeys(NAMES[tender.kind] for tender in tendering.tenders)
    how = " and ".join(kind if kind == NAMES["mobile"] else kind.lower() for kind in sorted(kinds))
    how = how or "nothing to pay"
    lefts = [money(tender.left) for tender in tendering.tenders if tender.left]
    count = f"{lefts[0]} left on the card" if len(lefts) == 1 else plural(len(basket.lines), "line")
    paid = money(tendering.total + tendering.rounding)
    return Strip("added", f"Paid by {how} {paid}", f"{count} · ready for the next customer")


def noted(basket: Basket, n: int, flag: str) -> Basket:
    """The basket with a flag on a line, once."""
    line = basket.line(n)
    return basket if flag in line.flags else basket.put(replace(line, flags=(*line.flags, flag)))


def lower_prices(
    basket: Basket, problems: tuple[Problem, ...], currency: Currency
) -> tuple[Basket, list[str]]:
    """The basket with moved prices and taxes taken over, and each change in words.

    A customer saw the older price on the shelf: when the new one is higher, the older one counts, which the
    document flags; a lower one counts at once. Either way the line says so.
    """
    said: list[str] = []
    for problem in problems:
        line = basket.line(problem.n)
        was, now = format_amount(line.price, currency), format_amount(problem.price, currency)
        if problem.code == "tax_moved":
            basket = basket.reprice(
                line.n,
                price=line.item.price,
                price_version=line.item.price_version,
                tax=problem.tax,
                rate=problem.rate,
                taxes=problem.taxes,
            )
        elif problem.price < line.item.price:
            basket = basket.reprice(line.n, price=problem.price, price_version=problem.price_version)
            basket = noted(basket, line.n, LOWER_PRICE)
            said.append(f"{line.item.name} {was} → {format_amount(basket.line(line.n).price, currency)}")
        else:
            basket = basket.keep_price(line.n)
            said.append(f"{line.item.name} stays {was}, now {now}")
    return basket, said
