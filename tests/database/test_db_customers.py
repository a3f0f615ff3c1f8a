"""Customers on the server: looked up one at a time and counted, points spent once, people erased."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pos_desktop.database import customer_setup
from pos_desktop.database.customers import account_statement, seek_customer
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.domain.points import PointLine, points_earned
from tests.database.conftest import Connection, World
from tests.database.invariants import assert_sound
from tests.database.racing import at_once, beside, wait_until_blocked, without
from tests.database.shop import CASHIER, MILK, STRANGER, TillClient, line, make_shop, uuid7
from tests.shop_database import create_database, drop_database

GRACE, SAMUEL = 10000101, 10000104
EARN = 10_000
MILLION = 1_000_000


def with_customers(world: World, **rules: int) -> World:
    """A shop with points, a member with 500 of them, and a customer who may owe 10.00."""
    told = {"earn": EARN, "worth": 1, "lookups": 1000, "card_lookups": 1000, **rules}
    customer_setup.write_customer_rules(world.owner, 1, told)
    customer_setup.write_tender_kinds(world.owner, 1, ("points", "account"))
    customer_setup.write_customer_groups(world.owner, [("member", "Member")])
    for customer in (
        {"number": GRACE, "name": "Grace Wanjiru", "phone": "447700900101", "card": "VIP1",
         "groups": ["member"], "points": 500},
        {"number": SAMUEL, "name": "Samuel Okoro", "phone": "447700900104", "limit": 1000},
    ):  # fmt: skip
        customer_setup.write_customer(world.owner, customer)
    return world


@pytest.fixture(scope="module")
def shared(server: EmbeddedServer, template: str) -> Iterator[World]:
    """One such shop for the tests that leave each other alone; a till of its own for each that sells."""
    database = create_database(server, template)
    opened: list[Connection] = []
    with database.connect() as owner:
        shop = make_shop(owner, tills=5)
        database.logins.extend(shop.logins.values())
        yield with_customers(World(database, owner, shop, opened))
        assert_sound(owner)
    for connection in opened:
        connection.close()
    drop_database(database)


def sale_to(
    till: TillClient, who: int, *, spent: int = 0, charged: int = 0, account: int = 0
) -> dict[str, Any]:
    """Two milks for 3.30: ``spent`` pence by points, ``charged`` on the account, the rest in cash."""
    parts = (("points", spent), ("account", charged), ("cash", 330 - spent - charged))
    tenders = [{"kind": kind, "amount": amount} for kind, amount in parts if amount]
    for n, tender in enumerate(tenders, 1):
        tender |= {"n": n} | ({"account": account} if tender["kind"] == "account" else {})
    points = {"earned": (330 - spent) * EARN, "spent": spent * MILLION, "rate": EARN}
    return till.sale([line(till.shop.items[MILK], 2000)], customer=who, points=points, tenders=tenders)


def account_of(world: World, who: int = SAMUEL) -> int:
    """The number of a customer's house account."""
    return int(world.one("select account from pos.customer where number = %s", who))


def points(world: World, who: int = GRACE) -> int:
    """Millionths of a point."""
    return int(world.one("select points from pos.customer_purse where customer = %s", who))


# -- looking up ------------------------------------------------------------------------------------


def test_one_customer_by_phone_or_card_and_a_few_masked_names(shared: World) -> None:
    world, till = shared, shared.connect(1)
    found = seek_customer(till, "phone", "447700900101", CASHIER)["customer"]
    assert (found["name"], found["phone_end"], found["groups"]) == (
        "Grace Wanjiru",
        "101",
        [["member", "Member"]],
    )
    assert {"phone", "card"}.isdisjoint(found)
    names = seek_customer(till, "name", "amu", CASHIER)
    assert names["names"] == [{"number": SAMUEL, "name": "Samuel O.", "phone_end": "104"}]
    chosen = seek_customer(till, "chosen", str(SAMUEL), CASHIER)
    assert chosen["customer"]["account"]["limit"] == 1000
    assert seek_customer(till, "name", "am", CASHIER)["outcome"] == "none"
    assert seek_customer(till, "card", "447700900101", CASHIER)["outcome"] == "none"
    assert seek_customer(till, "phone", "447700900101", STRANGER) == {
        "outcome": "nobody"
    }  # not signed in here
    noted = world.query("select how, found, staff from pos.customer_lookup order by at")
    assert [how for how, _, _ in noted] == ["phone", "name", "chosen", "name", "card"]
    assert noted[1] == ("name", [SAMUEL], CASHIER)


def test_too_many_names_show_none(shared: World) -> None:
    world = shared
    for n in range(6):
        customer_setup.write_customer(
            world.owner, {"number": 20 + n, "name": f"Jo Smith {n}", "card": f"C{n}"}
        )
    till = world.connect(2)
    assert seek_customer(till, "name", "smith", CASHIER)["outcome"] == "more"
    assert len(seek_customer(till, "name", "smith 3", CASHIER)["names"]) == 1


def test_look_ups_are_counted_by_the_hour_and_the_manager_is_told_once(world: World) -> None:
    """Choosing one of the names counts with the search; another of them counts by itself."""
    with_customers(world, lookups=6, card_lookups=4)
    till = world.connect()
    assert seek_customer(till, "name", "sam", CASHIER)["outcome"] == "names"
    for _ in range(4):
        assert seek_customer(till, "chosen", str(SAMUEL), CASHIER)["outcome"] == "one"
    for _ in range(2):
        assert seek_customer(till, "phone", "447700900101", CASHIER)["outcome"] == "one"
    waits = [seek_customer(till, "phone", "447700900101", CASHIER) for _ in range(2)]
    assert [wait["outcome"] for wait in waits] == ["wait", "wait"]
    assert 3500 < waits[0]["seconds"] <= 3600
    for _ in range(4):
        assert seek_customer(till, "card", "VIP1", CASHIER)["outcome"] == "one"
    assert seek_customer(till, "card", "VIP1", CASHIER)["outcome"] == "wait"
    assert world.query("select kind, alarm from pos.flag") == [("customer_lookups", True)]
    lines = [world.connect(2) for _ in range(8)]  # another till, all its lines at once
    found = at_once(
        [lambda c=c: seek_customer(c, "phone", "447700900101", CASHIER)["outcome"] for c in lines]
    )
    assert sorted(found) == ["one"] * 6 + ["wait"] * 2


def test_a_customer_is_added_once_and_a_taken_phone_shows_nobody(shared: World) -> None:
    till = shared.connect(1)
    form = {"id": uuid7(), "name": "Amélie Fournier", "phone": "447700900103", "card": "", "consent": 1}
    made = seek_customer(till, "new", json.dumps(form), CASHIER)["customer"]
    assert (made["name"], made["consent"], made["points"]) == ("Amélie Fournier", 1, 0)
    again = seek_customer(till, "new", json.dumps(form), CASHIER)["customer"]
    assert again["number"] == made["number"]
    other = seek_customer(till, "new", json.dumps({**form, "id": uuid7(), "name": "X Y"}), CASHIER)
    assert other["outcome"] == "taken"
    assert "customer" not in other


# -- points ----------------------------------------------------------------------------------------


def test_the_server_works_points_out_as_the_till_does(shared: World) -> None:
    """Random lines and payments; the till's sum is sound, one millionth more or less is not."""
    world, dice = shared, random.Random(20261122)
    for _ in range(60):
        nets = [dice.choice((1, 1, -1)) * dice.randrange(0, 5000) for _ in range(dice.randrange(1, 6))]
        paid, rate = dice.choice((0, 0, 100, 250, -300)), dice.choice((0, EARN, 12_345))
        rows = [
            {"n": n, "amount": net, "flags": [], **({"back": {"to": "stock"}} if net < 0 else {})}
            for n, net in enumerate(nets, 1)
        ]
        earned = points_earned([PointLine(net, rate if net >= 0 else 0) for net in nets], paid, rate)
        for off in (0, 1, -1):
            told = {"earned": earned + off, "spent": paid * MILLION, "rate": rate}
            body = json.dumps({"lines": rows, "points": told})
            sound = world.one("select pos.points_sound(%s::jsonb, %s, %s, 1)", body, GRACE, paid)
            assert sound == (off == 0), (nets, paid, rate, off)


def test_points_that_are_not_there_or_not_whole_pay_nothing(shared: World) -> None:
    world, till = shared, shared.till(2)
    assert till.post(sale_to(till, GRACE)).outcome == "booked"
    assert points(world) == 503_300_000
    wrong = sale_to(till, GRACE)
    wrong["points"]["earned"] += 1
    assert till.post(wrong).reason == "points"
    assert till.post(sale_to(till, SAMUEL, spent=1)).reason == "points_short"
    half = sale_to(till, GRACE, spent=300)
    half["points"]["spent"] -= 500_000
    assert till.post(half).reason == "points"
    assert till.post(sale_to(till, 77)).reason == "customer"
    nameless = sale_to(till, GRACE, spent=300)
    del nameless["customer"], nameless["points"]
    assert till.post(nameless).reason == "tenders"
    customer_setup.write_customer_rules(world.owner, 1, {"earn": 20_000})
    assert till.post(sale_to(till, GRACE)).reason == "points_moved"
    customer_setup.write_customer_rules(world.owner, 1, {"earn": EARN})


def spending(world: World, number: int) -> Callable[[], str]:
    """A till that pays 3.00 of 3.30 with Grace's points."""
    till = world.till(number)

    def post() -> str:
        while True:
            try:
                answer = till.post(sale_to(till, GRACE, spent=300))
            except Exception as problem:
                if "being spent at another till" not in str(problem):
                    raise
                continue
            return answer.reason or answer.outcome

    return post


def test_with_its_lock_one_purse_is_spent_once(world_of: Callable[..., World]) -> None:
    """Ten tills, 500 points, 300 each: one is first, and everybody else is told."""
    world = with_customers(world_of(tills=10))
    found = at_once([spending(world, number) for number in range(1, 11)])
    assert sorted(found) == ["booked"] + ["points_short"] * 9
    assert points(world) == (500 - 300) * MILLION + 30 * EARN
    assert_sound(world.owner)


def test_without_its_lock_the_same_points_are_spent_twice(world: World) -> None:
    with_customers(world)
    without(world.owner, "book_customer", " FOR UPDATE")
    first, second = world.till(1), world.till(2)
    with world.owner.transaction(), first.connection.transaction():
        assert first.post(sale_to(first, GRACE, spent=300)).outcome == "booked"
        pid = second.connection.info.backend_pid
        job, pool = beside(lambda: second.post(sale_to(second, GRACE, spent=300)))
        wait_until_blocked(world.owner, pid)
    assert job.result(timeout=60).outcome == "booked"
    pool.shutdown()
    with pytest.raises(AssertionError, match="points_are_their_entries"):
        assert_sound(world.owner)


# -- the house account -----------------------------------------------------------------------------


def test_an_account_is_its_customers_own_and_a_payment_is_no_turnover(shared: World) -> None:
    world, till, account = shared, shared.till(3), account_of(shared)

    def paying(**changes: Any) -> dict[str, Any]:
        told = {"customer": SAMUEL, "account": account, "amount": 200, "tender": {"kind": "cash"}}
        return till.common("account_payment", **{**told, **changes})

    assert till.post(sale_to(till, SAMUEL, charged=330, account=account)).outcome == "booked"
    assert till.post(sale_to(till, GRACE, charged=330, account=account)).reason == "other_account"
    over = sale_to(till, SAMUEL, charged=330, account=account)
    world.owner.execute("update pos.account set floor = -500 where id = %s", [account])
    assert till.post(over).reason == "account_over"
    assert till.post(paying()).outcome == "booked"
    for wrong in ({"amount": 0}, {"tender": {"kind": "points"}}, {"tender": {}}):
        assert till.post(paying(**wrong)).reason == "payment"
    assert till.post(paying(customer=GRACE)).reason == "customer"
    assert world.one("select -balance from pos.account where id = %s", account) == 130
    assert till.grand == 330
    figures = till.connection.execute("select api.shift_report(%s)", [till.shift]).fetchone()[0]  # type: ignore[index]
    assert figures["received"] == [{"kind": "cash", "count": 1, "amount": 200}]
    assert figures["expected_cash"] == 10_000 + 200
    look = seek_customer(till.connection, "phone", "447700900104", CASHIER)["look"]
    told = account_statement(till.connection, look, 10)
    assert told is not None
    assert [(row["source"], row["balance"]) for row in told["entries"]] == [
        ("tender", -330),
        ("payment", -130),
    ]
    assert account_statement(world.connect(1), look, 10) is None  # another till's look-up


def test_what_was_lost_with_an_old_backup_is_made_again(shared: World) -> None:
    """A till refills a sale and a payment of customers that the restored server never knew."""
    world, till = shared, shared.till(4)
    assert set(till.post(sale_to(till, 88000001), "refilled").flags) == {"restored", "refilled"}
    paid = till.common("account_payment", customer=88000002, account=4711, amount=50, tender={"kind": "cash"})
    assert till.post(paid, "refilled").outcome == "flagged"
    made = world.query(
        "select number, name, account from pos.customer where number = any(%s) and made_by <> %s"
        " order by number",
        [88000001, 88000002],  # a till's own new customers have numbers drawn by lot
        "pos",
    )
    assert made == [(88000001, "Restored 88000001", None), (88000002, "Restored 88000002", 4711)]
    assert points(world, 88000001) == 330 * EARN


def test_erasing_a_customer_changes_a_row_and_no_document(shared: World) -> None:
    world, till = shared, shared.till(5)
    gone = {
        "number": 10000109,
        "name": "Ngozi Eze",
        "phone": "447700900109",
        "card": "VIP9",
        "groups": ["member"],
    }
    customer_setup.write_customer(world.owner, gone)
    assert till.post(sale_to(till, 10000109)).outcome == "booked"
    before = world.query("select body, hash from pos.document order by id")
    assert world.one("select pos.erase_customer(10000109)")
    assert world.query("select body, hash from pos.document order by id") == before
    row = world.query("select name, phone, card, consent, search from pos.customer where number = 10000109")
    assert row == [("", None, None, False, "")]
    for how, what in (("phone", "447700900109"), ("card", "VIP9"), ("name", "ngozi"), ("number", "10000109")):
        assert seek_customer(till.connection, how, what, CASHIER)["outcome"] == "none"
    assert "Ngozi" not in world.one("select string_agg(body, '') from pos.document")
    assert till.post(sale_to(till, 10000109)).outcome == "booked"  # a basket that named the number before
