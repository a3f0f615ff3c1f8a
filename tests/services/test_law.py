"""The law by real tills: alone, held and recalled, and coming back with its deposit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pos_desktop.domain.basket import AgeCheck, totals
from pos_desktop.domain.receipt import receipt_number
from pos_desktop.domain.refund import take_back
from pos_desktop.services.results import Completed, Refused
from tests.database.invariants import assert_sound
from tests.database.shop import SUPERVISOR
from tests.proof.law_day import BOTTLE, CASE, GOODS
from tests.services.cable import wired_tills
from tests.services.tills import BREAD, WINE, Shopfront, cash, ready, scanned

SHUT = (
    "insert into pos.restriction (id, name, items, most) values (1, 'Alcohol', '{2}', 3);"
    " insert into pos.restriction_hours (restriction_id, weekdays, since, until)"
    " select 1, '{1,2,3,4,5,6,7}', (c + interval '-2 hours')::time(0), (c + interval '2 hours')::time(0)"
    " from (select now() at time zone 'Europe/London') as x(c)"
)


def test_alone_the_till_goes_by_its_own_clock_and_the_rules_it_last_read(
    front: Shopfront, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check before pay stops it without the server; sold all the same, it is booked and flagged."""
    with front.database.connect() as owner:
        owner.execute(SHUT.encode())
    with wired_tills(front, monkeypatch) as wired:
        wired.allow()
        till = wired.selling()
        wine = till.find(WINE)
        law, now = till.law()
        assert law.shut(wine.item, now) is not None  # type: ignore[union-attr]
        wired.cable.pulled = True
        basket = till.begun(till.new_basket()).with_check(AgeCheck(18, "id_checked", datetime.now(UTC)))
        basket = scanned(till, basket, WINE)
        told = till.check_basket(basket)
        assert told.offline
        assert [(problem.n, problem.code) for problem in told.problems] == [(1, "hours")]
        assert isinstance(till.complete_sale(basket, cash(basket)), Completed)
        wired.cable.pulled = False
        assert till.heartbeat().came_back
        told_to = front.database.query("select flags from pos.document where kind = 'sale'")
        assert told_to == [(["hours", "offline"],)]


def test_a_deposit_and_a_case_come_back_as_they_went(front: Shopfront) -> None:
    """Two of three breads with their deposits, one case of two: money, figures and the singles' stock."""
    with front.database.connect() as owner:
        owner.execute(GOODS.encode())
    app = front.open()
    till = ready(app.till, SUPERVISOR)
    till.poll_changes()
    basket = scanned(till, till.begun(till.new_basket()), BREAD, BREAD, BREAD, "SIX", "SIX")
    assert totals(basket).total == 3 * (249 + 25) + 2 * 900
    sold = till.complete_sale(basket, cash(basket))
    assert isinstance(sold, Completed)
    assert sold.outcome == "booked"
    fields = sold.document.fields
    sale = till.receipt_to_refund(receipt_number(1, fields["till"], fields["epoch"], fields["no"]))
    back = take_back(till.new_basket(), sale, 1, 2000, "stock", "Faulty")
    back = take_back(back, sale, 3, 1000, "stock", "Faulty")
    assert totals(back).total == -(2 * (249 + 25) + 900)
    ways = tuple(replace(way, done=True).tender for way in till.ways_back(back))
    done = till.complete_sale(back, ways)
    assert not isinstance(done, Refused), done
    assert isinstance(done, Completed)
    assert (done.outcome, done.flags) == ("booked", ())
    lines = [
        (line["item"], line["qty"], line.get("deposit_for"), line.get("pack"))
        for line in done.document.fields["lines"]
    ]
    assert sorted(lines, key=str) == sorted(
        [(5, -2000, None, None), (BOTTLE, -2000, 1, None), (CASE, -1000, None, 6)], key=str
    )
    assert front.database.query("select on_hand from pos.stock where store_id = 1 and item_id = 1") == [
        (5000 - 6,)
    ]
    figures = till.x_report().figures.values
    assert (figures["deposits"], figures.get("empties")) == (25, None)
    app.close()
    with front.database.connect() as owner:
        assert_sound(owner)


def test_a_hold_is_judged_again_when_it_is_recalled(front: Shopfront) -> None:
    """Held at one till before the hour, recalled at another after it: nothing lets it by."""
    first, second = front.open(1), front.open(2)
    holding, taking = ready(first.till), ready(second.till, SUPERVISOR)
    basket = holding.begun(holding.new_basket()).with_check(AgeCheck(18, "id_checked", datetime.now(UTC)))
    basket = scanned(holding, basket, WINE)
    holding.hold(basket, "Ann")
    with front.database.connect() as owner:
        owner.execute(SHUT.encode())
    recalled = taking.recall(basket.sale_id)
    assert recalled is not None
    assert [problem.code for problem in taking.check_basket(recalled).problems] == ["hours"]
    refused = taking.complete_sale(recalled, cash(recalled))
    assert isinstance(refused, Refused)
    assert (refused.reason, "this hour" in refused.words) == ("hours", True)
    first.close()
    second.close()
