"""The one place where SQLSTATEs and constraint names become the program's own kinds of trouble."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import psycopg_pool
from psycopg.pq.abc import PGconn

from pos_desktop.database.login_answer import OTHER_METHOD, Login, login_answer
from pos_desktop.database.tls import tls_trouble
from pos_desktop.errors import Bug, EnvironmentProblem, PosError, UserError, add_messages

add_messages(
    {
        "server.unreachable": (
            "The shop's server does not answer.\n"
            "The till keeps trying; check the network cable and the server."
        ),
        "server.no_answer": "The shop's server gave no answer within {seconds} s.\nThe till keeps trying.",
        "server.login_refused": (
            "The server does not accept the login {login}.\n"
            "Check the till's login and password in its settings."
        ),
        "server.not_allowed": (
            "The login of this machine may not do that.\nAsk the person who looks after the server."
        ),
        "server.busy": "The server is busy with the same items.\nTry again in a moment.",
        "server.full": (
            "The server has no room to store anything more.\nFree space on its disk; nothing was recorded."
        ),
        "server.crowded": (
            "The server has no free connection.\nClose a program that uses it, or try again in a moment."
        ),
        "server.read_only": (
            "The server only answers questions at the moment; it records nothing.\nTry again later."
        ),
        "server.damaged": (
            "The server's disk no longer holds what was written to it ({what}).\n"
            "Call IT: this disk is dying. Restore the newest backup; tills bring back what it lacks."
        ),
        "server.no_database": (
            "The server has no database {name} this login may use.\n"
            "Correct dbname in the settings, or create it and run pos-desktop migrate."
        ),
        "server.old_schema": "The database is older than this program.\nRun pos-desktop migrate.",
        "row.exists": "There is already one with the same {what}.\nChoose another.",
        "row.in_use": "It is still in use ({what}).\nTake it out of use there first.",
        "row.refused": "The database does not allow that value ({what}).\nChange it and try again.",
    }
)

# Constraint name -> message code. Rooms that own tables add theirs through name_constraints().
_CONSTRAINTS: dict[str, str] = {}

_ENVIRONMENT: dict[str, str] = {
    "40001": "server.busy",
    "40P01": "server.busy",
    "55P03": "server.busy",
    "57014": "server.busy",
    "25P03": "server.busy",
    "25P04": "server.busy",
    "53000": "server.full",
    "53100": "server.full",
    "53200": "server.full",
    "53300": "server.crowded",
    "25006": "server.read_only",
}

_DAMAGED = ("XX001", "XX002")
"""A page that does not have its checksum, an index that does not fit its table."""

_UNREACHABLE_CLASSES = ("08", "57", "58", "F0")

_ROW: dict[str, str] = {
    "23505": "row.exists",
    "23P01": "row.exists",
    "23503": "row.in_use",
    "23001": "row.in_use",
    "23514": "row.refused",
    "23502": "row.refused",
    "22001": "row.refused",
    "22003": "row.refused",
}


def name_constraints(codes: dict[str, str]) -> None:
    """Say which message belongs to which constraint of the schema."""
    _CONSTRAINTS.update(codes)


def translate(error: psycopg.Error) -> PosError:
    """The program's own kind of trouble for ``error``; the original stays reachable as its cause."""
    if isinstance(error, psycopg_pool.PoolTimeout | psycopg_pool.TooManyRequests):
        return EnvironmentProblem("server.unreachable")
    state = error.sqlstate
    if state is None:
        return _without_state(error)
    if state in _ENVIRONMENT:
        return EnvironmentProblem(_ENVIRONMENT[state])
    if state in _DAMAGED:
        return EnvironmentProblem("server.damaged", what=error.diag.message_primary or state)
    if state[:2] in _UNREACHABLE_CLASSES:
        return EnvironmentProblem("server.unreachable")
    if state[:2] == "28":
        return UserError("server.login_refused", login=_login(error))
    if state == "42501":
        return UserError("server.not_allowed")
    if state in ("42883", "42P01", "3F000"):
        return UserError("server.old_schema")
    return _row_trouble(error, state)


def translate_connect(error: psycopg.Error, dsn: str) -> PosError:
    """As :func:`translate`, for a connection that was not made: a refused secure link in its own words."""
    trouble = translate(error)
    return (tls_trouble(dsn) or trouble) if trouble.code == "server.unreachable" else trouble


def _row_trouble(error: psycopg.Error, state: str) -> PosError:
    name = error.diag.constraint_name or error.diag.column_name or ""
    if name in _CONSTRAINTS:
        return UserError(_CONSTRAINTS[name])
    if state in _ROW:
        return UserError(_ROW[state], what=name or state)
    return Bug("bug", detail=f"{type(error).__name__} {state} {error.diag.message_primary or ''}".strip())


def _without_state(error: psycopg.Error) -> PosError:
    """A failed connection has no SQLSTATE; where it came as far as the password, the server is asked."""
    if isinstance(error, psycopg.OperationalError):
        if error.pgconn is None or not (error.pgconn.used_password or error.pgconn.needs_password):
            return EnvironmentProblem("server.unreachable")
        if error.pgconn.needs_password:  # it was asked for, and there is none to give
            return UserError("server.login_refused", login=_login(error))
        return _turned_away(error.pgconn)
    if isinstance(error, psycopg.InterfaceError):
        return EnvironmentProblem("server.unreachable")
    return Bug("bug", detail=f"{type(error).__name__}: {error}")


def _turned_away(pgconn: PGconn) -> PosError:
    """Only the server's own word is a refusal; a line that ended in the middle of a login is none."""
    login = _login_of(pgconn)
    state = login_answer(login)
    if state == OTHER_METHOD and b":  " in pgconn.error_message:
        state = "28P01"  # libpq has two blanks after the severity of what the server says, in any language
    if state is not None and state[:2] == "28":
        return UserError("server.login_refused", login=login.user)
    if state in ("3D000", "42501"):
        return EnvironmentProblem("server.no_database", name=login.database)  # one being restored comes back
    return EnvironmentProblem(_ENVIRONMENT.get(state or "", "server.unreachable"))


def _login_of(pgconn: PGconn) -> Login:
    """What libpq tried last, its defaults and password file included."""
    options = {o.keyword: o.val for o in pgconn.info if o.val}

    def text(value: bytes | None) -> str:
        return (value or b"").decode("utf-8", "replace")

    return Login(
        address=text(pgconn.hostaddr or pgconn.host),
        name=text(pgconn.host),
        port=int(pgconn.port or 5432),
        user=text(options.get(b"user")),
        password=text(pgconn.password),
        database=text(options.get(b"dbname")),
        sslmode=text(options.get(b"sslmode")) or "prefer",
        sslrootcert=text(options.get(b"sslrootcert")),
    )


def _login(error: psycopg.Error) -> str:
    """The login of the connection that was refused, as far as it is known."""
    if error.pgconn is None:
        return "?"
    for option in error.pgconn.info:
        if option.keyword == b"user" and option.val:
            return option.val.decode("utf-8", "replace")
    return "?"


@contextmanager
def translated() -> Iterator[None]:
    """Turn every psycopg error of the block into one of the program's own."""
    try:
        yield
    except psycopg.Error as error:
        raise translate(error) from error
