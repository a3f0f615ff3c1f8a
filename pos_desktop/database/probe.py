"""Looks at a server as a doctor would: can it be reached, who may in, which schema, what time is it there."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from pos_desktop.database.errors import translate_connect
from pos_desktop.database.migrate import Plan, changed_functions, check_state, pending_steps, read_state
from pos_desktop.database.rights import Drift, drift_of, known_pepper
from pos_desktop.database.server_settings import WANTED, Lacking, lacking
from pos_desktop.errors import PosError, UserError

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Schema:
    """How the database stands to this program: ``trouble`` refuses it, ``behind`` counts what it lacks."""

    step: int
    behind: int
    trouble: PosError | None


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many connections the server takes, and how many its logins may open by their limits."""

    most: int
    allowed: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look at the server found; with ``trouble`` nothing else is known."""

    trouble: PosError | None
    version: str = ""
    encrypted: bool = False
    offset_seconds: float = 0.0
    schema: Schema | None = None
    lacks: tuple[Lacking, ...] = ()
    crowd: Crowd | None = None
    drift: tuple[Drift, ...] = ()
    pepper: str = ""


def examine(dsn: str, plan: Plan) -> Finding:
    """Connect once as this machine does and look around; never raises for a server in trouble."""
    try:
        with psycopg.connect(make_conninfo(dsn, connect_timeout=5), autocommit=True) as connection:
            schema = _schema(connection, plan)
            return Finding(
                trouble=None,
                version=str(connection.info.parameter_status("server_version")),
                encrypted=connection.pgconn.ssl_in_use,
                offset_seconds=_offset(connection),
                schema=schema,
                lacks=lacking(settings_of(connection)),
                crowd=_crowd(connection),
                drift=drift_of(connection, current=not (schema.behind or schema.trouble)),
                pepper=known_pepper(connection),
            )
    except psycopg.Error as error:
        return Finding(trouble=_without_database(dsn) or translate_connect(error, dsn))


def try_login(dsn: str) -> None:
    """Connect once and leave again: a wrong password or a lost server in its own words, at once.

    A pool would go on trying for its whole time limit and then only say that nobody answered.
    """
    try:
        psycopg.connect(make_conninfo(dsn, connect_timeout=5), autocommit=True).close()
    except psycopg.Error as error:
        raise translate_connect(error, dsn) from error


def settings_of(connection: Connection) -> dict[str, str]:
    """The server's settings that matter, as configured: over a local socket the keepalives show as 0."""
    rows = connection.execute(
        "select name, reset_val from pg_settings where name = any (%s)", [[one.name for one in WANTED]]
    ).fetchall()
    return {str(name): str(value) for name, value in rows}


def _crowd(connection: Connection) -> Crowd:
    row = connection.execute(
        "select current_setting('max_connections')::int,"
        " (select coalesce(sum(rolconnlimit), 0) from pg_roles where rolcanlogin and rolconnlimit > 0)"
    ).fetchone()
    assert row is not None
    return Crowd(int(row[0]), int(row[1]))


def _offset(connection: Connection) -> float:
    """Server time minus ours in seconds, taken in the middle of the question's way there and back."""
    before = datetime.now(UTC)
    row = connection.execute("select clock_timestamp()").fetchone()
    after = datetime.now(UTC)
    assert row is not None
    offset: timedelta = row[0] - (before + (after - before) / 2)
    return offset.total_seconds()


def _schema(connection: Connection, plan: Plan) -> Schema:
    """The owner sees each step; a till's login may only ask which one was the last."""
    try:
        state = read_state(connection)
    except psycopg.errors.InsufficientPrivilege:
        return _schema_for_tills(connection, plan)
    behind = len(pending_steps(plan, state)) + len(changed_functions(plan, state))
    try:
        check_state(plan, state)
    except UserError as trouble:
        return Schema(state.version, behind, trouble)
    return Schema(state.version, behind, None)


def _schema_for_tills(connection: Connection, plan: Plan) -> Schema:
    try:
        row = connection.execute("select api.database_step()").fetchone()
    except (psycopg.errors.UndefinedFunction, psycopg.errors.InvalidSchemaName):
        return Schema(0, plan.version, None)
    step = int(row[0]) if row and row[0] is not None else 0
    if step > plan.version:
        return Schema(step, 0, UserError("migrate.newer", database=step, program=plan.version))
    return Schema(step, plan.version - step, None)


def _without_database(dsn: str) -> PosError | None:
    """A refused login and a missing database look the same from outside; the same login elsewhere tells."""
    wanted = psycopg.conninfo.conninfo_to_dict(dsn).get("dbname", "")
    with contextlib.suppress(psycopg.Error):
        psycopg.connect(make_conninfo(dsn, dbname="postgres", connect_timeout=5)).close()
        return UserError("server.no_database", name=str(wanted))
    return None
