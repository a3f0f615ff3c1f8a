"""One-time codes: the office makes a till's login with one, the machine swaps it for a secret of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from pos_desktop.database.dsn import with_login
from pos_desktop.database.errors import translate_connect
from pos_desktop.database.probe import try_login
from pos_desktop.database.till import (
    CONNECTION_LIMIT,
    Connection,
    add_till,
    call,
    end_sessions,
    make_login,
)
from pos_desktop.domain.claim_code import ClaimCode
from pos_desktop.errors import PosError, UserError, add_messages

CODE_MINUTES = 60

add_messages(
    {
        "enrol.in_use": (
            "Till {till} of store {store} belongs to a machine already.\n"
            "To give it to another machine, use pos-desktop till replace."
        ),
        "enrol.no_till": "There is no till {till} in store {store}.\nMake it with pos-desktop till enroll.",
        "enrol.mistyped": "That is no code: a sign is missing or mistyped.\nType all five groups again.",
        "enrol.wrong": "That code is not the right one; {left} more tries.\nType it again from the paper.",
        "enrol.used": "That code was used already, by this machine or another.\nAsk for a new one.",
        "enrol.expired": "That code's hour is over.\nAsk for a new one.",
        "enrol.spent": "That code was tried wrongly five times and counts no more.\nAsk for a new one.",
        "enrol.withdrawn": "That till has no code waiting.\nAsk for a new one.",
        "enrol.refused": (
            "The server does not take this code for {login}: used, withdrawn, or for another till.\n"
            "Compare the till's name with the paper, or ask for a new code."
        ),
    }
)


@dataclass(frozen=True, slots=True)
class TillRow:
    """A till as its owner sees it. ``code_until`` is set while a code waits for its machine."""

    store: int
    number: int
    login: str
    claimed: bool
    blocked: bool
    epoch: int
    next_no: int
    seen_at: datetime | None
    version: str
    code_until: datetime | None

    @property
    def state(self) -> str:
        """In one word or two: revoked, waiting for its code, or in use."""
        if self.blocked:
            return "revoked"
        if self.claimed:
            return "in use"
        return "waiting for its code" if self.code_until else "code expired"


@dataclass(frozen=True, slots=True)
class Claimed:
    """The till this machine is now."""

    store: int
    till: int


# -- the office -------------------------------------------------------------------------------------


def till_login(owner: Connection, store: int, number: int) -> str | None:
    """The login of a till, or None when there is no such till."""
    row = owner.execute(
        "select t.login from pos.till t join pos.store s on s.id = t.store_id"
        " where s.number = %s and t.number = %s",
        [store, number],
    ).fetchone()
    return None if row is None else str(row[0])


def give_code(
    owner: Connection,
    code: ClaimCode,
    *,
    store: int,
    number: int,
    login: str,
    drawer: int | None = None,
    replace: bool = False,
    minutes: int = CODE_MINUTES,
) -> datetime:
    """Make a till's login that can only claim the till by ``code``; returns until when.

    ``replace``: the till has books; its old machine is shut out at once and the new one may begin a new
    series. UserError when the till is in use (enroll) or not there (replace); LookupError for the store.
    """
    with owner.transaction():
        _may_have_code(owner, store, number, replace)
        store_id = add_till(owner, store=store, number=number, login=login, drawer=drawer)
        make_login(owner, login, code.password, "pos_till", CONNECTION_LIMIT)
        row = owner.execute(
            "update pos.till set claimed = false where store_id = %s and number = %s returning id",
            [store_id, number],
        ).fetchone()
        assert row is not None
        until: datetime = _write_code(owner, int(row[0]), code, minutes)
        _tell(owner, store_id, int(row[0]), number, replace)
    end_sessions(owner, login)
    return until


def _may_have_code(owner: Connection, store: int, number: int, replace: bool) -> None:
    row = owner.execute(
        "select t.claimed, t.next_no, t.epoch from pos.till t join pos.store s on s.id = t.store_id"
        " where s.number = %s and t.number = %s for update of t",
        [store, number],
    ).fetchone()
    if replace and row is None:
        raise UserError("enrol.no_till", store=store, till=number)
    if not replace and row is not None and row != (False, 1, 1):
        raise UserError("enrol.in_use", store=store, till=number)


def _write_code(owner: Connection, till_id: int, code: ClaimCode, minutes: int) -> datetime:
    row = owner.execute(
        "insert into pos.enrolment (till_id, proof, until)"
        " values (%s, sha256(%b), clock_timestamp() + %s * interval '1 minute')"
        " on conflict (till_id) do update set proof = excluded.proof, until = excluded.until, misses = 0,"
        " used_at = null, made_by = excluded.made_by, made_at = excluded.made_at returning until",
        [till_id, code.proof, minutes],
    ).fetchone()
    assert row is not None
    until: datetime = row[0]
    return until


def _tell(owner: Connection, store_id: int, till_id: int, number: int, replace: bool) -> None:
    owner.execute("delete from pos.session where till_id = %s", [till_id])
    if replace:
        owner.execute(
            "insert into pos.flag (store_id, till_id, kind, detail)"
            " values (%s, %s, 'till_replaced', jsonb_build_object('by', session_user))",
            [store_id, till_id],
        )
    owner.execute(
        "insert into pos.audit (store_id, what, subject) values (%s, %s, %s)",
        [store_id, "till_replaced" if replace else "till_code", str(number)],
    )


def tills(owner: Connection) -> list[TillRow]:
    """Every till, by store and number."""
    rows = owner.execute(
        "select s.number, t.number, t.login, t.claimed, t.blocked, t.epoch, t.next_no, t.seen_at,"
        " coalesce(t.program_version, ''), case when e.used_at is null and e.until > now() then e.until end"
        " from pos.till t join pos.store s on s.id = t.store_id"
        " left join pos.enrolment e on e.till_id = t.id order by s.number, t.number"
    ).fetchall()
    return [TillRow(*row) for row in rows]


# -- the machine ------------------------------------------------------------------------------------


def claim_till(dsn: str, login: str, code: ClaimCode, secret: str) -> Claimed:
    """Swap the code for ``secret``, of which only a SCRAM verifier travels; keep it before calling this.

    UserError says what is wrong with the code; EnvironmentProblem when the server is away. A connection
    lost on the way back is settled by logging in with the new secret.
    """
    try:
        with psycopg.connect(
            with_login(dsn, login, code.password), autocommit=True, connect_timeout=5
        ) as till:
            answer = _swap(till, login, code, secret)
    except psycopg.Error as error:
        if (done := _taken(dsn, login, secret)) is not None:
            return done
        trouble = translate_connect(error, dsn)
        if trouble.code == "server.login_refused":
            raise UserError("enrol.refused", login=login) from error
        raise trouble from error
    if answer["outcome"] == "ok":
        return Claimed(int(answer["store"]), int(answer["till"]))
    raise UserError(f"enrol.{answer['outcome']}", **({"left": answer["left"]} if "left" in answer else {}))


def _swap(till: Connection, login: str, code: ClaimCode, secret: str) -> dict[str, str | int]:
    """Claim and change the password in one transaction; a wrong code's count is committed too."""
    verifier = till.pgconn.encrypt_password(secret.encode(), login.encode(), b"scram-sha-256").decode()
    with till.transaction():
        answer: dict[str, str | int] = call(till, "select api.claim_till(%b, %s)", code.proof, verifier)
        if answer["outcome"] == "ok":
            change = sql.SQL("alter role {} password {}")
            till.execute(change.format(sql.Identifier(login), sql.Literal(verifier)))
    return answer


def _taken(dsn: str, login: str, secret: str) -> Claimed | None:
    """The till's numbers when the new secret already counts."""
    mine = with_login(dsn, login, secret)
    try:
        try_login(mine)
        with psycopg.connect(make_conninfo(mine, connect_timeout=5), autocommit=True) as till:
            hello = call(till, "select api.whoami()")
    except (PosError, psycopg.Error):
        return None
    return Claimed(int(hello["store"]), int(hello["till"]))
