"""A till's printer under attack: what did not print is said, kept, and printed with a later customer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pos_desktop.bootstrap import open_printer
from pos_desktop.config import PrinterSettings, Settings
from pos_desktop.domain.receipt import Receipt
from pos_desktop.errors import EnvironmentProblem
from pos_desktop.hardware.printer import PrinterLane, PrintJob, PrintResult

if TYPE_CHECKING:
    from tests.nemesis.till import Till

PRINTS_EVERY = 4
"""Every fourth document is printed on the till's printer; of the others the paper counts as given out."""

SECONDS = 1.0
"""After which a printer that takes nothing is given up; the program's own five would be a long run's time."""


class Printing:
    """What the register does with its printer, in a few lines."""

    def __init__(self, till: Till, settings: Settings, host: str, port: int) -> None:
        self._till = till
        printer = PrinterSettings("network", f"{host}:{port}", 80, "CP858")
        made = open_printer(replace(settings, printer=printer))
        self.lane = PrinterLane(made.transport, made.profile, seconds=SECONDS)

    def print(self, document_id: str, receipt: Receipt) -> None:
        """The original; when it does not come out, it waits for :meth:`again`."""
        self._till.report.say("printing", id=document_id, number=receipt.number, life=self._till.report.life)
        self._ended(self.lane.print_now(PrintJob(receipt, sale_id=document_id)))

    def again(self) -> None:
        """Print what did not come out, oldest first, until the printer stops again."""
        for job in self.lane.kept():
            if not self._ended(self.lane.print_again(job.id)):
                return

    def all_out(self) -> None:
        """EnvironmentProblem while a paper waits."""
        self.again()
        if self.lane.kept():
            raise EnvironmentProblem("nemesis.unprinted")

    def _ended(self, result: PrintResult) -> bool:
        if result.printed:
            self._till.patiently(lambda: self._till.services.printed(result.sale_id))
        else:
            self._till.report.say("trouble", code=f"printer {result.outcome.value}")
        return result.printed
