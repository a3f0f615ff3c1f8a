"""The keeper's connection and its calls: one keeper at a time, under a role that reaches no table."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString, TypeVar

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.types.json import Jsonb

from pos_desktop.database.dsn import patient
from pos_desktop.database.errors import translate, translate_connect
from pos_desktop.database.keeper_alerts import Alert, read_alert
from pos_desktop.database.till import Connection, call, make_login, parse_time
from pos_desktop.database.watchdog import Watchdog
from pos_desktop.domain.anchor import Anchor
from pos_desktop.errors import EnvironmentProblem

T = TypeVar("T")

ROLE = "pos_keeper"
LOGIN = "keeper"
CONNECTION_LIMIT = 3
BACKUP_LIMIT = 8
# Any fixed number that is not the migration's; the same in every version of the program.
LOCK = 7_203_119_415_022_027
CALL_SECONDS = 60.0
_BACKUPS: tuple[LiteralString, ...] = ("alter role {} replication", "grant pos_backup to {}")
ROLL_UP_DOCUMENTS = 500
"""Documents of one till added up in one transaction: short, so that it holds no lock for long."""
CHAIN_DOCUMENTS = 100_000


@dataclass(frozen=True, slots=True)
class Found:
    """Something that calls for an alert; ids are the server's own. ``event``: a deed, not a state."""

    kind: str
    detail: dict[str, Any] = field(default_factory=dict)
    subject: str = ""
    store_id: int | None = None
    till_id: int | None = None
    severity: str | None = None
    event: bool = False

    def row(self) -> dict[str, Any]:
        """As ``api.keeper_note`` takes it."""
        named = {
            "kind": self.kind, "subject": self.subject, "store_id": self.store_id, "till_id": self.till_id,
            "severity": self.severity, "detail": self.detail, "event": int(self.event),
        }  # fmt: skip
        return {key: value for key, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True)
class SessionRule:
    """How many seconds a login of a group may idle in a transaction, keep one open, work on a query."""

    role: str
    idle: float
    transaction: float
    query: float


@dataclass(frozen=True, slots=True)
class Rules:
    """What the keeper goes by: the limit of each alert by kind, and of sessions."""

    limits: dict[str, float]
    sessions: tuple[SessionRule, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """Where a till's chain stands now, and when it last closed a shift."""

    store_id: int
    till_id: int
    anchor: Anchor
    z_at: datetime | None


@dataclass(frozen=True, slots=True)
class Proven:
    """The last restored backup of a sort (base, dump), what was wrong, when one was last sound (UTC)."""

    source: str
    backup: str
    ended_at: datetime
    finding: str
    sound_at: datetime | None


def keeper_dsn(dsn: str) -> str:
    """``dsn`` with no more rights than the keeper's, whoever's login it is."""
    options = str(conninfo_to_dict(dsn).get("options") or "")
    mine = f"{options} -c role={ROLE} -c statement_timeout={CALL_SECONDS:.0f}s -c lock_timeout=3s"
    return make_conninfo(patient(dsn, "pos_desktop keeper"), options=mine.strip())


class KeeperLink:
    """One connection of the keeper. Each call ends within a minute by the wall clock, come what may."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._watchdog = Watchdog()

    def run(self, work: Callable[[Connection], T]) -> T:
        """Do something with the connection; its trouble comes as the program's own."""
        try:
            with self._watchdog.watching(self._connection, CALL_SECONDS) as watch:
                return work(self._connection)
        except psycopg.Error as error:
            if watch.expired:
                raise EnvironmentProblem("server.no_answer", seconds=round(CALL_SECONDS)) from error
            raise translate(error) from error

    def take_turn(self) -> bool:
        """Whether this is the one keeper now; it stays so for as long as the connection lives."""
        return bool(self.run(lambda c: call(c, "select pg_try_advisory_lock(%s)", LOCK)))

    def stands_here(self) -> bool:
        """Whether the server is on this machine, whatever name it goes by: its address can be bound here."""
        address = self.run(lambda c: call(c, "select host(inet_server_addr())"))
        if address is None:  # reached by a socket of the file system
            return True
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as trial:
            try:
                trial.bind((address, 0))
            except OSError:
                return False
        return True

    def rules(self) -> Rules:
        """The limits of now."""
        answer = self.run(lambda c: call(c, "select api.keeper_rules()"))
        limits = {kind: float(value) for kind, value in answer["alerts"].items()}
        return Rules(limits, tuple(SessionRule(**row) for row in answer["sessions"]))

    def conditions(self) -> list[Found]:
        """What calls for an alert by the shop's own tables."""
        return [Found(**row) for row in self.run(lambda c: call(c, "select api.keeper_conditions()"))]

    def note(self, checked: Iterable[str], found: Iterable[Found]) -> list[int]:
        """Raise what was found and clear what was checked and not found; the ids of new alerts."""
        rows = Jsonb([one.row() for one in found])
        ids: list[int] = self.run(lambda c: call(c, "select api.keeper_note(%s, %s)", list(checked), rows))
        return ids

    def heads(self) -> list[Head]:
        """Each till's chain, with the server's time."""

        def ask(connection: Connection) -> tuple[datetime, list[dict[str, Any]]]:
            rows = call(connection, "select api.keeper_heads()")
            return call(connection, "select clock_timestamp()"), rows

        at, rows = self.run(ask)
        return [
            Head(
                row["store_id"],
                row["till_id"],
                Anchor(at, row["store"], row["till"], row["epoch"], row["no"], row["head"]),
                row["z_at"] and parse_time(row["z_at"]),
            )
            for row in rows
        ]

    def broken_after(self, anchor: Anchor) -> dict[str, Any] | None:
        """Where the chain no longer goes on from an anchor ({no, why}); None when it does."""
        values = (anchor.store, anchor.till, anchor.epoch, anchor.no, anchor.head, CHAIN_DOCUMENTS)
        ask = "select api.keeper_chain(%s, %s, %s, %s, %s, %s)"
        answer: dict[str, Any] | None = self.run(lambda c: call(c, ask, *values))
        return answer

    def roll_up(self) -> int:
        """Add one portion of new documents to the summaries; how many there were, 0 when none is left."""
        return int(self.run(lambda c: call(c, "select api.keeper_roll_up(%s)", ROLL_UP_DOCUMENTS)))

    def trading_since(self) -> datetime | None:
        """When the shop's first till was enrolled, UTC; None for a shop without one."""
        at = self.run(lambda c: call(c, "select api.keeper_trading_since()"))
        return parse_time(at) if at else None

    def proofs(self) -> tuple[Proven, ...]:
        """The last proof of each sort of backup."""
        rows = self.run(lambda c: call(c, "select api.keeper_proofs()"))
        return tuple(
            Proven(
                **{**row, **{name: row[name] and parse_time(row[name]) for name in ("ended_at", "sound_at")}}
            )
            for row in rows
        )

    def proved(self, proof: dict[str, Any]) -> None:
        """Write down what restoring a backup showed."""
        self.run(lambda c: call(c, "select api.keeper_proved(%s)", Jsonb(proof)))

    def beat(self, host: str, version: str) -> None:
        """Say that the keeper works."""
        self.run(lambda c: call(c, "select api.keeper_beat(%s, %s)", host, version))

    def unmailed(self) -> tuple[Alert, ...]:
        """Alerts nobody has been sent a mail about."""
        return tuple(read_alert(row) for row in self.run(lambda c: call(c, "select api.keeper_unmailed()")))

    def mailed(self, alerts: Sequence[Alert]) -> None:
        """These have been mailed."""
        ids = [alert.id for alert in alerts]
        self.run(lambda c: call(c, "select api.keeper_mailed(%s)", ids))


@contextlib.contextmanager
def open_keeper(dsn: str) -> Iterator[KeeperLink]:
    """The keeper's connection for the length of the block; trouble as the program's own."""
    try:
        connection: Connection = psycopg.connect(keeper_dsn(dsn), autocommit=True)
    except psycopg.Error as error:
        raise translate_connect(error, dsn) from error
    try:
        yield KeeperLink(connection)
    finally:
        connection.close()


def add_keeper(owner: Connection, login: str, password: str, *, backups: bool = False) -> None:
    """Give the keeper a database login, or its login a new password; as the owner of the database.

    ``backups``: it may copy the whole server and read the whole shop besides: its password is worth that.
    """
    with owner.transaction():
        make_login(owner, login, password, ROLE, BACKUP_LIMIT if backups else CONNECTION_LIMIT)
        # Its sessions have to show this setting as the server has it for everybody else.
        statement = sql.SQL("alter role {} reset idle_in_transaction_session_timeout")
        owner.execute(statement.format(sql.Identifier(login)))
        for right in _BACKUPS if backups else ():
            owner.execute(sql.SQL(right).format(sql.Identifier(login)))
