"""Paying: split, change, quick keys of UX 5.3, and coins to hand out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_desktop.domain.money import CURRENCIES, currency
from pos_desktop.domain.tender import Tender, TenderError, Tendering, change_breakdown, quick_amounts

GBP, USD, JPY = currency("GBP"), currency("USD"), currency("JPY")


def refused(tendering: Tendering, kind: str, amount: int) -> str:
    """The rule a payment breaks."""
    with pytest.raises(TenderError) as caught:
        tendering.add_cash(amount, GBP) if kind == "cash" else tendering.add_card(amount)
    return caught.value.code


def test_split_cash_and_card_with_change() -> None:
    paying = Tendering(2884).add_card(1000, " 0042 ")
    assert (paying.remaining, paying.change, paying.complete) == (1884, 0, False)
    paying = paying.add_cash(2000, GBP)
    assert (paying.remaining, paying.change, paying.complete) == (0, 116, True)
    assert paying.final() == (
        Tender("card", 1000, "0042"),
        Tender("cash", 2000),
        Tender("cash", -116, change=True),
    )


def test_what_is_refused() -> None:
    due = Tendering(1000)
    assert refused(due, "card", 1001) == "card_over"
    assert refused(due, "card", 0) == "amount"
    assert refused(due, "cash", -5) == "amount"
    assert refused(due, "cash", 5_010_012_345_678) == "cash_over"
    assert refused(due.add_cash(1000, GBP), "cash", 1) == "paid"
    with pytest.raises(TenderError, match="not paid yet"):
        due.add_cash(999, GBP).final()


def test_nothing_to_pay_is_paid() -> None:
    assert Tendering(0).complete
    assert Tendering(0).final() == ()


def test_what_is_given_back_is_written_down_as_negative_and_never_more_than_is_due() -> None:
    back = Tendering(-1500).add_card(500, "0042")
    assert (back.back, back.remaining, back.change, back.complete) == (True, 1000, 0, False)
    assert refused(back, "cash", 1001) == "cash_over"
    back = back.add(Tender("store_credit", 400, "SC77", account=17)).add_cash(600, GBP)
    assert back.complete
    assert [(t.kind, t.amount) for t in back.final()] == [
        ("card", -500),
        ("store_credit", -400),
        ("cash", -600),
    ]
    assert sum(t.amount for t in back.final()) == -1500


def test_other_kinds_pay_at_most_what_is_due_and_each_once() -> None:
    due = Tendering(1000)
    gift = Tender("gift_card", 300, "K7Q2", account=17, left=0)
    paying = due.add(gift).add(Tender("mobile", 200, "QGH7X5K2PL"))
    for tender, rule in (
        (Tender("cheque", 501), "over"),
        (Tender("voucher", 0), "amount"),
        (replace(gift, amount=1), "twice"),
        (Tender("mobile", 1, "QGH7X5K2PL"), "twice"),
        (Tender("cheque", 500, "4111 1111 1111 1111"), "card_number"),
    ):
        with pytest.raises(TenderError) as caught:
            paying.add(tender)
        assert caught.value.code == rule
    assert paying.add(Tender("cheque", 500, "000123")).final()[0] == gift


def test_a_payment_is_taken_back() -> None:
    paying = Tendering(1000).add_cash(300, GBP).add_card(200).remove(0)
    assert (paying.remaining, paying.tenders) == (800, (Tender("card", 200),))


@given(st.integers(0, 50_000), st.lists(st.tuples(st.booleans(), st.integers(1, 60_000)), max_size=6))
def test_tenders_add_up_to_the_total_whatever_was_tried(total: int, tries: list[tuple[bool, int]]) -> None:
    paying = Tendering(total)
    for is_cash, amount in tries:
        try:
            paying = paying.add_cash(amount, GBP) if is_cash else paying.add_card(amount)
        except TenderError:
            continue
    if paying.complete:
        final = paying.final()
        assert sum(t.amount for t in final) == total
        assert sum(t.amount for t in final if t.kind == "card") <= total
        assert [t.change for t in final if t.amount < 0] == ([True] if paying.change else [])
    else:
        assert paying.remaining == total - paying.given > 0


def test_quick_keys_are_what_customers_hand_over() -> None:
    assert quick_amounts(2884, GBP) == [2884, 2900, 3000, 4000, 5000, 10000]
    assert quick_amounts(2000, GBP) == [2000, 5000, 10000]
    assert quick_amounts(1, GBP) == [1, 100, 500, 1000, 2000, 5000]
    assert quick_amounts(713, JPY) == [713, 1000, 2000, 5000, 10000, 20000]
    assert quick_amounts(0, GBP) == []


@given(st.integers(1, 10**7), st.sampled_from(sorted(CURRENCIES)))
def test_quick_keys_are_few_ordered_and_enough(remaining: int, code: str) -> None:
    keys = quick_amounts(remaining, currency(code))
    assert keys[0] == remaining
    assert keys == sorted(set(keys))
    assert len(keys) <= 6


@given(st.integers(0, 10**6), st.sampled_from([GBP, USD, JPY]))
def test_change_is_handed_out_to_the_penny(amount: int, cur: object) -> None:
    parts = change_breakdown(amount, cur)  # type: ignore[arg-type]
    assert sum(denomination * count for denomination, count in parts) == amount
    assert parts == sorted(parts, reverse=True)
    assert all(count > 0 for _, count in parts)


def test_change_of_one_pound_sixteen() -> None:
    assert change_breakdown(116, GBP) == [(100, 1), (10, 1), (5, 1), (1, 1)]
