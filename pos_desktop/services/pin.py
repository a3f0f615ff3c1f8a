"""PIN to secret: argon2id with the person's salt and the shop's pepper; the server keeps only its sha256."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from argon2.low_level import Type, hash_secret_raw

from pos_desktop.database import staff as rows
from pos_desktop.database.till import Connection
from pos_desktop.domain.pins import pin_problem
from pos_desktop.errors import UserError, add_messages

TIME_COST = 2
MEMORY_KIB = 19 * 1024
PARALLELISM = 1
LENGTH = 32
"""OWASP's floor for argon2id: 19 MiB, 2 passes, 1 lane; about 35 ms on a small machine."""

MIN_SALT = 16
CHECK_BYTES = 4
"""So few that somebody who guesses peppers finds many that fit; a wrong one slips by once in 2^32."""

add_messages(
    {
        "pin.weak": "That PIN will not do: it {problem}.\nChoose another.",
        "pin.other_pepper": (
            "This machine's pepper is not the shop's, so the PIN would work at no till.\n"
            "Copy the pepper from a till that takes PINs, to {file}."
        ),
    }
)


def pin_secret(pin: str, salt: bytes, pepper: bytes) -> bytes:
    """The 32 bytes that stand for a PIN at ``api.sign_in_try``.

    ``salt`` is the person's public salt (16 bytes or more), ``pepper`` comes from the till's secret store and
    is in no database. ValueError for a PIN that is not digits or a salt too short.
    """
    if not (pin.isascii() and pin.isdigit()):
        raise ValueError("a PIN is digits")
    if len(salt) < MIN_SALT:
        raise ValueError(f"a salt has at least {MIN_SALT} bytes")
    # argon2's own secret parameter is not in the binding: the pepper goes in by a keyed hash of the salt.
    peppered = hashlib.blake2b(salt, key=hashlib.sha256(pepper).digest(), digest_size=32).digest()
    return _argon2(pin.encode("ascii"), peppered)


def _argon2(what: bytes, salt: bytes) -> bytes:
    return hash_secret_raw(
        what,
        salt,
        time_cost=TIME_COST,
        memory_cost=MEMORY_KIB,
        parallelism=PARALLELISM,
        hash_len=LENGTH,
        type=Type.ID,
    )


def stored_verifier(secret: bytes) -> bytes:
    """What the server stores and compares: sha256 of the secret."""
    return hashlib.sha256(secret).digest()


def pepper_check(pepper: bytes) -> str:
    """Hex by which two machines see that they have the same pepper, and nobody gets nearer to it."""
    return _argon2(pepper, b"pos_desktop pepper check")[:CHECK_BYTES].hex()


def pepper_fits(pepper: bytes, check: str) -> bool:
    """Whether ``pepper`` is the shop's; also true while the shop has stored no check value yet ("")."""
    return not check or hmac.compare_digest(pepper_check(pepper), check)


def set_person_pin(
    owner: Connection, number: int, pin: str, pepper: bytes, *, approves: bool, file: str = "pepper"
) -> None:
    """Set a person's PIN, as the owner of the database; the first one also stores the pepper's check value.

    UserError ``pin.weak`` for one too easy to guess, ``pin.other_pepper`` when this pepper is not the shop's.
    """
    if problem := pin_problem(pin, approves=approves):
        raise UserError("pin.weak", problem=problem)
    salt = secrets.token_bytes(MIN_SALT)
    with owner.transaction():
        check = rows.keep_pepper_check(owner, pepper_check(pepper))
        if not pepper_fits(pepper, check):
            raise UserError("pin.other_pepper", file=file)
        rows.set_pin(owner, number, salt, stored_verifier(pin_secret(pin, salt, pepper)))
