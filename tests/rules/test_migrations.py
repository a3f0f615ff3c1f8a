"""What every file of migrations/ has to keep to, read from the files and tried on a real server."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pos_desktop import paths
from pos_desktop.database.binaries import InstalledBinaries
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.migrate import load_plan, migrate
from tests.shop_database import ShopDatabase

PLAN = load_plan(paths.migrations_dir())
SCRIPTS = [pytest.param(script, id=script.name) for script in (*PLAN.steps, *PLAN.functions)]
FUNCTIONS = [pytest.param(script, id=script.name) for script in PLAN.functions]


def code(text: str) -> str:
    """The SQL without comments, strings and dollar-quoted bodies, in capitals."""
    outside = r"--[^\n]*|/\*.*?\*/|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$|'(?:[^']|'')*'"
    return re.sub(outside, " ", text, flags=re.DOTALL).upper()


def test_there_are_steps_and_functions() -> None:
    assert PLAN.steps
    assert PLAN.functions


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_file_handles_transactions_itself(script) -> None:  # type: ignore[no-untyped-def]
    words = re.findall(r"(?:^|;)\s*(\w+)", code(script.text))
    assert not {"BEGIN", "START", "COMMIT", "END", "ROLLBACK", "VACUUM", "SAVEPOINT"} & set(words)
    assert (" CONCURRENTLY" in code(script.text)) == script.outside


@pytest.mark.parametrize("script", [one for one in SCRIPTS if one.values[0].outside])  # type: ignore[attr-defined]
def test_a_step_outside_a_transaction_makes_indexes_that_it_first_drops(script) -> None:  # type: ignore[no-untyped-def]
    made = re.findall(r"CREATE INDEX CONCURRENTLY (\w+)", code(script.text))
    dropped = re.findall(r"DROP INDEX CONCURRENTLY IF EXISTS POS\.(\w+)", code(script.text))
    assert made == dropped
    words = {re.sub(r"--[^\n]*\n", "", one).split()[0] for one in script.statements}
    assert words == {"SET", "DROP", "CREATE", "RESET"}


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_file_says_what_it_is_for(script) -> None:  # type: ignore[no-untyped-def]
    assert script.text.lstrip().startswith("--")
    assert script.text.endswith("\n")
    assert "\t" not in script.text
    assert "\r" not in script.text


@pytest.mark.parametrize("script", FUNCTIONS)
def test_a_function_file_makes_what_its_name_says(script) -> None:  # type: ignore[no-untyped-def]
    made = re.findall(r"CREATE OR REPLACE (?:FUNCTION|VIEW|PROCEDURE)\s+(\w+)\.(\w+)", code(script.text))
    assert made, "CREATE OR REPLACE FUNCTION (or VIEW) is missing: the file has to be able to run again"
    assert {name for _, name in made} == {script.name.upper()}


def test_functions_that_lend_their_owners_rights_fix_their_search_path(database: ShopDatabase) -> None:
    loose = database.query(
        "select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
        " where n.nspname in ('pos', 'api') and p.prosecdef"
        " and not exists (select from unnest(p.proconfig) c where c like 'search_path=%')"
    )
    assert loose == []


def test_no_function_lends_a_superusers_rights(database: ShopDatabase) -> None:
    lent = database.query(
        "select p.oid::regprocedure::text from pg_proc p join pg_roles r on r.oid = p.proowner"
        " where p.prosecdef and r.rolsuper and p.pronamespace in ('pos'::regnamespace, 'api'::regnamespace)"
    )
    assert lent == []


def test_every_table_is_explained_and_has_a_key(database: ShopDatabase) -> None:
    tables = (
        "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname in ('pos', 'pos_meta') and c.relkind in ('r', 'p') and "
    )
    assert database.query(tables + "obj_description(c.oid) is null") == []
    keyed = "not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p')"
    assert database.query(tables + keyed) == []


def test_a_migrated_database_has_nothing_left_to_do(database: ShopDatabase) -> None:
    report = migrate(database.owner_dsn, PLAN)
    assert report.steps == ()
    assert report.functions == ()


def test_every_function_can_be_created_over_itself(database: ShopDatabase) -> None:
    """What a changed text will do, for each of them at once."""
    with database.connect() as owner:
        owner.execute("update pos_meta.function_file set checksum = 'old'")
    assert len(migrate(database.owner_dsn, PLAN).functions) == len(PLAN.functions)


def installed_servers() -> list[Path]:
    """Installed PostgreSQL servers: `./run test` installs the distribution's where it can."""
    return sorted(path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb"))


@pytest.fixture(scope="module")
def oldest_installed(open_tmp: Path) -> Iterator[EmbeddedServer]:
    found = installed_servers()
    assert found, "no PostgreSQL is installed under /usr/lib/postgresql: ./run test installs one with apt"
    with EmbeddedServer(open_tmp / "installed", InstalledBinaries(found[0]), durable=False) as server:
        yield server


def test_the_steps_run_on_the_distributions_postgresql(oldest_installed: EmbeddedServer) -> None:
    report = migrate(oldest_installed.dsn(), PLAN)
    assert report.version == PLAN.version
    assert len(report.functions) == len(PLAN.functions)
    assert migrate(oldest_installed.dsn(), PLAN).steps == ()
    assert os.path.exists(oldest_installed.log)
