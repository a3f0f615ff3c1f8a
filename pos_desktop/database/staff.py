"""People at tills: who may sign in, signing in, and setting their PINs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pos_desktop.database.till import Connection, call
from pos_desktop.errors import UserError, add_messages

add_messages(
    {
        "access.too_strong": (
            "The login {login} may do more at the server than this program should, so it is not used.\n"
            "Use a login made by pos-desktop till or manager; pos-desktop rights names what is too much."
        ),
    }
)


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A person who may sign in at this till; ``salt`` is public and goes into the PIN's secret."""

    number: int
    name: str
    role: str
    salt: bytes


@dataclass(frozen=True, slots=True)
class SignIn:
    """The server's answer to a PIN. When not ``ok``, the next try waits ``wait_seconds`` (0: try again).

    ``approval``: the id under which the server noted what was approved, "" when nothing was.
    """

    ok: bool
    name: str = ""
    role: str = ""
    permissions: frozenset[str] = frozenset()
    wait_seconds: int = 0
    session: str = ""
    approval: str = ""


def staff(connection: Connection) -> list[StaffRow]:
    """The active people of this till's store, by number."""
    rows = connection.execute("select number, name, role, salt from api.staff order by number").fetchall()
    return [StaffRow(number, name, role, bytes.fromhex(salt)) for number, name, role, salt in rows]


def sign_in(connection: Connection, number: int, secret: bytes, what: str = "", about: str = "") -> SignIn:
    """Count and compare on the server; ``secret`` is services.pin.pin_secret of PIN, salt and pepper.

    Two calls, each its own transaction: the PIN is counted before it is compared, and nothing undoes that.
    ``what`` is the permission this PIN approves something of, ``about`` that thing in words; "" to sign in.
    """
    tried = call(connection, "select api.sign_in_try(%s, %b)", number, secret)
    if "try" not in tried:
        return SignIn(ok=False, wait_seconds=tried["wait_seconds"])
    answer = call(connection, "select api.sign_in(%s, %s, %s)", tried["try"], what, about)
    if not answer["ok"]:
        return SignIn(ok=False, wait_seconds=answer["wait_seconds"])
    return SignIn(
        ok=True,
        name=answer["name"],
        role=answer["role"],
        permissions=frozenset(answer["permissions"]),
        session=answer["session"],
        approval=answer.get("approval", ""),
    )


def start_check(connection: Connection) -> str:
    """The check value of the shop's pepper (services.pin.pepper_check), or "" when none was ever stored.

    UserError ``access.too_strong`` when this login may do more than a till or a manager should.
    """
    answer = call(connection, "select api.start_check()")
    if answer["strong"]:
        raise UserError("access.too_strong", login=connection.info.user)
    return str(answer["pepper"])


# -- set-up, as the owner of the database -----------------------------------------------------------


def add_staff(owner: Connection, number: int, name: str, role: str, stores: Iterable[int]) -> None:
    """Add or rename a person and say in which stores (numbers) he works. LookupError for an unknown store."""
    with owner.transaction():
        owner.execute(
            "insert into pos.staff (number, name, role) values (%s, %s, %s)"
            " on conflict (number) do update set name = excluded.name, role = excluded.role, active = true",
            [number, name, role],
        )
        owner.execute("delete from pos.staff_store where staff = %s", [number])
        for store in stores:
            done = owner.execute(
                "insert into pos.staff_store (staff, store_id)"
                " select %s, id from pos.store where number = %s",
                [number, store],
            )
            if done.rowcount != 1:
                raise LookupError(f"store {store}")


def staff_with_pin(owner: Connection) -> set[int]:
    """The numbers of those who have a PIN."""
    return {row[0] for row in owner.execute("select staff from pos.staff_secret")}


def keep_pepper_check(owner: Connection, check: str, *, anew: bool = False) -> str:
    """Store the pepper's check value when there is none yet, or ``anew``; returns the one that counts."""
    owner.execute(
        "insert into pos.setting (name, value) values ('pepper_check', %s)"
        " on conflict (name) do update set value = excluded.value where %s",
        [check, anew],
    )
    row = owner.execute("select value from pos.setting where name = 'pepper_check'").fetchone()
    assert row is not None
    return str(row[0])


def set_pin(owner: Connection, number: int, salt: bytes, verifier: bytes) -> None:
    """Store a person's salt and verifier (services.pin.stored_verifier) and forget his misses."""
    with owner.transaction():
        owner.execute(
            "insert into pos.staff_secret (staff, salt, secret) values (%s, %b, %b)"
            " on conflict (staff)"
            " do update set salt = excluded.salt, secret = excluded.secret, set_at = now()",
            [number, salt, verifier],
        )
        owner.execute("delete from pos.sign_in_count where who = 'staff' and number = %s", [number])
        owner.execute("delete from pos.session where staff = %s", [number])
        owner.execute("insert into pos.audit (what, subject) values ('pin_set', %s)", [str(number)])
