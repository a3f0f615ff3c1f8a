"""Signing in while the server is away: by a verifier of this till's own, made when the PIN was last right."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from pos_desktop.database.staff import StaffRow
from pos_desktop.errors import UserError
from pos_desktop.journal.notes import Notes
from pos_desktop.services.link import Clock
from pos_desktop.services.results import Cashier, SignInRefused

LATELY = timedelta(days=7)
"""How long after a sign-in with the server a person may sign in here without it."""

TILL_WIDE = "till"


@dataclass(frozen=True, slots=True)
class Misses:
    """Wrong PINs in a row and on one day, and when the next may be tried (the till's clock, ms)."""

    row: int = 0
    today: int = 0
    day: str = ""
    until_ms: int = 0


class OwnVerifiers:
    """What this till knows of its people's PINs: never the server's hash, of no use at another till.

    The verifier is a keyed hash of what argon2id made of the PIN; the key comes from the shop's pepper and a
    random part kept here, so the notes alone say nothing.
    """

    def __init__(self, notes: Notes, clock: Clock, pepper: bytes) -> None:
        self._notes, self._clock, self._pepper = notes, clock, pepper

    # -- the people ----------------------------------------------------------------------------------

    def keep_staff(self, rows: Sequence[StaffRow]) -> None:
        """Note who works here; forget the PINs of those who left or have another one now."""
        told = [[row.number, row.name, row.role, row.salt.hex()] for row in rows]
        self._notes.put("staff", json.dumps(told))
        salts = {str(row.number): row.salt.hex() for row in rows}
        for number, kept in self._notes.all("pin:").items():
            if salts.get(number) != json.loads(kept)["salt"]:
                self._notes.drop(f"pin:{number}")

    def staff(self) -> tuple[StaffRow, ...]:
        """Who works here, as last told by the server."""
        told = json.loads(self._notes.get("staff") or "[]")
        return tuple(StaffRow(number, name, role, bytes.fromhex(salt)) for number, name, role, salt in told)

    # -- their PINs ----------------------------------------------------------------------------------

    def remember(self, cashier: Cashier, salt: bytes, secret: bytes) -> None:
        """The server said that this PIN is right."""
        kept = {
            "salt": salt.hex(),
            "verifier": self._verifier(cashier.number, secret),
            "name": cashier.name,
            "role": cashier.role,
            "permissions": sorted(cashier.permissions),
            "at_ms": self._now_ms(),
        }
        self._notes.put(f"pin:{cashier.number}", json.dumps(kept))
        self._forgive(cashier.number)

    def refused(self, number: int, secret: bytes) -> None:
        """The server said that it is wrong: if it was right here, the person has another PIN now."""
        kept = self._notes.get(f"pin:{number}")
        if kept is not None and hmac.compare_digest(
            json.loads(kept)["verifier"], self._verifier(number, secret)
        ):
            self._notes.drop(f"pin:{number}")

    def check(self, number: int, secret: bytes) -> Cashier | SignInRefused:
        """Who it is, or how long the next try waits; UserError for somebody this till has not seen lately."""
        wait = max(self._wait(number), self._wait(TILL_WIDE))
        if wait > 0:
            return SignInRefused(wait)
        note = self._notes.get(f"pin:{number}")
        kept = json.loads(note) if note is not None else None
        if kept is None or self._now_ms() - kept["at_ms"] > LATELY.total_seconds() * 1000:
            raise UserError("offline.sign_in", name=self._name(number))
        if not hmac.compare_digest(kept["verifier"], self._verifier(number, secret)):
            return SignInRefused(max(self._miss(number), self._miss(TILL_WIDE)))
        self._forgive(number)
        return Cashier(number, kept["name"], kept["role"], frozenset(kept["permissions"]))

    def _name(self, number: int) -> str:
        return next((row.name for row in self.staff() if row.number == number), str(number))

    def _verifier(self, number: int, secret: bytes) -> str:
        own = self._notes.get("key")
        if own is None:
            own = os.urandom(32).hex()
            self._notes.put("key", own)
        key = hashlib.blake2b(bytes.fromhex(own), key=hashlib.sha256(self._pepper).digest()).digest()
        return hashlib.blake2b(f"{number}:".encode() + secret, key=key, digest_size=32).hexdigest()

    # -- wrong ones ----------------------------------------------------------------------------------

    def _misses(self, who: int | str) -> Misses:
        kept = self._notes.get(f"miss:{who}")
        return Misses(**json.loads(kept)) if kept else Misses()

    def _wait(self, who: int | str) -> int:
        return max(0, -(-(self._misses(who).until_ms - self._now_ms()) // 1000))

    def _miss(self, who: int | str) -> int:
        """Count a wrong PIN, on the disk before anybody is told; the wait that follows, in seconds."""
        was, day = self._misses(who), self._clock.now().date().isoformat()
        row, today = was.row + 1, was.today + 1 if was.day == day else 1
        wait = miss_wait(row, today)
        now = {"row": row, "today": today, "day": day, "until_ms": self._now_ms() + wait * 1000}
        self._notes.put(f"miss:{who}", json.dumps(now))
        return wait

    def _forgive(self, number: int) -> None:
        for who in (number, TILL_WIDE):
            kept = self._notes.get(f"miss:{who}")
            if kept is not None:
                self._notes.put(f"miss:{who}", json.dumps({**json.loads(kept), "row": 0, "until_ms": 0}))

    def _now_ms(self) -> int:
        return int(self._clock.now().timestamp() * 1000)


def miss_wait(row: int, today: int) -> int:
    """Seconds the next try waits after so many wrong PINs in a row and today: as the server has it."""
    if today >= 20:
        return 3600
    if row >= 10:
        return 900
    return {5: 5, 6: 15}.get(row, 0 if row < 5 else 60)
