"""Selling while the server is away: on real tills and a real server, with a cable that is pulled."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from pos_desktop.domain.basket import AgeCheck, totals
from pos_desktop.domain.receipt import OFFLINE, receipt_number
from pos_desktop.domain.refund import take_back
from pos_desktop.domain.tender import Tender, Tendering
from pos_desktop.errors import EnvironmentProblem, UserError
from pos_desktop.services.results import Completed, Found, SignedIn, SignInRefused, Unconfirmed, ZReport
from tests.database.invariants import assert_sound
from tests.database.shop import BREAD as BREAD_ITEM
from tests.database.shop import CASHIER, MANAGER, SUPERVISOR
from tests.database.shop import WINE as WINE_ITEM
from tests.patience import PATIENCE
from tests.services.cable import Wired, wired_tills
from tests.services.tills import BREAD, MILK, PINS, WINE, Shopfront, cash, scanned, sell


def sound(wired: Wired) -> None:
    """Every rule of the books holds."""
    with wired.front.database.connect() as owner:
        assert_sound(owner)


def flags(wired: Wired) -> list[tuple[str, ...]]:
    """The flags of the sales, in order."""
    return [
        tuple(row[0])
        for row in wired.front.database.query(
            "select flags from pos.document where kind = 'sale' order by no"
        )
    ]


def test_it_is_off_unless_the_store_says_otherwise(front: Shopfront, monkeypatch: pytest.MonkeyPatch) -> None:
    with wired_tills(front, monkeypatch) as wired:
        till = wired.open()
        till.sign_in(CASHIER, PINS[CASHIER])
        assert isinstance(till.open_shift(0), Completed)
        assert till.heartbeat().state.enabled is False
        wired.cable.pulled = True
        basket = till.new_basket()
        with pytest.raises(EnvironmentProblem):
            till.find(MILK)
        assert not till.offline_state().selling
        wired.cable.pulled = False
        basket = scanned(till, basket, MILK)
        wired.cable.pulled = True
        assert isinstance(till.complete_sale(basket, cash(basket)), Unconfirmed)
        assert till.state().unconfirmed == 1
        assert till.offline_state().away


def test_a_sale_without_an_answer_is_accepted_and_the_next_ones_at_once(wired: Wired) -> None:
    till = wired.selling()
    online = sell(till, MILK)
    assert isinstance(online, Completed)
    assert not online.offline
    basket = scanned(till, till.new_basket(), MILK, BREAD)
    wired.cable.pulled = True
    first = till.complete_sale(basket, cash(basket))
    assert isinstance(first, Completed)
    assert first.offline
    assert first.document.fields["flags"] == ["stands"]
    assert till.load_draft() is None
    wired.cable.calls.clear()
    second = sell(till, BREAD)
    assert isinstance(second, Completed)
    assert second.offline
    assert second.document.fields["flags"] == ["offline"]
    assert wired.cable.calls == []
    assert till.receipt_of(second.document.no).messages == (OFFLINE,)
    assert till.receipt_of(first.document.no).messages == (OFFLINE,)
    assert till.receipt_of(online.document.no).messages == ()
    state = till.offline_state()
    assert (state.away, state.selling, state.pending, state.sales, state.cash) == (True, True, 2, 2, 663)
    assert (till.state().unconfirmed, till.state().grand) == (0, 165 + 663)

    assert not till.heartbeat().came_back
    wired.cable.pulled = False
    beat = till.heartbeat()
    assert beat.came_back
    assert [type(done) for done in beat.settled.done] == [Completed, Completed]
    assert not beat.state.away
    assert flags(wired) == [(), ("offline",), ("offline",)]
    after = sell(till, MILK)
    assert isinstance(after, Completed)
    assert after.outcome == "booked"
    assert isinstance(till.close_shift(counted=10000 + till.state().grand), ZReport)
    sound(wired)


def test_booked_but_unheard_is_one_sale(wired: Wired) -> None:
    till = wired.selling()
    basket = scanned(till, till.new_basket(), MILK)
    wired.cable.deaf = True
    accepted = till.complete_sale(basket, cash(basket))
    assert isinstance(accepted, Completed)
    assert accepted.offline
    assert isinstance(sell(till, BREAD), Completed)
    wired.cable.deaf = False
    done = till.heartbeat().settled.done
    assert [d.replayed for d in done] == [True, False]  # type: ignore[union-attr]
    assert flags(wired) == [(), ("offline",)]
    sound(wired)


def test_recalled_goods_and_moved_taxes_are_booked_and_the_manager_is_told(wired: Wired) -> None:
    till = wired.selling()
    wired.cable.pulled = True
    found = till.find(WINE)
    assert isinstance(found, Found)
    at = till._core.server_now()
    basket = till.new_basket().with_check(AgeCheck(18, "clearly_over", at)).add(found.item, code=found.code)
    assert isinstance(till.complete_sale(basket, cash(basket)), Completed)
    assert isinstance(sell(till, BREAD), Completed)
    query = wired.front.database.query
    query(
        "update pos.item set blocked = true, min_age = 25 where id in (%s, %s) returning id",
        BREAD_ITEM,
        WINE_ITEM,
    )
    query("delete from pos.session returning staff")
    wired.cable.pulled = False
    assert till.heartbeat().came_back
    assert flags(wired) == [("blocked", "age_unchecked", "offline")] * 2
    told = query("select kind from pos.flag where document_id is not null order by id")
    assert [row[0] for row in told] == ["blocked", "age_unchecked", "offline"] * 2
    sound(wired)


def test_the_basket_is_checked_against_the_tills_own_catalogue(wired: Wired) -> None:
    till = wired.selling()
    basket = scanned(till, till.new_basket(), MILK, BREAD)
    query = wired.front.database.query
    query("insert into pos.price (item_id, amount) values (1, 199) returning id")
    query("update pos.item set blocked = true where id = %s returning id", BREAD_ITEM)
    assert till._copy is not None
    till._copy.run_to_end()
    wired.cable.pulled = True
    checked = till.check_basket(basket)
    assert checked.offline
    assert sorted((p.code, p.price) for p in checked.problems) == [("blocked", 0), ("price_moved", 199)]
    assert totals(checked.basket).total == 199 + 249
    assert till.check_basket(checked.basket.remove(2)).ok


def test_caps_warn_at_four_fifths_and_stop_at_the_whole(wired: Wired) -> None:
    wired.allow(sales=5, sale=500, cash=1000)
    till = wired.selling()
    wired.cable.pulled = True
    for expected in ("ok", "ok", "ok", "near"):
        assert isinstance(sell(till, MILK), Completed)
        assert till.offline_state().level == expected
    assert till.offline_state().words == "4 of 5 sales without the server are made."
    assert till.tender_rule(501).reason == "sale"
    assert "£5.00 at most" in till.tender_rule(501).stop
    rule = till.tender_rule(400)
    assert (rule.offline, rule.kinds, rule.reason) == (True, ("card",), "cash")
    basket = scanned(till, till.new_basket(), MILK, MILK, BREAD)
    assert till.tender_rule(totals(basket).total).reason == "sale"
    with pytest.raises(UserError, match="at most, and this one is more"):
        till.complete_sale(basket, cash(basket))
    basket = scanned(till, till.new_basket(), BREAD, MILK)
    with pytest.raises(UserError, match="in cash alone"):
        till.complete_sale(basket, cash(basket))
    by_card = Tendering(totals(basket).total).add_card(totals(basket).total, "slip 1").final()
    assert isinstance(till.complete_sale(basket, by_card), Completed)
    state = till.offline_state()
    assert (state.level, state.reason, state.selling) == ("stop", "count", False)
    with pytest.raises(UserError, match="5 sales alone"):
        sell(till, MILK)
    assert isinstance(till.no_sale("change"), Completed)
    wired.cable.pulled = False
    assert till.heartbeat().came_back
    assert isinstance(sell(till, MILK), Completed)
    sound(wired)


def test_time_stops_it_and_a_clock_put_back_gives_none_back(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = wired.selling()
    wired.cable.pulled = True
    assert isinstance(sell(till, MILK), Completed)
    clock, real = till._core.clock, till._core.clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(minutes=200))
    assert isinstance(sell(till, MILK), Completed)
    assert till.offline_state().level == "near"
    monkeypatch.setattr(clock, "now", real)
    assert till.offline_state().minutes >= 199
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(minutes=241))
    with pytest.raises(UserError, match="240 minutes"):
        sell(till, MILK)


def test_without_a_valid_copy_of_the_catalogue_no_sale_is_taken_over(wired: Wired) -> None:
    till = wired.open()
    till.sign_in(CASHIER, PINS[CASHIER])
    till.open_shift(0)
    basket = scanned(till, till.new_basket(), MILK)
    wired.cable.pulled = True
    waiting = till.complete_sale(basket, cash(basket))
    assert isinstance(waiting, Unconfirmed)
    assert till.offline_state().reason == "snapshot"
    wired.cable.pulled = False
    assert till.settle().pending == 0
    assert till._copy is not None
    till._copy.run_to_end()
    valid = till.offline_state().snapshot_valid_until
    assert valid is not None
    left = valid - till._core.server_now()
    assert timedelta(hours=23) < left <= timedelta(hours=24, minutes=1)


def test_a_copy_older_than_a_day_sells_nothing_until_the_server_was_there(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    wired.allow(minutes=10_000)
    till = wired.selling()
    wired.cable.pulled = True
    assert isinstance(sell(till, MILK), Completed)
    clock, real = till._core.clock, till._core.clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(hours=23))
    assert isinstance(sell(till, MILK), Completed)
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(hours=25))
    basket = scanned(till, till.new_basket(), BREAD)
    state = till.offline_state()
    assert (state.reason, state.level, state.minutes) == ("snapshot", "stop", 25 * 60)
    assert till.tender_rule(249).reason == "snapshot"
    with pytest.raises(UserError, match="copy of the prices is missing or too old"):
        till.complete_sale(basket, cash(basket))
    assert till.offline_state().pending == 2
    assert till.load_draft() is not None, "the basket waits"

    wired.cable.pulled = False
    assert till.heartbeat().came_back
    assert isinstance(till.complete_sale(basket, cash(basket)), Completed)
    assert till._copy is not None
    till._copy.run_to_end()
    wired.cable.pulled = True
    assert sell(till, MILK).outcome == "offline"  # type: ignore[union-attr]
    wired.cable.pulled = False
    assert till.heartbeat().came_back
    assert flags(wired) == [("offline",), ("offline",), (), ("offline",)]
    sound(wired)


def test_what_a_till_never_does_alone(wired: Wired) -> None:
    till = wired.selling()
    sold = sell(till, MILK)
    assert isinstance(sold, Completed)
    receipt = receipt_number(1, 1, 1, sold.document.no)
    back = take_back(till.new_basket(), till.receipt_to_refund(receipt), 1, 1000, "stock", "Faulty")
    exchange = scanned(till, back, MILK)
    wired.cable.pulled = True
    assert isinstance(sell(till, MILK), Completed)
    for work in (
        lambda: till.receipt_to_refund(receipt),
        lambda: till.complete_sale(back, (Tender("cash", -165),)),
        lambda: till.complete_sale(exchange, ()),
        lambda: till.cash_movement("drop", 100, "bank"),
        till.x_report,
        lambda: till.open_shift(0),
        lambda: till.recall("another till's"),
    ):
        with pytest.raises(UserError, match="server is away"):
            work()
    with pytest.raises(UserError, match=r"1 records of this till \(3\) are not confirmed"):
        till.close_shift(counted=0)
    assert till.poll_changes() is False


def test_a_basket_held_alone_waits_at_this_till(wired: Wired) -> None:
    till = wired.selling()
    wired.cable.pulled = True
    basket = scanned(till, till.new_basket(), MILK)
    assert till.poll_changes() is False
    till.hold(basket, "green coat")
    assert [held.label for held in till.held()] == ["green coat"]
    assert till.load_draft() is None
    wired.cable.pulled = False
    assert till.heartbeat().came_back
    assert [held.label for held in till.held()] == ["green coat"]
    again = till.recall(basket.sale_id)
    assert again == basket
    assert till.held() == ()


def test_whoever_signed_in_here_lately_can_sign_in_alone(wired: Wired) -> None:
    till = wired.selling()
    assert till.staff()
    assert isinstance(till.sign_in(SUPERVISOR, PINS[SUPERVISOR]), SignedIn)
    wired.cable.pulled = True
    assert isinstance(till.sign_in(CASHIER, "9999"), SignInRefused)
    signed = till.sign_in(CASHIER, PINS[CASHIER])
    assert isinstance(signed, SignedIn)
    assert signed.cashier.may("sell")
    assert till.approve(SUPERVISOR, PINS[SUPERVISOR], "void_sale").number == SUPERVISOR  # type: ignore[union-attr]
    with pytest.raises(UserError, match="has not signed in at this till lately"):
        till.sign_in(MANAGER, PINS[MANAGER])
    waits = [till.sign_in(CASHIER, "9999") for _ in range(6)]
    assert [w.wait_seconds for w in waits if isinstance(w, SignInRefused)] == [0, 0, 0, 0, 5, 5]


def test_a_sign_in_alone_is_told_to_the_server_when_it_is_back(wired: Wired) -> None:
    till = wired.selling()
    wired.cable.pulled = True
    assert isinstance(sell(till, MILK), Completed)
    assert isinstance(till.sign_in(CASHIER, PINS[CASHIER]), SignedIn)
    wired.front.database.query("delete from pos.session returning staff")
    wired.cable.pulled = False
    assert till.heartbeat().came_back
    sold = sell(till, MILK)
    assert isinstance(sold, Completed)
    assert sold.flags == ()


def test_a_pin_that_was_changed_is_forgotten_here(wired: Wired) -> None:
    till = wired.selling()
    query = wired.front.database.query
    other = "update pos.staff_secret set secret = sha256(secret), salt = salt || salt where staff = %s"
    query(other + " returning staff", CASHIER)
    till._salts.clear()
    assert isinstance(till.sign_in(CASHIER, PINS[CASHIER]), SignInRefused)
    wired.cable.pulled = True
    with pytest.raises(UserError, match="has not signed in"):
        till.sign_in(CASHIER, PINS[CASHIER])


def test_a_till_started_without_its_server_goes_on_where_it_was(wired: Wired) -> None:
    till = wired.selling()
    assert isinstance(sell(till, MILK), Completed)
    wired.cable.pulled = True
    accepted = sell(till, BREAD)
    assert isinstance(accepted, Completed)
    till.save_draft(scanned(till, till.new_basket(), MILK))
    wired.close(till)
    again = wired.open(pulled=True)
    recovered = again.recover()
    assert (recovered.settled.pending, recovered.settled.stopped) == (0, None)
    assert recovered.draft is not None
    assert [document.no for document in recovered.to_print] == [2, accepted.document.no]
    assert again.offline_state().selling
    assert again.state().shift is not None
    assert isinstance(again.sign_in(CASHIER, PINS[CASHIER]), SignedIn)
    basket = recovered.draft.basket
    assert isinstance(again.complete_sale(basket, cash(basket)), Completed)
    assert again.offline_state().sales == 2
    wired.cable.pulled = False
    assert again.heartbeat().came_back
    assert flags(wired) == [(), ("offline",), ("offline",)]
    sound(wired)


def test_the_cashier_sells_on_while_a_replay_runs(wired: Wired, monkeypatch: pytest.MonkeyPatch) -> None:
    till = wired.selling()
    wired.cable.pulled = True
    for _ in range(3):
        assert isinstance(sell(till, MILK), Completed)
    wired.cable.pulled = False
    core, reached, go_on = till._core, threading.Event(), threading.Event()
    send = core._send

    def slow(document, stands=""):  # type: ignore[no-untyped-def]
        reached.set()
        assert go_on.wait(PATIENCE)
        return send(document, stands)

    monkeypatch.setattr(core, "_send", slow)
    beats = []
    lane = threading.Thread(target=lambda: beats.append(till.heartbeat()))
    lane.start()
    assert reached.wait(PATIENCE)
    sold = sell(till, BREAD)
    assert isinstance(sold, Completed)
    assert sold.offline
    go_on.set()
    lane.join(PATIENCE)
    assert beats[0].came_back
    assert len(beats[0].settled.done) == 4
    assert flags(wired) == [("offline",)] * 4
    monkeypatch.setattr(core, "_send", send)
    assert sell(till, MILK).outcome == "booked"  # type: ignore[union-attr]
    sound(wired)


def test_online_it_is_one_round_trip_as_ever(wired: Wired) -> None:
    till = wired.selling()
    basket = scanned(till, till.new_basket(), MILK)
    wired.cable.calls.clear()
    assert isinstance(till.complete_sale(basket, cash(basket)), Completed)
    assert wired.cable.calls == ["post_document"]
