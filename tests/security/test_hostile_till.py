"""A stolen till's password, with plain psycopg in the thief's hands: what is refused, and what is flagged."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
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
    SUPERVISOR,
    WINE,
    TillClient,
    card,
    line,
    taxes_of,
    uuid7,
)

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


EVERYTHING = """
select * from pos.staff_secret
select * from pos.sale
select * from pos.document
select cost from pos.item
select * from pos.session
select * from pos.enrolment
select * from pos.login_seal
select * from pos.manager
select * from pos_meta.schema_migration
select * from pg_authid
select * from pg_shadow
select subconninfo from pg_subscription
select * from pg_user_mapping
select * from pg_largeobject
select * from pg_statistic
select * from pg_hba_file_rules
select * from pg_file_settings
table pos.setting
select * from pos.stock for update
select * from api.staff for update
select * from pg_class for update
begin; lock table pos.stock
begin; lock table pos.stock in access share mode
begin; lock table pg_class in exclusive mode
begin; lock table api.staff in exclusive mode
update pos.price set amount = 1
update api.staff set name = 'x'
insert into pos.price (item_id, amount) values (1, 1)
insert into pos.session select 1, 1003, sha256('x'), now(), now() + interval '1 year'
delete from pos.audit
truncate pos.document cascade
drop table pos.sale
drop function api.post_document(text, bytea, text)
alter table pos.document disable trigger all
alter function api.hello(text, int) owner to current_user
create or replace function api.hello(a text, b int) returns jsonb language sql as 'select null::jsonb'
create table public.t (a int)
create table api.t (a int)
create temp table stock (store_id bigint, item_id bigint, on_hand numeric)
create temp view price as select 1 as amount
create temp sequence s
create schema pos2
create function pg_temp.f() returns int language sql as 'select 1'
create operator public.= (leftarg = int, rightarg = text, function = int4eq)
create cast (text as int) with inout
create aggregate public.sum (int) (sfunc = int4pl, stype = int)
create domain public.d as int
create type public.e as enum ('x')
create collation public.c (locale = 'C')
create event trigger t on ddl_command_start execute function pos.refuse_change()
create trigger t before insert on pos.sale execute function pos.refuse_change()
create rule r as on insert to pos.sale do instead nothing
create policy p on pos.sale
create statistics public.st on a, b from pos.sale
create publication p for all tables
create subscription s connection 'host=x' publication p
create foreign data wrapper w
create extension dblink schema api
create extension postgres_fdw schema public
create role friend
create user friend superuser
create database mine
create tablespace t location '/tmp'
create access method m type table handler heap_tableam_handler
alter role {other} password 'x'
alter role {me} superuser
alter role {me} createrole
alter role {me} connection limit 100
alter role {me} valid until 'infinity'
alter role pos_owner login
alter role {me} set temp_file_limit = -1
alter role {other} set search_path = x
alter database {database} set fsync = off
grant pos_manager to {me}
grant pos_owner to {me}
grant select on pos.sale to {me}
set role pos_owner
set session authorization pos_owner
set session_replication_role = replica
set temp_file_limit = -1
set log_statement = 'none'
set track_activities = off
set zero_damaged_pages = on
set session_preload_libraries = 'x'
set ignore_checksum_failure = on
set allow_system_table_mods = on
alter system set fsync = off
select set_config('log_min_messages', 'panic', false)
select pg_reload_conf()
select pg_rotate_logfile()
select pg_switch_wal()
select pg_create_restore_point('x')
select pg_create_physical_replication_slot('x')
select pg_logical_emit_message(false, 'x', repeat('x', 1000000))
select pg_export_snapshot()
select pg_read_file('/etc/passwd')
select pg_read_binary_file('postgresql.conf')
select pg_ls_dir('.')
select pg_stat_file('PG_VERSION')
select pg_ls_logdir()
select pg_ls_waldir()
select pg_current_logfile()
copy (select 1) to program 'id'
copy (select 1) to '/tmp/x'
copy pos.price from '/tmp/x'
copy pos.sale to stdout
select lo_create(0)
select lo_creat(0)
select lo_import('/etc/passwd')
select lo_export(1, '/tmp/x')
select lo_from_bytea(0, 'x')
select lo_put(1, 0, 'x')
select lo_unlink(1)
select pg_advisory_lock(1)
select pg_advisory_xact_lock(1)
select pg_advisory_lock_shared(1, 2)
select pg_try_advisory_lock(7203119415022026)
select pg_try_advisory_xact_lock(1, 2)
select pg_advisory_unlock_all()
select pg_notify('pos_change', '1')
select pg_terminate_backend(pid) from pg_stat_activity where usename <> current_user
select pg_cancel_backend(pid) from pg_stat_activity where usename <> current_user
select pg_stat_reset()
select pos.till_of_login()
select pos.post_sale()
select pos.number_change(null)
select pos.count_miss('staff', 1003, null)
select pos.make_late('x')
select api.m_stores()
select api.m_set_price(1, 1, 1, 1)
select api.m_flags(1, 100)
select * from api.m_item
select api.import_begin(1)
do $$ begin loop end loop; end $$
do language plpgsql 'begin perform 1; end'
begin; prepare transaction 'x'
load 'auth_delay'
checkpoint
vacuum pos.sale
cluster pos.sale
reindex database {database}
comment on table pos.sale is 'mine'
discard temp; create temp table x ()
""".strip().splitlines()

# What PostgreSQL gives to every login and nobody can take: docs/security.md lists each with what watches it.
OPEN_TO_ALL = """
set statement_timeout = 0
set lock_timeout = 0
set idle_in_transaction_session_timeout = 0
set work_mem = '1GB'
set timezone = 'Pacific/Kiritimati'
listen pos_change
notify pos_change, '1'
select pg_sleep(0)
select rolname from pg_roles
select prosrc from pg_proc where proname = 'post_document'
select usename, application_name, state from pg_stat_activity
select relname, n_live_tup from pg_stat_user_tables
alter role {me} set statement_timeout = 0
alter role {me} password 'my own'
alter default privileges grant all on tables to public
set local_preload_libraries = 'x'
set role pos_till
reset role
""".strip().splitlines()


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


# -- forging -----------------------------------------------------------------------------------------

Forge = Callable[[TillClient, World], dict[str, Any]]


def sold(till: TillClient, world: World, item: int = WINE, **fields: Any) -> dict[str, Any]:
    """One item, its age checked."""
    checks = [{"kind": "age", "min_age": 18, "result": "id_checked"}]
    return till.sale([line(world.shop.items[item], **fields)], checks=checks)


def of_lines(till: TillClient, lines: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    checks = [{"kind": "age", "min_age": 18, "result": "id_checked"}]
    return till.sale(lines, checks=checks, **fields)


def cheaper(till: TillClient, world: World) -> dict[str, Any]:
    return sold(till, world, price=1, amount=1)


def cheaper_line(till: TillClient, world: World) -> dict[str, Any]:
    return sold(till, world, amount=1)


def price_of_milk(till: TillClient, world: World) -> dict[str, Any]:
    milk = world.shop.items[MILK]
    return sold(till, world, price=milk.price, amount=milk.price, price_version=milk.price_version)


def typed_by_a_cashier(till: TillClient, world: World) -> dict[str, Any]:
    return sold(till, world, price=1, amount=1, price_version=0, flags=["typed_price"])


def approved_by_nobody_here(till: TillClient, world: World) -> dict[str, Any]:
    world.owner.execute("delete from pos.session where staff = %s", [SUPERVISOR])
    fields = {"price": 1, "amount": 1, "price_version": 0, "flags": ["typed_price"]}
    approvals = [{"what": "price_override", "by": SUPERVISOR, "id": uuid7()}]
    return of_lines(till, [line(world.shop.items[WINE], **fields)], approvals=approvals)


def label_of_its_own(till: TillClient, world: World) -> dict[str, Any]:
    return sold(till, world, amount=1, code="2000000000015", flags=["label_price"])


def negative(till: TillClient, world: World) -> dict[str, Any]:
    return sold(till, world, qty=-1000, amount=-950)


def no_tax(till: TillClient, world: World) -> dict[str, Any]:
    return sold(till, world, tax="Z")


def low_rate(till: TillClient, world: World) -> dict[str, Any]:
    fields = sold(till, world)
    fields["taxes"] = [{"code": "S", "rate": 0, "net": 950, "tax": 0, "gross": 950}]
    return fields


def total_off(till: TillClient, world: World) -> dict[str, Any]:
    return {**sold(till, world), "total": 1, "grand": till.grand + 1}


def tender_off(till: TillClient, world: World) -> dict[str, Any]:
    return {**sold(till, world), "tenders": [{"n": 1, "kind": "cash", "amount": 1}]}


def money_back(till: TillClient, world: World) -> dict[str, Any]:
    tenders = [
        {"n": 1, "kind": "card", "amount": 5000},
        {"n": 2, "kind": "cash", "amount": -4050, "change": 1},
    ]
    return {**sold(till, world), "tenders": tenders}


def grand_off(till: TillClient, world: World) -> dict[str, Any]:
    return {**sold(till, world), "grand": 0}


def no_age(till: TillClient, world: World) -> dict[str, Any]:
    return till.sale([line(world.shop.items[WINE])])


def stranger(till: TillClient, world: World) -> dict[str, Any]:
    return {**sold(till, world, MILK), "cashier": 4711}


def refund(till: TillClient, world: World) -> dict[str, Any]:
    return {**sold(till, world, MILK), "kind": "refund"}


def brought_back(till: TillClient, world: World, **of: Any) -> dict[str, Any]:
    milk = line(world.shop.items[MILK])
    back = {"to": "stock", "reason": "x", **of}
    turned = {"qty": -milk["qty"], "amount": -milk["amount"], "flags": ["back"], "back": back}
    return {**till.sale([{**milk, **turned}]), "kind": "refund"}


def never_sold(till: TillClient, world: World) -> dict[str, Any]:
    return brought_back(till, world, document=uuid7(), line=1, receipt="S1-T1-1-000002")


def without_receipt(till: TillClient, world: World) -> dict[str, Any]:
    return brought_back(till, world)


FORGED: dict[Forge, str] = {
    cheaper: "price", cheaper_line: "amounts", price_of_milk: "price", typed_by_a_cashier: "no_permission",
    approved_by_nobody_here: "no_permission", label_of_its_own: "price", negative: "lines",
    no_tax: "tax_moved", low_rate: "tax_moved", total_off: "total", tender_off: "tenders",
    money_back: "tenders", grand_off: "grand", no_age: "age_unchecked", stranger: "unknown_cashier",
    refund: "lines", never_sold: "not_sold", without_receipt: "no_permission",
}  # fmt: skip


def test_a_forged_sale_has_no_effect(world: World) -> None:
    till = world.till()
    for forge, reason in FORGED.items():
        answer = till.post(forge(till, world))
        assert (answer.outcome, answer.reason) == ("refused", reason), forge.__name__
        assert world.one("select kind from pos.flag order by id desc limit 1") == f"refused_{reason}"
    assert world.one("select count(*) from pos.sale") == 0
    assert_sound(world.owner)


GOODS_GONE: dict[Forge, str] = {
    approved_by_nobody_here: "no_permission", no_age: "age_unchecked", stranger: "unknown_cashier",
    typed_by_a_cashier: "no_permission", price_of_milk: "price", label_of_its_own: "price",
}  # fmt: skip


def test_where_goods_may_have_left_it_is_flagged_at_once(world: World) -> None:
    """A thief may say that the sale was made while the server was away; the manager is told what is wrong."""
    till = world.till()
    for way in ("offline", "refilled", "stands"):
        for forge, flag in GOODS_GONE.items():
            answer = till.post({**forge(till, world), "flags": [way]})
            assert answer.outcome == "flagged", (forge.__name__, way)
            assert flag in answer.flags, (forge.__name__, way)
            newest = "select flags from pos.document order by no desc limit 1"
            assert flag in world.one(newest)
    assert world.one("select count(*) from pos.sale") == 3 * len(GOODS_GONE)
    assert_sound(world.owner)


def another_till(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "till": 2}


def another_store(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "store": 2}


def a_number_left_out(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "no": fields["no"] + 1}


def a_number_again(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "no": 1}


def another_past(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "prev": "00" * 32}


def another_epoch(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "epoch": 2}


CHAINS = {
    another_till: "other_till", another_store: "other_till", a_number_left_out: "number",
    a_number_again: "number", another_past: "chain", another_epoch: "epoch",
}  # fmt: skip


def test_a_forged_chain_is_not_stored_and_raises_an_alarm(world: World) -> None:
    till = world.till()
    before = world.query("select epoch, next_no, head from pos.till order by id")
    for forge, reason in CHAINS.items():
        answer = till.post(forge(till.common("no_sale", reason="x")))
        assert (answer.outcome, answer.reason) == ("rejected", reason), forge.__name__
        last = world.query("select kind, alarm from pos.flag order by id desc limit 1")
        assert last == [(f"rejected_{reason}", True)]
    assert world.query("select epoch, next_no, head from pos.till order by id") == before
    assert_sound(world.owner)


def test_a_forged_shift_end_and_a_second_shift_are_refused(world: World) -> None:
    till = world.till()
    till.post(till.sale([line(world.shop.items[MILK])]))
    figures = till_rows.call(till.connection, "select api.shift_report(%s)", till.shift)
    right = {"z": 1, "counted": figures["expected_cash"], "blind": 0, "counts": [], "figures": figures,
             "expected": figures["expected_cash"], "over_short": 0}  # fmt: skip
    for forged in (
        {"figures": {**figures, "sales_total": 0}},
        {"expected": 0, "over_short": figures["expected_cash"]},
        {"z": 2},
        {"over_short": 5},
    ):
        assert till.post(till.common("shift_close", **{**right, **forged})).outcome == "refused", forged
    assert world.one("select count(*) from pos.shift where closed_at is not null") == 0
    assert till.open_shift().reason == "shift_is_open"


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
