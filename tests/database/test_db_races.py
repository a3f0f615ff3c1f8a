"""What happens when tills do the same thing at the same moment, with the lock and without it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from pos_desktop.database import till as till_rows
from tests.database.conftest import World
from tests.database.invariants import assert_sound
from tests.database.racing import at_once, beside, wait_until_blocked, without
from tests.database.shop import BREAD, LAST, MILK, TillClient, card, line, uuid7

TILLS = 20


def basket_of(world: World, item: int, qty: int = 1000) -> dict[str, Any]:
    i = world.shop.items[item]
    part = {"n": 1, "item": i.id, "qty": qty, "price": i.price, "price_version": i.price_version}
    return {"sale": uuid7(), "lines": [{**part, "tax": i.tax, "rate": i.rate}]}


def set_stock(world: World, item: int, pieces: int) -> None:
    where = {"s": world.shop.stores[1], "i": item, "n": pieces}
    with world.owner.transaction():
        world.owner.execute(
            "insert into pos.movement (store_id, item_id, at, delta, balance, reason, by)"
            " select store_id, item_id, now(), %(n)s - on_hand, %(n)s, 'count', 'test' from pos.stock"
            " where store_id = %(s)s and item_id = %(i)s",
            where,
        )
        world.owner.execute(
            "update pos.stock set on_hand = %(n)s where store_id = %(s)s and item_id = %(i)s", where
        )


def on_hand(world: World, item: int) -> int:
    store = world.shop.stores[1]
    return int(world.one("select on_hand from pos.stock where store_id = %s and item_id = %s", store, item))


# -- the last unit --------------------------------------------------------------------------------


def test_last_unit_set_to_refuse_is_sold_once_and_refused_before_money(
    world_of: Callable[..., World],
) -> None:
    world = world_of(tills=TILLS)
    set_stock(world, LAST, 1)
    tills = [world.till(n) for n in range(1, TILLS + 1)]
    baskets = [basket_of(world, LAST) for _ in tills]

    def pay(till: TillClient, basket: dict[str, Any]) -> str:
        checked = till_rows.check_basket(till.connection, basket)
        if not checked["ok"]:
            return str(checked["problems"][0]["code"])
        sale = till.sale([line(world.shop.items[LAST])], sale=basket["sale"])
        return till.post(sale).outcome

    results = at_once([lambda t=t, b=b: pay(t, b) for t, b in zip(tills, baskets, strict=True)])
    assert sorted(results) == ["booked"] + ["out_of_stock"] * (TILLS - 1)
    assert on_hand(world, LAST) == 0
    assert world.one("select count(*) from pos.stock_hold") == 0
    assert_sound(world.owner)


LOCK_OF_HOLD = (
    "PERFORM FROM stock WHERE store_id = t.store_id AND item_id = ANY (v_items) ORDER BY item_id FOR UPDATE;"
)


def test_without_the_stock_lock_two_tills_are_both_promised_the_last_unit(world: World) -> None:
    without(world.owner, "hold_stock", LOCK_OF_HOLD)
    set_stock(world, LAST, 1)
    first, second = world.connect(1), world.connect(2)
    first.execute("begin")
    assert till_rows.check_basket(first, basket_of(world, LAST))["ok"] == 1
    assert till_rows.check_basket(second, basket_of(world, LAST))["ok"] == 1, (
        "the race is gone without its lock"
    )
    first.execute("commit")


def test_with_the_stock_lock_the_second_till_waits_and_is_told(world: World) -> None:
    set_stock(world, LAST, 1)
    first, second = world.connect(1), world.connect(2)
    first.execute("begin")
    assert till_rows.check_basket(first, basket_of(world, LAST))["ok"] == 1
    answer, pool = beside(lambda: till_rows.check_basket(second, basket_of(world, LAST)))
    with pool:
        wait_until_blocked(world.owner, second.info.backend_pid)
        first.execute("commit")
        assert [p["code"] for p in answer.result(60)["problems"]] == ["out_of_stock"]


def test_a_hold_ends_with_its_basket_or_after_three_minutes(world: World) -> None:
    set_stock(world, LAST, 1)
    first, second = world.till(1), world.till(2)
    mine, yours = basket_of(world, LAST), basket_of(world, LAST)
    assert till_rows.check_basket(first.connection, mine)["ok"] == 1
    assert till_rows.check_basket(first.connection, mine)["ok"] == 1, "a basket does not stand in its own way"
    assert till_rows.check_basket(second.connection, yours)["ok"] == 0
    world.owner.execute("update pos.stock_hold set until = now() - interval '1 second'")
    assert till_rows.check_basket(second.connection, yours)["ok"] == 1
    first.cashier = 1002
    assert second.post(second.common("void", sale=yours["sale"], lines=[], reason="left", total=0)).stored
    assert till_rows.check_basket(first.connection, mine)["ok"] == 1


def test_ordinary_last_unit_is_sold_twenty_times_and_flagged(world_of: Callable[..., World]) -> None:
    world = world_of(tills=TILLS)
    set_stock(world, MILK, 1)
    tills = [world.till(n) for n in range(1, TILLS + 1)]
    answers = at_once([lambda t=t: t.post(t.sale([line(world.shop.items[MILK])])) for t in tills])
    assert sorted(a.outcome for a in answers) == ["booked"] + ["flagged"] * 19
    assert [a.flags for a in answers if a.outcome == "flagged"] == [("oversell",)] * 19
    assert on_hand(world, MILK) == -19
    moves = world.query("select delta::int, balance::int from pos.movement where reason = 'sale' order by id")
    assert moves == [(-1, balance) for balance in range(0, -20, -1)]
    assert world.one("select count(*) from pos.flag where kind = 'oversell'") == 19
    assert_sound(world.owner)


def test_shuffled_baskets_never_wait_crosswise(world_of: Callable[..., World]) -> None:
    world = world_of(tills=6)
    tills = [world.till(n) for n in range(1, 7)]

    def sell(till: TillClient, seed: int) -> int:
        rng = random.Random(seed)
        for _ in range(25):
            items = [world.shop.items[i] for i in rng.sample([MILK, BREAD, LAST], 3)]
            answer = till.post(till.sale([line(item, n=n) for n, item in enumerate(items, 1)]))
            assert answer.stored
        return till.no - 1

    assert at_once([lambda t=t, s=s: sell(t, s) for s, t in enumerate(tills)]) == [26] * 6
    assert on_hand(world, MILK) == 100 - 150
    assert world.one("select deadlocks from pg_stat_database where datname = current_database()") == 0
    assert assert_sound(world.owner) == 6 * 26


# -- the same document more than once -------------------------------------------------------------


def test_fifty_replays_make_one_row(world: World) -> None:
    till = world.till()
    body, hash_ = till.freeze(till.sale([line(world.shop.items[MILK])]))
    lanes = [world.connect() for _ in range(5)]

    def replay(lane: psycopg.Connection[tuple[Any, ...]]) -> list[tuple[str, int, str, bool]]:
        answers = [till_rows.post_document(lane, body, hash_) for _ in range(10)]
        return [(a.outcome, a.no, a.head, a.replayed) for a in answers]

    results = [answer for answers in at_once([lambda c=c: replay(c) for c in lanes]) for answer in answers]
    assert sorted(results) == [("booked", 2, hash_.hex(), False)] + [("booked", 2, hash_.hex(), True)] * 49
    assert world.one("select count(*) from pos.sale") == 1
    assert on_hand(world, MILK) == 99
    assert_sound(world.owner)


@pytest.mark.parametrize("ending", ["commit", "rollback"])
def test_a_replay_waits_for_the_still_running_original(world: World, ending: str) -> None:
    till = world.till()
    body, hash_ = till.freeze(till.sale([line(world.shop.items[MILK])]))
    again = world.connect()
    till.connection.execute("begin")
    assert not till_rows.post_document(till.connection, body, hash_).replayed
    answer, pool = beside(lambda: till_rows.post_document(again, body, hash_))
    with pool:
        wait_until_blocked(world.owner, again.info.backend_pid)
        till.connection.execute(ending.encode())
        second = answer.result(60)
    assert (second.outcome, second.no, second.replayed) == ("booked", 2, ending == "commit")
    assert world.one("select count(*) from pos.sale") == 1
    assert_sound(world.owner)


def test_without_the_till_lock_the_replay_fails_instead(world: World) -> None:
    without(world.owner, "post_document", 'WHERE login = (session_user COLLATE "default") FOR UPDATE')
    world.owner.execute("delete from pos.session where till_id <> (select id from pos.till where number = 1)")
    with world.owner.transaction():
        world.owner.execute("set local role pos_owner")
        world.owner.execute("alter table pos.till disable trigger never_deleted")
        world.owner.execute("delete from pos.till where number <> 1")
    till = world.till()
    body, hash_ = till.freeze(till.sale([line(world.shop.items[MILK])]))
    again = world.connect()
    till.connection.execute("begin")
    till_rows.post_document(till.connection, body, hash_)
    answer, pool = beside(lambda: till_rows.post_document(again, body, hash_))
    with pool:
        wait_until_blocked(world.owner, again.info.backend_pid)
        till.connection.execute("commit")
        with pytest.raises(psycopg.errors.UniqueViolation):
            answer.result(60)


def test_a_replay_gets_the_first_answer_whatever_happened_since(world: World) -> None:
    till = world.till()
    first = till.post(till.sale([line(world.shop.items[MILK], 200_000)]))
    body, hash_ = till.last
    refused = till.post(till.sale([line(world.shop.items[MILK])], total=1))
    refused_bytes = till.last
    till.post(till.common("no_sale", reason="change"))
    world.owner.execute("update pos.item set blocked = true")
    world.owner.execute("update pos.staff set active = false")
    for before, sent in ((first, (body, hash_)), (refused, refused_bytes)):
        again = till_rows.post_document(till.connection, *sent)
        assert again.replayed
        same = (again.outcome, again.reason, again.flags, again.no, again.head, again.server_at)
        assert same == (before.outcome, before.reason, before.flags, before.no, before.head, before.server_at)


def test_same_id_with_another_body_is_refused_and_reported(world: World) -> None:
    till = world.till()
    sale = till.sale([line(world.shop.items[MILK])])
    assert till.post(sale).outcome == "booked"
    other = {**till.sale([line(world.shop.items[MILK], 2000)]), "id": sale["id"]}
    for _ in range(3):
        answer = till.post(other)
        assert (answer.outcome, answer.reason, answer.no) == ("rejected", "id_reused", 3)
    alarms = world.query("select kind, alarm, document_id::text from pos.flag")
    assert alarms == [("rejected_id_reused", True, sale["id"])]
    assert world.query("select total from pos.sale") == [(165,)]
    assert_sound(world.owner)


def test_a_refused_payment_is_paid_again_with_another_tender(world: World) -> None:
    till = world.till()
    lines = [line(world.shop.items[BREAD])]
    sale_id = uuid7()
    refused = till.post(till.sale(lines, sale=sale_id, tenders=[{"n": 1, "kind": "cash", "amount": 200}]))
    assert (refused.outcome, refused.reason) == ("refused", "tenders")
    assert till.post(till.sale(lines, sale=sale_id, tenders=card(249))).outcome == "booked"
    third = till.post(till.sale(lines, sale=sale_id))
    assert (third.outcome, third.reason) == ("refused", "already_sold")
    assert world.query("select kind, amount from pos.payment") == [("card", 249)]
    assert_sound(world.owner)


def test_one_basket_paid_at_two_tills_at_once_is_booked_once(world: World) -> None:
    tills = [world.till(1), world.till(2)]
    sale_id = uuid7()
    documents = [t.freeze(t.sale([line(world.shop.items[BREAD])], sale=sale_id)) for t in tills]
    first, second = tills
    first.connection.execute("begin")
    assert first.post_bytes(*documents[0]).outcome == "booked"
    answer, pool = beside(lambda: till_rows.post_document(second.connection, *documents[1]))
    with pool:
        wait_until_blocked(world.owner, second.connection.info.backend_pid)
        first.connection.execute("commit")
        with pytest.raises(psycopg.errors.SerializationFailure):
            answer.result(60)
    again = second.post_bytes(*documents[1])
    assert (again.outcome, again.reason) == ("refused", "already_sold")
    assert_sound(world.owner)


# -- a frozen till --------------------------------------------------------------------------------

_CHILD = """
import os, signal, sys
import psycopg
dsn, body, hash_, explicit = sys.argv[1:]
connection = psycopg.connect(dsn, autocommit=True)
if explicit == "yes":
    connection.execute("begin")
    connection.execute("select api.post_document(%s, %s)", [body, bytes.fromhex(hash_)])
else:
    connection.pgconn.send_query_params(
        b"select api.post_document($1, $2)", [body.encode(), bytes.fromhex(hash_)], param_formats=[0, 1]
    )
    while connection.pgconn.flush():
        pass
print("sent", flush=True)
os.kill(os.getpid(), signal.SIGSTOP)
"""


def freeze_a_till(world: World, explicit: str) -> tuple[subprocess.Popen[str], TillClient]:
    till = world.till(1)
    body, hash_ = till.freeze(till.sale([line(world.shop.items[MILK])]))
    dsn = world.database.dsn(world.shop.logins[1], "a till's secret")
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, dsn, body.decode(), hash_.hex(), explicit],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "sent\n"
    os.waitpid(child.pid, os.WUNTRACED)
    return child, till


def end(child: subprocess.Popen[str]) -> None:
    os.kill(child.pid, signal.SIGKILL)
    child.wait(60)
    assert child.stdout is not None
    child.stdout.close()


def test_a_frozen_till_delays_no_other(world: World) -> None:
    child, _ = freeze_a_till(world, "no")
    try:
        other = world.till(2)
        other.connection.execute("set lock_timeout = '1s'")
        answers = [other.post(other.sale([line(world.shop.items[MILK])])) for _ in range(5)]
        assert [a.outcome for a in answers] == ["booked"] * 5
    finally:
        end(child)
    assert on_hand(world, MILK) == 94, "the frozen till's sale is booked too: it was sent"
    assert_sound(world.owner)


def test_a_till_frozen_in_a_transaction_of_its_own_would_delay_the_others(world: World) -> None:
    child, _ = freeze_a_till(world, "yes")
    try:
        other = world.till(2)
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.post(other.sale([line(world.shop.items[MILK])]))
    finally:
        end(child)
