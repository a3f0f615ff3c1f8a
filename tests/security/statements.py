"""What a thief of a till's login may try in SQL: what is refused, and what PostgreSQL gives everybody."""

from __future__ import annotations

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
