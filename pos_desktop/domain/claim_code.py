"""The one-time code that gives a machine its till: read out over a telephone, typed once, then worthless."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U to mistake."""

LOGIN_PART = 8
LENGTH = 20
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None, "\t": None})


@dataclass(frozen=True, slots=True)
class ClaimCode:
    """20 signs: 8 let the machine log in, 11 are proved to the server, which counts, and 1 is a check."""

    signs: str

    @property
    def text(self) -> str:
        """As it is printed: five groups of four."""
        return "-".join(self.signs[at : at + 4] for at in range(0, LENGTH, 4))

    @property
    def password(self) -> str:
        """The login's password until the code is used."""
        return hashlib.sha256(b"pos_desktop claim login " + self.signs[:LOGIN_PART].encode()).hexdigest()

    @property
    def proof(self) -> bytes:
        """What ``api.claim_till`` is shown; the server keeps its sha256 only."""
        return hashlib.sha256(b"pos_desktop claim proof " + self.signs.encode()).digest()

    def __repr__(self) -> str:
        return "ClaimCode(...)"


def make_code(random: bytes) -> ClaimCode:
    """A code from 19 or more random bytes."""
    if len(random) < LENGTH - 1:
        raise ValueError(f"a code takes {LENGTH - 1} random bytes")
    signs = "".join(ALPHABET[byte % 32] for byte in random[: LENGTH - 1])
    return ClaimCode(signs + _check_sign(signs))


def read_code(text: str) -> ClaimCode:
    """A code as somebody typed it, small letters and spaces allowed; ValueError when it cannot be one."""
    signs = text.strip().upper().translate(_READ_AS)
    if len(signs) != LENGTH or not set(signs) <= set(ALPHABET) or _check_sign(signs[:-1]) != signs[-1]:
        raise ValueError("no code")
    return ClaimCode(signs)


def _check_sign(signs: str) -> str:
    """Odd weights, so that one wrong sign always shows."""
    return ALPHABET[sum((2 * at + 1) * ALPHABET.index(sign) for at, sign in enumerate(signs)) % 32]
