"""Tax by its named methods and cash by its policies: against exact fractions and the manual's tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_desktop.domain.rounding import CashMethod, CashPolicy, cash_policy, cash_rounding, spread
from pos_desktop.domain.tax import taxes_by_rate
from pos_desktop.domain.tax_rounding import (
    DatedRate,
    Tax,
    Taxed,
    TaxedGoods,
    TaxMethod,
    exact_taxes,
    rate_on,
    tax_sale,
)

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tax-and-rounding.md"
METHODS: tuple[TaxMethod, ...] = get_args(TaxMethod)
DAY = date(2026, 11, 22)

TAXES = [Tax("A", 200_000), Tax("B", 50_000), Tax("C", 99_750), Tax("D", 95_000, compound=True), Tax("Z", 0)]
LINES = st.builds(
    TaxedGoods,
    st.integers(-50_000, 50_000),
    st.lists(st.sampled_from(TAXES), max_size=3, unique_by=lambda tax: tax.code).map(tuple),
)


# --- the manual ---------------------------------------------------------------------------------------------


def minor(text: str) -> int:
    """``-1.05`` in pence."""
    return int(Fraction(text) * 100)


def tables() -> Iterator[tuple[list[str], list[list[str]]]]:
    """Each worked example of the page: its lines, and the rows of the table below it."""
    text = PAGE.read_text(encoding="utf-8")
    for found in re.finditer(r"```table\n(.*?)```\n\n((?:\|[^\n]*\n)+)", text, re.DOTALL):
        rows = [[cell.strip() for cell in row.strip("|\n").split("|")] for row in found[2].splitlines()]
        yield found[1].splitlines(), [rows[0], *rows[2:]]


def example(lines: list[str]) -> tuple[str, list[str], list[TaxedGoods]]:
    """Mode, exempt codes and goods of an example."""
    mode, exempt, goods = "", [], list[TaxedGoods]()
    for line in lines:
        key, _, rest = line.partition(": ")
        words = rest.split()
        if key == "mode":
            mode = rest
        elif key == "exempt":
            exempt = words
        elif key == "line":
            goods.append(TaxedGoods(minor(words[0]), (_tax(words[1:]),)))
        else:
            goods[-1] = TaxedGoods(goods[-1].amount, (*goods[-1].taxes, _tax(words)))
    return mode, exempt, goods


def _tax(words: list[str]) -> Tax:
    return Tax(words[0], int(Fraction(words[1]) * 10_000), words[2:] == ["on"])


def test_the_tables_of_the_manual() -> None:
    seen = 0
    for lines, (heading, *rows) in tables():
        mode, exempt, goods = example(lines)
        for method, *amounts in rows:
            done = tax_sale(goods, mode, method, exempt)  # type: ignore[arg-type]
            shown = {"Net": done.net, "Gross": done.gross, **{f"Tax {t.code}": t.tax for t in done.taxes}}
            assert dict(zip(heading[1:], map(minor, amounts), strict=True)) == shown, (lines, method)
            seen += 1
    assert seen == 16


def test_the_table_of_cash() -> None:
    rows = re.findall(
        r"^\| (\w+) \| ([\d.]+) \| (-?[\d.]+) \| (-?[\d.]+) \| (-?[\d.]+) \|", PAGE.read_text(), re.M
    )
    rows = [row for row in rows if row[0] in get_args(CashMethod)]
    assert len(rows) == 10
    assert {row[0] for row in rows} == set(get_args(CashMethod))
    for method, step, total, cash, rounding in rows:
        policy = CashPolicy(DAY, minor(step), method)
        assert cash_rounding(minor(total), policy) == minor(rounding)
        assert minor(total) + minor(rounding) == minor(cash)


# --- tax against exact fractions ----------------------------------------------------------------------------


@given(
    st.lists(LINES, max_size=8),
    st.sampled_from(["included", "added"]),
    st.sampled_from(METHODS),
    st.sets(st.sampled_from("ABCDZ")),
)
def test_each_method_is_as_near_to_exact_as_it_promises(
    lines: list[TaxedGoods], mode: str, method: TaxMethod, exempt: set[str]
) -> None:
    done = tax_sale(lines, mode, method, exempt)  # type: ignore[arg-type]
    exact = [exact_taxes(line, mode, exempt) for line in lines]  # type: ignore[arg-type]
    _adds_up(done, lines, mode, exempt)
    for row in done.taxes:
        mine = [due[row.code, row.rate] for _, due in exact if (row.code, row.rate) in due]
        off = abs(row.tax - sum(mine))
        bound = {"by_line": Fraction(len(mine), 2), "by_rate": Fraction(1, 2), "keep_gross": Fraction(1)}[
            method
        ]
        assert off <= bound if method != "keep_gross" else off < bound
    whole = sum((sum(due.values()) for _, due in exact), Fraction(0))
    if method == "keep_gross":
        assert abs(sum(row.tax for row in done.taxes) - whole) <= Fraction(1, 2)
    assert not {row.code for row in done.taxes} & exempt


def _adds_up(done: Taxed, lines: list[TaxedGoods], mode: str, exempt: set[str]) -> None:
    amount = sum(line.amount for line in lines)
    assert done.net + sum(row.tax for row in done.taxes) == done.gross
    assert done.tax == done.gross - done.net
    if mode == "added":
        assert done.net == amount
    elif not exempt:
        assert done.gross == amount


@given(st.lists(LINES, max_size=6), st.sampled_from(["included", "added"]), st.sampled_from(METHODS))
def test_a_refund_mirrors_its_sale(lines: list[TaxedGoods], mode: str, method: TaxMethod) -> None:
    back = [TaxedGoods(-line.amount, line.taxes) for line in lines]
    sale, refund = tax_sale(lines, mode, method), tax_sale(back, mode, method)  # type: ignore[arg-type]
    assert (refund.net, refund.gross) == (-sale.net, -sale.gross)
    if method != "keep_gross":
        assert [row.tax for row in refund.taxes] == [-row.tax for row in sale.taxes]


@given(
    st.lists(st.tuples(st.sampled_from(TAXES[:2] + TAXES[4:]), st.integers(0, 99_999)), max_size=12),
    st.sampled_from(["included", "added"]),
)
def test_by_rate_is_what_the_register_books(sold: list[tuple[Tax, int]], mode: str) -> None:
    booked = taxes_by_rate(((tax.code, tax.rate, amount) for tax, amount in sold), mode)  # type: ignore[arg-type]
    done = tax_sale([TaxedGoods(amount, (tax,)) for tax, amount in sold], mode, "by_rate")  # type: ignore[arg-type]
    assert [(t.code, t.rate, t.net, t.tax) for t in done.taxes] == [
        (t.code, t.rate, t.net, t.tax) for t in booked
    ]
    assert done.gross == sum(t.gross for t in booked)


def test_rates_are_dated() -> None:
    rates = [DatedRate("S", date(2008, 12, 1), 150_000), DatedRate("S", date(2011, 1, 4), 200_000)]
    assert [rate_on(rates, "S", day) for day in (date(2008, 11, 30), date(2011, 1, 3), date(2011, 1, 4))] == [
        None,
        150_000,
        200_000,
    ]
    assert rate_on(rates, "R", DAY) is None


# --- cash --------------------------------------------------------------------------------------------------


@given(st.integers(-(10**7), 10**7), st.integers(1, 500), st.sampled_from(get_args(CashMethod)))
def test_cash_is_a_whole_step_away_by_less_than_one(amount: int, step: int, method: CashMethod) -> None:
    change = cash_rounding(amount, CashPolicy(DAY, step, method))
    assert (amount + change) % step == 0
    assert abs(change) < step
    assert cash_rounding(-amount, CashPolicy(DAY, step, method)) == -change
    if method.startswith("nearest"):
        assert 2 * abs(change) <= step
    else:
        assert change * (1 if amount >= 0 else -1) * (1 if method == "up" else -1) >= 0


def test_a_policy_holds_from_its_day() -> None:
    first, second = CashPolicy(date(2015, 10, 28), 5), CashPolicy(date(2027, 1, 1), 10)
    days = (date(2015, 10, 27), date(2015, 10, 28), date(2026, 12, 31), date(2027, 1, 1))
    assert [cash_policy([second, first], day) for day in days] == [None, first, first, second]
    assert cash_rounding(997, None) == 0


@pytest.mark.parametrize(("step", "method"), [(0, "nearest"), (-5, "nearest"), (5, "bankers")])
def test_a_policy_that_cannot_be(step: int, method: CashMethod) -> None:
    with pytest.raises(ValueError, match="by a method that has a name"):
        CashPolicy(DAY, step, method)


@given(st.integers(-(10**6), 10**6), st.lists(st.integers(0, 10**5), min_size=1, max_size=12))
def test_spread_is_exact_and_fair(amount: int, weights: list[int]) -> None:
    shares, whole = spread(amount, weights), sum(weights)
    assert sum(shares) == amount
    if whole:
        for share, weight in zip(shares, weights, strict=True):
            assert abs(share - Fraction(amount * weight, whole)) < 1
            assert abs(amount) > whole or abs(share) <= weight
    assert spread(-amount, weights) == [-share for share in shares]
    assert spread(amount, []) == []
