"""The list of rights: what is changed behind the program's back is found and named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from pos_desktop import paths
from pos_desktop.cli.main import main
from pos_desktop.database import rights
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.migrate import load_plan, migrate
from pos_desktop.database.rights import drift, read_list, rights_of
from pos_desktop.database.staff import start_check
from tests.conftest import binaries_under_test
from tests.database.conftest import World
from tests.shop_database import ShopDatabase

FOLDER = paths.migrations_dir()


@pytest.fixture(scope="module")
def migrated(open_tmp: Path) -> Iterator[ShopDatabase]:
    """One database made by the migrations, on a server with no logins of other tests.

    Each test takes back what it changed.
    """
    with EmbeddedServer(open_tmp / "rights", binaries_under_test(), durable=False) as server:
        name = "test_rights"
        with psycopg.connect(server.dsn("postgres"), autocommit=True) as owner:
            owner.execute(f"create database {name}")
        migrate(server.dsn(name), load_plan(FOLDER))
        yield ShopDatabase(server, name)


@pytest.fixture
def own_list(migrated: ShopDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list this database has by itself: these tests are about what is changed afterwards."""
    with migrated.connect() as owner:
        lines = rights_of(owner)
    monkeypatch.setattr(rights, "read_list", lambda _: lines)


def test_a_database_just_made_has_the_rights_of_the_list(migrated: ShopDatabase) -> None:
    with migrated.connect() as owner:
        found = [str(each) for each in drift(owner, FOLDER)]
    assert found == [], "regenerate the list: pos-desktop rights --write, on a database just made"
    assert len(read_list(FOLDER)) > 400


def test_a_till_sees_the_same_list_as_the_owner(migrated: ShopDatabase) -> None:
    """So the doctor of any machine can compare."""
    with migrated.connect() as owner:
        theirs = rights_of(owner)
        owner.execute("create role looks_on login password 'x' in role pos_till")
    try:
        with migrated.connect("looks_on", "x") as till:
            assert rights_of(till) == theirs
    finally:
        with migrated.connect() as owner:
            owner.execute("drop role looks_on")


DEEDS = {
    "grant select on pos.sale to pos_till": (
        "revoke select on pos.sale from pos_till", "table pos.sale select pos_till"),
    "grant select (cost) on pos.item to pos_till": (
        "revoke select (cost) on pos.item from pos_till", "column pos.item.cost select pos_till"),
    "grant usage on schema pos to pos_till": (
        "revoke usage on schema pos from pos_till", "schema pos usage pos_till"),
    "grant pos_owner to pos_manager": (
        "revoke pos_owner from pos_manager", "member pos_manager of pos_owner"),
    "alter role pos_till createrole": ("alter role pos_till nocreaterole", "role pos_till createrole"),
    "grant temp on database {database} to public": (
        "revoke temp on database {database} from public", "database temporary PUBLIC"),
    "grant execute on function pg_advisory_lock(bigint) to public": (
        "revoke execute on function pg_advisory_lock(bigint) from public", "closed pg_advisory_lock"),
    "grant usage on language plpgsql to public": (
        "revoke usage on language plpgsql from public", "language plpgsql PUBLIC"),
    "grant execute on function api.m_set_price(bigint, int, bigint, bigint) to pos_till": (
        "revoke execute on function api.m_set_price(bigint, int, bigint, bigint) from pos_till",
        "function api.m_set_price"),
    "alter function api.hello(text, int) reset search_path": (
        "alter function api.hello(text, int) set search_path = pos, pg_temp", "function api.hello"),
    "alter function api.hello(text, int) security invoker": (
        "alter function api.hello(text, int) security definer", "function api.hello"),
    "alter table pos.document disable trigger never_deleted": (
        "alter table pos.document enable trigger never_deleted", "trigger pos.document D"),
    "create function pos.extra() returns int language sql as 'select 1'": (
        "drop function pos.extra()", "function pos.extra() execute PUBLIC"),
    "create event trigger spy on ddl_command_start execute function event_spy()": (
        "drop event trigger spy", "event trigger spy"),
    "create rule r as on insert to pos.audit do instead nothing": (
        "drop rule r on pos.audit", "rule pos.audit r"),
    "create schema elsewhere": ("drop schema elsewhere", "schema elsewhere"),
    "alter default privileges for role pos_owner grant select on tables to public": (
        "alter default privileges for role pos_owner revoke select on tables from public",
        "default pos_owner r"),
}  # fmt: skip


def test_each_change_is_named(migrated: ShopDatabase, own_list: None) -> None:
    with migrated.connect() as owner:
        owner.execute("create function event_spy() returns event_trigger language plpgsql as 'begin end'")
        for deed, (undo, line) in DEEDS.items():
            owner.execute(deed.format(database=migrated.name).encode())
            found = [str(each) for each in drift(owner, FOLDER) if "event_spy" not in str(each)]
            owner.execute(undo.format(database=migrated.name).encode())
            assert any(line in each for each in found), (deed, found)
        owner.execute("drop function event_spy()")
        assert [str(each) for each in drift(owner, FOLDER)] == [], "each deed was taken back"


def test_the_command_names_what_differs(
    migrated: ShopDatabase, capsys: pytest.CaptureFixture[str], own_list: None
) -> None:
    assert migrated.as_owner("rights") == 0
    assert "as this program made it" in capsys.readouterr().out
    with migrated.connect() as owner:
        owner.execute("alter table pos.sale disable trigger only_grows")
    assert migrated.as_owner("rights") == 3
    said = capsys.readouterr().out
    assert "missing: trigger pos.sale O" in said
    assert "not in the list: trigger pos.sale D" in said
    with migrated.connect() as owner:
        owner.execute("alter table pos.sale enable trigger only_grows")


def test_the_doctor_names_each_change(
    open_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    migrated: ShopDatabase,
) -> None:
    (open_dir / "till.toml").write_text(f'[database]\ndsn = "{migrated.owner_address}"\n')
    monkeypatch.setenv("POS_DESKTOP_PASSWORD", migrated.owner_password)
    main(["--home", str(open_dir), "doctor"])
    said = capsys.readouterr().out
    assert "every right at the server is as this program made it" in said, said
    with migrated.connect() as owner:
        owner.execute("grant select on pos.sale to pos_till")
        main(["--home", str(open_dir), "doctor"])
        owner.execute("revoke select on pos.sale from pos_till")
    said = capsys.readouterr().out
    assert "not in the list: table pos.sale select pos_till" in said
    assert said.count("Rights") == 1


def test_a_guard_that_is_off_is_told_to_the_manager_when_a_till_starts(world: World) -> None:
    connection = world.connect()
    start_check(connection)
    assert world.query("select kind from pos.flag") == []
    world.owner.execute("alter table pos.sale disable trigger only_grows")
    for _ in range(3):
        start_check(connection)
    assert (
        world.query("select kind, alarm, detail->'off'->>0 from pos.flag ")
        == [("guard_off", True, "sale.only_grows")] * 2
    ), "once for each store"
