"""What a till's login may not do: everything but the functions and views of api."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from pos_desktop import paths
from pos_desktop.database import manager as manager_rows
from pos_desktop.database import till as till_rows
from pos_desktop.database.migrate import load_plan, migrate
from tests.database.conftest import Connection
from tests.database.shop import MILK, PASSWORD, Shop, TillClient, line, make_shop
from tests.shop_database import ShopDatabase

MANAGER_PASSWORD = "a manager's secret"


@pytest.fixture
def shop(empty_database: ShopDatabase) -> Shop:
    """Migrated here and not cloned: rights on the database itself are not copied into a clone."""
    migrate(empty_database.owner_dsn, load_plan(paths.migrations_dir()))
    with empty_database.connect() as owner:
        made = make_shop(owner)
    empty_database.logins.extend(made.logins.values())
    return made


@pytest.fixture
def till(empty_database: ShopDatabase, shop: Shop) -> Iterator[Connection]:
    with empty_database.connect(shop.logins[1], PASSWORD) as connection:
        yield connection


@pytest.fixture
def manager(empty_database: ShopDatabase, shop: Shop) -> Iterator[Connection]:
    login = shop.logins[1].replace("till", "mgr")
    with empty_database.connect() as owner:
        manager_rows.add_manager(owner, login, "Mo", MANAGER_PASSWORD, [2])
    empty_database.logins.append(login)
    with empty_database.connect(login, MANAGER_PASSWORD) as connection:
        yield connection


NOT_FOR_ANY_LOGIN = [
    "create table public.t (a int)",
    "create table api.t (a int)",
    "create temp table stock (a int)",
    "create schema mine",
    "create function api.f() returns int language sql as 'select 1'",
    "create role friend",
    "alter role pos password 'x'",
    "set role pos_owner",
    "set session authorization pos_owner",
    "set session_replication_role = replica",
    "alter system set fsync = off",
    "select * from pg_authid",
    "select pg_read_file('/etc/passwd')",
    "copy (select 1) to program 'true'",
    "select lo_create(0)",
    "select lo_import('/etc/passwd')",
    "select lo_from_bytea(0, 'x')",
    "select pg_advisory_lock(1)",
    "select pg_advisory_xact_lock(1, 2)",
    "select pg_try_advisory_lock(1)",
    "select pg_notify('pos_change', '1')",
    "select pg_reload_conf()",
    "select * from pos_meta.schema_migration",
    "select pos.till_of_login()",
    "select pos.fold('x')",
    "select pos.number_change(null)",
    "update api.staff set name = 'x'",
    "delete from api.staff",
]


def allowed(connection: Connection, statements: list[str]) -> list[str]:
    """Those that went through although they should be refused for want of rights."""
    refused = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectNotInPrerequisiteState)
    through = []
    for statement in statements:
        try:
            connection.execute(statement.encode())
        except refused:
            continue
        through.append(statement)
    return through


def test_a_till_is_refused_everything_else(till: Connection, manager: Connection) -> None:
    assert allowed(till, NOT_FOR_ANY_LOGIN) == []
    assert allowed(manager, NOT_FOR_ANY_LOGIN) == []


def test_a_till_reaches_no_table(empty_database: ShopDatabase, shop: Shop, till: Connection) -> None:
    names = empty_database.query(
        "select format('pos.%I', relname) from pg_class where relnamespace = 'pos'::regnamespace"
        " and relkind in ('r', 'v')"
    )
    assert len(names) > 30
    for (name,) in names:
        assert allowed(till, [f"select * from {name}", f"delete from {name}", f"truncate {name}"]) == []


def functions_of(database: ShopDatabase, condition: str) -> set[str]:
    query = "select oid::regprocedure::text from pg_proc where pronamespace = 'api'::regnamespace and "
    return {name for (name,) in database.query(query + condition)}


def test_tills_and_managers_have_their_own_functions(empty_database: ShopDatabase, shop: Shop) -> None:
    managers_own = "(proname like 'm\\_%' or proname like 'import\\_%')"
    assert not functions_of(
        empty_database, f"{managers_own} and has_function_privilege('pos_till', oid, 'execute')"
    )
    for role in ("pos_report", "pos_backup"):
        assert not functions_of(empty_database, f"has_function_privilege('{role}', oid, 'execute')")
    theirs = f"({managers_own} or proname in ('database_step', 'start_check'))"
    wrong = f"has_function_privilege('pos_manager', oid, 'execute') <> {theirs}"
    assert not functions_of(empty_database, wrong)
    assert not functions_of(empty_database, "not prosecdef")
    fixed = "not exists (select from unnest(proconfig) c where c like 'search_path=pos, pg_temp%')"
    assert not functions_of(empty_database, fixed)


def test_a_till_sees_nobody_elses_work_and_ends_nobody(
    empty_database: ShopDatabase, shop: Shop, till: Connection
) -> None:
    with empty_database.connect(shop.logins[2], PASSWORD) as other:
        other.execute("select 'a secret'")
        row = till.execute(
            "select query from pg_stat_activity where pid = %s", [other.info.backend_pid]
        ).fetchone()
        assert row is not None
        assert "secret" not in row[0]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            till.execute("select pg_terminate_backend(%s)", [other.info.backend_pid])


def test_a_login_without_a_role_cannot_even_connect(empty_database: ShopDatabase, shop: Shop) -> None:
    empty_database.add_login("nobody_special", password="x")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        empty_database.connect("nobody_special", "x")


def test_a_login_that_is_no_till_is_told_so(empty_database: ShopDatabase, shop: Shop) -> None:
    empty_database.add_login("till_of_nobody", "pos_till", password="x")
    with empty_database.connect("till_of_nobody", "x") as stranger:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="no till of this shop"):
            till_rows.hello(stranger, "1", 1)
        answer = till_rows.post_document(stranger, b"{}", bytes(32))
        assert (answer.outcome, answer.reason) == ("rejected", "unknown_till")


def test_a_blocked_till_is_out_at_once_and_stores_nothing(
    empty_database: ShopDatabase, shop: Shop, till: Connection
) -> None:
    client = TillClient(shop, till)
    client.open_shift()
    with empty_database.connect() as owner:
        owner.execute("update pos.till set blocked = true where number = 1")
        assert client.post(client.common("no_sale", reason="x")).reason == "till_blocked"
        assert till_rows.block_till(owner, store=1, number=1)
        assert not till_rows.block_till(owner, store=1, number=99)
    with pytest.raises(psycopg.OperationalError):
        till.execute("select 1")
    with pytest.raises(psycopg.OperationalError, match=r"password|not permitted to log in"):
        empty_database.connect(shop.logins[1], PASSWORD)


def test_a_till_has_eight_connections_and_no_more(empty_database: ShopDatabase, shop: Shop) -> None:
    held = [empty_database.connect(shop.logins[1], PASSWORD) for _ in range(till_rows.CONNECTION_LIMIT)]
    try:
        with pytest.raises(psycopg.OperationalError, match="too many connections"):
            empty_database.connect(shop.logins[1], PASSWORD)
    finally:
        for connection in held:
            connection.close()


def test_a_till_cannot_post_for_another(empty_database: ShopDatabase, shop: Shop, till: Connection) -> None:
    client = TillClient(shop, till, number=2)
    answer = client.post(client.common("no_sale", reason="x"))
    assert (answer.outcome, answer.reason) == ("rejected", "other_till")


def test_durability_cannot_be_switched_off(shop: Shop, till: Connection) -> None:
    client = TillClient(shop, till)
    client.open_shift()

    def setting() -> str:
        row = till.execute("show synchronous_commit").fetchone()
        assert row is not None
        return str(row[0])

    till.execute("begin")
    till.execute("set local synchronous_commit = off")
    assert client.post(client.sale([line(shop.items[MILK])])).outcome == "booked"
    assert setting() == "on"
    till.execute("set local synchronous_commit = off")
    till.execute("set constraints all immediate")  # what commit does
    assert setting() == "on"
    till.execute("commit")


BOOKS = {
    "document": "outcome", "sale": "total", "sale_line": "amount", "sale_tax": "gross", "payment": "amount",
    "movement": "delta", "shift": "float", "price": "amount", "audit": "what", "change": "at",
}  # fmt: skip


def test_the_books_refuse_change_even_from_the_superuser(
    empty_database: ShopDatabase, shop: Shop, till: Connection
) -> None:
    client = TillClient(shop, till)
    client.open_shift()
    client.post(client.sale([line(shop.items[MILK])]))
    with empty_database.connect() as owner:
        for table, column in BOOKS.items():
            for change in (f"update pos.{table} set {column} = {column}", f"delete from pos.{table}"):
                with pytest.raises(psycopg.errors.RestrictViolation):
                    owner.execute(change.encode())
            with pytest.raises(psycopg.errors.RestrictViolation):
                owner.execute(f"truncate pos.{table} cascade".encode())


def test_a_manager_works_in_his_stores_only(shop: Shop, manager: Connection) -> None:
    assert [store["number"] for store in manager_rows.stores(manager)] == [2]
    assert {row[0] for row in manager.execute("select distinct store from api.m_item")} == {2}
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        manager_rows.items_page(manager, {"store": 1})
    assert manager_rows.set_price(manager, MILK, 1, 100, 1).reason == "store_not_granted"
    assert manager_rows.set_price(manager, MILK, 0, 100, 1).reason == "store_not_granted"
    assert manager_rows.adjust_stock(manager, MILK, 1, 1000, "count").reason == "store_not_granted"
    assert manager_rows.flags(manager, 1) == []
    for statement in (
        "select * from pos.item",
        "select api.hello('1', 1)",
        "select api.post_document('{}', '\\x00')",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            manager.execute(statement.encode())


def test_an_ended_manager_is_out_and_a_reset_one_needs_the_new_password(
    empty_database: ShopDatabase, manager: Connection
) -> None:
    login = manager.info.user
    with empty_database.connect() as owner:
        assert manager_rows.reset_manager(owner, login, "another long secret")
        with pytest.raises(psycopg.OperationalError, match="password"):
            empty_database.connect(login, MANAGER_PASSWORD)
        empty_database.connect(login, "another long secret").close()
        stored = owner.execute("select rolpassword from pg_authid where rolname = %s", [login]).fetchone()
        assert stored is not None
        assert stored[0].startswith("SCRAM-SHA-256$")
        assert manager_rows.end_manager(owner, login)
        assert not manager_rows.end_manager(owner, login)
    with pytest.raises(psycopg.OperationalError):
        manager.execute("select 1")
    with pytest.raises(psycopg.OperationalError):
        empty_database.connect(login, "another long secret")


def test_nobody_reads_a_pin(empty_database: ShopDatabase, shop: Shop) -> None:
    empty_database.add_login("reporter", "pos_report", password="x")
    with empty_database.connect("reporter", "x") as reporter:
        reporter.execute("select * from pos.sale_line")
        for table in ("staff_secret", "session", "sign_in_count"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reporter.execute(f"select * from pos.{table}".encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reporter.execute("select command_secret from pos.store")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reporter.execute("insert into pos.tax values ('X', 'X')")
