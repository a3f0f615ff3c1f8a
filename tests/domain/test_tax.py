"""Tax: net + tax = gross always, rounded once, and equal to exact fractions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_desktop.domain.tax import PPM, TaxedAmount, format_rate, tax_of, taxes_by_rate

AMOUNTS = st.integers(-(10**9), 10**9)
RATES = st.integers(0, 2 * PPM)


def half_away(value: Fraction) -> int:
    """The oracle's rounding: a half goes away from zero."""
    whole, rest = divmod(abs(value), 1)
    rounded = int(whole) + (1 if rest >= Fraction(1, 2) else 0)
    return -rounded if value < 0 else rounded


@given(AMOUNTS, RATES)
def test_included_tax_is_the_exact_share_rounded(gross: int, rate: int) -> None:
    split = tax_of(gross, rate, "included")
    assert split.gross == gross
    assert split.tax == half_away(Fraction(gross) * rate / (PPM + rate))
    assert split.net + split.tax == gross


@given(AMOUNTS, RATES)
def test_added_tax_is_the_exact_product_rounded(net: int, rate: int) -> None:
    split = tax_of(net, rate, "added")
    assert split.net == net
    assert split.tax == half_away(Fraction(net) * Fraction(rate, PPM))


@given(st.lists(st.tuples(st.sampled_from("SRZ"), st.integers(0, 10**6)), max_size=20))
def test_each_rate_is_rounded_once_over_its_sum(lines: list[tuple[str, int]]) -> None:
    rates = {"S": 200_000, "R": 50_000, "Z": 0}
    taxes = taxes_by_rate([(code, rates[code], amount) for code, amount in lines], "included")
    assert [t.code for t in taxes] == sorted({code for code, _ in lines})
    for row in taxes:
        gross = sum(amount for code, amount in lines if code == row.code)
        assert row.amount == tax_of(gross, rates[row.code], "included")


def test_three_pennies_of_tax_are_not_three_times_a_rounded_one() -> None:
    """3 lines of 0.10 at 20 %: 0.05 once over 0.30, where 0.02 each would give 0.06."""
    (row,) = taxes_by_rate([("S", 200_000, 10)] * 3, "included")
    assert (row.net, row.tax, row.gross) == (25, 5, 30)


def test_an_amount_that_does_not_add_up_cannot_exist() -> None:
    with pytest.raises(ValueError, match="is not gross"):
        TaxedAmount(net=100, tax=20, gross=121)
    with pytest.raises(ValueError, match="not negative"):
        tax_of(100, -1, "included")


def test_rates_in_words() -> None:
    assert [format_rate(r) for r in (200_000, 55_000, 0, 88_750)] == ["20 %", "5.5 %", "0 %", "8.875 %"]
