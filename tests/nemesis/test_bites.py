"""The nemesis finds what it is there to find: tills with a bug, and books that somebody changed."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from pos_desktop.domain.ids import uuid7
from tests.nemesis.attack import Options, Summary, attack
from tests.nemesis.model import Backup, Model, Restore
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


def lose_a_paper(shop: Shop, model: Model) -> None:
    """A receipt was printed, by what the till said, and is on no roll."""
    del model.rolls[next(iter(model.rolls))]


def print_for_nothing(shop: Shop, model: Model) -> None:
    """A receipt is on a roll of which nobody knows."""
    model.on_roll("S1-T1-1-009999", copy=False)


def print_twice(shop: Shop, model: Model) -> None:
    """A receipt is on the roll again and again, each time as the first one."""
    number, lives = list(model.printing.values())[-1]
    model.rolls[number] = [False] * (len(lives) + 1)


def take_from_a_card(shop: Shop, model: Model) -> None:
    """A gift card was spent, by what the till showed, and not in the books."""
    id_, told = next((id_, told) for id_, told in model.told.items() if told.kind == "sale")
    with shop.owner() as owner:
        (card,) = owner.execute("select min(id) from pos.account").fetchall()[0]
    model.told[id_] = replace(told, value=((card, -100),))


def refuse_a_sum(shop: Shop, model: Model) -> None:
    """A sale was refused because its payments do not add up."""
    model.note(1, {"a": "returned", "reason": "tenders"})


def sell_again(shop: Shop, model: Model) -> None:
    """A till showed one basket as sold in two documents."""
    id_, told = next((id_, told) for id_, told in model.told.items() if told.kind == "sale")
    line = {key: getattr(told, key) for key in told.__dataclass_fields__ if key != "till"}
    model.note(told.till, {"a": "told", "id": id_[::-1], **line})


def bring_back_too_much(shop: Shop, model: Model) -> None:
    """A till showed a refund of more than the first sale had."""
    id_, told = next((id_, told) for id_, told in model.told.items() if told.kind == "sale")
    line = {key: getattr(told, key) for key in told.__dataclass_fields__ if key != "till"}
    back = [[id_, 1, told.lines[0][1] + 1]]
    model.note(
        told.till, {"a": "told", "id": SINCE, **line, "kind": "refund", "sale": id_[::-1], "back": back}
    )


BEFORE = "0192f0c0-0000-7000-8000-000000000001"
BACKED_UP = "0192f0c0-0000-7000-8000-000000000002"
SINCE = uuid7(time.time_ns() // 1_000_000 + 3_600_000, bytes(10))


def lose_baskets(shop: Shop, model: Model) -> None:
    """Three were put aside and are nowhere any more; only the first may have gone with a restore."""
    last = model.restores[-1]
    backup = replace(last.backup, parked=last.backup.parked | {BACKED_UP})
    model.restores[:] = [replace(restore, backup=backup) for restore in model.restores]
    for sale in (BEFORE, BACKED_UP, SINCE):
        model.note(1, {"a": "held", "sale": sale})


def flag_a_sale(shop: Shop, model: Model) -> None:
    """What was shown as booked is flagged, and was made after every restore."""
    shown = [
        (id_, told) for id_, told in model.told.items() if told.kind == "sale" and told.outcome == "booked"
    ]
    id_, told = next(
        one for one in shown if not model.posted_anew(one[1].till, one[1].epoch, one[1].no, one[0])
    )
    model.told[id_] = replace(told, outcome="flagged")


def give_a_right(shop: Shop, model: Model) -> None:
    """Tills may read every manager's name."""
    with shop.owner() as owner:
        owner.execute("grant select on pos.manager to pos_till")


def write_down_a_card(shop: Shop, model: Model) -> None:
    """A customer's card number in a file of a till."""
    (shop.server.place.parent / "till-1" / "notes.txt").write_text("4111 1111 1111 1111", encoding="utf-8")


TAMPERED = {
    cut_the_tail: "shown_but_lost",
    take_from_the_shelf: "stock_differs",
    change_a_payment: "payments rows differ",
    forget_a_paper: "booked_but_no_paper",
    lose_a_paper: "paper_never_came",
    print_for_nothing: "receipt S1-T1-1-009999 is on a roll",
    print_twice: "two_originals",
    take_from_a_card: "gift_card_differs",
    refuse_a_sum: "refused_without_cause tenders",
    sell_again: "sold_twice",
    bring_back_too_much: "more_back_than_sold",
    lose_baskets: "parked_basket_lost",
    flag_a_sale: "shown_otherwise",
    give_a_right: "right_changed",
    write_down_a_card: "card_number_kept",
}


@pytest.fixture(scope="module")
def spoiled() -> Summary:
    """An attack whose books and model are changed before they are compared, in every way at once."""

    def tamper(shop: Shop, model: Model) -> None:
        assert not model.violations
        for change in TAMPERED:
            change(shop, model)

    return attack(Options(6, 80, 4, tills=2, only=("back_up", "restore"), cards=True), tamper)


@pytest.mark.parametrize("rule", TAMPERED.values(), ids=[change.__name__ for change in TAMPERED])
def test_changed_books_are_found_out(spoiled: Summary, rule: str) -> None:
    assert any(rule in f"{one.rule} {one.what}" for one in spoiled.violations), spoiled.as_text()


def test_only_a_basket_that_a_restore_undid_is_excused(spoiled: Summary) -> None:
    lost = [one.what for one in spoiled.violations if one.rule == "parked_basket_lost"]
    assert sorted(lost) == sorted(f"sale {sale} (held)" for sale in (BACKED_UP, SINCE))


@pytest.mark.parametrize(
    ("parked", "first_no", "hours", "excused"),
    [(True, 6, 1, True), (False, 6, 1, False), (True, 5, 1, False), (True, 6, -1, False)],
    ids=["parked anew", "never parked", "in the backup", "before the restore"],
)
def test_only_a_basket_that_a_restore_parked_anew_may_be_sold_again(
    parked: bool, first_no: int, hours: int, excused: bool
) -> None:
    now = time.time_ns() // 1_000_000
    model, sale = Model(), uuid7(now - 9_000_000, bytes(10))
    baskets = frozenset({sale} if parked else ())
    model.restores.append(Restore(Backup(baskets, {1: (1, 5)}), now))
    told = {
        "epoch": 1,
        "kind": "sale",
        "outcome": "booked",
        "hash": "",
        "sale": sale,
        "shift": "",
        "total": 1,
    }
    for till, no, made in ((1, first_no, now - 4_000_000), (2, 1, now + hours * 3_600_000)):
        id_ = uuid7(made, bytes(10))
        model.note(till, {"a": "told", "id": id_, "no": no, "cash": 1, "lines": [], **told})
    assert [one.rule for one in model.violations] == ([] if excused else ["sold_twice"])
    assert model.sold_again == ({sale} if excused else set())
