"""Money has its currency's own digits, nought, two or three, and is written the same in every language."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_desktop.domain.money import (
    CURRENCIES,
    THIN_SPACE,
    currency,
    format_amount,
    format_money,
    parse_amount,
)
from pos_desktop.words import LANGUAGES, LONG
from tests.words.left_over import speaking


@pytest.mark.parametrize(
    ("code", "minor", "written"),
    [("JPY", 1234567, "¥1 234 567"), ("EUR", 1234567, "€12 345.67"), ("KWD", 1234567, "KD1 234.567")],
)
def test_the_currency_says_how_many_digits(code: str, minor: int, written: str) -> None:
    for language in (LONG, *LANGUAGES):
        with speaking(language):
            assert format_money(minor, currency(code)) == written.replace(" ", THIN_SPACE), language


@settings(max_examples=30)
@given(st.sampled_from(sorted(CURRENCIES)), st.integers(-(10**12), 10**12), st.sampled_from(".,"))
def test_what_is_written_reads_back_with_point_or_comma(code: str, minor: int, sign: str) -> None:
    cur = currency(code)
    assert parse_amount(format_amount(minor, cur).replace(".", sign), cur) == minor


@pytest.mark.parametrize("code", sorted(CURRENCIES))
def test_no_digit_more_than_the_currency_has(code: str) -> None:
    cur = currency(code)
    assert parse_amount("1." + "1" * cur.digits, cur) is not None
    assert parse_amount("1." + "1" * (cur.digits + 1), cur) is None


@pytest.mark.parametrize("code", sorted(CURRENCIES))
def test_a_drawer_is_counted_by_different_notes_and_coins(code: str) -> None:
    pieces = currency(code).denominations
    assert len(set(pieces)) == len(pieces)
    assert list(pieces) == sorted(pieces, reverse=True)
