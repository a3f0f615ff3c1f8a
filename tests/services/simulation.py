"""A server, a link, a clock and a disk in this process: faults from seeded dice, time from a counter."""

from __future__ import annotations

import contextlib
import copy
import functools
import random
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pos_desktop.database.staff import SignIn, StaffRow
from pos_desktop.database.till import Answer, Changes, Stored
from pos_desktop.domain.document import SALES, chain_hash, genesis, parse
from pos_desktop.domain.ids import uuid7
from pos_desktop.errors import EnvironmentProblem
from pos_desktop.journal.problems import CannotWrite

Json = dict[str, Any]

_STATE = ("head", "grand", "shift", "z_next", "order", "known")

FAULTS = ("lost request", "lost answer", "busy", "killed before", "killed after")


class KilledError(BaseException):
    """The till's process ends here; what is on its disk stays."""


class SimClock:
    """Time that moves only when somebody waits; the till's clock may be wrong."""

    def __init__(self, wrong_by: timedelta = timedelta(0)) -> None:
        self.seconds = 0.0
        self.wrong_by = wrong_by
        self._ids = 0

    def server_now(self) -> datetime:
        """The right time."""
        return datetime(2026, 11, 22, 10, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def now(self) -> datetime:
        """The till's time."""
        return self.server_now() + self.wrong_by

    def monotonic(self) -> float:
        """Seconds."""
        return self.seconds

    def pause(self, seconds: float) -> None:
        """Wait without waiting."""
        self.seconds += seconds

    def new_id(self) -> str:
        """The next id."""
        self._ids += 1
        return uuid7(int(self.seconds * 1000) + 1, self._ids.to_bytes(10, "big"))


class SimDisk:
    """The till's disk: SQLite in memory. What was committed is there after a kill; writes fail by the dice.

    full: nothing was written. failing: the sync failed, and what was written may be there or not, so the
    program may not go on. A kill in the middle of a write leaves it there or not, too.
    """

    def __init__(self, dice: random.Random, odds: float) -> None:
        self._dice = dice
        self.odds = odds
        self.faults = 0
        self._files: dict[str, sqlite3.Connection] = {}

    def open_store(self, path: Path, version: int, schema: str, *_: Any) -> sqlite3.Connection:
        """In the place of ``pos_desktop.journal.store.open_store``."""
        if path.name not in self._files:
            db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            db.deserialize(_empty(schema))
            self._files[path.name] = db
        return self._files[path.name]

    @contextmanager
    def transaction(self, db: sqlite3.Connection, path: Path) -> Iterator[None]:
        """In the place of ``pos_desktop.journal.store.transaction``."""
        fault = ""
        if self._dice.random() < self.odds:
            fault = self._dice.choice(("full", "failing", "failing after", "killed", "killed after"))
            self.faults += 1
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._strike(fault, path)
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
        self._strike(fault.removesuffix(" after") if fault.endswith("after") else "", path)

    def _strike(self, fault: str, path: Path) -> None:
        if fault == "killed":
            raise KilledError
        if fault == "full":
            raise CannotWrite("journal.disk_full")
        if fault == "failing":
            raise CannotWrite("journal.failed", reason="simulated")

    def power_off(self) -> None:
        """Keep what was committed: what a write had begun is gone."""
        for db in self._files.values():
            if db.in_transaction:
                db.execute("ROLLBACK")

    def throw_away(self) -> None:
        """The life is over."""
        for db in self._files.values():
            db.close()
        self._files.clear()


@functools.cache
def _empty(schema: str) -> bytes:
    """A new file's bytes; each life begins with one."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.executescript(schema)
        return db.serialize()


_read = functools.lru_cache(4096)(parse)
"""The fields of a document's bytes; the simulated server looks at the same ones again and again."""


class SimServer:
    """One till's side of the server: chain, outcomes, the open shift. It forgets only when it is put back."""

    def __init__(self, clock: SimClock) -> None:
        self.clock = clock
        self.head = genesis(1, 1, 1)
        self.grand = 0
        self.shift: Json | None = None
        self.z_next = 1
        self.order: list[str] = []
        self.known: dict[str, tuple[bytes, Answer]] = {}
        self.refuse: Callable[[Json], bool] = lambda _fields: False

    def back_up(self) -> Json:
        """All it knows."""
        return {name: copy.copy(getattr(self, name)) for name in _STATE}

    def put_back(self, backup: Json) -> None:
        """Forget what came after a backup."""
        for name in _STATE:
            setattr(self, name, copy.copy(backup[name]))

    def post(self, body: bytes, digest: bytes, stands: str = "") -> Answer:
        """What ``api.post_document`` does, in little."""
        fields = _read(body)
        if fields["id"] in self.known:
            first, answer = self.known[fields["id"]]
            if first != body:
                return self._rejected("id_reused")
            return Answer(answer.outcome, answer.no, answer.head, answer.server_at, answer.reason, (), True)
        if fields["no"] != len(self.order) + 1:
            return self._rejected("number")
        if fields["prev"] != self.head.hex():
            return self._rejected("chain")
        if chain_hash(self.head, body) != digest:
            return self._rejected("hash")
        reason = "refused" if stands == "refused" else self._reason(fields)
        self.head = digest
        self.order.append(fields["id"])
        outcome = "refused" if reason else "booked"
        answer = Answer(outcome, fields["no"], digest.hex(), self.clock.server_now(), reason)
        self.known[fields["id"]] = (body, answer)
        if reason is None:
            self._book(fields)
        return answer

    def sales(self) -> list[str]:
        """Sale ids of booked sales, in order."""
        read = [(_read(self.known[id_][0]), self.known[id_][1]) for id_ in self.order]
        return [f["sale"] for f, a in read if f["kind"] == "sale" and a.outcome == "booked"]

    def _reason(self, fields: Json) -> str | None:
        turnover = fields["total"] if fields["kind"] in SALES else 0
        if fields["grand"] != self.grand + turnover:
            return "grand"
        if fields["kind"] == "sale" and fields["sale"] in self.sales():
            return "already_sold"
        if (fields["kind"] == "shift_open") == (self.shift is not None):
            return "shift_is_open" if self.shift else "no_shift"
        return "blocked" if self.refuse(fields) else None

    def _book(self, fields: Json) -> None:
        self.grand = fields["grand"]
        if fields["kind"] == "shift_open":
            opened = self.clock.server_now().isoformat()
            self.shift = {
                "id": fields["id"], "opened_at": opened, "cashier": 1001, "float": fields["float"],
                "business_date": fields["business_date"],
            }  # fmt: skip
        elif fields["kind"] == "shift_close":
            self.shift, self.z_next = None, self.z_next + 1

    def _rejected(self, reason: str) -> Answer:
        return Answer("rejected", len(self.order) + 1, self.head.hex(), self.clock.server_now(), reason)


class SimLink:
    """A :class:`~pos_desktop.services.link.Link` to a :class:`SimServer`, with dice in between."""

    def __init__(self, server: SimServer, dice: random.Random, odds: float) -> None:
        self.server = server
        self._dice = dice
        self.odds = odds
        self.before: Callable[[], None] = lambda: None
        """Something that happens between two calls."""

    def _through(self, work: Callable[[], Any]) -> Any:
        self.before()
        fault = self._dice.choice(FAULTS) if self._dice.random() < self.odds else ""
        if fault == "killed before":
            raise KilledError
        if fault in ("lost request", "busy"):
            self.server.clock.seconds += 3
            raise EnvironmentProblem("server.busy" if fault == "busy" else "server.unreachable")
        answer = work()
        if fault == "killed after":
            raise KilledError
        if fault == "lost answer":
            self.server.clock.seconds += 5
            raise EnvironmentProblem("server.no_answer", seconds=8)
        return answer

    def hello(self, version: str, epoch: int) -> Json:
        """The greeting, by the same unsure way."""
        del version, epoch
        return self._through(self._hello)  # type: ignore[no-any-return]

    def _hello(self) -> Json:
        server = self.server
        return {
            "server_at": server.clock.server_now().isoformat(),
            "store": {
                "number": 1, "name": "Shop", "currency": "GBP", "tax_mode": "included",
                "time_zone": "Europe/London",
            },
            "till": {
                "number": 1, "drawer": 1, "epoch": 1, "next_no": len(server.order) + 1,
                "head": server.head.hex(), "grand": server.grand, "z_next": server.z_next,
                "open_shift": server.shift,
            },
        }  # fmt: skip

    def post_document(self, body: bytes, digest: bytes, timeout: float, stands: str = "") -> Answer:
        """Post, unless the dice say otherwise."""
        assert timeout > -1
        return self._through(lambda: self.server.post(body, digest, stands))  # type: ignore[no-any-return]

    def shift_report(self, shift: str) -> Json | None:
        """Figures of nothing: the simulation is about documents. None: the server knows no such shift."""
        open_shift = self.server.shift
        if open_shift is None or open_shift["id"] != shift:
            return None
        return {"expected_cash": self.server.grand, "sales": len(self.server.sales())}

    def staff(self) -> Sequence[StaffRow]:
        """One person."""
        return (StaffRow(1001, "Ann", "manager", bytes(16)),)

    def pepper_check(self) -> str:
        return ""

    def sign_in(self, number: int, secret: bytes, what: str = "", about: str = "") -> SignIn:
        """Everybody is right."""
        del what, about
        assert len(secret) == 32
        return SignIn(True, "Ann", "manager", frozenset({"sell"}), 0, str(number))

    def find_item(self, code: str) -> Json | None:
        """Nothing is on file: baskets are made in the test."""
        del code
        return None

    def search_items(self, words: str, limit: int) -> Sequence[Json]:
        """Nothing."""
        del words, limit
        return ()

    def items_by_id(self, ids: Sequence[int]) -> Sequence[Json]:
        """Nothing."""
        del ids
        return ()

    def seen(self, pending: int, oldest_seconds: int, offset_ms: int, version: str) -> datetime:
        """The keeper is told nothing here."""
        del pending, oldest_seconds, offset_ms, version
        return self.server.clock.server_now()

    def changes_since(self, number: int) -> Changes:
        """Nothing ever changes."""
        return Changes(number, (), False)

    def find_coupon(self, code: str) -> Json | None:
        """There are no coupons."""
        del code

    def shop_rules(self) -> Json:
        """A shop without promotions."""
        return {}

    def check_basket(self, body: Mapping[str, Any]) -> Json:
        """All well."""
        del body
        return {"ok": 1, "problems": []}

    def hold_sale(self, sale: str, body: Mapping[str, Any], label: str) -> None:
        """Not parked here."""
        raise NotImplementedError

    def held_sales(self) -> Sequence[Json]:
        """Nothing is parked."""
        return ()

    def recall_sale(self, sale: str) -> Json | None:
        """Nothing is parked."""
        raise NotImplementedError

    def document(self, no: int) -> Stored | None:
        """The journal has them all."""
        raise NotImplementedError
