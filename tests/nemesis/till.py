"""A till under attack: the program's own services, opened in a process that reports all it shows as done."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from pos_desktop.bootstrap import assemble
from pos_desktop.database.pool import Database
from pos_desktop.database.till import Answer
from pos_desktop.domain.document import Document
from pos_desktop.errors import PosError
from pos_desktop.journal.lock import TillLock
from pos_desktop.paths import make_private_dir
from pos_desktop.services import core, drafts, fault, selling
from pos_desktop.services.link import SystemClock
from pos_desktop.services.results import (
    Completed,
    Posted,
    Recovered,
    Refused,
    Settled,
    SignedIn,
    Unconfirmed,
    ZReport,
)
from pos_desktop.services.server_link import ServerLink
from tests.database.shop import MANAGER
from tests.nemesis.paper import PRINTS_EVERY, Printing
from tests.services.tills import PEPPER, PINS, settings_in

RESTART, IN_USE, STOPPED, STUCK = 20, 21, 22, 23
"""Ends of a till's process: start it again; another program has the till; it is stopped; it got nowhere."""

PATIENCE = 120.0
"""Seconds after which a till that gets no further counts as stuck: no fault lasts so long."""

BEAT_SECONDS = 1.0

Result = TypeVar("Result")


class Report:
    """The line to the director: what this till shows, and what it asks for. Bytes sent outlive a kill."""

    def __init__(self, address: str, till: int, life: int) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(address)
        self._waiting = b""
        self._turn = threading.Lock()
        self._answers = self._socket.makefile("r", encoding="utf-8")
        self.life = life
        self.say("born", till=till, life=life, pid=os.getpid())

    def say(self, what: str, **fields: Any) -> None:
        """Tell the director something: with the system when this returns."""
        self.later(what, **fields)
        with self._turn:
            waiting, self._waiting = self._waiting, b""
            self._socket.sendall(waiting)

    def later(self, what: str, **fields: Any) -> None:
        """Tell it together with what comes next; a kill may take it along."""
        with self._turn:
            self._waiting += json.dumps({"a": what, **fields}).encode() + b"\n"

    def ask(self, what: str, **fields: Any) -> None:
        """Tell, and wait until the director has seen to it."""
        self.say(what, **fields)
        self._answers.readline()


class WrongClock(SystemClock):
    """The machine's clock, off by as much as a fault says. Ids and waiting stay right."""

    wrong_by = timedelta(0)

    def now(self) -> datetime:
        """The wrong time."""
        return datetime.now(UTC) + self.wrong_by


class FaultSteps:
    """Stands where the program's fault points are: does what the fault of a step is, then passes through."""

    def __init__(self) -> None:
        self._real = fault.fault_point
        self.at: dict[str, Callable[[], None]] = {}
        for module in (core, drafts, selling):
            module.fault_point = self  # type: ignore[attr-defined]

    def __call__(self, step: str) -> None:
        if step in self.at:
            self.at.pop(step)()
        self._real(step)


class Till:
    """The opened program, and a cashier who waits, asks again and starts again, whatever goes wrong."""

    def __init__(self, order: dict[str, Any], report: Report) -> None:
        self.report = report
        self.told: set[str] = set()
        self.last_no = int(order["last_no"])
        self.steps = FaultSteps()
        self.over = threading.Event()
        self.clock = WrongClock()
        settings = settings_in(Path(order["folder"]))
        self.folder = make_private_dir(settings.journal_dir)
        lock = TillLock(self.folder)
        self.database = Database(order["dsn"])
        self.services = assemble(settings, ServerLink(self.database), self.clock, PEPPER.encode(), lock)
        self.core = self.services._core
        self.printing = Printing(self, settings, *order["printer"])
        BROKEN[order["broken"]](self)
        self.database.open()

    # -- patience --------------------------------------------------------------------------------

    def patiently(self, work: Callable[[], Result]) -> Result:
        """Do it until it works, as someone does who reads what the screen says."""
        end, pause = time.monotonic() + PATIENCE, 0.02
        while True:
            try:
                return work()
            except PosError as problem:
                self.trouble(problem)
                if time.monotonic() > end:
                    self.leave(STUCK, problem.text())
            time.sleep(pause)
            pause = min(pause * 1.5, 0.3)

    def trouble(self, problem: PosError) -> None:
        """Tell what the screen said; a disk that did not keep what it was given needs a new start."""
        self.report.say("trouble", code=problem.code)
        if problem.code == "journal.failed":
            self.leave(RESTART, problem.text())
        if problem.code == "till.unconfirmed":
            self.settle()

    def leave(self, code: int, why: str) -> None:
        """End the program without any clean-up."""
        self.report.say("left", code=code, why=why)
        os._exit(code)

    # -- starting --------------------------------------------------------------------------------

    def begin(self) -> Recovered:
        """Recover, sign in, say what was found on the disk, hand out what was never printed."""
        recovered = self.patiently(self._recovered)
        self.patiently(self._signed_in)
        for entry in self.core.journal.since(self.core.hello.epoch, self.last_no + 1):
            if (entry.acknowledged or entry.accepted) and entry.document.id not in self.told:
                self._tell("found", entry.document, entry.outcome or "offline")
        threading.Thread(target=self._beat, daemon=True).start()
        for document in recovered.to_print:
            self.paper(document, on_the_roll=True)
        return recovered

    def _beat(self) -> None:
        """The program's own heartbeat, in a lane of its own as the register has it."""
        while not self.over.wait(BEAT_SECONDS):
            try:
                self._settled(self.services.heartbeat().settled)
            except PosError as problem:
                self.report.later("trouble", code=problem.code)

    def end(self) -> None:
        """Every document has its answer; then the program is closed in order."""
        self.patiently(self.everything_answered)
        self.patiently(self.printing.all_out)
        self.over.set()
        self.services.close()
        self.database.close()

    def everything_answered(self) -> None:
        """PosError while a document waits for its answer."""
        self._settled(self.services.settle())
        if self.core.pending():
            raise PosError("nemesis.away")

    def _recovered(self) -> Recovered:
        recovered = self.services.recover()
        self._settled(recovered.settled)
        self._all_settled(recovered.settled)
        return recovered

    def _all_settled(self, settled: Settled) -> None:
        """PosError unless the till may go on; the disk's own when it waits for the disk."""
        if settled.pending or (settled.words and not self.services.offline_state().selling):
            self.core.journal.try_write()
            raise PosError("nemesis.away")

    def _signed_in(self) -> None:
        if not isinstance(self.services.sign_in(MANAGER, PINS[MANAGER]), SignedIn):
            raise PosError("nemesis.sign_in")

    # -- documents -------------------------------------------------------------------------------

    def post(self, work: Callable[[], Posted | ZReport]) -> Posted | ZReport:
        """Make one document and bring it to its end; the director is told what the cashier is."""
        posted = self.patiently(work)
        if isinstance(posted, Unconfirmed):
            self.report.say("trouble", code="unconfirmed")
            return self._waited_for(posted.document)
        if isinstance(posted, ZReport):
            self._tell("told", posted.document, "booked")
        elif isinstance(posted, Completed | Refused):
            self._tell("told", posted.document, outcome_of(posted))
        else:
            self.leave(STOPPED, f"{posted.reason.words} {posted.reason.todo}")
        return posted

    def tell_the_rest(self, since: int) -> None:
        """Answers nobody was told of: a Z refused for figures that moved is made anew at once."""
        for entry in self.core.journal.since(self.core.hello.epoch, since):
            if entry.acknowledged and entry.document.id not in self.told:
                self._tell("told", entry.document, str(entry.outcome))

    def _waited_for(self, document: Document) -> Completed | Refused:
        for done in self.settle():
            if done.document.id == document.id:
                return done
        entry = self.core.journal.by_id(document.id)
        assert entry is not None
        if entry.outcome is None:
            assert entry.accepted
            return Completed(document, "offline")
        answer = entry.answer
        return (
            Completed(document, entry.outcome)
            if entry.outcome != "refused"
            else Refused(str(answer.get("reason")), "", document)
        )

    def settle(self) -> list[Completed | Refused]:
        """Ask until every document has its answer."""
        done: list[Completed | Refused] = []

        def once() -> None:
            settled = self.services.settle()
            done.extend(self._settled(settled))
            self._all_settled(settled)

        self.patiently(once)
        return done

    def _settled(self, settled: Settled) -> tuple[Completed | Refused, ...]:
        for one in settled.done:
            self._tell("told", one.document, outcome_of(one))
        if settled.stopped is not None:
            self.leave(STOPPED, f"{settled.stopped.words} {settled.stopped.todo}")
        return settled.done

    def _tell(self, how: str, document: Document, outcome: str) -> None:
        fields = document.fields
        self.told.add(document.id)
        self.report.say(
            how,
            id=document.id,
            no=document.no,
            epoch=document.epoch,
            kind=document.kind,
            outcome=outcome,
            hash=document.head,
            sale=fields.get("sale"),
            shift=fields["shift"],
            total=fields.get("total", 0),
            cash=_cash(fields),
            lines=[_shown(line) for line in fields.get("lines", ())],
            value=_value(fields),
            back=[
                [line["back"]["document"], line["back"]["line"], -line["qty"]]
                for line in fields.get("lines", ())
                if "back" in line
            ],
        )

    def paper(self, document: Document, *, on_the_roll: bool = False) -> None:
        """Print the receipt: what it says goes to the director first, then the till notes it as given out."""
        receipt = self.services.receipt_of(document.no)
        self.report.say("paper", id=document.id, no=document.no, total=receipt.total)
        if on_the_roll or document.no % PRINTS_EVERY == 0:
            self.printing.print(document.id, receipt)
        else:
            self.patiently(lambda: self.services.printed(document.id))


def _as_it_is(till: Till) -> None:
    """The program, not broken."""


def _prints_early(till: Till) -> None:
    """Gives the paper out when the document is frozen, before it is on any disk."""
    real = till.core.record

    def record(make: Any, *, shift: str | None = None) -> Posted:
        def printed(stamp: Any, position: Any) -> Document:
            document: Document = make(stamp, position)
            if document.kind == "sale":
                till.report.say("paper", id=document.id, no=document.no, total=document.fields["total"])
            return document

        return real(printed, shift=shift)

    till.core.record = record  # type: ignore[method-assign]


def _assumes_yes(till: Till) -> None:
    """Takes a lost line for a yes, as tills do that show a notice and go on."""
    link = till.core.link
    real = link.post_document

    def post_document(body: bytes, digest: bytes, timeout: float) -> Answer:
        try:
            return real(body, digest, timeout)
        except PosError:
            return Answer("booked", 0, digest.hex(), datetime.now(UTC))

    link.post_document = post_document  # type: ignore[method-assign]


BROKEN: dict[str, Callable[[Till], None]] = {
    "": _as_it_is,
    "prints_early": _prints_early,
    "assumes_yes": _assumes_yes,
}
"""Tills with a bug each, to see that an attack finds it."""


def outcome_of(posted: Completed | Refused) -> str:
    """booked, flagged or refused."""
    return posted.outcome if isinstance(posted, Completed) else "refused"


def _shown(line: dict[str, Any]) -> list[Any]:
    """A line as the model counts it; what goes to waste does not come back on the shelf."""
    waste = line.get("back", {}).get("to") == "waste"
    return [line["item"], line["qty"], line["amount"], *(["waste"] if waste else [])]


def _value(fields: dict[str, Any]) -> list[list[int]]:
    """What a document puts on gift cards, and takes from them: the card's number and minor units."""
    loads = [[line["account"], line["amount"]] for line in fields.get("lines", ()) if "account" in line]
    return loads + [
        [tender["account"], -tender["amount"]] for tender in fields.get("tenders", ()) if "account" in tender
    ]


def _cash(fields: dict[str, Any]) -> int:
    """What a document does to the cash in the drawer, minor units."""
    if fields["kind"] in ("sale", "refund"):
        return sum(int(t["amount"]) for t in fields["tenders"] if t["kind"] == "cash")
    if fields["kind"] == "cash":
        return int(fields["amount"])
    return int(fields["float"]) if fields["kind"] == "shift_open" else 0
