"""What a till knows of its server and shop: greeted, remembered from an earlier run, or found to be away."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from pos_desktop.domain.cash_rules import CashRules
from pos_desktop.domain.shop_rules import NO_RULES, ShopRules
from pos_desktop.errors import EnvironmentProblem, PosError, UserError
from pos_desktop.journal.journal import Open
from pos_desktop.journal.notes import Notes
from pos_desktop.services.hello import Hello, read_hello, read_time
from pos_desktop.services.link import Json, Link
from pos_desktop.services.problems import SHUT_OUT, SHUT_OUT_CODES
from pos_desktop.services.results import OpenShift
from pos_desktop.services.returning import Returning, shift_of
from pos_desktop.services.stop_reason import StopReason

T = TypeVar("T")

LOST_CODES = frozenset({"server.unreachable", "server.no_answer"})
"""A look-up that ends like this says that the server is away; one that ends otherwise says nothing of it."""


class Greeting(Returning):
    """The part of ``TillCore`` that asks who this till is, and goes on alone where it may."""

    link: Link
    notes: Notes | None
    _version: str
    _schema: int
    _shift: OpenShift | None
    _z_next: int
    _moves: int
    _trouble: PosError | None
    _rules: ShopRules | None
    _told: Json

    @property
    def cash_rules(self) -> CashRules:
        """What the rules say of people and cash."""
        return self.rules.cash

    @property
    def rules(self) -> ShopRules:
        """The shop's rules as last read; none before the first greeting. Never asks anybody."""
        return NO_RULES if self._rules is None else self._rules

    def read_rules(self) -> ShopRules:
        """Read the shop's rules anew, and keep them for a start without the server."""
        return self._take_rules(self.link.shop_rules())

    def _take_rules(self, told: Json) -> ShopRules:
        rules = ShopRules.from_fields(told)
        if rules != self._rules:
            self._rules = rules
        if self.notes is not None:
            self.notes.put("rules", json.dumps(told, sort_keys=True))
        return rules

    @property
    def hello(self) -> Hello:
        """What the server said last; asks it when it never did. EnvironmentProblem when it is away.

        A till that may sell alone takes what the server said to an earlier run of the program then.
        """
        if self._hello is None:
            try:
                return self.connect()
            except EnvironmentProblem:
                if not self._remember():
                    raise
        assert self._hello is not None
        return self._hello

    def connect(self) -> Hello:
        """Greet the server, and check that its chain and this till's are one.

        Nothing is locked while the server is silent: a cashier who sells alone does not wait for this.
        """
        last = self.journal.last()
        moves, before = self._moves, self.clock.now()
        try:
            answer = self._greet(last.document.epoch if last else 0)
        except EnvironmentProblem as problem:
            self._trouble, self.online = problem, False
            self.alone.went_away()
            raise
        except UserError as refused:
            self._shut_out(refused)
            raise
        with self._lock:
            self._heard(read_time(str(answer["server_at"])), before)
            if self._schema and int(answer["schema"]) > self._schema:
                raise UserError("till.needs_update", found=int(answer["schema"]))
            hello = read_hello(answer)
            self.journal.claim(hello.store.number, hello.number)
            self._hello, self.alone.policy = hello, hello.offline
            # Else the answer is older than what this till knows of its shift: it is asked again later.
            behind = last is not None and hello.next_no <= last.document.no
            if moves == self._moves and not behind:
                self._shift, self._z_next = hello.shift, hello.z_next
            elif self._shift is None:
                self._shift = self._own_shift(hello.epoch)
            self.stopped = self._misfit(hello)
            self._greeted_at = self.clock.monotonic()
            self._greeted_no = last.document.no if last is not None else 0
            self._keep(answer)
            self.count()
            return hello

    def _greet(self, epoch: int) -> Json:
        """What the server says; the first time it is asked for the shop's rules too."""
        answer = self.link.hello(self._version, epoch)
        if self._rules is None:
            self.read_rules()
        return answer

    def greeting(self) -> Json:
        """What the server said last, as it said it."""
        if not self._told:
            self.connect()
        return self._told

    def _keep(self, answer: Json) -> None:
        """What a start without the server needs, on the disk; nothing where the store sells only with it."""
        self._told = answer
        if self.notes is not None and self.alone.policy.enabled:
            self.notes.put(
                "hello", json.dumps(answer | {"server_at": "", "till": {**answer["till"], "grand": 0}})
            )
            self.notes.put("offset_ms", str(self.offset_ms))
        elif self.notes is not None:
            self.notes.drop("hello")

    def remembers(self) -> bool:
        """Whether the till knows its shop: from the server, or from an earlier run."""
        return self._hello is not None or self._remember()

    def _remember(self) -> bool:
        """Start on what the server said to an earlier run; whether there is something to start on."""
        kept = self.notes.get("hello") if self.notes is not None else None
        if kept is None or self.notes is None:
            return False
        hello = read_hello(json.loads(kept))
        last = self.journal.last()
        if last is None or last.document.epoch != hello.epoch:
            return False
        with self._lock:
            self.journal.claim(hello.store.number, hello.number)
            self.offset_ms = int(self.notes.get("offset_ms") or 0)
            self._hello, self.alone.policy = hello, hello.offline
            self._shift = self._own_shift(hello.epoch)
            self._rules = ShopRules.from_fields(json.loads(self.notes.get("rules") or "{}"))
            self.count()
        return True

    def _own_shift(self, epoch: int) -> OpenShift | None:
        """The shift this till opened and did not close, by its own journal."""
        opened = self.journal.last_shift(epoch)
        if opened is None or opened.document.kind != "shift_open":
            return None
        return shift_of(opened.document, timedelta(milliseconds=self.offset_ms))

    def either(self, online: Callable[[], T], own: Callable[[], T]) -> T:
        """What the server says; or what the till knows itself, while it sells alone."""
        if not self.alone.selling:
            try:
                return online()
            except EnvironmentProblem as problem:
                if not self.lost(problem):
                    raise
            except UserError as refused:
                # A login that was taken away: the next heartbeat greets, and the till knows for certain.
                self.online = self.online and refused.code not in SHUT_OUT_CODES
                raise
        return own()

    def lost(self, problem: PosError) -> bool:
        """Somebody got no answer: note that the server is away; whether the till now goes on alone."""
        if problem.code in LOST_CODES:
            self.online = False
            self.alone.went_away()
        return self.alone.selling

    def needs_server(self) -> None:
        """UserError "offline.not_now" for what a till never does alone."""
        if self.alone.selling:
            raise UserError("offline.not_now")

    def locking(self) -> int:
        """Documents that nothing new may follow before they are answered: none that the till accepted."""
        found = self.count()
        return found.waiting if self.alone.selling else found.all

    def count(self) -> Open:
        """Count what has no answer, and let the screens know."""
        last = self.journal.last()
        epoch = self._hello.epoch if self._hello is not None else last.document.epoch if last else 0
        self.alone.open = self.journal.open(epoch)
        self.alone.has_shift = self._shift is not None
        return self.alone.open

    def _shut_out(self, problem: PosError) -> StopReason | None:
        """A login the server takes no more stops the till until it is let in again; its record stays."""
        if problem.code not in SHUT_OUT_CODES:
            return None
        self._knocked_at = self.clock.monotonic()
        self.stopped = SHUT_OUT
        return SHUT_OUT

    def _heard(self, server_at: datetime, before: datetime) -> None:
        """Note that the server is there, and how far its clock is from ours, less half a round trip."""
        self.offset_ms = offset_between(server_at, before, self.clock.now())
        self.online = True


def offset_between(server_at: datetime, before: datetime, after: datetime) -> int:
    """The server's clock minus this one's, taking its answer to be from the middle of the way."""
    return int((server_at - (before + (after - before) / 2)).total_seconds() * 1000)
