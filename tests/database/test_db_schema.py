"""The schema as a whole: its page is current, its released dumps upgrade, its rules hold wrong rows out."""

from __future__ import annotations

import gzip
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from pos_desktop import paths
from pos_desktop.database.migrate import load_plan, migrate
from pos_desktop.database.schema_docs import schema_page
from tests.database.conftest import World
from tests.database.invariants import assert_sound
from tests.database.shop import MILK, TillClient, line
from tests.shop_database import ShopDatabase

DUMPS = Path(__file__).parent / "dumps"
ROOT = Path(__file__).parents[2]


def test_the_committed_page_is_the_schema_of_now(database: ShopDatabase) -> None:
    with database.connect() as owner:
        page = schema_page(owner)
    committed = (ROOT / "docs" / "schema.md").read_text(encoding="utf-8")
    assert page == committed, "run pos-desktop schema-docs on a migrated database"


def test_every_table_and_api_function_says_what_it_is_for(database: ShopDatabase) -> None:
    silent = database.query(
        "select relname from pg_class where relnamespace = 'pos'::regnamespace and relkind = 'r'"
        " and obj_description(oid, 'pg_class') is null"
        " union all select proname from pg_proc where pronamespace = 'api'::regnamespace"
        " and obj_description(oid, 'pg_proc') is null"
    )
    assert silent == []


def test_all_belongs_to_the_owner_that_cannot_log_in(database: ShopDatabase) -> None:
    others = database.query(
        "select relname from pg_class where relnamespace in ('pos'::regnamespace, 'api'::regnamespace)"
        " and relowner <> 'pos_owner'::regrole"
        " union all select p.oid::regprocedure::text from pg_proc p"
        " where p.pronamespace = 'api'::regnamespace"
        " and p.proowner <> 'pos_owner'::regrole"
    )
    assert others == []
    assert database.query("select rolcanlogin, rolsuper from pg_roles where rolname = 'pos_owner'") == [
        (False, False)
    ]


@pytest.mark.parametrize("dump", sorted(DUMPS.glob("*.sql.gz")), ids=lambda path: path.stem)
def test_a_released_schema_upgrades_with_its_sales(empty_database: ShopDatabase, dump: Path) -> None:
    restore(empty_database, gzip.decompress(dump.read_bytes()).decode())
    before = empty_database.query("select count(*) from pos.document")[0][0]
    assert before > 5
    plan = load_plan(paths.migrations_dir())
    assert migrate(empty_database.owner_dsn, plan).version == plan.version
    with empty_database.connect() as owner:
        assert assert_sound(owner) == before
        till = continue_till(empty_database, owner)
        assert till.post(till.common("no_sale", reason="change")).outcome == "booked"
        till.connection.close()
        assert assert_sound(owner) == before + 1


def test_the_newest_step_has_its_dump() -> None:
    """A schema that leaves the house without its dump can't be upgraded under a test later."""
    kept = [int(path.name.split(".")[0]) for path in DUMPS.glob("*.sql.gz")]
    newest = load_plan(paths.migrations_dir()).version
    assert newest in kept, f"run python -m tests.database.make_dump {newest:04}"


def restore(database: ShopDatabase, text: str) -> None:
    """By psql, which understands the dump's COPY; roles of the cluster come from the migrations of others."""
    with database.connect() as owner:
        owner.execute(
            (ROOT / "migrations" / "0001_create_roles.sql").read_bytes().split(b"COMMENT ON SCHEMA")[0]
        )
    # PostgreSQL 17 gave this function another form: its closing does not come over, and rights says so.
    text = "".join(
        line for line in text.splitlines(True) if "pg_catalog.pg_logical_emit_message(" not in line
    )
    psql = database.server.binaries.program("psql")
    done = subprocess.run(
        [psql, "-X", "-q", "-v", "ON_ERROR_STOP=1", database.owner_dsn],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def continue_till(database: ShopDatabase, owner: psycopg.Connection[tuple[Any, ...]]) -> TillClient:
    """A till that takes up its chain where the dump left it."""
    row = owner.execute(
        "select t.login, t.epoch, t.next_no, t.head, t.grand, h.id::text from pos.till t join pos.shift h"
        " on h.till_id = t.id and h.closed_at is null where t.number = 1"
    ).fetchone()
    assert row is not None
    login = f"{row[0]}_{database.name}"
    database.add_login(login, "pos_till", password="x")
    owner.execute("update pos.till set login = %s where login = %s", [login, row[0]])
    till = TillClient(None, database.connect(login, "x"))  # type: ignore[arg-type]
    till.epoch, till.no, till.head, till.grand, till.shift = row[1], row[2], bytes(row[3]), row[4], row[5]
    return till


WRONG_ROWS = {
    "a second open shift on a drawer": (
        "insert into pos.shift (id, store_id, drawer_id, till_id, business_date, opened_by, opened_at, float)"
        " select (select id from pos.document where no = 2), store_id, drawer_id, till_id, business_date,"
        " opened_by, opened_at, float from pos.shift",
        "shift_open",
    ),
    "a document number twice": (
        "insert into pos.document select gen_random_uuid(), store_id, till_id, epoch, no, kind, null,"
        " shift_id, cashier, prev, hash, body, outcome, reason, flags, at from pos.document where no = 2",
        "document_store_id_till_id_epoch_no_key",
    ),
    "a basket sold twice": (
        "insert into pos.sale select (select id from pos.document where no = 1), sale_id, store_id, till_id,"
        " shift_id, cashier, business_date, sold_at, net, tax, total from pos.sale",
        "sale_store_id_sale_id_key",
    ),
    "a sale that does not add up": (
        "insert into pos.sale select (select id from pos.document where no = 1), gen_random_uuid(), store_id,"
        " till_id, shift_id, cashier, business_date, sold_at, net, tax, total + 1 from pos.sale",
        "sale_check",
    ),
    "change that is paid in": (
        "insert into pos.payment select document_id, 9, 'cash', 5, true from pos.sale",
        "payment_check",
    ),
    "a pay out that brings cash": (
        "insert into pos.cash_movement select document_id, store_id, till_id, shift_id, 'pay_out', 5, 'x', 1,"
        " now()"
        " from pos.sale",
        "cash_movement_check",
    ),
    "a movement of an item without stock row": (
        "insert into pos.movement (store_id, item_id, at, delta, balance, reason, by)"
        " select store_id, 4711, now(), 1, 1, 'count', 'x' from pos.sale",
        "movement_store_id_item_id_fkey",
    ),
    "a refusal without reason": (
        "insert into pos.document select gen_random_uuid(), store_id, till_id, epoch, 99, kind, null,"
        " shift_id, cashier, prev, hash, body, 'refused', null, flags, at from pos.document where no = 2",
        "document_check",
    ),
    "a code for two items": (
        "insert into pos.item_code select code, 2, kind from pos.item_code where item_id = 1",
        "item_code_pkey",
    ),
    "a name with a control byte": ("update pos.item set name = E'x\\x1bp' where id = 1", "item_name_check"),
    "a time zone nobody has": ("update pos.store set time_zone = 'Atlantis/Centre'", None),
    "half a closed shift": ("update pos.shift set closed_at = now()", "shift_check"),
}


@pytest.mark.parametrize("what", sorted(WRONG_ROWS))
def test_a_wrong_row_cannot_be_written(world: World, what: str) -> None:
    till = world.till()
    assert till.post(till.sale([line(world.shop.items[MILK])])).outcome == "booked"
    statement, constraint = WRONG_ROWS[what]
    with pytest.raises(psycopg.errors.DatabaseError) as refused:
        world.owner.execute(statement.encode())
    if constraint:
        assert refused.value.diag.constraint_name == constraint


def test_each_store_and_item_has_its_stock_row_from_the_start(world: World) -> None:
    world.owner.execute(
        "insert into pos.item (name, category_id, tax)"
        " select 'New ' || g, 1, 'S' from generate_series(1, 50) g"
    )
    world.owner.execute(
        "insert into pos.store (number, name, currency, tax_mode, time_zone)"
        " values (3, 'x', 'EUR', 'added', 'UTC')"
    )
    assert world.one("select count(*) from pos.stock") == 3 * 57
    assert_sound(world.owner)


def test_genesis_in_sql_is_genesis_in_python(world_of: Callable[..., World]) -> None:
    from pos_desktop.domain.document import genesis

    world = world_of(tills=3)
    heads = world.query("select number, head from pos.till order by number")
    assert [(n, bytes(h)) for n, h in heads] == [(n, genesis(1, n, 1)) for n in (1, 2, 3)]


def test_migration_files_take_no_shortcuts() -> None:
    """Every step works as the owner, and no server function is open to the public by accident."""
    for step in load_plan(paths.migrations_dir()).steps[1:]:
        if step.outside:  # a local role ends with its transaction: without one it is taken and given back
            ran = [re.sub(r"--[^\n]*\n", "", one).strip() for one in step.statements]
            assert (ran[0], ran[-1]) == ("SET ROLE pos_owner", "RESET ROLE"), step.name
        else:
            assert "SET LOCAL ROLE pos_owner" in step.text, step.name
    for path in sorted((ROOT / "migrations" / "functions").glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\bTO\s+PUBLIC\b", text, re.IGNORECASE), path.name
        if re.search(r"CREATE OR REPLACE FUNCTION api\.", text):
            assert "SECURITY DEFINER" in text, path.name
            assert "COMMENT ON FUNCTION api." in text, path.name
