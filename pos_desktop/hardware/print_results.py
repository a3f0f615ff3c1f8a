"""What is handed to a printer and how it went: jobs, results and status, in words for the screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from uuid import uuid4

from pos_desktop.domain.receipt import Paper
from pos_desktop.words import WordTable, later, t

TIME_TO_LIVE = 120.0
"""Seconds after which a queued job is not printed by itself any more: its customer has gone."""


class Outcome(Enum):
    """How a job ended."""

    PRINTED = "printed"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    UNREACHABLE = "unreachable"
    STALLED = "stalled"
    PARTIAL = "partial"
    EXPIRED = "expired"
    NO_PRINTER = "no_printer"


WORDS = WordTable(
    {
        Outcome.PRINTED: "Printed.",
        Outcome.PAPER_OUT: "Printer is out of paper. The sale is saved. Load paper, then Print again.",
        Outcome.COVER_OPEN: "The printer's cover is open. The sale is saved. Close it, then Print again.",
        Outcome.UNREACHABLE: "Can't reach the printer. The sale is saved. Check its cable, then Print again.",
        Outcome.STALLED: (
            "The printer takes nothing. The sale is saved. Switch it off and on, then Print again."
        ),
        Outcome.PARTIAL: "The paper may be incomplete. The sale is saved. Look at it, then Print again.",
        Outcome.EXPIRED: (
            "Not printed: it waited too long. The sale is saved. Print again if it is still wanted."
        ),
        Outcome.NO_PRINTER: "No printer is set up. The sale is saved.",
    }
)
UNSURE = later("Sent to the printer, which does not answer. Look at the paper.")


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One paper to print for a sale; ``kick`` opens the drawer first. ``made`` is on the lane's clock."""

    paper: Paper
    sale_id: str = ""
    kick: bool = False
    id: str = field(default_factory=lambda: uuid4().hex)
    ttl: float = TIME_TO_LIVE
    made: float | None = None


@dataclass(frozen=True, slots=True)
class PrintResult:
    """What happened to a job, in words for the screen.

    ``confirmed``: the printer itself said that it worked through the whole job. ``may_be_finished``: a whole
    paper may be in somebody's hand, so the next one is a copy. ``kept``: waits for "Print again".
    ``status``: what the printer said of itself meanwhile.
    """

    job_id: str
    sale_id: str
    outcome: Outcome
    words: str
    sent: int = 0
    of: int = 0
    confirmed: bool = False
    may_be_finished: bool = False
    kicked: bool = False
    kept: bool = False
    status: PrinterStatus | None = None

    @property
    def printed(self) -> bool:
        """Whether the job needs nobody's hand any more."""
        return self.outcome is Outcome.PRINTED


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """What the printer answered. With ``answers`` False nothing is known: many printers never answer.

    ``drawer_high`` is the level of the drawer's switch; which level means open, the drawer's maker knows.
    """

    reachable: bool
    answers: bool
    online: bool = True
    paper: bool = True
    paper_low: bool = False
    cover_open: bool = False
    fault: bool = False
    drawer_high: bool | None = None

    @property
    def well(self) -> bool:
        """It prints, as far as it says."""
        return self.reachable and self.online and self.paper and not self.cover_open and not self.fault

    @property
    def chip(self) -> str:
        """Two or three words for the top bar; empty when all is well."""
        if not self.reachable:
            return t("No printer answer")
        if not self.paper:
            return t("No paper")
        if self.cover_open:
            return t("Cover open")
        if not self.well:
            return t("Printer stopped")
        return t("Paper low") if self.paper_low else ""

    @property
    def words(self) -> str:
        """For the status chip and for doctor."""
        if not self.reachable:
            return t("Can't reach the printer. Check its power and cable.")
        if not self.answers:
            return t("The printer takes data but does not say how it is.")
        if not self.paper:
            return t("Printer is out of paper. Load paper.")
        if self.cover_open:
            return t("The printer's cover is open. Close it.")
        if self.fault:
            return t("The printer has stopped. Look for jammed paper, then switch it off and on.")
        if not self.online:
            return t("The printer is off line. Press its feed or on-line key.")
        return t("Paper is running low. Have a roll ready.") if self.paper_low else t("Printer is ready.")
