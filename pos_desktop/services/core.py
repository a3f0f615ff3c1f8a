"""The till's heart: its place in the chain, and the one way a document goes from frozen to fact."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from pos_desktop.database.till import Answer
from pos_desktop.domain.document import Document, Position, Stamp, genesis, parse_utc
from pos_desktop.domain.shop_rules import ShopRules
from pos_desktop.errors import EnvironmentProblem, PosError, UserError
from pos_desktop.journal.draft import DraftStore
from pos_desktop.journal.journal import Journal, Outcome
from pos_desktop.journal.notes import Notes
from pos_desktop.journal.problems import CannotWrite
from pos_desktop.services.fault import fault_point
from pos_desktop.services.greeting import Greeting, offset_between
from pos_desktop.services.hello import Hello
from pos_desktop.services.link import POST_DEADLINE, Clock, Link
from pos_desktop.services.offline import Alone
from pos_desktop.services.problems import SHUT_OUT, rejected
from pos_desktop.services.refusals import refusal_words
from pos_desktop.services.results import (
    Cashier,
    Completed,
    OpenShift,
    Posted,
    Refused,
    TillStopped,
    Unconfirmed,
)
from pos_desktop.services.stop_reason import StopReason
from pos_desktop.services.unspent import Unspent

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 1.0

Maker = Callable[[Stamp, Position], Document]


REFILLING = EnvironmentProblem("server.unreachable")
"""Marks that the server is being given what it lacks: asked for yet another number, it is not begun again."""


class TillCore(Greeting):
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
        notes: Notes | None = None,
    ) -> None:
        self.link = link
        self.journal = journal
        self.draft = draft
        self.clock = clock
        self.folder = folder
        self.deadline = POST_DEADLINE
        self.cashier: Cashier | None = None
        self.online = False
        self.stopped: StopReason | None = None
        self.alone = Alone(clock, notes)
        self.notes = notes
        self.refilled = 0
        self._version = version
        self._schema = schema
        self._hello: Hello | None = None
        self._rules: ShopRules | None = None
        self._told: dict[str, Any] = {}
        self._shift: OpenShift | None = None
        self._z_next = 0
        self._moves = 0
        self._trouble: PosError | None = None
        self._refilling = False
        self._greeted_at = self._knocked_at = 0.0
        self._greeted_no = 0
        self.approvals = Unspent()
        self.training = False
        self._lock = threading.RLock()
        self._wire = threading.RLock()

    # -- what is known ---------------------------------------------------------------------------

    @property
    def offset_ms(self) -> int:
        """The server's clock minus the till's, as last heard."""
        return self.alone.offset_ms

    @offset_ms.setter
    def offset_ms(self, value: int) -> None:
        self.alone.offset_ms = value

    @property
    def shift(self) -> OpenShift | None:
        """The shift open on this till's drawer."""
        self.hello  # noqa: B018 - asks the server the first time
        return self._shift

    def report(self) -> None:
        """Tell the server, for the keeper, what waits on this disk and how far this clock is off.

        For the look-up lane; it also learns the offset anew. EnvironmentProblem when the server is away.
        """
        last = self.journal.last()
        waiting = self.journal.pending(last.document.epoch, 1) if last else ()
        before = self.clock.now()
        made = parse_utc(str(waiting[0].document.fields["at"])) if waiting else before
        age = max(int((before - made).total_seconds()), 0)
        at = self.link.seen(self.count().all, age, self.offset_ms, self._version)
        self.offset_ms = offset_between(at, before, self.clock.now())

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
        return self.journal.open(self.hello.epoch).all

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
        self._moves += 1

    def shift_closed(self, z_next: int) -> None:
        """The shift was closed and confirmed; ``z_next`` is the next Z's number."""
        self._shift, self._z_next = None, z_next
        self._moves += 1

    # -- a document's way ------------------------------------------------------------------------

    def record(self, make: Maker, *, shift: str | None = None) -> Posted:
        """Freeze, write down, send, write the answer down. ``shift`` "" means: this opens one.

        Where the store allows it, no answer within eight seconds means: accepted by the till alone; and while
        the server is known to be away it is at once. UserError "till.unconfirmed" while an earlier document
        waits for its answer: nothing new is made then; "offline.stopped" and "offline.not_now": not alone.
        CannotWrite when the disk refuses: nothing was sent.
        """
        with self._lock:
            self.hello  # noqa: B018 - asks the server the first time
            if self.stopped is not None:
                return TillStopped(self.stopped)
            if self.locking():
                raise UserError("till.unconfirmed")
            if self.alone.selling:
                return self._record_alone(make, shift)
            document = make(self._stamp(shift), self.position())
            self.approvals.use(document)
            fault_point("S1")
            self.journal.append(document)
            fault_point("S3")
            posted = self._send(document)
            if isinstance(posted, Refused):
                self.approvals.give_back(document)
            if isinstance(posted, Unconfirmed):
                posted = self._accepted(document) or posted
            self.count()
            return posted

    def _record_alone(self, make: Maker, shift: str | None) -> Posted:
        """The same way, with the answer outstanding."""
        if shift is not None:
            raise UserError("offline.not_now")
        document = make(self._stamp(shift), self.position())
        taken = self.alone.check(document)
        self.approvals.use(document)
        fault_point("S1")
        self.journal.append(document, taken)
        fault_point("A3")
        self.count()
        return Completed(document, "offline")

    def _accepted(self, document: Document) -> Completed | None:
        """Take a document for done that was sent and not answered; None when the till may not."""
        if self._trouble is None or not self._trouble.retryable:
            return None
        taken = self.alone.would_accept(document)
        if taken is None:
            return None
        fault_point("A1")
        try:
            self.journal.accept(document.id, taken)
        except CannotWrite:
            return None
        fault_point("A2")
        self.count()
        return Completed(document, "offline")

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
            flags=("offline",) if self.alone.selling else ("stands",) if self.alone.policy.enabled else (),
            approvals=self.approvals.all(),
            training=self.training,
        )

    def _send(self, document: Document, stands: str = "") -> Posted:
        """Post until there is an answer or eight seconds are over. ``stands``: what is a fact here."""
        end = self.clock.monotonic() + self.deadline
        pause = FIRST_PAUSE
        while True:
            before = self.clock.now()
            try:
                fault_point("S4")
                left = end - self.clock.monotonic()
                answer = self.link.post_document(document.body, document.hash, left, stands)
                fault_point("S6")
                return self._take(document, answer, before)
            except PosError as problem:
                self._trouble, self.online = problem, False
                if (out := self._shut_out(problem)) is not None:
                    return TillStopped(out)
                left = end - self.clock.monotonic()
                if not problem.retryable or left <= pause:
                    self.alone.went_away()
                    return Unconfirmed(document, problem.text())
            self.clock.pause(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _take(self, document: Document, answer: Answer, before: datetime) -> Posted:
        """The server answered: put that on the disk before anyone is told."""
        fault_point("S7")
        self._note_offset(answer, before)
        if not answer.stored:
            return self._not_stored(document, answer)
        outcome = cast(Outcome, answer.outcome)
        server_ms = int((answer.server_at or self.server_now()).timestamp() * 1000)
        kept = {"reason": answer.reason or "", "flags": list(answer.flags)}
        with self._lock:
            self.journal.acknowledge(document.id, outcome, kept, server_ms)
            fault_point("S8")
            if self.count().all == 0:
                self.alone.came_back()
        return result_of(document, outcome, kept, replayed=answer.replayed)

    def _not_stored(self, document: Document, answer: Answer) -> Posted:
        """The server asks for another number: one that came back from an old backup gets what it lacks.

        When it is put back once more meanwhile, the document waits for the next replay.
        """
        if answer.reason == "number" and answer.no < document.no:
            if self._refilling:
                return Unconfirmed(document, REFILLING.text())
            self._refilling, self._trouble = True, REFILLING
            try:
                settled = self._settle()
            finally:
                self._refilling = False
            found = next((done for done in settled.done if done.document.id == document.id), None)
            if found is not None:
                return found
            if settled.stopped is None:
                return Unconfirmed(document, settled.words)
        if self.stopped is None:
            self.stopped = SHUT_OUT if answer.reason == "till_blocked" else rejected(answer.reason or "?")
        return TillStopped(self.stopped)

    def _note_offset(self, answer: Answer, before: datetime) -> None:
        """A first answer is stamped now; a replayed one carries the time of the first."""
        self.online = True
        if answer.server_at is not None and not answer.replayed:
            self._heard(answer.server_at, before)


def result_of(
    document: Document, outcome: Outcome | None, answer: dict[str, Any], *, replayed: bool = False
) -> Completed | Refused:
    """The result a document stands for: the server's answer, or what the till accepted without one."""
    if outcome is None:
        return Completed(document, "offline")
    if outcome == "refused":
        reason = str(answer.get("reason") or "")
        return Refused(reason, refusal_words(reason), document)
    return Completed(document, outcome, tuple(answer.get("flags") or ()), replayed)
