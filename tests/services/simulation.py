"""A server, a link and a clock that live in this process: faults from seeded dice, time from a counter."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pos_desktop.database.staff import SignIn, StaffRow
from pos_desktop.database.till import Answer, Changes, Stored
from pos_desktop.domain.document import chain_hash, genesis, parse
from pos_desktop.domain.ids import uuid7
from pos_desktop.errors import EnvironmentProblem

Json = dict[str, Any]

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


class SimServer:
    """One till's side of the server: chain, outcomes, the open shift. It never forgets and never lies."""

    def __init__(self, clock: SimClock) -> None:
        self.clock = clock
        self.head = genesis(1, 1, 1)
        self.grand = 0
        self.shift: Json | None = None
        self.z_next = 1
        self.order: list[str] = []
        self.known: dict[str, tuple[bytes, Answer]] = {}
        self.refuse: Callable[[Json], bool] = lambda _fields: False

    def post(self, body: bytes, digest: bytes) -> Answer:
        """What ``api.post_document`` does, in little."""
        fields = parse(body)
        if fields["id"] in self.known:
            first, answer = self.known[fields["id"]]
            if first != body:
                return self._rejected("id_reused")
            return Answer(answer.outcome, answer.no, answer.head, answer.server_at, answer.reason, (), True)
        if fields["no"] != len(self.order) + 1 or fields["prev"] != self.head.hex():
            return self._rejected("chain")
        if chain_hash(self.head, body) != digest:
            return self._rejected("hash")
        reason = self._reason(fields)
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
        read = [(parse(self.known[id_][0]), self.known[id_][1]) for id_ in self.order]
        return [f["sale"] for f, a in read if f["kind"] == "sale" and a.outcome == "booked"]

    def _reason(self, fields: Json) -> str | None:
        turnover = fields["total"] if fields["kind"] == "sale" else 0
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

    def _through(self, work: Callable[[], Any]) -> Any:
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
        assert stands == ""
        assert timeout > -1
        return self._through(lambda: self.server.post(body, digest))  # type: ignore[no-any-return]

    def shift_report(self, shift: str) -> Json:
        """Figures of nothing: the simulation is about documents."""
        assert self.server.shift is not None
        assert self.server.shift["id"] == shift
        return {"expected_cash": self.server.grand, "sales": len(self.server.sales())}

    def staff(self) -> Sequence[StaffRow]:
        """One person."""
        return (StaffRow(1001, "Ann", "manager", bytes(16)),)

    def pepper_check(self) -> str:
        return ""

    def sign_in(self, number: int, secret: bytes) -> SignIn:
        """Everybody is right."""
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
