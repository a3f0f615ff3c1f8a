"""A manager of one store, with plain psycopg: nothing of the other store, and nothing but what api gives."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from pos_desktop.database import manager as manager_rows
from pos_desktop.database import staff as staff_rows
from pos_desktop.database.pool import Database
from pos_desktop.services.manager import ManagerDesk
from tests.database.conftest import Connection, World
from tests.database.shop import MILK, card, line

SECRET = "a manager's secret"
SERVICES = Path(__file__).resolve().parents[2] / "pos_desktop" / "services"


@pytest.fixture
def login(world: World) -> str:
    """A manager of the harbour shop, store 2; all that is sold is sold in store 1."""
    name = world.shop.logins[1].replace("till", "mgr")
    manager_rows.add_manager(world.owner, name, "Mo", SECRET, [2])
    world.database.logins.append(name)
    till = world.till()
    wine = line(world.shop.items[2])
    assert till.post(till.sale([line(world.shop.items[MILK])])).outcome == "booked"
    assert till.post(till.sale([wine], tenders=card(wine["amount"]))).outcome == "flagged"
    return name


@pytest.fixture
def manager(world: World, login: str) -> Iterator[Connection]:
    with world.database.connect(login, SECRET) as connection:
        yield connection


FUNCTIONS = """
select p.proname,
       array(select format_type(t, null) from unnest(p.proargtypes) with ordinality a(t, n) order by n)
  from pg_proc p
 where p.pronamespace = 'api'::regnamespace and has_function_privilege('pos_manager', p.oid, 'execute')
   and p.proname !~ '^(m_stores|start_check|database_step)$' order by 1
"""
ARGUMENTS = {
    "integer": "1", "bigint": "1", "text": "'name'", "date": "current_date", "boolean": "false",
    "uuid": "'{id}'",
    "jsonb": """'{{"store": 1, "stores": [1], "items": [1], "item": 1, "price": 5}}'""",
    "bigint[]": "'{{1}}'", "integer[]": "'{{1}}'", "text[]": "'{{name}}'", "jsonb[]": "'{{}}'",
}  # fmt: skip


def test_nothing_of_another_store_is_read_or_changed(world: World, manager: Connection) -> None:
    """Every function a manager may call, aimed at the other store, whatever is added to them."""
    document = world.one("select id from pos.document where kind = 'sale' limit 1")
    before = world_of_store_one(world)
    called, told = 0, {}
    for name, types in world.query(FUNCTIONS):
        arguments = ", ".join(ARGUMENTS[each].format(id=document) for each in types)
        called += 1
        try:
            row = manager.execute(f"select api.{name}({arguments})".encode()).fetchone()
        except psycopg.Error:
            continue
        answer = row[0] if row else None
        if any(
            word in str(answer) for word in ("milk", "Rhône", "age_unchecked", str(document), "1115", "165")
        ):
            told[name] = answer
    assert told == {}
    assert called > 15
    assert world_of_store_one(world) == before
    assert {row[0] for row in manager.execute("select distinct store from api.m_item")} == {2}


def world_of_store_one(world: World) -> list[tuple[Any, ...]]:
    """What a change there would move."""
    return world.query(
        "select (select sum(on_hand) from pos.stock where store_id = s.id),"
        " (select count(*) from pos.flag f where f.store_id = s.id and seen_at is null),"
        " (select array_agg((p.item_id, p.amount)::text order by p.id) from pos.price p)"
        " from pos.store s where number = 1"
    )


def test_an_ended_manager_hears_no_more_even_on_an_open_connection(
    world: World, login: str, manager: Connection
) -> None:
    """The sessions are ended too; this is what would be left if that failed."""
    assert manager_rows.stores(manager)
    world.owner.execute("update pos.manager set ended_at = now()")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        manager_rows.items_page(manager, {"store": 2})
    assert manager.execute("select count(*) from api.m_item").fetchone() == (0,)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        manager_rows.set_price(manager, MILK, 2, 1, 1)


def test_every_function_asks_who_it_is(world: World) -> None:
    """A definer function that forgot to ask would answer for every manager, and for none."""
    asks = "p.prosrc ~ '(manager_of_login|granted_store|import_store|import_open|m_filter|session_user)'"
    forgot = world.query(
        "select proname from pg_proc p where pronamespace = 'api'::regnamespace and prosecdef"
        " and has_function_privilege('pos_manager', oid, 'execute')"
        f" and not {asks} and proname <> 'database_step'"
    )
    assert forgot == []
    tills = world.query(
        "select proname from pg_proc where pronamespace = 'api'::regnamespace and prosecdef"
        " and has_function_privilege('pos_till', oid, 'execute') and prosrc !~ '(till_of_login|session_user)'"
        " and proname <> 'database_step'"
    )
    assert tills == []


def test_what_the_desk_does_is_done_by_the_managers_own_login(world: World, login: str) -> None:
    """Prices, stock and flags: under the personal role, and so it stands in the books."""
    with Database(world.database.dsn(login, SECRET)) as lanes:
        desk = ManagerDesk(lanes, login)
        assert [store.number for store in desk.stores()] == [2]
        with lanes.lookups.connection() as connection:
            assert connection.execute("select session_user, current_user").fetchone() == (login, login)
            assert staff_rows.start_check(connection) == ""
            row = manager_rows.items_page(connection, {"store": 2, "words": "milk"}).rows[0]
            assert manager_rows.set_price(connection, MILK, 2, 170, row.row_version).outcome == "ok"
            assert manager_rows.adjust_stock(connection, MILK, 2, 1000, "count").outcome == "ok"
    assert world.one("select made_by from pos.price order by id desc limit 1") == login
    assert world.one("select by from pos.movement order by id desc limit 1") == login
    by = world.query("select distinct by from pos.audit where what in ('price_set', 'stock_adjusted')")
    assert by == [(login,)]


def test_no_service_of_the_desk_knows_another_way_in() -> None:
    """The desk's modules get their lanes from outside: none opens a connection, and none knows the owner."""
    files = sorted(SERVICES.glob("manager*.py"))
    ways = {"access", "embedded", "dsn", "demo_shop", "shop_setup", "migrate", "enrol", "dump"}
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pos_desktop.database"):
                assert (node.module or "").rsplit(".", 1)[-1] not in ways, file.name
                assert not {alias.name for alias in node.names} & (ways | {"open_connection"}), file.name
    assert len(files) >= 2
