"""Money has its currency's own digits, nought, two or three, and the signs of the language in use."""

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
    plain_number,
)
from pos_desktop.domain.points import points_text
from pos_desktop.domain.quantity import format_qty
from pos_desktop.domain.receipt import rate_text
from pos_desktop.words import LANGUAGES, LONG
from tests.words.left_over import speaking
from ui.register.screens.typed import TypedNumber


@pytest.mark.parametrize(
    ("code", "minor", "written", "german"),
    [
        ("JPY", 1234567, "¥1 234 567", "1 234 567 ¥"),
        ("EUR", -1234567, "−€12 345.67", "−12 345,67 €"),
        ("KWD", 1234567, "KD1 234.567", "1 234,567 KD"),
    ],
)
def test_the_currency_says_how_many_digits_the_language_how_they_are_written(
    code: str, minor: int, written: str, german: str
) -> None:
    for language in (LONG, *LANGUAGES):
        with speaking(language):
            wanted = german if language == "de" else written
            assert format_money(minor, currency(code)) == wanted.replace(" ", THIN_SPACE), language


def test_weights_points_and_shares_have_the_languages_decimal_sign() -> None:
    shown = {}
    for language in ("en", "de"):
        with speaking(language):
            shown[language] = [
                format_qty(842, "kg"),
                format_qty(1500),
                points_text(12_400_000),
                rate_text(88_750),
            ]
    assert shown == {
        "en": ["0.842 kg", "1.5", "12.4", "8.875%"],
        "de": ["0,842 kg", "1,5", "12,4", "8,875%"],
    }


def test_a_number_is_typed_and_shown_in_german_and_kept_with_a_point() -> None:
    typed = TypedNumber(2)
    for key in ("1", "2", ",", "5"):
        typed = typed.press(key)
    with speaking("de"):
        assert (typed.shown, typed.text) == ("12,5", "12.5")
        assert plain_number(format_amount(-1234567, currency("EUR"))) == "-12345.67"
        assert parse_amount(format_money(1234567, currency("EUR")), currency("EUR")) == 1234567


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
