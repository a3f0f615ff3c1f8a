"""The till's heart: its place in the chain, and the one way a document goes from frozen to fact."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from pos_desktop.database.till import Answer
from pos_desktop.domain.document import Document, Position, Stamp, genesis, parse_utc
from pos_desktop.errors import PosError, UserError
from pos_desktop.journal.draft import DraftStore
from pos_desktop.journal.journal import Entry, Journal, Outcome
from pos_desktop.services.fault import fault_point
from pos_desktop.services.hello import Hello, read_hello, read_time
from pos_desktop.services.link import POST_DEADLINE, Clock, Link
from pos_desktop.services.problems import COPIED, FORKED, NEEDS_EPOCH, OTHER_EPOCH, rejected
from pos_desktop.services.refusals import refusal_words
from pos_desktop.services.results import (
    Cashier,
    Completed,
    OpenShift,
    Posted,
    Refused,
    Settled,
    StopReason,
    TillStopped,
    Unconfirmed,
)

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 1.0

Maker = Callable[[Stamp, Position], Document]


class TillCore:
    """Owns the journal and the talk with the server about documents; one document at a time.

    What is pending is read from the journal each time, never remembered, so a crash, an exception and a
    normal return all leave the same state behind. ``schema`` is the newest step of the database this program
    knows (0: any); a newer database is refused before a basket is begun.
    """

    def __init__(
        self,
        link: Link,
        journal: Journal,
        draft: DraftStore,
        clock: Clock,
        folder: Path,
        version: str,
        schema: int = 0,
    ) -> None:
        self.link = link
        self.journal = journal
        self.draft = draft
        self.clock = clock
        self.folder = folder
        self.deadline = POST_DEADLINE
        self.cashier: Cashier | None = None
        self.online = False
        self.offset_ms = 0
        self.stopped: StopReason | None = None
        self._version = version
        self._schema = schema
        self._hello: Hello | None = None
        self._shift: OpenShift | None = None
        self._z_next = 0
        self._lock = threading.RLock()

    # -- what is known ---------------------------------------------------------------------------

    @property
    def hello(self) -> Hello:
        """What the server said last; asks it when it never did. EnvironmentProblem when it is away."""
        return self._hello or self.connect()

    @property
    def shift(self) -> OpenShift | None:
        """The shift open on this till's drawer."""
        self.hello  # noqa: B018 - asks the server the first time
        return self._shift

    def connect(self) -> Hello:
        """Greet the server, and check that its chain and this till's are one."""
        with self._lock:
            last = self.journal.last()
            before = self.clock.now()
            answer = self.link.hello(self._version, last.document.epoch if last else 0)
            self._heard(read_time(str(answer["server_at"])), before)
            if self._schema and int(answer["schema"]) > self._schema:
                raise UserError("till.needs_update", found=int(answer["schema"]))
            hello = read_hello(answer)
            self.journal.claim(hello.store.number, hello.number)
            self._hello, self._shift, self._z_next = hello, hello.shift, hello.z_next
            self.stopped = self._misfit(hello)
            return hello

    def report(self) -> None:
        """Tell the server, for the keeper, what waits on this disk and how far this clock is off.

        For the look-up lane; it also learns the offset anew. EnvironmentProblem when the server is away.
        """
        last = self.journal.last()
        waiting = self.journal.pending(last.document.epoch) if last else ()
        before = self.clock.now()
        made = parse_utc(str(waiting[0].document.fields["at"])) if waiting else before
        age = max(int((before - made).total_seconds()), 0)
        at = self.link.seen(len(waiting), age, self.offset_ms, self._version)
        self.offset_ms = _offset_ms(at, before, self.clock.now())

    def position(self) -> Position:
        """Where the next document goes, read from the journal."""
        hello = self.hello
        last = self.journal.last(hello.epoch)
        if last is None:
            head = genesis(hello.store.number, hello.number, hello.epoch)
            return Position(hello.epoch, 1, head, 0)
        effective = last if last.outcome != "refused" else self.journal.last_effective(hello.epoch)
        grand = effective.document.grand if effective else 0
        return Position(hello.epoch, last.document.no + 1, last.document.hash, grand)

    def pending(self) -> int:
        """Documents on this disk that the server has not answered."""
        return len(self.journal.pending(self.hello.epoch))

    def server_now(self) -> datetime:
        """The server's time, as far as this till knows it."""
        return self.clock.now() + timedelta(milliseconds=self.offset_ms)

    def who(self) -> Cashier:
        """The person signed in; UserError when nobody is."""
        if self.cashier is None:
            raise UserError("till.nobody")
        return self.cashier

    def open_shift(self) -> OpenShift:
        """The open shift; UserError when there is none."""
        shift = self.shift
        if shift is None:
            raise UserError("till.no_shift")
        return shift

    @property
    def z_next(self) -> int:
        """The number of the next Z."""
        return self._z_next or self.hello.z_next

    def shift_opened(self, shift: OpenShift) -> None:
        """A shift was opened and confirmed."""
        self._shift = shift

    def shift_closed(self, z_next: int) -> None:
        """The shift was closed and confirmed; ``z_next`` is the next Z's number."""
        self._shift, self._z_next = None, z_next

    # -- a document's way ------------------------------------------------------------------------

    def record(self, make: Maker, *, shift: str | None = None) -> Posted:
        """Freeze, write down, send, write the answer down. ``shift`` "" means: this opens one.

        UserError "till.unconfirmed" while an earlier document has no answer: nothing new is made then.
        CannotWrite when the disk refuses: nothing was sent.
        """
        with self._lock:
            self.hello  # noqa: B018 - asks the server the first time
            if self.stopped is not None:
                return TillStopped(self.stopped)
            if self.pending():
                raise UserError("till.unconfirmed")
            document = make(self._stamp(shift), self.position())
            fault_point("S1")
            self.journal.append(document)
            fault_point("S3")
            return self._send(document)

    def settle(self) -> Settled:
        """Repeat, in order and by the same ids, every document the server has not answered or has lost."""
        with self._lock:
            try:
                hello = self.connect()
            except PosError as problem:
                self.online = False
                return Settled((), self._waiting(), problem.text())
            if self.stopped is not None:
                return Settled((), self._waiting(), self.stopped.words, self.stopped)
            return self._replay(hello)

    def _replay(self, hello: Hello) -> Settled:
        done: list[Completed | Refused] = []
        for entry in self._to_send(hello):
            posted = self._send(entry.document)
            if isinstance(posted, Unconfirmed):
                return Settled(tuple(done), self._waiting(), posted.words)
            if isinstance(posted, TillStopped):
                return Settled(tuple(done), self._waiting(), posted.reason.words, posted.reason)
            done.append(posted)
        if done:
            self._refresh()
        return Settled(tuple(done), 0, stopped=self.stopped)

    def _refresh(self) -> None:
        """The replay moved chain and shift; when the server is away again, the next call asks."""
        try:
            self.connect()
        except PosError:
            self._hello = None

    def _waiting(self) -> int:
        last = self.journal.last()
        return len(self.journal.pending(last.document.epoch)) if last else 0

    def _to_send(self, hello: Hello) -> list[Entry]:
        """Unanswered documents, and answered ones a restored server no longer has, by number."""
        entries = [*self.journal.pending(hello.epoch), *self.journal.since(hello.epoch, hello.next_no)]
        return sorted({e.document.no: e for e in entries}.values(), key=lambda e: e.document.no)

    def _stamp(self, shift: str | None) -> Stamp:
        hello, new_id = self.hello, self.clock.new_id()
        return Stamp(
            store=hello.store.number,
            till=hello.number,
            id=new_id,
            at=self.clock.now(),
            offset_ms=self.offset_ms,
            shift=self.open_shift().id if shift is None else shift or new_id,
            cashier=self.who().number,
        )

    def _send(self, document: Document) -> Posted:
        """Post until there is an answer or eight seconds are over."""
        end = self.clock.monotonic() + self.deadline
        pause = FIRST_PAUSE
        while True:
            before = self.clock.now()
            try:
                fault_point("S4")
                answer = self.link.post_document(document.body, document.hash, end - self.clock.monotonic())
                fault_point("S6")
                return self._take(document, answer, before)
            except PosError as problem:
                self.online = False
                left = end - self.clock.monotonic()
                if not problem.retryable or left <= pause:
                    return Unconfirmed(document, problem.text())
            self.clock.pause(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _take(self, document: Document, answer: Answer, before: datetime) -> Posted:
        """The server answered: put that on the disk before anyone is told."""
        fault_point("S7")
        self._note_offset(answer, before)
        if not answer.stored:
            self.stopped = rejected(answer.reason or "no reason")
            return TillStopped(self.stopped)
        outcome = cast(Outcome, answer.outcome)
        server_ms = int((answer.server_at or self.server_now()).timestamp() * 1000)
        kept = {"reason": answer.reason or "", "flags": list(answer.flags)}
        self.journal.acknowledge(document.id, outcome, kept, server_ms)
        fault_point("S8")
        return result_of(document, outcome, kept, replayed=answer.replayed)

    def _note_offset(self, answer: Answer, before: datetime) -> None:
        """A first answer is stamped now; a replayed one carries the time of the first."""
        self.online = True
        if answer.server_at is not None and not answer.replayed:
            self._heard(answer.server_at, before)

    def _heard(self, server_at: datetime, before: datetime) -> None:
        """Note that the server is there, and how far its clock is from ours, less half a round trip."""
        self.offset_ms = _offset_ms(server_at, before, self.clock.now())
        self.online = True

    # -- the chain -------------------------------------------------------------------------------

    def _misfit(self, hello: Hello) -> StopReason | None:
        """Why the server's chain and this journal cannot be one till's; None when they are."""
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
        return None


def _offset_ms(server_at: datetime, before: datetime, after: datetime) -> int:
    """The server's clock minus this one's, taking its answer to be from the middle of the way."""
    return int((server_at - (before + (after - before) / 2)).total_seconds() * 1000)


def result_of(
    document: Document, outcome: Outcome, answer: dict[str, Any], *, replayed: bool = False
) -> Completed | Refused:
    """The result an acknowledged document stands for."""
    if outcome == "refused":
        reason = str(answer.get("reason") or "")
        return Refused(reason, refusal_words(reason), document)
    return Completed(document, outcome, tuple(answer.get("flags") or ()), replayed)
