"""The printer's lane: prints jobs one at a time, says in words how it went, keeps what did not print.

Nothing here undoes a sale: a job is only paper. A job is whole or not at all for the customer: "Print again"
prints it from the start, and :attr:`PrintResult.may_be_finished` tells whether that paper must be a copy.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from escpos import constants as esc

from pos_desktop.domain.receipt import Paper
from pos_desktop.domain.receipt_layout import layout
from pos_desktop.hardware.escpos import CLEAR_PRINTER, PrinterProfile, drawer_kick, live_drawer_kick, render
from pos_desktop.hardware.print_results import (
    UNSURE,
    WORDS,
    Outcome,
    PrinterStatus,
    PrintJob,
    PrintResult,
)
from pos_desktop.hardware.transports import (
    PIECE,
    Deadline,
    Link,
    NoTransport,
    StalledError,
    Transport,
    UnreachableError,
)
from pos_desktop.words import WordTable, later, t

__all__ = ["Outcome", "PrintJob", "PrintResult", "PrinterLane", "PrinterStatus"]

log = logging.getLogger(__name__)

JOB_SECONDS = 5.0
LONGEST_JOB_SECONDS = 30.0
ANSWER_SECONDS = 0.4
_ASK_PRINTER = esc.DLE + esc.EOT + b"\x01"
_ASK_OFFLINE = esc.DLE + esc.EOT + b"\x02"
_ASK_PAPER = esc.DLE + esc.EOT + b"\x04"
_ASK_WHEN_DONE = esc.GS + b"r\x01"
GONE = PrinterStatus(reachable=False, answers=False, online=False)
_DRAWER_WORDS = WordTable(
    {
        Outcome.PRINTED: "Drawer opened.",
        Outcome.NO_PRINTER: "No drawer is set up. Open it with its key.",
    }
)
_DRAWER_SHUT = later("The drawer did not open. Check the printer it is wired to, or use its key.")


@dataclass(frozen=True, slots=True)
class _Load:
    """The bytes of one job on their way: the drawer's pulse, then the paper."""

    job_id: str
    sale_id: str
    kick: bytes
    data: bytes

    @property
    def size(self) -> int:
        return len(self.kick) + len(self.data)

    def ended(
        self, outcome: Outcome, sent: int = 0, *, confirmed: bool = False, unsure: bool = False
    ) -> PrintResult:
        return PrintResult(
            job_id=self.job_id,
            sale_id=self.sale_id,
            outcome=outcome,
            words=t(UNSURE) if unsure else WORDS[outcome],
            sent=sent,
            of=self.size,
            confirmed=confirmed,
            may_be_finished=bool(self.data) and sent == self.size,
            kicked=bool(self.kick) and sent >= len(self.kick),
            kept=outcome not in (Outcome.PRINTED, Outcome.NO_PRINTER),
        )


class PrinterLane:
    """One printer, used by one job at a time from any thread.

    A printer that takes nothing is given up after 5 s; a slow one that goes on printing may take 30 s.
    """

    def __init__(
        self,
        transport: Transport,
        profile: PrinterProfile,
        *,
        seconds: float = JOB_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.transport = transport
        self.profile = profile
        self._seconds = seconds
        self._clock = clock
        self._wire = threading.Lock()
        self._state = threading.Lock()
        self._kept: dict[str, PrintJob] = {}
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="printer")
        self._answers: bool | None = None
        self._heard: PrinterStatus | None = None
        self._done_answers = 0
        self._done_misses = 0

    def submit(self, job: PrintJob) -> Future[PrintResult]:
        """Print in the lane's own thread; the time to live counts from now."""
        job = self._stamped(job)
        return self._pool.submit(self.print_now, job)

    def print_now(self, job: PrintJob) -> PrintResult:
        """Print in the calling thread and say how it went; never raises for a printer's trouble."""
        job = self._stamped(job)
        with self._state:
            self._kept[job.id] = job
        with self._wire:
            if job.made is not None and self._clock() - job.made > job.ttl:
                result = _Load(job.id, job.sale_id, b"", b"").ended(Outcome.EXPIRED)
            else:
                result = self._print(job)
        self._keep_or_forget(job, result)
        numbers = (result.outcome.value, result.sent, result.of)
        log.info("print job %s sale %s: %s, %d of %d bytes", job.id, job.sale_id, *numbers)
        return result

    def _keep_or_forget(self, job: PrintJob, result: PrintResult) -> None:
        if not result.kept:
            self.forget(job.id)
            return
        # The drawer was opened for the money, not for the paper: a second print leaves it shut. Where a whole
        # receipt may already be in somebody's hand, the next one is a copy.
        paper = replace(job.paper, copy=1) if result.may_be_finished and not job.paper.copy else job.paper
        with self._state:
            self._kept[job.id] = replace(job, kick=job.kick and not result.kicked, paper=paper)

    def print_again(self, job_id: str, paper: Paper | None = None) -> PrintResult:
        """Print a kept job from the start with a fresh time to live; KeyError when it is not kept.

        It is marked COPY by itself when the first may be finished; ``paper`` replaces it.
        """
        with self._state:
            job = self._kept[job_id]
        return self.print_now(replace(job, paper=paper or job.paper, made=self._clock()))

    def kept(self) -> tuple[PrintJob, ...]:
        """Jobs that did not print, oldest first."""
        with self._state:
            return tuple(self._kept.values())

    def forget(self, job_id: str) -> None:
        """Drop a kept job: no paper is wanted."""
        with self._state:
            self._kept.pop(job_id, None)

    def kick_drawer(self) -> PrintResult:
        """Open the drawer without paper. A pulse has no answer: PRINTED means the printer took it."""
        load = _Load("", "", drawer_kick(self.profile), b"")
        with self._wire:
            result = self._send(load)
        log.info("drawer: %s", result.outcome.value)
        return replace(result, words=_DRAWER_WORDS.get(result.outcome) or t(_DRAWER_SHUT), kept=False)

    def status(self) -> PrinterStatus:
        """Ask the printer how it is: within about 3 s, also when it is gone."""
        if isinstance(self.transport, NoTransport):
            return GONE
        with self._wire:
            try:
                link = self.transport.open(Deadline(2.0))
            except (UnreachableError, StalledError):
                return GONE
            try:
                return self._ask(link, Deadline(2.0))
            except UnreachableError:
                return GONE
            finally:
                link.close()

    def close(self) -> None:
        """Stop taking jobs; a queued one is not lost, its sale can always be printed again."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _stamped(self, job: PrintJob) -> PrintJob:
        return job if job.made is not None else replace(job, made=self._clock())

    def _print(self, job: PrintJob) -> PrintResult:
        data = render(layout(job.paper, self.profile.columns), self.profile)
        return self._send(_Load(job.id, job.sale_id, drawer_kick(self.profile) if job.kick else b"", data))

    def _send(self, load: _Load) -> PrintResult:
        if isinstance(self.transport, NoTransport):
            return load.ended(Outcome.NO_PRINTER)
        self._heard = None
        result = self._sent(load)
        return replace(result, status=GONE if result.outcome is Outcome.UNREACHABLE else self._heard)

    def _sent(self, load: _Load) -> PrintResult:
        deadline = Deadline(self._seconds)
        try:
            link = self.transport.open(deadline)
        except UnreachableError as problem:
            log.info("printer: %s", problem)
            return load.ended(Outcome.UNREACHABLE)
        except StalledError:
            return load.ended(Outcome.STALLED)
        printed = False
        try:
            result = self._over(link, load, deadline)
            printed = result.printed
        finally:
            link.close(discard=not printed)
        return result

    def _over(self, link: Link, load: _Load, deadline: Deadline) -> PrintResult:
        """Ask how it is, send the drawer's pulse and the paper, ask whether it is done."""
        sent = 0
        try:
            before = self._ask(link, deadline)
            trouble = self._trouble(before)
            if trouble is not None:
                return self._drawer_only(link, load, before, trouble, deadline)
            sent = self._push(link, load.kick + load.data, deadline)
            if sent < load.size:
                return load.ended(Outcome.PARTIAL if sent > len(load.kick) else Outcome.STALLED, sent)
            if not before.answers or not load.data:
                return load.ended(Outcome.PRINTED, sent, unsure=True)
            return self._after(link, load)
        except UnreachableError as problem:
            log.info("printer: %s", problem)
            gone = Outcome.PARTIAL if problem.sent > len(load.kick) else Outcome.UNREACHABLE
            return load.ended(gone, problem.sent)

    def _drawer_only(
        self, link: Link, load: _Load, status: PrinterStatus, trouble: Outcome, deadline: Deadline
    ) -> PrintResult:
        """No paper now, but change must be given: a printer that answers still obeys the live pulse."""
        if not load.kick or not status.answers:
            return load.ended(trouble)
        pulse = live_drawer_kick(self.profile)
        kicked = link.send(pulse, deadline) == len(pulse)
        return replace(load.ended(trouble if load.data else Outcome.PRINTED), kicked=kicked)

    def _push(self, link: Link, data: bytes, stall: Deadline) -> int:
        """Send piece by piece: a slow printer may take its time, one that takes nothing is given up."""
        total = Deadline(LONGEST_JOB_SECONDS)
        sent = 0
        while sent < len(data) and total.left() > 0:
            piece = data[sent : sent + PIECE]
            try:
                took = link.send(piece, stall)
            except UnreachableError as problem:
                raise UnreachableError(str(problem), sent + problem.sent) from problem
            sent += took
            if took < len(piece):
                break
            stall = Deadline(self._seconds)
        return sent

    def _after(self, link: Link, load: _Load) -> PrintResult:
        """The printer took every byte; find out whether it also worked through them."""
        total = Deadline(LONGEST_JOB_SECONDS if self._done_answers else self._seconds)
        asks = self._done_answers > 0 or self._done_misses < 3
        try:
            if asks:
                link.send(_ASK_WHEN_DONE, total)
            while asks and total.left() > 0:
                if link.receive(total.left(1.0)):
                    self._done_answers += 1
                    return load.ended(Outcome.PRINTED, load.size, confirmed=True)
                now = self._ask(link, Deadline(3 * ANSWER_SECONDS))
                if not now.answers or self._trouble(now) is not None:
                    break
            now = self._ask(link, Deadline(3 * ANSWER_SECONDS))
        except UnreachableError as problem:
            log.info("printer: %s", problem)
            return load.ended(Outcome.PARTIAL, load.size)
        trouble = Outcome.PARTIAL if not now.answers else self._trouble(now)
        if trouble is not None:
            # What is left in the printer would come out before the next paper, long after its customer went.
            with contextlib.suppress(UnreachableError):
                link.send(CLEAR_PRINTER, Deadline(ANSWER_SECONDS))
            unfinished = self._done_answers > 0 and now.answers
            return replace(load.ended(trouble, load.size), may_be_finished=not unfinished)
        self._done_misses += 1
        return load.ended(Outcome.PRINTED, load.size, unsure=True)

    def _ask(self, link: Link, deadline: Deadline) -> PrinterStatus:
        answers: list[int] = []
        for question in (_ASK_PRINTER, _ASK_OFFLINE, _ASK_PAPER):
            link.send(question, deadline)
            answer = link.receive(deadline.left(ANSWER_SECONDS))
            if not answer:
                return PrinterStatus(reachable=True, answers=False)
            answers.append(answer[0])
        printer, offline, paper = answers
        self._heard = PrinterStatus(
            reachable=True,
            answers=True,
            online=not printer & 0x08,
            paper=paper & 0x60 == 0,
            paper_low=paper & 0x0C != 0,
            cover_open=bool(offline & 0x04),
            fault=bool(offline & 0x40),
            drawer_high=bool(printer & 0x04),
        )
        return self._heard

    def _trouble(self, status: PrinterStatus) -> Outcome | None:
        """What stands in the way. A printer that used to answer and is mute now has stalled."""
        if not status.answers:
            return Outcome.STALLED if self._answers else None
        self._answers = True
        if not status.paper:
            return Outcome.PAPER_OUT
        if status.cover_open:
            return Outcome.COVER_OPEN
        return None if status.online else Outcome.STALLED
