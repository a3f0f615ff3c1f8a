"""The shop's server at one look: tills, connections, waits, statements, sizes, copies, open alerts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from pos_desktop.database.keeper_server import archive_backlog
from pos_desktop.database.till import Connection

SLOWEST = 10
LARGEST = 10


@dataclass(frozen=True, slots=True)
class TillStatus:
    """A till as the server knows it: ``seen_seconds`` ago, ``pending`` documents without an answer."""

    store: int
    number: int
    name: str
    version: str
    blocked: bool
    shift_open: bool
    seen_seconds: int | None
    pending: int
    pending_seconds: int
    offset_ms: int


@dataclass(frozen=True, slots=True)
class Wait:
    """A session that waits for a lock: whose, for how long (seconds), and who holds it."""

    login: str
    seconds: int
    held_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement by its time in all: how often it ran, milliseconds on average and in all."""

    text: str
    calls: int
    mean_ms: float
    total_ms: float


@dataclass(frozen=True, slots=True)
class Replica:
    """A standby: how far its replay is behind, bytes of log and seconds (None when it has caught up)."""

    name: str
    state: str
    lag_bytes: int
    lag_seconds: float | None


@dataclass(frozen=True, slots=True)
class RestoreProof:
    """The last restored backup of a sort (base, dump): when that was, what it held, what was wrong first.

    ``sound_at`` is when one was last found sound (None: never), ``until`` when its newest document was.
    """

    source: str
    backup: str
    ended_at: datetime
    until: datetime | None
    documents: int
    finding: str
    sound_at: datetime | None


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What ``pos-desktop status`` tells. Sizes in bytes, times in seconds.

    ``statements`` is None where pg_stat_statements is not set up; ``archive_waits`` is None where no log is
    archived; ``cache_hit`` is None on a server that has read nothing yet.
    """

    version: str
    started_at: datetime
    database_bytes: int
    tables: tuple[tuple[str, int], ...]
    connections: int
    most_connections: int
    by_login_group: tuple[tuple[str, int], ...]
    cache_hit: float | None
    oldest_transaction: int
    deadlocks: int
    waits: tuple[Wait, ...]
    statements: tuple[Statement, ...] | None
    archive_waits: int | None
    archive_failures: int
    replicas: tuple[Replica, ...]
    proofs: tuple[RestoreProof, ...]
    keeper_seconds: int | None
    alerts: tuple[tuple[str, str, str], ...]
    tills: tuple[TillStatus, ...]


def server_status(connection: Connection) -> ServerStatus:
    """Look at everything once. Needs the owner's login, or one that may read statistics and ``pos``."""
    version, started, size, used, most, hit, deadlocks, oldest, keeper = _row(connection, _SERVER)
    backlog = archive_backlog(connection)
    failures = 0 if backlog is None else _row(connection, "select failed_count from pg_stat_archiver")[0]
    return ServerStatus(
        version=str(version).split(" ")[0],
        started_at=started,
        database_bytes=size,
        tables=tuple(connection.execute(_TABLES, {"most": LARGEST}).fetchall()),
        connections=used,
        most_connections=most,
        by_login_group=tuple(connection.execute(_GROUPS).fetchall()),
        cache_hit=None if hit is None else float(hit),
        oldest_transaction=oldest,
        deadlocks=deadlocks,
        waits=tuple(Wait(login, age, tuple(held)) for login, age, held in connection.execute(_WAITS)),
        statements=_statements(connection),
        archive_waits=None if backlog is None else backlog[0],
        archive_failures=failures,
        replicas=tuple(
            Replica(name, state, lag, None if late is None else float(late))
            for name, state, lag, late in connection.execute(_REPLICAS)
        ),
        proofs=tuple(RestoreProof(*row) for row in connection.execute(_PROOFS)),
        keeper_seconds=keeper,
        alerts=tuple(connection.execute(_ALERTS).fetchall()),
        tills=tuple(TillStatus(*row) for row in connection.execute(_TILLS)),
    )


def _row(connection: Connection, query: LiteralString) -> tuple[Any, ...]:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row


def _statements(connection: Connection) -> tuple[Statement, ...] | None:
    """The slowest, without their values; statements that could name a password are left out."""
    if _row(connection, "select to_regclass('pg_stat_statements') is null")[0]:
        return None
    if "pg_stat_statements" not in _row(connection, "show shared_preload_libraries")[0]:
        return None
    rows = connection.execute(_STATEMENTS, {"most": SLOWEST}).fetchall()
    return tuple(
        Statement(" ".join(str(text).split())[:200], calls, float(mean), float(total))
        for text, calls, mean, total in rows
    )


_SERVER: LiteralString = """
select current_setting('server_version'), pg_postmaster_start_time(), pg_database_size(current_database()),
       (select count(*) from pg_stat_activity where backend_type = 'client backend'),
       current_setting('max_connections')::int,
       (select blks_hit::numeric / nullif(blks_hit + blks_read, 0) from pg_stat_database
         where datname = current_database()),
       (select deadlocks from pg_stat_database where datname = current_database()),
       (select coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0)::bigint
          from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()),
       (select extract(epoch from clock_timestamp() - seen_at)::bigint from pos.keeper_beat)
"""

_TABLES: LiteralString = """
select c.relname, pg_total_relation_size(c.oid) from pg_class c
 where c.relnamespace = 'pos'::regnamespace and c.relkind in ('r', 'p') order by 2 desc, 1 limit %(most)s
"""

# Whoever is in several groups counts in the first; a superuser passes for a member of each.
_GROUPS: LiteralString = """
select coalesce(case when r.rolsuper then 'superuser' end,
                (select g from unnest(array['pos_till', 'pos_manager', 'pos_report', 'pos_backup',
                                            'pos_keeper']) g
                  where pg_has_role(r.oid, g, 'member') limit 1), 'other') as sort, count(*)
  from pg_stat_activity a join pg_roles r on r.oid = a.usesysid
 where a.backend_type = 'client backend' and a.datname = current_database() group by 1 order by 1
"""

_WAITS: LiteralString = """
select w.usename::text, extract(epoch from clock_timestamp() - w.state_change)::bigint,
       array(select h.usename::text from pg_stat_activity h
              where h.pid = any (pg_blocking_pids(w.pid)) order by 1)
  from pg_stat_activity w where w.wait_event_type = 'Lock' and w.datname = current_database() order by 2 desc
"""

_STATEMENTS: LiteralString = """
select s.query, s.calls, s.mean_exec_time, s.total_exec_time from pg_stat_statements s
 where s.dbid = (select oid from pg_database where datname = current_database())
   and s.query ~* '^\\s*(select|insert|update|delete|with|copy|fetch)\\y'
 order by s.total_exec_time desc limit %(most)s
"""

_REPLICAS: LiteralString = """
select application_name, state, coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn), 0)::bigint,
       extract(epoch from replay_lag) from pg_stat_replication order by 1
"""

_PROOFS: LiteralString = """
select distinct on (p.source) p.source, p.backup, p.ended_at, p.until, p.documents, p.finding,
       (select max(s.ended_at) from pos.restore_proof s where s.source = p.source and s.sound)
  from pos.restore_proof p order by p.source, p.ended_at desc, p.id desc
"""

_ALERTS: LiteralString = """
select a.kind, a.severity,
       coalesce(nullif(a.subject, ''), 'store ' || s.number || coalesce(' till ' || t.number, ''), '')
  from pos.alert a left join pos.store s on s.id = a.store_id left join pos.till t on t.id = a.till_id
 where a.cleared_at is null order by a.severity, a.raised_at
"""

_TILLS: LiteralString = """
select s.number, t.number, t.name, coalesce(t.program_version, ''), t.blocked,
       exists (select from pos.shift h
                where h.till_id = t.id and h.store_id = t.store_id and h.closed_at is null),
       extract(epoch from clock_timestamp() - greatest(t.seen_at, b.seen_at))::bigint, coalesce(b.pending, 0),
       coalesce(extract(epoch from clock_timestamp() - b.pending_since), 0)::bigint, coalesce(b.offset_ms, 0)
  from pos.till t join pos.store s on s.id = t.store_id left join pos.till_beat b on b.till_id = t.id
 order by 1, 2
"""
