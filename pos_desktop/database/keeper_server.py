"""What the keeper looks at on the server itself, and the sessions it ends there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import LiteralString

from pos_desktop.database.keeper import Found, Rules
from pos_desktop.database.probe import settings_of
from pos_desktop.database.server_settings import LOSES_SALES, lacking
from pos_desktop.database.till import Connection, call

BACKUP_SECONDS = 4 * 3600
"""A dump reads in one transaction: that long it is no news."""
MB = 2**20

# Each group's sessions that are over one of its limits; the gravest reason first. A superuser passes for a
# member of every group, and could not be ended anyway.
_OVER: LiteralString = """
select s.pid, s.usename, s.application_name, s.rule, s.seconds::bigint
  from (select a.*, case when a.idle > %(idle)s then 'idle' when a.query > %(query)s then 'query'
                         when a.work > %(transaction)s then 'transaction' end as rule,
               case when a.idle > %(idle)s then a.idle when a.query > %(query)s then a.query else a.work end
                 as seconds
          from (select p.pid, p.usename, p.application_name,
                       extract(epoch from clock_timestamp() - p.xact_start) as work,
                       case when p.state in ('active', 'fastpath function call')
                            then extract(epoch from clock_timestamp() - p.query_start) end as query,
                       case when p.state like 'idle in transaction%%'
                            then extract(epoch from clock_timestamp() - p.state_change) end as idle
                  from pg_stat_activity p join pg_roles r on r.oid = p.usesysid
                 where p.datname = current_database() and p.backend_type = 'client backend'
                   and p.pid <> pg_backend_pid() and not r.rolsuper
                   and pg_has_role(p.usesysid, %(role)s, 'member')) a) s
 where s.rule is not null
"""


def end_sessions(connection: Connection, rules: Rules) -> list[Found]:
    """End every session that is over a limit of its group; what was ended, as events."""
    ended = []
    for rule in rules.sessions:
        limits = {
            "role": rule.role, "idle": rule.idle, "transaction": rule.transaction, "query": rule.query,
        }  # fmt: skip
        for pid, login, program, broken, seconds in connection.execute(_OVER, limits).fetchall():
            if call(connection, "select pg_terminate_backend(%s)", pid):
                detail = {"rule": broken, "seconds": seconds, "program": program}
                ended.append(Found("session_ended", detail, login, event=True))
    return ended


def server_conditions(connection: Connection, limits: dict[str, float]) -> list[Found]:
    """What calls for an alert at the server: of the kinds in :data:`SERVER_KINDS`, now."""
    return [found for kind, look in _LOOKS.items() for found in look(connection, limits[kind])]


def data_directory(connection: Connection) -> str:
    """Where the server keeps its data, on its own machine."""
    return str(call(connection, "select current_setting('data_directory')"))


def _wal_archive(connection: Connection, limit: float) -> Iterable[Found]:
    waiting = archive_backlog(connection)
    if waiting is not None and waiting[0] > limit:
        yield Found("wal_archive_late", {"seconds": waiting[0], "files": waiting[1]})


def archive_backlog(connection: Connection) -> tuple[int, int] | None:
    """Seconds the oldest piece of log has waited for its archive, and how many wait; None without one."""
    if call(connection, "select current_setting('archive_mode')") == "off":
        return None
    row = connection.execute(
        "select extract(epoch from clock_timestamp() - min(modification))::bigint, count(*)"
        " from pg_ls_archive_statusdir() where name like '%.ready'"
    ).fetchone()
    return (0, 0) if row is None or row[0] is None else (row[0], row[1])


_TRANSACTIONS: LiteralString = """
select p.usename, p.application_name, extract(epoch from clock_timestamp() - p.xact_start)::bigint as seconds,
       case when p.application_name = 'pg_dump' then 'backup' when r.rolsuper then ''
            when pg_has_role(p.usesysid, 'pos_backup', 'member') then 'backup'
            when pg_has_role(p.usesysid, 'pos_report', 'member') then 'report' else '' end as sort
  from pg_stat_activity p join pg_roles r on r.oid = p.usesysid
 where p.backend_type = 'client backend' and p.pid <> pg_backend_pid() and p.xact_start is not null
union all
select owner, 'prepared ' || gid, extract(epoch from clock_timestamp() - prepared)::bigint, ''
  from pg_prepared_xacts
"""


def _transactions(connection: Connection, limit: float) -> Iterable[Found]:
    allowed = {"backup": BACKUP_SECONDS, "report": 3600, "": 0}
    longest: dict[str, Found] = {}
    for login, program, seconds, sort in connection.execute(_TRANSACTIONS).fetchall():
        known = longest.get(login)
        if seconds > max(limit, allowed[sort]) and (known is None or known.detail["seconds"] < seconds):
            longest[login] = Found("old_transaction", {"seconds": seconds, "program": program}, login)
    return longest.values()


def _slots(connection: Connection, limit: float) -> Iterable[Found]:
    rows = connection.execute(
        "select slot_name, wal_status,"
        " coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint from pg_replication_slots"
    ).fetchall()
    for name, status, held in rows:
        if held / MB > limit or status in ("unreserved", "lost"):
            yield Found("slot_holds_wal", {"mb": held // MB, "status": status}, name)


_AGES: LiteralString = """
select datname, greatest(age(datfrozenxid), mxid_age(datminmxid))::bigint from pg_database
union all
select 'slot ' || slot_name, greatest(coalesce(age(xmin), 0), coalesce(age(catalog_xmin), 0))::bigint
  from pg_replication_slots
"""


def _wraparound(connection: Connection, limit: float) -> Iterable[Found]:
    for name, age in connection.execute(_AGES).fetchall():
        if age > limit:
            yield Found("wraparound_near", {"transactions": age}, name)


def _connections(connection: Connection, limit: float) -> Iterable[Found]:
    used, most = connection.execute(
        "select (select count(*) from pg_stat_activity where backend_type = 'client backend'),"
        " (select sum(case name when 'max_connections' then 1 else -1 end * setting::int) from pg_settings"
        " where name in ('max_connections', 'superuser_reserved_connections', 'reserved_connections'))"
    ).fetchall()[0]
    if used * 100 > most * limit:
        yield Found("connections_low", {"used": used, "most": int(most)})


def _settings(connection: Connection, _limit: float) -> Iterable[Found]:
    for lack in lacking(settings_of(connection)):
        if lack.wanted.grave:
            detail = {"value": lack.value, "wanted": lack.wanted.advice}
            severity = None if lack.wanted.name in LOSES_SALES else "warning"
            yield Found("setting_unsafe", detail, lack.wanted.name, severity=severity)


_LOOKS: dict[str, Callable[[Connection, float], Iterable[Found]]] = {
    "wal_archive_late": _wal_archive,
    "old_transaction": _transactions,
    "slot_holds_wal": _slots,
    "wraparound_near": _wraparound,
    "connections_low": _connections,
    "setting_unsafe": _settings,
}
SERVER_KINDS = tuple(_LOOKS)
