"""The migration runner against a real server, with steps of the test's own."""

from __future__ import annotations

import threading
from pathlib import Path

import psycopg
import pytest

from pos_desktop.database.embedded import SUPERUSER
from pos_desktop.database.migrate import LOCK, Report, load_plan, migrate
from pos_desktop.errors import Bug, PosError, UserError
from tests.patience import PATIENCE, wait_until
from tests.shop_database import ShopDatabase

STEP_1 = """
create schema shop authorization pos_owner;
set local role pos_owner;
create table shop.thing (id bigint primary key, name text not null);
"""
STEP_2 = "alter table shop.thing add column price bigint not null default 0;"
FUNCTION = "create or replace function shop.double(n int) returns int language sql as 'select n * 2';"


@pytest.fixture
def steps(tmp_path: Path, template: str) -> Path:
    """Three files of a small shop; ``template`` has made the role that owns it."""
    (tmp_path / "functions").mkdir()
    write(tmp_path, "0001_create_thing", STEP_1)
    write(tmp_path, "0002_add_price", STEP_2)
    write(tmp_path, "functions/double", FUNCTION)
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.sql").write_text(text, encoding="utf-8")


def run(database: ShopDatabase, folder: Path) -> Report:
    return migrate(database.owner_dsn, load_plan(folder))


def test_an_empty_database_gets_every_step_and_function(empty_database: ShopDatabase, steps: Path) -> None:
    heard: list[str] = []
    report = migrate(empty_database.owner_dsn, load_plan(steps), heard.append)
    assert report == Report(2, ("0001_create_thing", "0002_add_price"), ("double",))
    assert [line.split(" (")[0] for line in heard] == [
        "Applied 0001_create_thing",
        "Applied 0002_add_price",
        "Created function double",
    ]
    assert empty_database.query("select shop.double(21)") == [(42,)]
    assert empty_database.query("select price from shop.thing") == []


def test_a_second_run_does_nothing_and_says_so(empty_database: ShopDatabase, steps: Path) -> None:
    run(empty_database, steps)
    heard: list[str] = []
    assert migrate(empty_database.owner_dsn, load_plan(steps), heard.append) == Report(2, (), ())
    assert heard == ["The database is up to date (step 2)"]


def test_only_a_changed_function_is_created_again(empty_database: ShopDatabase, steps: Path) -> None:
    write(steps, "functions/half", FUNCTION.replace("double", "half").replace("* 2", "/ 2"))
    run(empty_database, steps)
    write(steps, "functions/double", FUNCTION.replace("* 2", "+ n"))
    assert run(empty_database, steps).functions == ("double",)


def test_functions_may_need_each_other_in_any_order(empty_database: ShopDatabase, steps: Path) -> None:
    write(steps, "functions/a_view", "create or replace view shop.a_view as select * from shop.b_view;")
    write(steps, "functions/b_view", "create or replace view shop.b_view as select shop.z_last() as n;")
    write(steps, "functions/z_last", FUNCTION.replace("double(n int)", "z_last()").replace("n * 2", "7"))
    run(empty_database, steps)
    assert empty_database.query("select n from shop.a_view") == [(7,)]


def test_a_function_that_needs_something_missing_stops_and_leaves_none(
    empty_database: ShopDatabase, steps: Path
) -> None:
    write(steps, "functions/broken", "create view shop.broken as select * from shop.nowhere;")
    with pytest.raises(Bug) as caught:
        run(empty_database, steps)
    assert caught.value.code == "migrate.step_stopped"
    assert "shop.nowhere" in caught.value.text()
    assert empty_database.query("select count(*) from pos_meta.function_file") == [(0,)]


def test_a_failing_step_leaves_nothing_of_itself(empty_database: ShopDatabase, steps: Path) -> None:
    write(steps, "0003_break_half", "create table shop.half (id int);\nselect 1 / 0;")
    with pytest.raises(Bug, match="0003_break_half"):
        run(empty_database, steps)
    assert empty_database.query("select to_regclass('shop.half')") == [(None,)]
    assert empty_database.query("select max(number) from pos_meta.schema_migration") == [(2,)]


def test_a_changed_old_step_is_refused(empty_database: ShopDatabase, steps: Path) -> None:
    run(empty_database, steps)
    write(steps, "0001_create_thing", STEP_1 + " -- one more word")
    write(steps, "0003_add_note", "alter table shop.thing add column note text;")
    with pytest.raises(UserError) as caught:
        run(empty_database, steps)
    assert caught.value.code == "migrate.changed"
    assert empty_database.query("select max(number) from pos_meta.schema_migration") == [(2,)]


def test_line_ends_of_version_control_are_no_change(empty_database: ShopDatabase, steps: Path) -> None:
    write(steps, "0003_add_note", "alter table shop.thing\nadd column note text;\n")
    run(empty_database, steps)
    (steps / "0003_add_note.sql").write_bytes(b"alter table shop.thing\r\nadd column note text;\r\n")
    assert run(empty_database, steps).steps == ()


def test_a_newer_database_is_refused(empty_database: ShopDatabase, steps: Path) -> None:
    run(empty_database, steps)
    (steps / "0002_add_price.sql").unlink()
    write(steps, "functions/double", FUNCTION.replace("* 2", "* 3"))
    with pytest.raises(UserError) as caught:
        run(empty_database, steps)
    assert caught.value.code == "migrate.newer"
    assert "step 2" in caught.value.text()
    assert empty_database.query("select shop.double(1)") == [(2,)]


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("0002_drop_price", "two steps number 2"),
        ("0004_add_note", "step 3 is missing"),
        ("0003-add-note", "not named like"),
        ("3_add_note", "not named like"),
        ("functions/Double", "not named like"),
    ],
)
def test_twins_gaps_and_odd_names_are_refused(steps: Path, name: str, complaint: str) -> None:
    write(steps, name, "select 1;")
    with pytest.raises(Bug, match=complaint):
        load_plan(steps)


def test_two_programs_at_once_apply_each_step_once(empty_database: ShopDatabase, steps: Path) -> None:
    start = threading.Barrier(4)
    reports: list[Report] = []
    troubles: list[PosError] = []

    def work() -> None:
        start.wait()
        try:
            reports.append(run(empty_database, steps))
        except PosError as trouble:
            troubles.append(trouble)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert sorted(len(report.steps) for report in reports) == [0, 0, 0, 2]


INDEX = """-- Outside a transaction: an index.
set role pos_owner;
drop index concurrently if exists shop.thing_name;
create index concurrently thing_name on shop.thing (name);
reset role;
"""


def test_programs_that_wait_for_each_other_make_an_index_once(
    empty_database: ShopDatabase, steps: Path
) -> None:
    """A statement that waits for its turn is a transaction, and making an index waits for transactions."""
    write(steps, "0003_find_thing", INDEX)
    reports: list[Report] = []
    threads = [threading.Thread(target=lambda: reports.append(run(empty_database, steps))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(len(report.steps) for report in reports) == [0, 0, 3]
    assert empty_database.query(VALID) == [(True,)]


VALID = "select indisvalid from pg_index where indexrelid = 'shop.thing_name'::regclass"


def test_an_index_that_could_not_be_made_is_made_by_the_next_run(
    empty_database: ShopDatabase, steps: Path
) -> None:
    write(steps, "0003_find_thing", INDEX.replace("create index", "create unique index"))
    write(steps, "0002_add_price", STEP_2 + "insert into shop.thing values (1, 'twin'), (2, 'twin');")
    with pytest.raises(Bug, match="0003_find_thing"):
        run(empty_database, steps)
    assert empty_database.query(VALID) == [(False,)]
    with empty_database.connect() as owner:
        owner.execute("delete from shop.thing where id = 2")
    assert run(empty_database, steps).steps == ("0003_find_thing",)
    assert empty_database.query(VALID) == [(True,)]


def test_a_row_is_written_while_an_index_is_made(empty_database: ShopDatabase, steps: Path) -> None:
    run(empty_database, steps)
    write(steps, "0003_find_thing", INDEX)
    with empty_database.connect() as before, empty_database.connect() as after:
        before.execute("begin")
        before.execute("insert into shop.thing values (1, 'sold before')")
        maker = threading.Thread(target=run, args=(empty_database, steps))
        maker.start()
        wait_until(lambda: after.execute(MAKING).fetchone() == (1,))
        after.execute("set lock_timeout = '5s'")
        after.execute("insert into shop.thing values (2, 'sold meanwhile')")
        before.execute("commit")
        maker.join()
    assert empty_database.query(VALID) == [(True,)]


MAKING = "select count(*)::int from pg_stat_progress_create_index where phase like 'waiting%'"


def test_a_waiting_program_says_so_and_then_finds_nothing_to_do(
    empty_database: ShopDatabase, steps: Path
) -> None:
    run(empty_database, steps)
    told = threading.Event()
    heard: list[str] = []

    def say(line: str) -> None:
        heard.append(line)
        told.set()

    with empty_database.connect() as holder:
        holder.execute("select pg_advisory_lock(%s)", [LOCK])
        other = threading.Thread(target=migrate, args=(empty_database.owner_dsn, load_plan(steps), say))
        other.start()
        assert told.wait(PATIENCE)
    other.join()
    assert heard[0] == "Another program is migrating this database; waiting for it"
    assert heard[-1] == "The database is up to date (step 2)"


def test_the_steps_of_one_transaction_are_invisible_until_they_are_done(
    empty_database: ShopDatabase, steps: Path
) -> None:
    """All changed functions appear together: one that breaks takes the others with it."""
    run(empty_database, steps)
    write(steps, "functions/double", FUNCTION.replace("* 2", "* 3"))
    write(
        steps, "functions/zz_broken", "create function shop.broken( returns int language sql as 'select 1';"
    )
    with pytest.raises(Bug, match="zz_broken"):
        run(empty_database, steps)
    assert empty_database.query("select shop.double(1)") == [(2,)]


def test_functions_belong_to_the_schemas_owner(empty_database: ShopDatabase, steps: Path) -> None:
    """They lend their owner's rights to tills; a superuser's would be the whole server."""
    run(empty_database, steps)
    found = empty_database.query(
        "select pg_get_userbyid(proowner) from pg_proc where pronamespace = 'shop'::regnamespace"
    )
    assert found == [("pos_owner",)]


def test_without_that_role_functions_belong_to_whoever_migrates(
    empty_database: ShopDatabase, steps: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pos_desktop.database.migrate.OWNER", "nobody_by_that_name")
    run(empty_database, steps)
    assert empty_database.query("select pg_get_userbyid(proowner) from pg_proc where proname = 'double'") == [
        (SUPERUSER,)
    ]


def test_a_server_that_is_not_there_is_the_worlds_fault(steps: Path) -> None:
    with pytest.raises(PosError) as caught:
        migrate("host=127.0.0.1 port=1 user=nobody dbname=nothing connect_timeout=2", load_plan(steps))
    assert caught.value.code == "server.unreachable"
    assert caught.value.retryable
    assert isinstance(caught.value.__cause__, psycopg.OperationalError)
