"""A parked basket is always somewhere: on the server, at a till, or sold; whatever answer gets lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pos_desktop.domain.basket import Basket
from pos_desktop.errors import EnvironmentProblem
from pos_desktop.services.link import Json
from pos_desktop.services.results import Completed
from pos_desktop.services.till import TillServices
from tests.services.tills import BREAD, MILK, Shopfront, cash, ready, scanned


def parked(till: TillServices) -> Basket:
    """A basket put aside at this till."""
    basket = scanned(till, till.new_basket(), MILK, BREAD)
    till.hold(basket, "red hat")
    return basket


def lose_answer(till: TillServices, monkeypatch: pytest.MonkeyPatch, *, arrives: bool) -> None:
    """The next recall's answer gets lost, after or before the server did it."""
    link = till._core.link
    real: Callable[[str], Json | None] = link.recall_sale

    def recall_sale(sale: str) -> Json | None:
        monkeypatch.setattr(link, "recall_sale", real)
        if arrives:
            real(sale)
        raise EnvironmentProblem("server.no_answer", seconds=8)

    monkeypatch.setattr(link, "recall_sale", recall_sale)


@pytest.mark.parametrize("arrives", [True, False])
def test_a_recall_without_answer_loses_no_basket(
    till: TillServices, monkeypatch: pytest.MonkeyPatch, arrives: bool
) -> None:
    basket = parked(till)
    lose_answer(till, monkeypatch, arrives=arrives)
    recalled = till.recall(basket.sale_id)
    assert recalled == basket
    draft = till.load_draft()
    assert (draft is not None) == arrives
    assert [held.sale_id for held in till.held()] == ([] if arrives else [basket.sale_id])


def test_what_was_sold_meanwhile_is_not_parked_any_more(
    till: TillServices, front: Shopfront, monkeypatch: pytest.MonkeyPatch
) -> None:
    basket = parked(till)
    lose_answer(till, monkeypatch, arrives=False)
    recalled = till.recall(basket.sale_id)
    assert recalled is not None
    assert isinstance(till.complete_sale(recalled, cash(recalled)), Completed)
    other = front.open(2)
    try:
        ready(other.till)
        assert other.till.held() == ()
        assert other.till.recall(basket.sale_id) is None
        assert front.database.query("select count(*) from pos.sale") == [(1,)]
    finally:
        other.close()


def test_a_basket_parked_in_two_places_is_sold_once(
    front: Shopfront, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to a hold gets lost and the till, on its own now, parks the basket in its notes as well."""
    front.database.query("update pos.store set offline = true returning id")
    first, second = front.open(1), front.open(2)
    try:
        till, other = ready(first.till), ready(second.till)
        link = till._core.link
        real = link.hold_sale

        def hold_sale(sale: str, body: Json, label: str) -> None:
            monkeypatch.setattr(link, "hold_sale", real)
            real(sale, body, label)
            raise EnvironmentProblem("server.unreachable")

        monkeypatch.setattr(link, "hold_sale", hold_sale)
        basket = parked(till)
        assert till._held_here() != []
        taken = other.recall(basket.sale_id)
        assert taken is not None
        assert isinstance(other.complete_sale(taken, cash(taken)), Completed)
        assert till.heartbeat().came_back
        assert till.held() == ()
        assert till.recall(basket.sale_id) is None
        assert till._held_here() == []
    finally:
        first.close()
        second.close()


def test_a_till_killed_while_parking_does_not_ask_to_be_paid_again(
    front: Shopfront, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server has the basket, the till dies before it forgets it, and another till sells it meanwhile."""
    first, second = front.open(1), front.open(2)
    try:
        till, other = ready(first.till), ready(second.till)
        with monkeypatch.context() as killed:
            killed.setattr(till._core.draft, "clear", lambda *_: None)
            basket = parked(till)
        taken = other.recall(basket.sale_id)
        assert taken is not None
        assert isinstance(other.complete_sale(taken, cash(taken)), Completed)
        first.close()
        first = front.open(1)
        assert first.till.recover().draft is None
        assert first.till.held() == ()
    finally:
        first.close()
        second.close()
