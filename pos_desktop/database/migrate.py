"""Brings a database to the schema of this program: numbered steps once, server functions when they change.

``NNNN_verb_object.sql`` runs once, in its own transaction, and may never change afterwards. One that begins
with ``-- Outside a transaction`` runs statement by statement without one, so that an index of a large table
is made while tills sell; stopped half-way it runs again from its first statement. A file in ``functions/``
holds one server function (or a view that tills read) and runs again whenever its text changes. An advisory
lock lets one program at a time do this.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from pos_desktop import __version__
from pos_desktop.database.errors import translate
from pos_desktop.errors import Bug, UserError, add_messages

Say = Callable[[str], None]
Connection = psycopg.Connection[tuple[Any, ...]]

# Any fixed number will do; it is the same in every version of the program.
LOCK = 7_203_119_415_022_026
TURN_EVERY = 0.2
"""Seconds between two questions whether the other program has finished."""
OWNER = "pos_owner"
OUTSIDE = "-- Outside a transaction"

_STEP_NAME = re.compile(r"(\d{4})_([a-z]+(?:_[a-z0-9]+)+)\.sql")
_FUNCTION_NAME = re.compile(r"([a-z][a-z0-9_]*)\.sql")

add_messages(
    {
        "migrate.newer": (
            "The database is newer (step {database}) than this program (step {program}).\n"
            "Install the newer program on this machine; nothing was changed."
        ),
        "migrate.changed": (
            "Step {step} is not the one this database was made with.\n"
            "Install an unchanged copy of the program; nothing was changed."
        ),
        "migrate.foreign": (
            "This database has a step this program does not know: {step}.\n"
            "Install the program that belongs to it; nothing was changed."
        ),
        "migrate.step_stopped": "Step {step} could not be applied and was undone.\nPostgreSQL said: {reason}",
        "migrate.layout": "The folder of migrations is not in order: {what}.",
    }
)

_META = """
create schema if not exists pos_meta;
create table if not exists pos_meta.schema_migration (
    number integer primary key,
    name text not null,
    checksum text not null,
    applied_at timestamptz not null default now(),
    applied_by text not null default session_user,
    program text not null,
    took_ms integer not null
);
comment on table pos_meta.schema_migration is 'The schema steps this database has been through.';
create table if not exists pos_meta.function_file (
    name text primary key,
    checksum text not null,
    applied_at timestamptz not null default now()
);
comment on table pos_meta.function_file is 'The text each server function was last created from.';
"""

# Missing while a file is created means: another file of the same folder has to come first.
_COMES_LATER = (
    psycopg.errors.UndefinedFunction,
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedObject,
    psycopg.errors.UndefinedColumn,
)


@dataclass(frozen=True, slots=True)
class Script:
    """One SQL file: a step (``number`` 1 and up) or a server function (``number`` 0)."""

    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text; line ends do not count, since version control may change them."""
        return hashlib.sha256(self.text.replace("\r\n", "\n").encode()).hexdigest()

    @property
    def outside(self) -> bool:
        """Whether it runs without a transaction: its statements may be repeated."""
        return self.text.startswith(OUTSIDE)

    @property
    def statements(self) -> tuple[str, ...]:
        """What runs at once: the whole text, or each statement of one that runs without a transaction."""
        if not self.outside:
            return (self.text,)
        parts = re.split(r";[ \t]*(?:\r?\n|$)", self.text)
        return tuple(part for part in parts if re.sub(r"--[^\n]*", "", part).strip())


@dataclass(frozen=True, slots=True)
class Plan:
    """What a program of this version brings: its steps in order and its server functions."""

    steps: tuple[Script, ...]
    functions: tuple[Script, ...]

    @property
    def version(self) -> int:
        """The number of the last step."""
        return self.steps[-1].number if self.steps else 0


@dataclass(frozen=True, slots=True)
class State:
    """What a database says about itself: number to (name, checksum), and function name to checksum."""

    steps: dict[int, tuple[str, str]]
    functions: dict[str, str]

    @property
    def version(self) -> int:
        """The number of the last step applied, 0 for an empty database."""
        return max(self.steps, default=0)


@dataclass(frozen=True, slots=True)
class Report:
    """What one run did."""

    version: int
    steps: tuple[str, ...]
    functions: tuple[str, ...]


def load_plan(folder: Path) -> Plan:
    """Read and check the files of ``folder``; Bug when names, numbers or order are not in order."""
    steps = sorted((_step(path) for path in folder.glob("*.sql")), key=lambda step: (step.number, step.name))
    for expected, step in enumerate(steps, start=1):
        if step.number != expected:
            twin = expected > 1 and steps[expected - 2].number == step.number
            what = f"two steps number {step.number}" if twin else f"step {expected} is missing"
            raise Bug("migrate.layout", what=f"{what} (at {step.name})")
    functions = tuple(_function(path) for path in sorted((folder / "functions").glob("*.sql")))
    return Plan(tuple(steps), functions)


def _step(path: Path) -> Script:
    match = _STEP_NAME.fullmatch(path.name)
    if match is None:
        raise Bug("migrate.layout", what=f"{path.name} is not named like 0001_create_roles.sql")
    return Script(int(match[1]), path.stem, path.read_text(encoding="utf-8"))


def _function(path: Path) -> Script:
    match = _FUNCTION_NAME.fullmatch(path.name)
    if match is None:
        raise Bug("migrate.layout", what=f"functions/{path.name} is not named like post_document.sql")
    return Script(0, match[1], path.read_text(encoding="utf-8"))


def read_state(connection: Connection) -> State:
    """The steps and functions a database has; an empty state when it was never migrated."""
    found = connection.execute("select to_regclass('pos_meta.schema_migration')").fetchone()
    if found is None or found[0] is None:
        return State({}, {})
    steps = connection.execute("select number, name, checksum from pos_meta.schema_migration").fetchall()
    functions = connection.execute("select name, checksum from pos_meta.function_file").fetchall()
    return State(
        {number: (name, checksum) for number, name, checksum in steps},
        {name: checksum for name, checksum in functions},
    )


def check_state(plan: Plan, state: State) -> None:
    """Refuse a database this program must not touch: newer, or made with other steps."""
    if state.version > plan.version:
        raise UserError("migrate.newer", database=state.version, program=plan.version)
    known = {step.number: step for step in plan.steps}
    for number, (name, checksum) in sorted(state.steps.items()):
        if number not in known:
            raise UserError("migrate.foreign", step=name)
        if known[number].checksum != checksum:
            raise UserError("migrate.changed", step=known[number].name)


def pending_steps(plan: Plan, state: State) -> tuple[Script, ...]:
    """The steps of ``plan`` the database has not been through."""
    return tuple(step for step in plan.steps if step.number not in state.steps)


def changed_functions(plan: Plan, state: State) -> tuple[Script, ...]:
    """The functions whose text differs from the one the database has."""
    return tuple(file for file in plan.functions if state.functions.get(file.name) != file.checksum)


def migrate(dsn: str, plan: Plan, say: Say = lambda _: None) -> Report:
    """Bring the database at ``dsn`` to ``plan``; ``say`` hears each thing done.

    Two programs may do this at once: one waits for the other and finds nothing left to do.
    """
    try:
        with psycopg.connect(dsn, autocommit=True, application_name="pos_desktop migrate") as connection:
            connection.execute("set client_min_messages = warning")
            _take_turn(connection, say)
            return _migrate_locked(connection, plan, say)
    except psycopg.Error as error:
        raise translate(error) from error


def _take_turn(connection: Connection, say: Say) -> None:
    """The lock belongs to the session: it ends with it, however that ends.

    It is asked for again and again instead of waited for: a waiting statement is a transaction, which an
    index that is made meanwhile waits for in turn.
    """
    told = False
    while not _has_turn(connection):
        if not told:
            say("Another program is migrating this database; waiting for it")
            told = True
        time.sleep(TURN_EVERY)


def _has_turn(connection: Connection) -> bool:
    row = connection.execute("select pg_try_advisory_lock(%s)", [LOCK]).fetchone()
    return row is not None and bool(row[0])


def _migrate_locked(connection: Connection, plan: Plan, say: Say) -> Report:
    state = read_state(connection)
    check_state(plan, state)
    if not state.steps:
        with connection.transaction():
            connection.execute(_META)
    steps = pending_steps(plan, state)
    for step in steps:
        _apply_step(connection, step, say)
    functions = changed_functions(plan, state)
    if functions:
        _apply_functions(connection, functions, say)
    if not steps and not functions:
        say(f"The database is up to date (step {plan.version})")
    return Report(plan.version, tuple(s.name for s in steps), tuple(f.name for f in functions))


def _apply_step(connection: Connection, step: Script, say: Say) -> None:
    started = time.monotonic()
    try:
        with nullcontext() if step.outside else connection.transaction():
            if not step.outside:
                _hold_tills(connection)
            for statement in step.statements:
                connection.execute(sql.SQL(statement))
            connection.execute("reset role")
            took = int((time.monotonic() - started) * 1000)
            connection.execute(
                "insert into pos_meta.schema_migration (number, name, checksum, program, took_ms)"
                " values (%s, %s, %s, %s, %s)",
                [step.number, step.name, step.checksum, __version__, took],
            )
    except psycopg.Error as error:
        raise _stopped(step, error) from error
    say(f"Applied {step.name} ({took} ms)")


def _hold_tills(connection: Connection) -> None:
    """Let what tills post end first, or wait: a document takes its till's row before anything else.

    A step locks tables in its own order; without this it and a document could each wait for the other.
    """
    if connection.execute("select to_regclass('pos.till')").fetchone() == (None,):
        return
    if _has_owner(connection):
        connection.execute(sql.SQL("set local role {}").format(sql.Identifier(OWNER)))
    connection.execute("lock table pos.till in exclusive mode")
    connection.execute("reset role")


def _apply_functions(connection: Connection, files: Iterable[Script], say: Say) -> None:
    """All changed functions in one transaction: a till sees the old ones or the new ones, never a mixture."""
    waiting = list(files)
    owner = _has_owner(connection)
    with connection.transaction():
        connection.execute("set local check_function_bodies = off")
        while waiting:
            postponed = [
                (file, error) for file in waiting if (error := _try_function(connection, file, owner=owner))
            ]
            if len(postponed) == len(waiting):
                raise _stopped(*postponed[0]) from postponed[0][1]
            waiting = [file for file, _ in postponed]
    for file in files:
        say(f"Created function {file.name}")


def _has_owner(connection: Connection) -> bool:
    """Whether functions can belong to the schema's owner: they run with their owner's rights."""
    return connection.execute("select 1 from pg_roles where rolname = %s", [OWNER]).fetchone() is not None


def _try_function(connection: Connection, file: Script, *, owner: bool) -> psycopg.Error | None:
    """Create one function; the error when it needs something another file has yet to create."""
    try:
        with connection.transaction():
            if owner:
                connection.execute(sql.SQL("set local role {}").format(sql.Identifier(OWNER)))
            connection.execute(sql.SQL(file.text))
            connection.execute("reset role")
            connection.execute(
                "insert into pos_meta.function_file (name, checksum) values (%s, %s)"
                " on conflict (name) do update set checksum = excluded.checksum, applied_at = now()",
                [file.name, file.checksum],
            )
    except _COMES_LATER as error:
        return error
    except psycopg.Error as error:
        raise _stopped(file, error) from error
    return None


def _stopped(script: Script, error: psycopg.Error) -> Bug:
    line = error.diag.statement_position
    where = f" (line {script.text[: int(line)].count(chr(10)) + 1})" if line else ""
    reason = f"{error.diag.message_primary or error}{where}"
    return Bug("migrate.step_stopped", step=script.name, reason=reason)
