"""Shelf prices: by level, store, day, hour and quantity; never by the order of scans."""

from __future__ import annotations

import random
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_desktop.domain.pricing import PriceRow, lower, priced, shelf_price
from pos_desktop.domain.promotion import Ask, When

NOON = Ask(datetime(2026, 11, 20, 12), store=1)  # a Friday
EVENING = Ask(datetime(2026, 11, 20, 18), store=1)
TRADE = Ask(NOON.at, 1, frozenset({"trade"}))
HAPPY = When(weekdays=frozenset({4}), since=time(17), until=time(19))
ROWS = (
    PriceRow(1, 1000, 1),
    PriceRow(1, 1100, 2, store=1),
    PriceRow(1, 900, 3, store=1, when=When(date(2026, 11, 21), date(2026, 11, 30))),
    PriceRow(1, 1050, 4, store=1, when=HAPPY),
    PriceRow(1, 1000, 5, store=1, least=12_000),
    PriceRow(1, 950, 6, level="trade"),
    PriceRow(1, 1500, 7, level="export"),
    PriceRow(1, 1060, 8, store=2),
)


@pytest.mark.parametrize(
    ("ask", "qty", "version"),
    [
        (NOON, 1000, 2),
        (NOON, 11_999, 2),
        (NOON, 12_000, 5),
        (Ask(NOON.at, 2), 1000, 8),
        (Ask(NOON.at, 3), 1000, 1),
        (EVENING, 1000, 4),
        (Ask(datetime(2026, 11, 22, 12), 1), 1000, 3),
        (TRADE, 1000, 6),
        (Ask(NOON.at, 1, frozenset({"export"})), 1000, 2),
        (Ask(NOON.at, 1, frozenset({"export", "trade"})), 1000, 6),
    ],
)
def test_the_most_particular_row_of_the_lowest_level(ask: Ask, qty: int, version: int) -> None:
    row = shelf_price(ROWS, ask, qty)
    assert row is not None
    assert row.version == version


def test_no_row_no_price() -> None:
    assert shelf_price((), NOON) is None
    assert shelf_price([PriceRow(1, 5, 1, level="trade")], NOON) is None
    assert shelf_price([PriceRow(1, 5, 1, when=When(start=date(2027, 1, 1)))], NOON) is None
    with pytest.raises(ValueError, match="not below zero"):
        PriceRow(1, -1, 1)


def test_a_later_price_of_the_same_kind_takes_over() -> None:
    rows = [
        PriceRow(1, 100, 1),
        PriceRow(1, 110, 2, when=When(start=date(2026, 11, 1))),
        PriceRow(1, 120, 3, when=When(start=date(2026, 12, 1))),
    ]
    assert [shelf_price(rows, Ask(datetime(2026, month, 5))).price for month in (10, 11, 12)] == [
        100,
        110,
        120,
    ]  # type: ignore[union-attr]


def test_a_quantity_break_counts_the_item_over_all_lines() -> None:
    rows = {1: ROWS, 2: [PriceRow(2, 50, 9)]}
    chosen = priced([(1, 6000), (2, 1000), (1, 6000), (3, 1000)], rows, NOON)
    assert [row.version if row else None for row in chosen] == [5, 9, 5, None]
    assert [row.version if row else None for row in priced([(1, 6000), (1, 5000)], rows, NOON)] == [2, 2]


@given(
    st.lists(
        st.builds(
            PriceRow,
            st.just(1),
            st.integers(0, 500),
            st.integers(1, 10**6),
            st.sampled_from(["", "trade", "staff"]),
            st.sampled_from([0, 1, 2]),
            st.sampled_from(
                [When(), HAPPY, When(date(2026, 11, 1)), When(date(2026, 11, 1), date(2026, 11, 30))]
            ),
            st.sampled_from([0, 6000, 12_000]),
        ),
        max_size=8,
        unique_by=lambda row: row.version,
    ),
    st.randoms(use_true_random=False),
    st.sampled_from([NOON, EVENING, TRADE]),
)
def test_the_order_of_rows_does_not_matter_and_a_level_never_costs_more(
    rows: list[PriceRow], chance: random.Random, ask: Ask
) -> None:
    found = shelf_price(rows, ask, 6000)
    mixed = rows[:]
    chance.shuffle(mixed)
    assert shelf_price(mixed, ask, 6000) == found
    standard = shelf_price(rows, Ask(ask.at, ask.store), 6000)
    if standard is not None:
        assert found is not None
        assert found.price <= standard.price


def test_the_lower_of_scanned_and_moved_price_counts() -> None:
    assert [lower(100, now) for now in (None, 90, 100, 110)] == [
        (100, False),
        (90, True),
        (100, False),
        (100, False),
    ]
