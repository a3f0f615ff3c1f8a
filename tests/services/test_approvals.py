"""A supervisor's PIN on the spot: it goes with the basket, counts once, and no further than the role goes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pos_desktop.domain.basket import Approval, Basket
from pos_desktop.errors import UserError
from pos_desktop.services.results import Cashier, Completed, Refused, Within
from pos_desktop.services.till import TillServices
from tests.database.shop import MANAGER, SUPERVISOR
from tests.services.tills import MILK, PINS, Shopfront, cash, ready, scanned


def cheaper(till: TillServices, basket: Basket) -> Basket:
    """The first line at 1.00, as a supervisor allowed."""
    (line,) = basket.lines
    at = datetime(2026, 11, 22, 10, tzinfo=UTC)
    return basket.set_price(line.n, 100, Approval("price_override", SUPERVISOR, line.n, line.price, 100, at))


def entered(till: TillServices, permission: str) -> None:
    assert isinstance(till.approve(SUPERVISOR, PINS[SUPERVISOR], permission, "Change the price"), Cashier)


def test_an_approved_basket_held_here_is_paid_there_and_the_approval_is_used_up(front: Shopfront) -> None:
    here, there = front.open(1), front.open(2)
    try:
        first, second = ready(here.till), ready(there.till)
        entered(first, "price_override")
        basket = cheaper(first, scanned(first, first.new_basket(), MILK))
        first.hold(basket, "blue coat")
        taken = second.recall(basket.sale_id)
        assert taken is not None
        paid = second.complete_sale(taken, cash(taken))
        assert isinstance(paid, Completed)
        assert (paid.outcome, paid.flags) == ("booked", ())
        ((what, about, spent),) = front.database.query(
            "select what, about, document_id::text from pos.approval"
        )
        assert (what, about, spent) == ("price_override", "Change the price", paid.document.id)
        again = cheaper(first, scanned(first, first.new_basket(), MILK))
        refused = first.complete_sale(again, cash(again))
        assert isinstance(refused, Refused), "the till still has its id, and it is spent"
        assert refused.reason == "no_permission"
        assert "an approval has run out" in refused.words
    finally:
        there.close()
        here.close()


def test_an_approval_comes_back_with_the_basket_after_a_crash(front: Shopfront) -> None:
    app = front.open()
    till = ready(app.till)
    entered(till, "price_override")
    basket = cheaper(till, scanned(till, till.new_basket(), MILK))
    till.save_draft(basket)
    app.close()
    app = front.open()
    try:
        till = ready(app.till)
        draft = till.load_draft()
        assert draft is not None
        paid = till.complete_sale(draft.basket, cash(draft.basket))
        assert isinstance(paid, Completed)
        assert (paid.outcome, paid.flags) == ("booked", ())
    finally:
        app.close()


def test_nobody_allows_more_than_his_own_role_may(till: TillServices) -> None:
    far = Within("pay_out", amount=50_001)
    with pytest.raises(UserError, match="goes further than Bob may allow"):
        till.approve(SUPERVISOR, PINS[SUPERVISOR], "pay_out", "Pay £500.01 out", far)
    found = till.approve(MANAGER, PINS[MANAGER], "pay_out", "Pay £500.01 out", far)
    assert isinstance(found, Cashier)
    assert not till.goes_so_far(till.state().cashier, Within("pay_out", amount=5001))  # type: ignore[arg-type]
    paid = till.cash_movement("pay_out", 50_001, "a new window", approved_by=MANAGER)
    assert isinstance(paid, Completed)
    assert (paid.outcome, paid.flags) == ("booked", ())
    again = till.cash_movement("pay_out", 50_001, "another window", approved_by=MANAGER)
    assert isinstance(again, Refused), "one PIN, one pay out"
