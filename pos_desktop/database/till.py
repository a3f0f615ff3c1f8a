"""A till's calls to its server (hello, basket check, posting, holding), and enrolling a till."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from pos_desktop.database.errors import translate_connect, translated

Connection = psycopg.Connection[tuple[Any, ...]]

CHANNEL = "pos_change"
"""NOTIFY channel of catalogue changes: a hint to ask :func:`changes_since`, never data."""

CONNECTION_LIMIT = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a document. ``outcome`` is booked, flagged, refused or rejected.

    ``head`` is hex; for a rejected document ``no`` and ``head`` are what the server expects next.
    """

    outcome: str
    no: int
    head: str
    server_at: datetime | None
    reason: str | None = None
    flags: tuple[str, ...] = ()
    replayed: bool = False

    @property
    def stored(self) -> bool:
        """The document is on the server and the chain went on, with effect or without."""
        return self.outcome != "rejected"


@dataclass(frozen=True, slots=True)
class Changes:
    """Catalogue changes: the last number, the items changed, or ``everything`` when they are too many.

    ``whole``: more items changed than can be listed. Otherwise ``items`` names them all, also when tiles,
    categories or rates changed and ``everything`` is set for them.
    """

    last: int
    items: tuple[int, ...]
    everything: bool
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """One of the till's own documents as the server keeps it; ``body`` is its canonical bytes."""

    no: int
    kind: str
    outcome: str
    body: bytes
    head: str
    server_at: datetime


@contextlib.contextmanager
def open_connection(dsn: str, name: str) -> Iterator[Connection]:
    """One autocommit connection of its own for the length of the block; trouble as the program's own."""
    try:
        connection = psycopg.connect(dsn, autocommit=True, application_name=name)
    except psycopg.Error as error:
        raise translate_connect(error, dsn) from error
    with translated(), connection:
        yield connection


def call(connection: Connection, statement: LiteralString, *values: object) -> Any:
    """The one value a server function returns."""
    row = connection.execute(statement, values).fetchone()
    assert row is not None, "a function returns a row"
    return row[0]


def parse_time(text: str) -> datetime:
    """A time as the server's functions write it (UTC)."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def hello(connection: Connection, program_version: str, epoch: int) -> dict[str, Any]:
    """Who this till is, its chain, shift and shop; ``epoch`` is 0 when its journal is new.

    Keys: migrations/functions/README.md.
    """
    answer: dict[str, Any] = call(connection, "select api.hello(%s, %s)", program_version, epoch)
    return answer


def post_document(connection: Connection, body: bytes, hash_: bytes, stands: str = "") -> Answer:
    """Book one document: one round trip. Raises psycopg errors only for trouble that passes.

    ``stands`` is what is a fact at the till already: "offline", "refilled", "refused", or "" for nothing.
    """
    text = body.decode("utf-8")
    return read_answer(call(connection, "select api.post_document(%s, %b, %s)", text, hash_, stands))


def read_answer(values: Mapping[str, Any]) -> Answer:
    """The answer of ``api.post_document`` as a value."""
    at = values.get("server_at")
    return Answer(
        outcome=values["outcome"],
        no=values.get("no", 0),
        head=values.get("head", ""),
        server_at=parse_time(at) if at else None,
        reason=values.get("reason"),
        flags=tuple(values["flags"]),
        replayed=bool(values["replayed"]),
    )


def check_basket(connection: Connection, body: Mapping[str, Any]) -> dict[str, Any]:
    """Problems of a basket before pay; holds stock that must not oversell for three minutes."""
    answer: dict[str, Any] = call(connection, "select api.check_basket(%s)", Jsonb(dict(body)))
    return answer


def hold_sale(connection: Connection, sale_id: str, body: Mapping[str, Any], label: str) -> None:
    """Park a basket for any till of the store."""
    call(connection, "select api.hold_sale(%s, %s, %s)", sale_id, Jsonb(dict(body)), label)


def held_sales(connection: Connection) -> list[dict[str, Any]]:
    """Parked baskets, oldest first: sale, label, till, held_at, body."""
    rows: list[dict[str, Any]] = call(connection, "select api.held_sales()")
    return rows


def recall_sale(connection: Connection, sale_id: str) -> dict[str, Any] | None:
    """The parked basket, now this till's; None when another till was first."""
    body: dict[str, Any] | None = call(connection, "select api.recall_sale(%s)", sale_id)
    return body


def changes_since(connection: Connection, last: int) -> Changes:
    """What changed in the catalogue after change number ``last``."""
    answer = call(connection, "select api.changes_since(%s)", last)
    items = tuple(answer.get("moved") or answer["items"])
    return Changes(answer["last"], items, bool(answer["all"]), bool(answer["whole"]))


def documents(connection: Connection, limit: int) -> list[Stored]:
    """The till's last documents of its present epoch, newest first."""
    return [_stored(row) for row in call(connection, "select api.documents(%s)", limit)]


def document(connection: Connection, no: int) -> Stored | None:
    """One document of the present epoch by its number."""
    row = call(connection, "select api.document(%s)", no)
    return _stored(row) if row else None


def _stored(row: Mapping[str, Any]) -> Stored:
    return Stored(
        no=row["no"],
        kind=row["kind"],
        outcome=row["outcome"],
        body=row["body"].encode("utf-8"),
        head=row["head"],
        server_at=parse_time(row["server_at"]),
    )


# -- set-up, as the owner of the database -----------------------------------------------------------


def enrol_till(
    owner: Connection, *, store: int, number: int, login: str, password: str, drawer: int | None = None
) -> None:
    """Make a till of store number ``store`` with a database login of its own, in one transaction.

    The drawer (number, by default the till's) is made when missing. Enrolling it again gives it a new
    password, leaves its books alone and allows its journal to be a new one. LookupError when there is no
    such store.
    """
    with owner.transaction():
        store_id = add_till(owner, store=store, number=number, login=login, drawer=drawer)
        make_login(owner, login, password, "pos_till", CONNECTION_LIMIT)
        owner.execute(
            "update pos.till set claimed = true where store_id = %s and number = %s", [store_id, number]
        )
        owner.execute(
            "insert into pos.audit (store_id, what, subject) values (%s, 'till_enrolled', %s)",
            [store_id, str(number)],
        )


def add_till(owner: Connection, *, store: int, number: int, login: str, drawer: int | None = None) -> int:
    """The till's row, made or opened again for a new machine; returns its store's id. LookupError: none."""
    found = owner.execute("select id from pos.store where number = %s", [store]).fetchone()
    if found is None:
        raise LookupError(f"store {store}")
    before = owner.execute(
        "select login from pos.till where store_id = %s and number = %s and login <> %s",
        [found[0], number, login],
    ).fetchone()
    if before is not None:
        end_login(owner, before[0])
    owner.execute(
        "insert into pos.till (store_id, number, login, drawer_id, head) values (%s, %s, %s, %s,"
        " sha256(convert_to(format('pos_desktop/1 store %%s till %%s epoch 1', %s::int, %s::int),"
        " 'UTF8')))"
        " on conflict (store_id, number) do update"
        " set login = excluded.login, blocked = false, fresh = true",
        [found[0], number, login, _drawer(owner, found[0], drawer or number), store, number],
    )
    return int(found[0])


def _drawer(owner: Connection, store_id: int, number: int) -> int:
    owner.execute(
        "insert into pos.drawer (store_id, number) values (%s, %s) on conflict do nothing", [store_id, number]
    )
    row = owner.execute(
        "select id from pos.drawer where store_id = %s and number = %s", [store_id, number]
    ).fetchone()
    assert row is not None
    return int(row[0])


def block_till(owner: Connection, *, store: int, number: int) -> bool:
    """Shut a till out at once: no login, no running session. False when there is no such till."""
    with owner.transaction():
        row = owner.execute(
            "update pos.till t set blocked = true from pos.store s"
            " where s.id = t.store_id and s.number = %s and t.number = %s returning t.login, t.store_id",
            [store, number],
        ).fetchone()
        if row is None:
            return False
        owner.execute(
            "delete from pos.session where till_id in (select id from pos.till where login = %s)", [row[0]]
        )
        end_login(owner, row[0])
        owner.execute(
            "insert into pos.audit (store_id, what, subject) values (%s, 'till_blocked', %s)",
            [row[1], str(number)],
        )
    end_sessions(owner, row[0])
    return True


def make_login(owner: Connection, login: str, password: str, group: str, limit: int) -> None:
    """Create or renew a login in a group role. The server receives a SCRAM verifier, never the password."""
    role = sql.Identifier(login)
    verifier = owner.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256").decode()
    if owner.execute("select 1 from pg_roles where rolname = %s", [login]).fetchone() is None:
        owner.execute(sql.SQL("create role {} nologin").format(role))
    statement = sql.SQL("alter role {} login connection limit {} password {}")
    owner.execute(statement.format(role, sql.Literal(limit), sql.Literal(verifier)))
    owner.execute(sql.SQL("grant {} to {}").format(sql.Identifier(group), role))
    for name, value in login_settings(group).items():
        owner.execute(
            sql.SQL("alter role {} set {} = {}").format(role, sql.Identifier(name), sql.Literal(value))
        )
    owner.execute(
        "insert into pos.login_seal (login, grp, seal) values (%s, %s, sha256(convert_to(%s, 'UTF8')))"
        " on conflict (login) do update set grp = excluded.grp, seal = excluded.seal, made_at = now()",
        [login, group, verifier],
    )


def login_settings(group: str) -> dict[str, str]:
    """What a login of this group starts with. It can change all but the last: that one needs a superuser."""
    return {
        "idle_in_transaction_session_timeout": "5s",
        "statement_timeout": "8s" if group == "pos_till" else "60s",
        "temp_file_limit": "262144kB",
    }


def end_login(owner: Connection, login: str) -> None:
    """Take a login's right to connect and its password; call :func:`end_sessions` after the commit."""
    owner.execute(sql.SQL("alter role {} nologin password null").format(sql.Identifier(login)))


def end_sessions(owner: Connection, login: str) -> None:
    """End the running sessions of a login that may not come back; not before that is committed."""
    owner.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", [login])
