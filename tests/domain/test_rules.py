"""Small rules: cut-off dates, permissions, the drawer's count, ids."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_desktop.domain.ids import uuid7
from pos_desktop.domain.money import currency
from pos_desktop.domain.permissions import DEFAULT_ROLES, IN_WORDS, allows, in_words
from pos_desktop.domain.restriction import born_on_or_before, old_enough
from pos_desktop.domain.shift import CountError, drawer_count, expected_cash, over_short

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("today", "age", "cutoff"),
    [
        (date(2026, 11, 22), 18, date(2008, 11, 22)),
        (date(2026, 2, 28), 18, date(2008, 2, 28)),
        (date(2026, 3, 1), 18, date(2008, 3, 1)),
        (date(2028, 2, 29), 18, date(2010, 2, 28)),
        (date(2028, 2, 29), 16, date(2012, 2, 29)),
        (date(2026, 1, 1), 0, date(2026, 1, 1)),
    ],
)
def test_cut_off_dates(today: date, age: int, cutoff: date) -> None:
    assert born_on_or_before(today, age) == cutoff


def test_born_on_a_leap_day_comes_of_age_in_march() -> None:
    born = date(2008, 2, 29)
    assert not old_enough(born, date(2026, 2, 28), 18)
    assert old_enough(born, date(2026, 3, 1), 18)
    assert old_enough(born, date(2028, 2, 29), 20)


@given(DAYS, DAYS, st.integers(1, 25))
def test_old_enough_is_counting_birthdays(birth: date, today: date, age: int) -> None:
    birthdays = today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
    assert old_enough(birth, today, age) == (birthdays >= age)


@given(DAYS, st.integers(0, 25))
def test_the_cut_off_never_goes_back(today: date, age: int) -> None:
    assert born_on_or_before(today + timedelta(days=1), age) >= born_on_or_before(today, age)


def test_roles_grow() -> None:
    cashier, supervisor, manager = (DEFAULT_ROLES[name] for name in ("cashier", "supervisor", "manager"))
    assert cashier < supervisor < manager == frozenset(IN_WORDS)
    assert allows(supervisor, "price_override")
    assert not allows(cashier, "price_override")
    with pytest.raises(KeyError):
        allows(manager, "fly")
    assert in_words("no_sale") == "open the drawer without a sale"


def test_counting_a_drawer() -> None:
    count = drawer_count({1000: 3, 50: 2, 1: 0}, currency("GBP"))
    assert count.counts == ((1000, 3), (50, 2))
    assert count.total == 3100
    for wrong in ({300: 1}, {100: -1}, {100: 10_000}):
        with pytest.raises(CountError):
            drawer_count(wrong, currency("GBP"))


def test_what_should_be_in_the_drawer() -> None:
    assert expected_cash(10_000, [500, -116, 300], [-5000, 700]) == 6384
    assert over_short(6380, 6384) == -4


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_ids_are_version_7_and_sort_by_time(ms: int, random: bytes) -> None:
    made = uuid.UUID(uuid7(ms, random))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == ms
    with pytest.raises(ValueError):
        uuid7(2**48, random)
