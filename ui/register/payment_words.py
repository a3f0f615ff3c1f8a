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
from pos_desktop.words import later, t
from ui.register.model import Strip, lines_words, more_lines
from ui.register.screens.tender_words import inner_name

NO_MORE_CASH = later("No more cash until the server answers. Take a card.")


def stopped(rule: TenderRule) -> tuple[str, str]:
    """Why a till alone may not sell this, and what to do: the two lines of the rule."""
    words, _, todo = rule.stop.partition("\n")
    return words, todo


def given_rows(tendering: Tendering) -> tuple[tuple[str, int], ...]:
    """What was given, as the change screen lists it."""
    rows = tuple((NAMES[tender.kind], tender.amount) for tender in tendering.tenders)
    return (*rows, (t("Rounding"), tendering.rounding)) if tendering.rounding else rows


def paid_strip(tendering: Tendering, basket: Basket, money: Callable[[int], str]) -> Strip:
    """One line on the empty screen for a sale without change."""
    # By their English names, so that the order is one in every language.
    kinds = sorted({tender.kind for tender in tendering.tenders}, key=lambda kind: NAMES[kind])
    how = inner_name(kinds[0]) if kinds else t("nothing to pay")
    for kind in kinds[1:]:
        how = t("{one} and {other}", one=how, other=inner_name(kind))
    lefts = [money(tender.left) for tender in tendering.tenders if tender.left]
    count = t("{left} left on the card", left=lefts[0]) if len(lefts) == 1 else lines_words(len(basket.lines))
    paid = money(tendering.total + tendering.rounding)
    return Strip(
        "added",
        t("Paid by {how} {paid}", how=how, paid=paid),
        t("{count} · ready for the next customer", count=count),
    )


def sold_offline(strip: Strip) -> Strip:
    """The strip of a sale the server has not heard of yet."""
    return replace(strip, kind="note", detail=t("{detail} · sold offline, sent later", detail=strip.detail))


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
            said.append(t("{name} stays {was}, now {now}", name=line.item.name, was=was, now=now))
    return basket, said


def moved_words(said: list[str]) -> str:
    """Prices that moved, the first two by name, and which of two prices counts."""
    what = ", ".join(said[:2])
    if len(said) > 2:
        what = t("{what} and {lines}", what=what, lines=more_lines(len(said) - 2))
    return t("Price changed: {what}. The lower price counts.", what=what)
