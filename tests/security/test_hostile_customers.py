"""What a stolen till learns of customers, with plain psycopg: one at a time, counted, and no list."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from pos_desktop.database import customer_setup
from pos_desktop.database.customers import seek_customer
from tests.database.conftest import Connection, World
from tests.database.shop import CASHIER, uuid7

PHONE = "447700900101"
TABLES = (
    "customer",
    "customer_in_group",
    "customer_purse",
    "customer_lookup",
    "point_entry",
    "account",
    "account_payment",
)


@pytest.fixture
def thief(world: World) -> Connection:
    """The login of a till where a cashier signed in this morning."""
    customer_setup.write_customer_rules(world.owner, 1, {"earn": 10_000, "lookups": 5, "card_lookups": 5})
    for n in range(12):
        someone = {"number": 30_000_000 + n, "name": f"Person{n} Family", "phone": f"4477009001{n:02}"}
        customer_setup.write_customer(world.owner, someone)
    return world.connect(1)


def tried(thief: Connection, how: str, what: str) -> dict[str, Any]:
    """The first half of a look-up: it is counted."""
    answer = thief.execute("select api.customer_try(%s, %s, %s)", [how, what, CASHIER]).fetchone()
    assert answer is not None
    return answer[0]  # type: ignore[no-any-return]


def test_no_table_of_customers_is_read_or_written(thief: Connection) -> None:
    for table in TABLES:
        for statement in (
            f"select * from pos.{table}",
            f"delete from pos.{table}",
            f"update pos.{table} set x = 1",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                thief.execute(statement.encode())
    for call in (
        "pos.erase_customer(30000000)",
        "pos.customer_card(30000000)",
        "pos.seek_customers('name', 'per')",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            thief.execute(f"select {call}".encode())


def test_a_look_up_that_is_undone_was_never_answered(thief: Connection, world: World) -> None:
    """Asked and rolled back, a thousand times: nothing is counted, and nothing was heard."""
    for _ in range(20):
        with thief.transaction(force_rollback=True):
            look = tried(thief, "phone", PHONE)["try"]
            assert thief.execute("select api.customer_found(%s)", [look]).fetchone() == ({"outcome": "none"},)
        assert thief.execute("select api.customer_found(%s)", [look]).fetchone() == ({"outcome": "none"},)
    assert world.one("select count(*) from pos.customer_lookup") == 0


def test_a_form_that_is_undone_does_not_say_whose_number_it_is(thief: Connection, world: World) -> None:
    form = {"id": uuid7(), "name": "X Y", "phone": PHONE, "card": "", "consent": 0}
    with thief.transaction(force_rollback=True):
        answer = tried(thief, "new", json.dumps(form))
        assert set(answer) == {"outcome", "try"}
        found = thief.execute("select api.customer_found(%s)", [answer["try"]]).fetchone()
        assert found == ({"outcome": "none"},)
    assert seek_customer(thief, "new", json.dumps(form), CASHIER)["outcome"] == "taken"
    assert world.query("select how, found from pos.customer_lookup") == [("taken", [])]


def test_an_hour_shows_so_many_and_the_rest_wait(thief: Connection, world: World) -> None:
    """By guessed phones and numbers, on every line the login may open: five an hour, and an alarm."""
    lines = [thief, *(world.connect(1) for _ in range(6))]
    seen = []
    for n in range(30):
        how, what = (("phone", f"4477009001{n % 12:02}"), ("number", str(30_000_000 + n)))[n % 2]
        seen.append(seek_customer(lines[n % len(lines)], how, what, CASHIER)["outcome"])
    assert seen.count("one") + seen.count("none") == 5
    assert seen[5:] == ["wait"] * 25
    assert world.query("select kind, alarm, detail->>'most' from pos.flag") == [
        ("customer_lookups", True, "5")
    ]


def test_names_are_not_leafed_through_and_another_tills_look_up_is_not_heard(
    thief: Connection, world: World
) -> None:
    for words in ("", "a", "%", "fa", "___", "f%a", "family"):
        assert seek_customer(thief, "name", words, CASHIER)["outcome"] in ("none", "more", "wait"), words
    other = world.connect(2)
    found = seek_customer(other, "phone", PHONE, CASHIER)
    assert found["outcome"] == "one"
    assert thief.execute("select api.customer_found(%s)", [found["look"]]).fetchone() == (
        {"outcome": "none"},
    )
    with pytest.raises(psycopg.errors.InvalidParameterValue):
        tried(other, "all", "")


def test_nobody_looks_where_nobody_signed_in(thief: Connection, world: World) -> None:
    world.owner.execute("delete from pos.session")
    assert seek_customer(thief, "phone", PHONE, CASHIER) == {"outcome": "nobody"}
