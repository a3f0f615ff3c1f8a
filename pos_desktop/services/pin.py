"""PIN to secret: argon2id with the person's salt and the shop's pepper; the server keeps only its sha256."""

from __future__ import annotations

import hashlib

from argon2.low_level import Type, hash_secret_raw

TIME_COST = 2
MEMORY_KIB = 19 * 1024
PARALLELISM = 1
LENGTH = 32
"""OWASP's floor for argon2id: 19 MiB, 2 passes, 1 lane; about 35 ms on a small machine."""

MIN_SALT = 16


def pin_secret(pin: str, salt: bytes, pepper: bytes) -> bytes:
    """The 32 bytes that stand for a PIN at ``api.sign_in``.

    ``salt`` is the person's public salt (16 bytes or more), ``pepper`` comes from the till's secret store and
    is in no database. ValueError for a PIN that is not digits or a salt too short.
    """
    if not (pin.isascii() and pin.isdigit()):
        raise ValueError("a PIN is digits")
    if len(salt) < MIN_SALT:
        raise ValueError(f"a salt has at least {MIN_SALT} bytes")
    # argon2's own secret parameter is not in the binding: the pepper goes in by a keyed hash of the salt.
    peppered = hashlib.blake2b(salt, key=hashlib.sha256(pepper).digest(), digest_size=32).digest()
    return hash_secret_raw(
        pin.encode("ascii"),
        peppered,
        time_cost=TIME_COST,
        memory_cost=MEMORY_KIB,
        parallelism=PARALLELISM,
        hash_len=LENGTH,
        type=Type.ID,
    )


def stored_verifier(secret: bytes) -> bytes:
    """What the server stores and compares: sha256 of the secret."""
    return hashlib.sha256(secret).digest()
