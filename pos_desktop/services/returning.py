"""A till's way back: what the server has not answered, or lost, goes to it in order; nobody waits for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta
from types import TracebackType
from typing import Protocol

from pos_desktop.domain.document import Document, parse_utc
from pos_desktop.errors import PosError
from pos_desktop.journal.journal import Entry, Journal
from pos_desktop.services.hello import Hello
from pos_desktop.services.link import Clock
from pos_desktop.services.offline import Alone
from pos_desktop.services.problems import COPIED, FORKED, NEEDS_EPOCH, OTHER_EPOCH, SHUT_OUT
from pos_desktop.services.results import (
    Completed,
    OpenShift,
    Posted,
    Refused,
    Settled,
    TillStopped,
    Unconfirmed,
)
from pos_desktop.services.stop_reason import StopReason

GREET_EVERY = 60.0
"""Seconds between greetings while all is well: settings, tiles, and a server that came back old."""

KNOCK_EVERY = 30.0
"""Seconds between questions of a till that was shut out: it goes on by itself once it is let in again."""

QUIET = Settled((), 0)


class Lock(Protocol):
    """What is used of ``threading.RLock``, whose own type has no name."""

    def acquire(self, blocking: bool = True) -> bool:
        """Take it."""

    def release(self) -> None:
        """Let go of it."""

    def __enter__(self) -> bool:
        """Take it for a block."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of it."""


class Returning(ABC):
    """The part of ``TillCore`` that replays the journal.

    One replay at a time (``_wire``). The till's own lock is held only between two answers, so that a cashier
    who sells alone goes on while a replay runs; what is made meanwhile follows in its turn.
    """

    journal: Journal
    clock: Clock
    alone: Alone
    stopped: StopReason | None
    online: bool
    refilled: int
    _hello: Hello | None
    _greeted_at: float
    _greeted_no: int
    _knocked_at: float
    _lock: Lock
    _wire: Lock

    @abstractmethod
    def connect(self) -> Hello:
        """Greet the server."""

    @abstractmethod
    def locking(self) -> int:
        """Documents that nothing new may follow before they are answered."""

    @abstractmethod
    def _send(self, document: Document, stands: str = "") -> Posted: ...

    @abstractmethod
    def _accepted(self, document: Document) -> Completed | None: ...

    def settle(self) -> Settled:
        """Repeat, in order and by the same ids, every document the server has not answered or has lost."""
        with self._wire:
            return self._settle()

    def beat(self) -> Settled:
        """The same in the background, when there is a reason to; never while the cashier waits for an answer.

        QUIET when there was nothing to do.
        """
        if not self._wire.acquire(blocking=False):
            return QUIET
        try:
            return self._settle() if self._due() else QUIET
        finally:
            self._wire.release()

    def _due(self) -> bool:
        """Whether to greet the server. A document the register waits for is settled by its own lane."""
        if self.stopped == SHUT_OUT:
            return self.clock.monotonic() - self._knocked_at >= KNOCK_EVERY
        if self._hello is None or not self._lock.acquire(blocking=False):
            return False
        try:
            if self.stopped is not None or self.locking():
                return False
            away = self.alone.away_since is not None or not self.online
            return away or self.clock.monotonic() - self._greeted_at >= GREET_EVERY
        finally:
            self._lock.release()

    def _settle(self) -> Settled:
        try:
            self._knocked_at = self.clock.monotonic()
            hello = self.connect()
        except PosError as problem:
            self.online = False
            return Settled((), self._waiting(), problem.text(), self.stopped)
        if self.stopped is not None:
            return Settled((), self._waiting(), self.stopped.words, self.stopped)
        return self._replay(hello)

    def _replay(self, hello: Hello) -> Settled:
        done: list[Completed | Refused] = []
        first = self.journal.pending(hello.epoch, 1)
        no = min(hello.next_no, first[0].document.no) if first else hello.next_no
        while (entry := self._next(hello, no)) is not None:
            posted = self._send(entry.document, self._stands(entry))
            if isinstance(posted, Unconfirmed):
                return Settled(tuple(done), self._waiting(), posted.words)
            if isinstance(posted, TillStopped):
                return Settled(tuple(done), self._waiting(), posted.reason.words, posted.reason)
            no = entry.document.no + 1
            if entry.outcome != "refused":
                done.append(posted)
            if entry.acknowledged and isinstance(posted, Completed) and not posted.replayed:
                self.refilled += 1
        if done:
            self._refresh()
        return Settled(tuple(done), 0, stopped=self.stopped)

    def _next(self, hello: Hello, no: int) -> Entry | None:
        """The next document to send; when there is none, the server has everything at this very moment."""
        with self._lock:
            entry = self.journal.by_no(hello.epoch, no)
            while entry is not None and entry.acknowledged and no > self._greeted_no:
                no += 1  # sold and answered since the server was asked what it has
                entry = self.journal.by_no(hello.epoch, no)
            if entry is None:
                self.alone.open = self.journal.open(hello.epoch)
                self.alone.came_back()
            return entry

    def _stands(self, entry: Entry) -> str:
        """What is a fact here already, so that the server's answer may not undo it."""
        if entry.outcome is None:
            return "offline" if entry.accepted else ""
        return "refused" if entry.outcome == "refused" else "refilled"

    def _refresh(self) -> None:
        """The replay moved chain and shift; when the server is away again, the next call asks."""
        try:
            self.connect()
        except PosError:
            if not self.alone.policy.enabled:
                self._hello = None

    def _waiting(self) -> int:
        """Documents without an answer that keep the register from going on."""
        if self._hello is not None:
            return self.locking()
        last = self.journal.last()
        return self.journal.open(last.document.epoch).all if last else 0

    def accept_waiting(self) -> bool:
        """At a start without the server: take what was sent and never answered for done, if the till may.

        Whether nothing is left that keeps it from selling.
        """
        with self._lock:
            for entry in self.journal.pending(self._hello.epoch) if self._hello else ():
                if not entry.accepted and self._accepted(entry.document) is None:
                    return False
            return self.alone.selling

    def _misfit(self, hello: Hello) -> StopReason | None:
        """Why the server's chain and this journal cannot be one till's; None when they are.

        A server that is behind came back from an old backup and gets what it lacks; one that is ahead knows
        documents this machine never made: then this folder is the old copy.
        """
        last = self.journal.last()
        if last is None:
            return None if hello.next_no == 1 else NEEDS_EPOCH
        if last.document.epoch != hello.epoch:
            return OTHER_EPOCH
        if hello.next_no > last.document.no + 1:
            return COPIED
        known = self.journal.by_no(hello.epoch, hello.next_no - 1)
        if known is not None and known.document.hash != hello.head:
            return FORKED
        if hello.next_no <= last.document.no and self.journal.by_no(hello.epoch, hello.next_no) is None:
            return FORKED  # so old a backup that what it lacks is not here any more
        return None


def shift_of(opened: Document, offset: timedelta = timedelta(0)) -> OpenShift:
    """The shift that an opening document opened."""
    fields = opened.fields
    return OpenShift(
        id=opened.id,
        opened_at=parse_utc(fields["at"]) + offset,
        cashier=fields["cashier"],
        business_date=fields["business_date"],
        float_amount=fields["float"],
        single=bool(fields.get("single")),
    )
