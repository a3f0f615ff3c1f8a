"""A stolen till's password, with plain psycopg in the thief's hands: what is refused, and what is flagged."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from pos_desktop.database import rights
from pos_desktop.database import staff as staff_rows
from pos_desktop.database import till as till_rows
from pos_desktop.errors import UserError
from tests.database.conftest import Connection, World
from tests.database.invariants import assert_sound
from tests.database.shop import (
    CASHIER,
    LAST,
    MANAGER,
    MILK,
    OPEN_GROCERY,
    PASSWORD,
    WINE,
    TillClient,
    card,
    line,
    taxes_of,
)
from tests.security.statements import EVERYTHING, OPEN_TO_ALL

REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectNotInPrerequisiteState)


@pytest.fixture
def shop_world(world: World) -> World:
    """The usual shop, with the rights on the database itself: a clone has not got those."""
    name = sql.Identifier(world.database.name)
    groups = sql.SQL("pos_owner, pos_till, pos_manager, pos_report, pos_backup, pos_migrator, pos_keeper")
    for statement in (
        "revoke all on database {} from public",
        "grant temporary on database {} to pos_owner",
        "grant connect on database {} to {groups}",
    ):
        world.owner.execute(sql.SQL(statement).format(name, groups=groups))
    return world


@pytest.fixture
def thief(shop_world: World) -> Connection:
    """The stolen login, and nothing else."""
    return shop_world.connect(1)


def filled(statements: list[str], world: World) -> list[str]:
    """The statements with this shop's names in them."""
    me, other = world.shop.logins[1], world.shop.logins[2]
    return [s.format(me=me, other=other, database=world.database.name) for s in statements]


def outcome(connection: Connection, statement: str) -> str:
    """ "done", or the class of error that stopped it."""
    try:
        connection.execute(statement.encode())
    except psycopg.Error as error:
        with contextlib.suppress(psycopg.Error):
            connection.execute("rollback")
        return type(error).__name__
    return "done"


def test_everything_else_is_refused(shop_world: World, thief: Connection) -> None:
    shop_world.connect(2)
    went = {s: outcome(thief, s) for s in filled(EVERYTHING, shop_world)}
    names = {error.__name__ for error in REFUSED}
    through = {statement: what for statement, what in went.items() if what not in names}
    assert not through, "\n".join(f"{what:30} {statement}" for statement, what in through.items())
    assert len(went) > 140
    assert thief.execute("select 1").fetchone() == (1,)


def test_what_nobody_can_forbid_is_known_and_changes_no_sale(shop_world: World, thief: Connection) -> None:
    client = TillClient(shop_world.shop, thief)
    assert client.open_shift().outcome == "booked"
    assert {s: outcome(thief, s) for s in filled(OPEN_TO_ALL, shop_world)} == dict.fromkeys(
        filled(OPEN_TO_ALL, shop_world), "done"
    )
    assert client.post(client.sale([line(shop_world.shop.items[MILK])])).outcome == "booked"
    assert_sound(shop_world.owner)
    changed = [str(each) for each in rights.login_drift(shop_world.owner)]
    login = shop_world.shop.logins[1]
    assert f"login: {login} has a password this program did not give it" in changed
    assert f"login: {login} starts with statement_timeout=0" in changed


def test_it_reads_no_other_tills_work(shop_world: World, thief: Connection) -> None:
    other = shop_world.till(2)
    assert other.post(other.sale([line(shop_world.shop.items[MILK])])).outcome == "booked"
    seen = thief.execute("select query from pg_stat_activity where usename <> current_user").fetchall()
    assert seen
    assert all("post_document" not in (query or "") for (query,) in seen)
    assert till_rows.documents(thief, 100) == []
    assert till_rows.call(thief, "select api.shift_report(%s)", other.shift) is None
    words = str(thief.execute("select * from api.staff").fetchall())
    assert "Ann" in words
    assert not thief.execute("select * from api.staff where name = 'Dan'").fetchall(), "another store's"
    stored = shop_world.query("select encode(secret, 'hex') from pos.staff_secret")
    assert not [secret for (secret,) in stored if secret in words]


HIDDEN = ("cost", "supplier", "margin", "secret", "password", "token")


def test_no_answer_carries_a_cost_or_a_secret(shop_world: World, thief: Connection) -> None:
    client = TillClient(shop_world.shop, thief)
    client.open_shift()
    client.post(client.sale([line(shop_world.shop.items[MILK])]))
    answers = [
        till_rows.hello(thief, "1", 1), till_rows.documents(thief, 9), till_rows.held_sales(thief),
        till_rows.call(thief, "select api.search_items('milk', 9)"),
        till_rows.call(thief, "select api.items_by_id('{1,2,3}')"),
        till_rows.call(thief, "select api.find_item('05010012345678')"),
        till_rows.call(thief, "select api.catalogue_page(0, 100)"),
        till_rows.call(thief, "select api.shift_report(%s)", client.shift),
        till_rows.call(thief, "select api.start_check()"), till_rows.call(thief, "select api.whoami()"),
    ]  # fmt: skip
    keys = {key for answer in answers for key in keys_of(answer)}
    assert {"name", "price"} <= keys
    assert {key for key in keys if any(word in key for word in HIDDEN)} == {"command_secret"}


def keys_of(value: Any) -> Iterator[str]:
    """Every key at any depth."""
    if isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from keys_of(inner)


# -- in the way of others ----------------------------------------------------------------------------


def test_alarms_do_not_bury_each_other(world: World) -> None:
    till = world.till()
    for _ in range(60):
        assert till.post({**till.common("no_sale", reason="x"), "till": 2}).outcome == "rejected"
    assert world.one("select count(*) from pos.flag where alarm") == 50
    other = world.till(2)
    assert other.post({**other.common("no_sale", reason="x"), "no": 99}).outcome == "rejected"
    assert world.one("select count(*) from pos.flag where alarm") == 51, "another till's alarm is still heard"


def test_a_document_beyond_sense_is_not_stored(world: World) -> None:
    till = world.till()
    assert till.post(till.common("event", name="x", detail={"x": "y" * 1_000_000})).outcome == "rejected"
    assert till.post(till.common("event", name="x", detail={"x": "y" * 1000})).outcome == "booked"


def test_parked_baskets_have_an_end(world: World) -> None:
    connection = world.connect()
    parked = "select api.hold_sale(gen_random_uuid(), '{}', 'x') from generate_series(1, 200)"
    connection.execute(parked.encode())
    with pytest.raises(psycopg.errors.ProgramLimitExceeded):
        connection.execute("select api.hold_sale(gen_random_uuid(), '{}', 'x')")
    world.connect(2).execute("select api.hold_sale(gen_random_uuid(), '{}', 'x')")


HOSTILE_SETTINGS = """
set datestyle = 'German, DMY'
set intervalstyle = 'sql_standard'
set timezone = 'Pacific/Kiritimati'
set bytea_output = 'escape'
set standard_conforming_strings = off
set extra_float_digits = -15
set transform_null_equals = on
set array_nulls = off
set client_encoding = 'LATIN1'
set lc_numeric = 'C'
set search_path = pg_temp, public
set default_transaction_isolation = 'serializable'
set enable_indexscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_custom_plan
set row_security = off
set synchronous_commit = off
set quote_all_identifiers = on
set check_function_bodies = off
set xmlbinary = 'hex'
set jit = on
""".strip().splitlines()


def test_no_setting_of_its_own_changes_what_is_booked(world: World) -> None:
    plain, odd = world.till(2), world.till(1)
    for setting in HOSTILE_SETTINGS:
        with contextlib.suppress(psycopg.Error):
            odd.connection.execute(setting.encode())
    items = [line(world.shop.items[MILK], 2000), line(world.shop.items[WINE], n=2)]
    checks = [{"kind": "age", "min_age": 18, "result": "id_checked"}]
    for till in (plain, odd):
        assert till.post(till.sale(items, checks=checks)).outcome == "booked"
    rows = world.query("select total, net, tax, business_date from pos.sale")
    assert rows[0] == rows[1]
    assert world.one("select count(distinct taxes) from (select array_agg(t order by t) as taxes from (select"
                     " document_id, (tax, rate, net, amount, gross)::text as t from pos.sale_tax) x"
                     " group by document_id) y") == 1  # fmt: skip
    assert_sound(world.owner)


def test_the_last_one_held_by_a_thief_is_free_again(world: World) -> None:
    thief, honest = world.till(1), world.till(2)
    held = {"sale": "0198c0de-0000-7000-8000-000000000001", "lines": [fields_of(world, LAST, 100_000)]}
    assert till_rows.check_basket(thief.connection, held)["ok"] == 1
    mine = {**held, "sale": "0198c0de-0000-7000-8000-000000000002", "lines": [fields_of(world, LAST, 1000)]}
    assert till_rows.check_basket(honest.connection, mine)["ok"] == 0
    assert till_rows.block_till(world.owner, store=1, number=1)
    world.owner.execute("update pos.stock_hold set until = now()")
    assert till_rows.check_basket(honest.connection, mine)["ok"] == 1


def fields_of(world: World, item: int, qty: int) -> dict[str, Any]:
    known = world.shop.items[item]
    return {"n": 1, "item": item, "qty": qty, "price": known.price, "price_version": known.price_version,
            "tax": known.tax, "rate": known.rate}  # fmt: skip


def test_eight_connections_are_all_there_are(shop_world: World, thief: Connection) -> None:
    more = [shop_world.database.connect(shop_world.shop.logins[1], PASSWORD) for _ in range(7)]
    for _ in range(2):
        with pytest.raises(psycopg.OperationalError):
            shop_world.database.connect(shop_world.shop.logins[1], PASSWORD)
    assert shop_world.till(2).post_bytes(b"{}", bytes(32)).outcome == "rejected", "another till is let in"
    for connection in more:
        connection.close()


def test_a_till_with_a_stronger_login_does_not_work_with_it(shop_world: World, thief: Connection) -> None:
    login = shop_world.shop.logins[1]
    assert staff_rows.start_check(thief) == ""
    for grant, back in (
        (f"grant pos_owner to {login}", f"revoke pos_owner from {login}"),
        (f"grant pos_manager to {login}", f"revoke pos_manager from {login}"),
        (f"alter role {login} superuser", f"alter role {login} nosuperuser"),
        (f"alter role {login} createrole", f"alter role {login} nocreaterole"),
    ):
        shop_world.owner.execute(grant.encode())
        with pytest.raises(UserError) as refused:
            staff_rows.start_check(thief)
        assert refused.value.code == "access.too_strong"
        assert login in refused.value.text()
        assert [each for each in rights.login_drift(shop_world.owner) if login in str(each)], grant
        shop_world.owner.execute(back.encode())
    assert staff_rows.start_check(thief) == ""


def test_what_a_thief_can_still_do_is_book_true_sales_of_his_own_till(world: World) -> None:
    """The honest rest: a sale at the shop's price, with a signed-in cashier's number, in his own chain."""
    till = world.till()
    assert till.post(till.sale([line(world.shop.items[MILK])])).outcome == "booked"
    assert till.post(till.sale([line(world.shop.items[MILK])], tenders=card(165))).outcome == "booked"
    grocery = line(world.shop.items[OPEN_GROCERY], price=1, amount=1, price_version=0, flags=["typed_price"])
    assert till.post(till.sale([grocery])).outcome == "booked"
    world.owner.execute("delete from pos.session where staff = %s", [CASHIER])
    assert till.post(till.sale([line(world.shop.items[MILK])])).flags == ("not_signed_in",)
    assert taxes_of([grocery], "included")[0]["gross"] == 1
    assert MANAGER not in {row.number for row in staff_rows.staff(till.connection) if row.salt == b""}
    assert_sound(world.owner)
