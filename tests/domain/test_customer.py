"""Customers by the rules alone: who may be looked for, the short form, points that mirror, papers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_desktop.domain.account_paper import Statement, StatementLine, statement_paper
from pos_desktop.domain.customer import CustomerError, HouseAccount, Sought, new_customer, phone_key, sought
from pos_desktop.domain.customer_rules import CustomerRules
from pos_desktop.domain.money import currency
from pos_desktop.domain.points import (
    MILLION,
    PointLine,
    most_points,
    points_earned,
    points_spent,
    points_text,
)
from pos_desktop.domain.receipt import ShopPaper
from pos_desktop.domain.receipt_layout import as_text

RULES = CustomerRules(earn=10_000, worth=1, least=100, cards=("29", "VIP"), dial="44")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("07700 900123", "447700900123"),
        ("+44 (0)7700-900.123", "447700900123"),
        ("0044 7700 900123", "447700900123"),
        ("447700900123", "447700900123"),
        ("12345", ""),
        ("1234567890123456", ""),
        ("07700 90x123", ""),
        ("٠٧٧٠٠٩٠٠١٢٣", ""),
    ],
)
def test_a_phone_number_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert phone_key(typed, "44") == kept


def test_what_is_typed_or_scanned_says_how_to_look() -> None:
    assert sought("07700 900123", RULES) == Sought("phone", "447700900123")
    assert sought("  Müller  ", RULES) == Sought("name", "muller")
    assert sought("2980000000017", RULES) == Sought("card", "2980000000017")
    assert sought("vip 12", RULES) == Sought("card", "VIP12")
    assert sought("0700 12", RULES, scanned=True) == Sought("card", "070012")


@pytest.mark.parametrize("typed", ["", "ab", "1234", "a 1 b", "4111 1111 1111 1111"])
def test_too_little_and_payment_cards_are_not_looked_for(typed: str) -> None:
    with pytest.raises(CustomerError):
        sought(typed, RULES)


@pytest.mark.parametrize(
    ("name", "phone", "card"),
    [
        ("", "07700900123", ""),
        ("12", "07700900123", ""),
        ("Amina", "", ""),
        ("Amina", "12", ""),
        ("Amina 4111 1111 1111 1111", "07700900123", ""),
        ("Amina", "", "x" * 41),
        ("x" * 101, "07700900123", ""),
    ],
)
def test_the_short_form_asks_for_what_is_missing(name: str, phone: str, card: str) -> None:
    with pytest.raises(CustomerError):
        new_customer(name, phone, card, True, RULES)


def test_the_short_form_is_kept_in_one_form() -> None:
    made = new_customer("  Amina   Otieno ", "07700 900123", " vip 7 ", False, RULES)
    assert (made.name, made.phone, made.card, made.consent) == ("Amina Otieno", "447700900123", "VIP7", False)


lines = st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 50_000)), min_size=1, max_size=6)


@given(lines, st.data())
def test_what_comes_back_takes_what_it_gave_in_any_parts(
    sold: list[tuple[int, int]], data: st.DataObject
) -> None:
    """Line by line, split anyhow, at the rates they were sold at: nothing is kept and nothing is lost."""
    gave = points_earned([PointLine(net, rate) for net, rate in sold], 0, 10_000)
    took = 0
    for net, rate in sold:
        part = data.draw(st.integers(0, net))
        for back in (part, net - part):
            took += points_earned([PointLine(-back, rate)], 0, 10_000)
    assert gave + took == 0


@given(st.integers(0, 100_000), st.integers(0, 200_000), st.integers(0, 50_000))
def test_what_points_paid_earns_nothing_and_never_takes(net: int, paid: int, rate: int) -> None:
    earned = points_earned([PointLine(net, rate)], paid, rate)
    assert earned == max(net - paid, 0) * rate
    assert points_earned([PointLine(-net, rate)], -paid, rate) == -earned


@given(st.integers(-5, 10**12), st.integers(0, 10**7), st.integers(0, 50), st.integers(1, 500))
def test_points_never_pay_more_than_is_due_or_there(balance: int, due: int, worth: int, least: int) -> None:
    rules = CustomerRules(earn=1, worth=worth, least=least)
    amount = most_points(balance, due, rules)
    assert 0 <= amount <= due
    if amount:
        spent = points_spent(amount, rules)
        assert least * MILLION <= spent <= balance
        assert spent % MILLION == 0
        assert points_spent(-amount, rules) == -spent


def test_points_are_read_as_people_count_them() -> None:
    texts = [points_text(n) for n in (0, 12_400_000, 1_234_567_891, -500_000, -9_999, 1_999_999_999)]
    assert texts == ["0", "12.4", "1\u202f234.56", "\u22120.5", "0", "1\u202f999.99"]


def test_a_statement_goes_from_what_was_owed_to_what_is() -> None:
    account = HouseAccount(7, limit=20_000, owed=3_150)
    entries = (
        StatementLine("2026-11-20T10:00:00.000Z", "tender", -4_000, -5_000, "S1-T1-1-000004"),
        StatementLine("2026-11-21T10:00:00.000Z", "payment", 2_000, -3_000, "S1-T1-1-000009"),
        StatementLine("2026-11-21T11:00:00.000Z", "tender", -150, -3_150, "S1-T2-1-000002"),
    )
    statement = Statement("Amina Otieno", 10000017, account, entries, datetime(2026, 11, 22, 9, tzinfo=UTC))
    shop = ShopPaper(("Corner shop",), (), currency("GBP"))
    text = as_text(statement_paper(statement, shop), 42)
    assert "Owed before                          10.00" in text
    assert "Payment                             -20.00" in text
    assert "Owed now                            £31.50" in text
    assert "S1-T2-1-000002" in text
