"""Signing in with its waits, managers' pages, prices and stock, and the commands that give logins."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from pos_desktop.cli.main import main
from pos_desktop.database import catalogue
from pos_desktop.database import manager as manager_rows
from pos_desktop.database import staff as staff_rows
from pos_desktop.database import till as till_rows
from pos_desktop.services.pin import pin_secret, stored_verifier
from tests.database.conftest import Connection, World
from tests.database.invariants import assert_sound
from tests.database.racing import at_once
from tests.database.shop import (
    BREAD,
    CASHIER,
    MANAGER,
    MILK,
    STRANGER,
    SUPERVISOR,
    WINE,
    line,
    secret_of,
)

WRONG = b"not the secret"
MANAGER_PASSWORD = "a manager's secret"


# -- signing in -----------------------------------------------------------------------------------


def test_a_pin_signs_in_through_the_tills_own_arithmetic(world: World) -> None:
    salt, pepper = bytes(range(16)), b"pepper of the shop"
    staff_rows.set_pin(world.owner, CASHIER, salt, stored_verifier(pin_secret("4711", salt, pepper)))
    connection = world.connect()
    (row,) = [row for row in staff_rows.staff(connection) if row.number == CASHIER]
    assert (row.name, row.role, row.salt) == ("Ann", "cashier", salt)
    assert not staff_rows.sign_in(connection, CASHIER, pin_secret("4712", row.salt, pepper)).ok
    assert not staff_rows.sign_in(connection, CASHIER, pin_secret("4711", row.salt, b"other pepper")).ok
    signed = staff_rows.sign_in(connection, CASHIER, pin_secret("4711", row.salt, pepper))
    assert signed.ok
    assert "sell" in signed.permissions
    assert "void_sale" not in signed.permissions
    assert len(signed.session) == 64


def test_only_people_of_this_store_are_shown_and_let_in(world: World) -> None:
    connection = world.connect()
    assert [row.number for row in staff_rows.staff(connection)] == [1001, 1002, 1003]
    for number in (STRANGER, 9999, -1):
        assert staff_rows.sign_in(connection, number, secret_of(number)) == staff_rows.SignIn(ok=False)


def pass_time(world: World, seconds: int) -> None:
    world.owner.execute(
        "update pos.sign_in_count set wait_until = wait_until - %s * interval '1 second'", [seconds]
    )


def test_five_misses_wait_five_seconds_then_fifteen_then_sixty(world: World) -> None:
    connection = world.connect()
    waits = [staff_rows.sign_in(connection, CASHIER, WRONG).wait_seconds for _ in range(5)]
    assert waits == [0, 0, 0, 0, 5]
    during = staff_rows.sign_in(connection, CASHIER, secret_of(CASHIER))
    assert (during.ok, during.wait_seconds) == (False, 5), "the right PIN waits too"
    for expected in (15, 60, 60):
        pass_time(world, 3600)
        assert staff_rows.sign_in(connection, CASHIER, WRONG).wait_seconds == expected
    pass_time(world, 3600)
    assert staff_rows.sign_in(connection, CASHIER, secret_of(CASHIER)).ok
    assert staff_rows.sign_in(connection, CASHIER, WRONG).wait_seconds == 0, "a sign-in clears the count"


def test_many_tills_do_not_help_a_guesser_nor_one_till_with_many_names(world: World) -> None:
    first, second = world.connect(1), world.connect(2)
    for turn in range(4):
        assert staff_rows.sign_in((first, second)[turn % 2], SUPERVISOR, WRONG).wait_seconds == 0
    assert staff_rows.sign_in(first, SUPERVISOR, WRONG).wait_seconds == 5
    assert staff_rows.sign_in(second, SUPERVISOR, secret_of(SUPERVISOR)).wait_seconds > 0
    pass_time(world, 3600)
    for number in (CASHIER, 1003):
        staff_rows.sign_in(first, number, WRONG)
    assert staff_rows.sign_in(first, CASHIER, secret_of(CASHIER)).wait_seconds > 0, "till 1 itself waits"
    assert staff_rows.sign_in(second, CASHIER, secret_of(CASHIER)).ok


def test_ten_misses_wait_fifteen_minutes_and_twenty_in_a_day_an_hour(world: World) -> None:
    connection = world.connect()
    for turn in range(1, 20):
        waited = staff_rows.sign_in(connection, CASHIER, WRONG).wait_seconds
        assert (waited >= 900) == (turn >= 10)
        pass_time(world, 3600)
    assert world.query("select kind from pos.flag") == []
    assert staff_rows.sign_in(connection, CASHIER, WRONG).wait_seconds == 3600
    told = world.query("select kind, alarm, detail->>'who', detail->>'number' from pos.flag order by id")
    assert told == [("pin_guessing", True, "till", "1"), ("pin_guessing", True, "staff", str(CASHIER))]
    staff_rows.set_pin(world.owner, CASHIER, bytes(16), stored_verifier(WRONG))
    assert world.one("select count(*) from pos.sign_in_count where who = 'staff'") == 0


def test_a_guess_rolled_back_is_never_answered(world: World) -> None:
    """A script at a stolen till undoes its transaction after each guess, to be counted for none."""
    connection = world.connect()
    for _ in range(30):
        with connection.transaction(force_rollback=True):
            tried = till_rows.call(connection, "select api.sign_in_try(%s, %b)", MANAGER, secret_of(MANAGER))
            answer = till_rows.call(connection, "select api.sign_in(%s)", tried["try"])
        assert not answer["ok"], "the right PIN is not told from a wrong one before it is counted"
    assert world.query("select misses from pos.sign_in_count") == []
    for _ in range(4):
        tried = till_rows.call(connection, "select api.sign_in_try(%s, %b)", MANAGER, WRONG)
        with connection.transaction(force_rollback=True):
            assert not till_rows.call(connection, "select api.sign_in(%s)", tried["try"])["ok"]
        assert not till_rows.call(connection, "select api.sign_in(%s)", tried["try"])["ok"]
    assert world.one("select misses from pos.sign_in_count where who = 'till'") == 4


def test_another_time_zone_starts_no_new_day(world: World) -> None:
    connection = world.connect()
    for turn in range(20):
        connection.execute(f"set timezone = '{(-14, 14)[turn % 2]}'".encode())
        staff_rows.sign_in(connection, CASHIER, WRONG)
        pass_time(world, 3600)
    assert world.one("select today from pos.sign_in_count where who = 'staff'") == 20


def test_nobody_locks_the_manager_out_from_another_till(world: World) -> None:
    stolen, office = world.connect(1), world.connect(2)
    for _ in range(30):
        staff_rows.sign_in(stolen, MANAGER, WRONG)
        pass_time(world, 3600)
    for _ in range(5):
        staff_rows.sign_in(stolen, MANAGER, WRONG)
    assert staff_rows.sign_in(stolen, MANAGER, secret_of(MANAGER)).wait_seconds > 0
    assert staff_rows.sign_in(office, MANAGER, secret_of(MANAGER)).ok
    staff_rows.sign_in(stolen, MANAGER, WRONG)
    assert staff_rows.sign_in(office, MANAGER, secret_of(MANAGER)).ok


def test_many_tills_give_one_guess_each_while_the_person_waits(world_of: Callable[..., World]) -> None:
    world = world_of(tills=4)
    first = world.connect(1)
    for _ in range(5):
        staff_rows.sign_in(first, MANAGER, WRONG)
    for number in (2, 3, 4):
        other = world.connect(number)
        assert staff_rows.sign_in(other, MANAGER, WRONG).wait_seconds > 0, "the one guess is counted"
        assert staff_rows.sign_in(other, MANAGER, secret_of(MANAGER)).wait_seconds > 0, "and was the last"


def test_numbers_nobody_has_leave_no_rows(world: World) -> None:
    connection = world.connect()
    for number in range(5000, 5004):
        assert staff_rows.sign_in(connection, number, WRONG) == staff_rows.SignIn(ok=False)
    assert world.one("select count(*) from pos.sign_in_count where who = 'staff'") == 0
    assert staff_rows.sign_in(connection, 5005, WRONG).wait_seconds == 5, "the till's own count shows them"


def test_guesses_at_once_are_counted_one_by_one(world: World) -> None:
    lanes = [world.connect(n) for n in (1, 2, 1, 2, 1, 2)]
    at_once([lambda c=c: staff_rows.sign_in(c, SUPERVISOR, WRONG) for c in lanes])
    assert world.one("select misses from pos.sign_in_count where who = 'staff'") == 5, "the sixth had to wait"


def test_a_cashier_who_did_not_sign_in_here_is_flagged(world: World) -> None:
    till = world.till()
    world.owner.execute("delete from pos.session")
    sale = [line(world.shop.items[MILK])]
    assert till.post(till.sale(sale)).flags == ("not_signed_in",)
    assert staff_rows.sign_in(till.connection, CASHIER, secret_of(CASHIER)).ok
    assert till.post(till.sale(sale)).outcome == "booked"
    world.owner.execute("update pos.session set until = now() - interval '1 second'")
    assert till.post(till.sale(sale)).flags == ("not_signed_in",)


# -- managers -------------------------------------------------------------------------------------


@pytest.fixture
def manager(world: World) -> Iterator[Connection]:
    login = world.shop.logins[1].replace("till", "mgr")
    manager_rows.add_manager(world.owner, login, "Mo", MANAGER_PASSWORD, [1, 2])
    world.database.logins.append(login)
    with world.database.connect(login, MANAGER_PASSWORD) as connection:
        yield connection


@pytest.mark.parametrize("sort", ["name", "-name", "price", "-price", "on_hand", "-on_hand", "id", "-id"])
def test_pages_show_every_item_once_in_order(world: World, manager: Connection, sort: str) -> None:
    rng = random.Random(sort)
    world.owner.execute(
        "insert into pos.item (name, category_id, tax)"
        " select 'Thing ' || g %% 7, 1, 'S' from generate_series(1, 40) g",
        [],
    )
    world.owner.execute(
        "insert into pos.price (item_id, amount) select id, id %% 5 from pos.item where id %% 2 = 0", []
    )
    seen: list[manager_rows.ItemRow] = []
    after: dict[str, Any] | None = None
    while True:
        page = manager_rows.items_page(manager, {"store": 1}, sort, after, rng.randint(1, 9))
        seen += page.rows
        if (after := page.next) is None:
            break
    keys = [
        (getattr(row, sort.lstrip("-")) if "name" not in sort else row.name.lower().replace("ô", "o"), row.id)
        for row in seen
    ]
    assert len({row.id for row in seen}) == len(seen) == 47
    assert keys == sorted(keys, reverse=sort.startswith("-"))


def test_words_are_matched_in_any_order_over_name_code_and_supplier(
    world: World, manager: Connection
) -> None:
    world.owner.execute("insert into pos.supplier (name) values ('Château & Söhne')")
    world.owner.execute(
        "update pos.item set supplier_id = (select id from pos.supplier) where id = %s", [WINE]
    )
    cases = {
        "rhone 75": [WINE],
        "chateau": [WINE],
        "5000328044842": [WINE],
        "2804": [WINE],
        "milk rhone": [],
        "sohne cote": [WINE],
    }
    for words, expected in cases.items():
        page = manager_rows.items_page(manager, {"store": 1, "words": words})
        assert [row.id for row in page.rows] == expected, words
        assert manager_rows.count(manager, {"store": 1, "words": words}) == (len(expected), False)
    assert manager_rows.count(manager, {"store": 1, "category": "Liquor"}) == (1, False)
    hostile = "x' or true --"
    assert manager_rows.count(
        manager, {"store": 1, "words": hostile, "category": hostile, "code": hostile}
    ) == (0, False)


def test_a_price_reaches_the_till_and_two_editors_do_not_overwrite_each_other(
    world: World, manager: Connection
) -> None:
    till = world.connect()
    seen = till_rows.changes_since(till, 0).last
    row = manager_rows.items_page(manager, {"store": 1, "words": "milk"}).rows[0]
    done = manager_rows.set_price(manager, MILK, 1, 179, row.row_version)
    assert done.outcome == "ok"
    assert MILK in till_rows.changes_since(till, seen).items
    card = catalogue.items_by_id(till, [MILK])[0]
    assert (card["price"], card["price_version"]) == (179, done.price_version)
    late = manager_rows.set_price(manager, MILK, 1, 150, row.row_version)
    assert (late.outcome, late.price, late.changed_by) == ("conflict", 179, manager.info.user)
    assert manager_rows.set_price(manager, MILK, 0, 181, done.row_version).outcome == "ok"
    assert catalogue.items_by_id(till, [MILK])[0]["price"] == 181
    for price in (-1, 100_000_000):
        assert manager_rows.set_price(manager, MILK, 1, price, 3).reason == "price_out_of_range"
    assert manager_rows.set_price(manager, 4711, 1, 1, 1).reason == "no_item"
    told = world.query(
        "select by, what, detail->>'was', detail->>'now' from pos.audit where what = 'price_set' order by id"
    )
    assert told == [
        (manager.info.user, "price_set", "165", "179"),
        (manager.info.user, "price_set", "179", "181"),
    ]


def test_stock_is_adjusted_by_difference_while_it_sells(world: World, manager: Connection) -> None:
    till = world.till()

    def sell() -> None:
        for _ in range(20):
            assert till.post(till.sale([line(world.shop.items[BREAD])])).stored

    def adjust() -> None:
        for _ in range(20):
            assert manager_rows.adjust_stock(manager, BREAD, 1, 1500, "count", "shelf").outcome == "ok"

    at_once([sell, adjust])
    last = manager_rows.adjust_stock(manager, BREAD, 1, -500, "waste")
    assert last.on_hand == 100_000 - 20_000 + 30_000 - 500
    assert manager_rows.adjust_stock(manager, BREAD, 1, 0, "count").reason == "no_difference"
    assert manager_rows.adjust_stock(manager, BREAD, 1, 5, "No Reason!").reason == "no_reason"
    assert manager_rows.adjust_stock(manager, 4711, 1, 5, "count").reason == "no_item"
    assert (
        world.one(
            "select count(*) from pos.audit where what = 'stock_adjusted' and by = %s", manager.info.user
        )
        == 21
    )
    assert_sound(world.owner)


def test_sales_by_hour_and_flags_add_up(world: World, manager: Connection) -> None:
    till = world.till()
    for _ in range(3):
        till.post(till.sale([line(world.shop.items[BREAD])]))
    till.post(till.sale([line(world.shop.items[BREAD])], total=1))
    today = date.fromisoformat(world.one("select (now() at time zone 'Europe/London')::date::text"))
    hours = manager_rows.sales_by_hour(manager, 1, today)
    assert (sum(n for _, n, _ in hours), sum(total for _, _, total in hours)) == (3, 747)
    assert all(0 <= hour <= 23 for hour, _, _ in hours)
    (flag,) = manager_rows.flags(manager, 1)
    assert (flag["kind"], flag["till"], flag["alarm"]) == ("refused_total", 1, 0)
    assert manager_rows.mark_seen(manager, flag["id"])
    assert not manager_rows.mark_seen(manager, flag["id"])
    assert manager_rows.flags(manager, 1) == []


# -- commands -------------------------------------------------------------------------------------


def test_commands_give_and_take_logins(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command, mgr = world.database.as_owner, f"cmd_mgr_{world.database.name}"
    monkeypatch.setenv("POS_DESKTOP_NEW_PASSWORD", "a long enough secret")
    world.database.logins.append(mgr)
    assert command("manager", "add", mgr, "--name", "Mo", "--store", "2") == 0
    with world.database.connect(mgr, "a long enough secret") as manager:
        assert [s["number"] for s in manager_rows.stores(manager)] == [2]
    monkeypatch.delenv("POS_DESKTOP_NEW_PASSWORD")
    monkeypatch.setattr("sys.stdin", io.StringIO("another long secret\n"))
    assert command("manager", "reset", mgr) == 0
    with world.database.connect(mgr, "another long secret") as manager:
        assert [s["number"] for s in manager_rows.stores(manager)] == [2]
    assert command("manager", "end", mgr) == 0
    assert f"{mgr} can no longer sign in." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["manager", "end", "nobody"], "There is no manager nobody"),
        (["till", "revoke", "--store", "1", "--till", "99"], "There is no till 99 in store 1"),
        (["till", "replace", "--store", "1", "--till", "99"], "There is no till 99 in store 1"),
        (["till", "enroll", "--store", "1", "--till", "1"], "belongs to a machine already"),
        (["till", "enroll", "--store", "99", "--till", "1"], "There is no store 99"),
        (["manager", "add", "mgr_nowhere", "--name", "x", "--store", "99"], "There is no store 99"),
    ],
)
def test_commands_say_what_they_did_not_find(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    says: str,
) -> None:
    monkeypatch.setenv("POS_DESKTOP_NEW_PASSWORD", "a long enough secret")
    assert world.database.as_owner(*words) == 1
    assert says in capsys.readouterr().err


def test_a_short_password_is_not_taken(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POS_DESKTOP_NEW_PASSWORD", "short")
    assert world.database.as_owner("manager", "add", "mgr_short", "--name", "x", "--store", "1") == 1


def test_a_password_in_a_connection_string_is_not_taken(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["till", "list", "--dsn", world.database.owner_dsn]) == 1
    said = capsys.readouterr()
    assert "no place for a password" in said.err
    assert world.database.owner_password not in said.err + said.out
