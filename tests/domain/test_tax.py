"""Tax by its named methods and cash by its policies: against exact fractions and the manual's tables."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_desktop.domain.rounding import CashMethod, CashPolicy, cash_policy, cash_rounding, spread
from pos_desktop.domain.tax import (
    PPM,
    DatedRate,
    Tax,
    Taxed,
    Taxes,
    TaxMethod,
    TaxMode,
    fitting,
    format_rate,
    rate_on,
    tax_sale,
)
from tests.domain.tax_tables import METHODS, cash_examples, examples

DAY = date(2026, 11, 22)
TAXES = [Tax("A", 200_000), Tax("B", 50_000), Tax("C", 99_750), Tax("D", 95_000, compound=True), Tax("Z", 0)]
Line = tuple[Taxes, int]
LINES = st.tuples(
    st.lists(st.sampled_from(TAXES), max_size=3, unique_by=lambda tax: tax.code).map(tuple),
    st.integers(-50_000, 50_000),
)
MODES: st.SearchStrategy[TaxMode] = st.sampled_from(get_args(TaxMode))
EXEMPT = st.sets(st.sampled_from("ABCDZ")).map(frozenset)


def half_away(value: Fraction) -> int:
    """The oracle's rounding: a half goes away from zero."""
    whole, rest = divmod(abs(value), 1)
    rounded = int(whole) + (1 if rest >= Fraction(1, 2) else 0)
    return -rounded if value < 0 else rounded


def exact(line: Line, mode: TaxMode, exempt: frozenset[str]) -> tuple[Fraction, dict[str, Fraction]]:
    """The oracle's way to a line's net and its taxes by code: by equations, where the program has shares."""
    taxes, amount = line
    gross_of_one, added = Fraction(1), list[Fraction]()
    for tax in taxes:
        base = 1 + sum(added, Fraction(0)) if tax.compound else Fraction(1)
        added.append(base * tax.rate / PPM)
        gross_of_one += added[-1]
    net = Fraction(amount) / gross_of_one if mode == "included" else Fraction(amount)
    due: dict[str, Fraction] = {}
    for tax in taxes:
        base = net + sum(due.values(), Fraction(0)) if tax.compound else net
        due[tax.code] = Fraction(0) if tax.code in exempt else base * tax.rate / PPM
    return net, due


def test_the_tables_of_the_manual() -> None:
    seen = 0
    for each in examples():
        done = tax_sale(each.lines, each.mode, each.method, each.exempt)
        shown = {"Net": done.net, "Gross": done.gross}
        shown |= {f"Tax {row.code}": row.tax for row in done.taxes if row.code not in each.exempt}
        assert each.shown == shown, each
        seen += 1
    assert seen == 16


@given(st.lists(LINES, max_size=8), MODES, st.sampled_from(METHODS), EXEMPT)
def test_each_method_is_as_near_to_exact_as_it_promises(
    lines: list[Line], mode: TaxMode, method: TaxMethod, exempt: frozenset[str]
) -> None:
    done = tax_sale(lines, mode, method, exempt)
    _adds_up(done, lines, mode, exempt)
    parts = [exact(line, mode, exempt) for line in lines]
    for row in done.taxes:
        mine = [due[row.code] for _, due in parts if row.code in due]
        off = abs(row.tax - sum(mine))
        bounds = {"by_line": Fraction(len(mine), 2), "by_rate": Fraction(1, 2), "keep_gross": Fraction(1)}
        assert off <= bounds[method] if method != "keep_gross" else off < 1
        assert row.tax == row.rate == 0 if row.code in exempt else True
        net = sum(net for net, due in parts if row.code in due)
        assert abs(row.net - net) <= Fraction(len(mine) + 1, 2) + off
    assert {row.code for row in done.taxes} == {code for _, due in parts for code in due}
    if method == "keep_gross":
        whole = sum((sum(due.values()) for _, due in parts), Fraction(0))
        assert done.tax == half_away(whole)


def _adds_up(done: Taxed, lines: list[Line], mode: TaxMode, exempt: frozenset[str]) -> None:
    amount = sum(amount for _, amount in lines)
    assert done.net + sum(row.tax for row in done.taxes) == done.gross
    assert done.tax == done.gross - done.net
    if mode == "added":
        assert done.net == amount
    elif not exempt:
        assert done.gross == amount


@given(st.lists(LINES, max_size=6), MODES, st.sampled_from(METHODS), EXEMPT)
def test_a_refund_mirrors_its_sale(
    lines: list[Line], mode: TaxMode, method: TaxMethod, exempt: frozenset[str]
) -> None:
    back = [(taxes, -amount) for taxes, amount in lines]
    sale, refund = tax_sale(lines, mode, method, exempt), tax_sale(back, mode, method, exempt)
    assert (refund.net, refund.gross) == (-sale.net, -sale.gross)
    turned = [(row.code, row.rate, -row.net, -row.tax) for row in sale.taxes]
    assert [tuple(row) for row in refund.taxes] == turned


@given(
    st.lists(st.tuples(st.sampled_from(TAXES[:2] + TAXES[4:]), st.integers(0, 99_999)), max_size=12), MODES
)
def test_by_rate_rounds_each_rate_once_over_its_sum(sold: list[tuple[Tax, int]], mode: TaxMode) -> None:
    done = tax_sale([((tax,), amount) for tax, amount in sold], mode)
    assert [row.code for row in done.taxes] == sorted({tax.code for tax, _ in sold})
    for row in done.taxes:
        whole = sum(amount for tax, amount in sold if tax.code == row.code)
        below = PPM + row.rate if mode == "included" else PPM
        assert row.tax == half_away(Fraction(whole * row.rate, below))
        assert (row.gross if mode == "included" else row.net) == whole


def test_three_pennies_of_tax_are_not_three_times_a_rounded_one() -> None:
    """3 lines of 0.10 at 20 %: 0.05 once over 0.30, where 0.02 each would give 0.06."""
    (row,) = tax_sale([((Tax("S", 200_000),), 10)] * 3, "included").taxes
    assert (row.net, row.tax, row.gross) == (25, 5, 30)


def test_one_code_at_two_rates_is_two_taxes() -> None:
    """Goods brought back after the rate moved: each part at its own."""
    old, new = (Tax("S", 175_000),), (Tax("S", 200_000),)
    done = tax_sale([(old, -1175), (new, 1200)], "included")
    assert [tuple(row) for row in done.taxes] == [("S", 175_000, -1000, -175), ("S", 200_000, 1000, 200)]
    assert done.gross == 25


def test_a_negative_rate_is_no_tax() -> None:
    with pytest.raises(ValueError, match="not negative"):
        tax_sale([((Tax("S", -1),), 100)], "included")


@given(st.lists(st.fractions(-1000, 1000), min_size=1, max_size=6))
def test_fitting_adds_up_and_turns_with_its_parts(parts: list[Fraction]) -> None:
    whole = half_away(sum(parts, Fraction(0)))
    fitted = fitting(whole, parts)
    assert sum(fitted) == whole
    assert all(abs(number - part) < 1 for number, part in zip(fitted, parts, strict=True))
    assert fitting(-whole, [-part for part in parts]) == [-number for number in fitted]


def test_rates_are_dated() -> None:
    rates = [DatedRate("S", date(2008, 12, 1), 150_000), DatedRate("S", date(2011, 1, 4), 200_000)]
    days = (date(2008, 11, 30), date(2011, 1, 3), date(2011, 1, 4))
    assert [rate_on(rates, "S", day) for day in days] == [None, 150_000, 200_000]
    assert rate_on(rates, "R", DAY) is None


def test_rates_in_words() -> None:
    assert [format_rate(r) for r in (200_000, 55_000, 0, 88_750)] == ["20 %", "5.5 %", "0 %", "8.875 %"]


# --- cash --------------------------------------------------------------------------------------------------


def test_the_table_of_cash() -> None:
    rows = cash_examples()
    assert len(rows) == 10
    assert {row.method for row in rows} == set(get_args(CashMethod))
    for row in rows:
        assert cash_rounding(row.total, CashPolicy(DAY, row.step, row.method)) == row.rounding
        assert row.total + row.rounding == row.cash


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
