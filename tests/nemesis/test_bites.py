"""The nemesis finds what it is there to find: tills with a bug, and books that somebody changed."""

from __future__ import annotations

import pytest

from tests.nemesis.attack import Options, Summary, attack
from tests.nemesis.model import Model
from tests.nemesis.shop import Shop


@pytest.mark.parametrize(
    ("broken", "fault", "rule"),
    [
        ("prints_early", "kill_S1", "printed_but_not_booked"),
        ("assumes_yes", "cut_before", "till_broke"),
    ],
)
def test_a_till_with_a_bug_is_found_out(broken: str, fault: str, rule: str) -> None:
    summary = attack(Options(5, 60, 12, tills=3, only=(fault,), broken=broken, seconds=60))
    assert rule in {one.rule for one in summary.violations}
    assert "violations: 0" not in summary.as_text()


def cut_the_tail(shop: Shop, model: Model) -> None:
    """The last documents of till 1 go, and its counters with them, so that the rest fits together."""
    shop.unguarded(
        "delete from pos.document where till_id = (select id from pos.till where number = 1) and no >"
        " (select max(no) - 3 from pos.document where till_id = (select id from pos.till where number = 1))"
    )


def take_from_the_shelf(shop: Shop, model: Model) -> None:
    """Somebody writes down that there is less on hand, and a movement that makes it add up."""
    shop.unguarded(
        "with k as (update pos.stock set on_hand = on_hand - 5 where item_id = 1002 and store_id ="
        " (select id from pos.store where number = 1) returning *) insert into pos.movement"
        " (store_id, item_id, at, delta, balance, reason, by)"
        " select store_id, item_id, now(), -5, on_hand, 'waste', 'thief' from k"
    )


def change_a_payment(shop: Shop, model: Model) -> None:
    """A card becomes cash in a relational row; the bytes stay."""
    shop.unguarded(
        "update pos.payment set kind = 'cash' where (document_id, n) ="
        " (select document_id, n from pos.payment where kind = 'card' limit 1)"
    )


def forget_a_paper(shop: Shop, model: Model) -> None:
    """A receipt was never given out."""
    model.papers.pop(next(iter(model.papers)))


def sell_again(shop: Shop, model: Model) -> None:
    """A till showed one basket as sold in two documents."""
    id_, told = next((id_, told) for id_, told in model.told.items() if told.kind == "sale")
    line = {key: getattr(told, key) for key in told.__dataclass_fields__ if key != "till"}
    model.note(told.till, {"a": "told", "id": id_[::-1], **line})


def lose_a_basket(shop: Shop, model: Model) -> None:
    """A basket was put aside and is nowhere any more."""
    model.note(1, {"a": "held", "sale": "0192f0c0-0000-7000-8000-000000000000"})


TAMPERED = {
    cut_the_tail: "shown_but_lost",
    take_from_the_shelf: "stock_differs",
    change_a_payment: "payments rows differ",
    forget_a_paper: "booked_but_no_paper",
    sell_again: "sold_twice",
    lose_a_basket: "parked_basket_lost",
}


@pytest.fixture(scope="module")
def spoiled() -> Summary:
    """An attack whose books and model are changed before they are compared, in every way at once."""

    def tamper(shop: Shop, model: Model) -> None:
        assert not model.violations
        for change in TAMPERED:
            change(shop, model)

    return attack(Options(6, 80, 1, tills=2, only=("cut_after",)), tamper)


@pytest.mark.parametrize("rule", TAMPERED.values(), ids=[change.__name__ for change in TAMPERED])
def test_changed_books_are_found_out(spoiled: Summary, rule: str) -> None:
    assert any(rule in f"{one.rule} {one.what}" for one in spoiled.violations), spoiled.as_text()
