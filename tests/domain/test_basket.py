"""Baskets: merging, weighing, age, prices, and undo that is exact for the whole sale."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_desktop.domain.basket import AgeCheck, Basket, BasketError, Item, totals
from pos_desktop.domain.basket_record import RecordError, basket_record, read_basket
from pos_desktop.domain.quantity import extend
from tests.domain.made import AT, approval, baskets, checked, item, items, quantities

EMPTY = Basket("0192a1b2-0000-7000-8000-000000000001")


def refused(change: Callable[[], object]) -> str:
    """The rule a change breaks."""
    with pytest.raises(BasketError) as caught:
        change()
    assert str(caught.value).endswith(".")
    return caught.value.code


def test_a_repeated_scan_raises_the_quantity() -> None:
    basket = EMPTY.add(item(1)).add(item(2, 250)).add(item(1)).add(item(1), 2000)
    assert [(line.n, line.item.id, line.qty, line.amount) for line in basket.lines] == [
        (1, 1, 4000, 400),
        (2, 2, 1000, 250),
    ]
    assert basket.touched == 1


def test_only_the_same_code_price_and_kind_merge() -> None:
    one = item(1)
    assert len(EMPTY.add(one).add(one, code="other code").lines) == 2
    assert len(EMPTY.add(one).add(item(1, 90, price_version=11)).lines) == 2
    typed = EMPTY.add(one).set_price(1, 50, approval())
    assert len(typed.add(one).lines) == 2
    kilo = item(3, 119, unit="kg")
    assert len(EMPTY.add(kilo, 500).add(kilo, 500).lines) == 2
    label = EMPTY.add_label(one, 345, code="02123450345")
    assert len(label.add_label(one, 345, code="02123450345").lines) == 2


def test_labels_carry_their_own_amount() -> None:
    ham = item(4, 1000, unit="kg")
    (line,) = EMPTY.add_label(ham, 345, code="0212345003456").lines
    assert (line.amount, line.qty, line.price_version, line.flags) == (345, 345, 40, ("label_price",))
    assert refused(lambda: EMPTY.add_label(ham, 345, code="x").change_qty(1, 2000)) == "quantity"


def test_what_a_basket_refuses() -> None:
    assert refused(lambda: EMPTY.add(item(1, blocked=True))) == "blocked"
    assert refused(lambda: EMPTY.add(item(1, unit="kg"))) == "weigh"
    assert refused(lambda: EMPTY.add(item(1, open_price=True))) == "price_needed"
    assert refused(lambda: EMPTY.add(item(1), 1500)) == "whole_quantity"
    assert refused(lambda: EMPTY.add(item(1), 0)) == "quantity"
    assert refused(lambda: EMPTY.add(item(1), 100_000_000)) == "quantity"
    assert refused(lambda: EMPTY.add(item(1, 99_999_999), 2000)) == "amount"
    assert refused(lambda: EMPTY.add_typed(item(1), -1)) == "price"
    assert refused(lambda: EMPTY.add_typed(item(1), 10**12)) == "price"
    assert refused(lambda: EMPTY.remove(7)) == "line"
    assert refused(lambda: EMPTY.add(item(1, min_age=18))) == "age"


def test_one_answer_covers_that_age_and_lower() -> None:
    beer, knife, knives = item(1, min_age=18), item(2, min_age=16), item(3, min_age=21)
    asked = EMPTY.with_check(AgeCheck(18, "refused", AT))
    assert asked.age_needed(beer) == 18
    passed = checked(asked, 18)
    assert passed.age_needed(beer) is None
    assert passed.age_needed(knife) is None
    assert passed.age_needed(knives) == 21
    assert passed.add(beer).undo().age_needed(beer) is None


def test_an_override_is_approved_and_undone_with_its_approval() -> None:
    basket = EMPTY.add(item(1), 3000).set_price(1, 80, approval(1002))
    (line,) = basket.lines
    assert (line.price, line.price_version, line.amount, line.flags) == (80, 0, 240, ("typed_price",))
    (kept,) = basket.approvals
    assert (kept.line, kept.was, kept.now, kept.by) == (1, 100, 80, 1002)
    assert basket.undo().approvals == ()
    assert basket.remove(1).approvals == ()
    again = basket.set_price(1, 70, approval(1003))
    assert [(a.by, a.now) for a in again.approvals] == [(1003, 70)]


def test_reprice_takes_over_the_servers_values() -> None:
    basket = EMPTY.add(item(1), 2000).reprice(1, price=120, price_version=11, tax="R", rate=50_000)
    (line,) = basket.lines
    assert (line.amount, line.price_version, line.item.tax, line.flags) == (240, 11, "R", ())
    kept = EMPTY.add(item(1)).keep_price(1).keep_price(1)
    assert kept.lines[0].flags == ("moved_price",)
    typed = EMPTY.add_typed(item(1), 55).reprice(1, price=120, price_version=11, tax="R", rate=50_000)
    assert (typed.lines[0].amount, typed.lines[0].item.rate) == (55, 50_000)


def test_names_of_lines_are_never_given_twice() -> None:
    basket = EMPTY.add(item(1)).add(item(2)).undo().add(item(3))
    assert [line.n for line in basket.lines] == [1, 3]


Change = tuple[str, Item, int]


@given(
    st.lists(
        st.tuples(st.sampled_from(["add", "qty", "remove", "price"]), items(), st.integers(1, 40)),
        max_size=25,
    )
)
def test_undo_walks_back_through_every_basket(changes: list[Change]) -> None:
    basket, before = EMPTY, []
    for what, one, number in changes:
        try:
            changed = _changed(basket, what, one, number)
        except BasketError:
            continue
        before.append(basket)
        basket = changed
    for was in reversed(before):
        basket = basket.undo()
        assert (basket.lines, basket.approvals, basket.touched) == (was.lines, was.approvals, was.touched)
    assert basket.empty
    assert not basket.can_undo
    assert basket.undo() is basket


def _changed(basket: Basket, what: str, one: Item, number: int) -> Basket:
    n = basket.lines[number % len(basket.lines)].n if basket.lines else 0
    if what == "add":
        return basket.add(one, number * 1000)
    if what == "qty":
        return basket.change_qty(n, number * 1000)
    if what == "remove":
        return basket.remove(n)
    return basket.set_price(n, number, approval())


@given(baskets(), items(), st.data())
def test_every_line_is_price_times_quantity(basket: Basket, one: Item, data: st.DataObject) -> None:
    basket = basket.add(one, data.draw(quantities(one.unit)))
    assert all(line.amount == extend(line.price, line.qty) for line in basket.lines)
    sums = totals(basket)
    assert sums.subtotal == sum(line.amount for line in basket.lines) == sums.total
    assert sums.tax == sum(row.tax for row in sums.taxes)
    assert sums.count >= 1


@given(baskets("added"))
def test_added_tax_comes_on_top(basket: Basket) -> None:
    sums = totals(basket)
    assert sums.total == sums.subtotal + sums.tax


@given(baskets())
def test_a_draft_brings_back_the_same_basket(basket: Basket) -> None:
    basket = checked(basket)
    assert read_basket(basket_record(basket)) == basket


@pytest.mark.parametrize("record", [{}, {"v": 2}, {"v": 1, "sale": "x"}])
def test_other_data_is_no_basket(record: dict[str, object]) -> None:
    with pytest.raises(RecordError):
        read_basket(record)
