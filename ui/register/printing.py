"""Paper and drawer: everything the register prints goes through here, in the device lane, after the record.

A printer's trouble is words on a chip and a banner; it never undoes a sale.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from pos_desktop.device_settings import DrawerSettings
from pos_desktop.domain.document import Document
from pos_desktop.domain.receipt import Paper, Receipt, gift_receipt
from pos_desktop.domain.tender import Tendering
from pos_desktop.hardware.printer import Outcome, PrinterLane, PrinterStatus, PrintJob, PrintResult
from pos_desktop.services.results import Completed
from pos_desktop.words import t_n
from ui.register.desk import Desk
from ui.register.screens.values import PrintState


class PaperDesk(QObject):
    """Signals: ``state_changed`` (PrintState of the last paper), ``trouble`` (words; "" when over),
    ``status_changed`` (PrinterStatus) whenever the printer said how it is, ``kicked`` when the drawer was
    sent its pulse."""

    state_changed = Signal(str)
    trouble = Signal(str)
    status_changed = Signal(object)
    kicked = Signal()

    def __init__(
        self, desk: Desk, printer: PrinterLane, drawer: DrawerSettings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._printer = printer
        self._drawer = drawer
        self._asking = False
        self.status: PrinterStatus | None = None
        self.state: PrintState = "off"
        self.words = ""

    def opens_for_kinds(self, *kinds: str) -> bool:
        """Whether money of these kinds, taken or given back, is kept in the drawer."""
        return any(kind in self._drawer.opens_for for kind in kinds)

    def opens_for(self, tendering: Tendering) -> bool:
        """Whether these payments open the drawer: what is kept in it, and change."""
        return bool(tendering.change) or self.opens_for_kinds(*(tender.kind for tender in tendering.tenders))

    def ask_status(self) -> None:
        """Ask the printer how it is; one question at a time."""
        if not self._asking:
            self._asking = True
            self._desk.device(self._printer.status, self._told_status)

    def print_sale(self, completed: Completed, *, kick: bool) -> None:
        """Print the customer's receipt of a booked sale, and open the drawer when cash changed hands."""
        self._set("printing")
        document = completed.document

        def made(receipt: Receipt) -> None:
            self._print(PrintJob(receipt, sale_id=document.id, kick=kick))
            for slip in self._desk.services.value_slips(document):
                self.print_paper(slip)

        # No receipt, no reason to keep the drawer shut: the money still has to go in.
        def unmade(problem: Exception) -> None:
            self._desk.trouble(problem)
            if kick:
                self.kick_drawer()

        self._desk.command(lambda: self._desk.services.receipt_of(document.no), made, unmade)

    def print_copy(self, document: Document) -> None:
        """Print a receipt again, marked COPY; the original, when its paper never came out."""

        def made(receipt: Receipt) -> None:
            self._print(PrintJob(receipt, sale_id="" if receipt.copy else document.id))

        self._desk.command(lambda: self._desk.services.copy_of(document.no), made)

    def print_gift(self, document: Document) -> None:
        """Print what was bought without its prices."""
        services = self._desk.services
        self._desk.command(lambda: gift_receipt(services.receipt_of(document.no)), self.print_paper)

    def print_invoice(self, document: Document, made_for: tuple[str, ...], tax_number: str) -> None:
        """Print a sale as a tax invoice."""
        services = self._desk.services
        self._desk.command(lambda: services.invoice_of(document.no, made_for, tax_number), self.print_paper)

    def print_paper(self, paper: Paper, *, kick: bool = False) -> None:
        """Print a report or a slip."""
        self._print(PrintJob(paper, kick=kick))

    def print_again(self) -> None:
        """Print all that did not come out, oldest first, until the printer stops again."""
        waiting = self._printer.kept()
        if not waiting:
            self._say("")
            return
        self._set("printing")

        def ended(result: PrintResult) -> None:
            self._ended(result)
            if result.printed:
                self.print_again()

        self._desk.device(lambda: self._printer.print_again(waiting[0].id), ended)

    def drop(self) -> None:
        """No paper is wanted for what did not print."""
        for job in self._printer.kept():
            self._printer.forget(job.id)
        self._say("")

    def kick_drawer(self) -> None:
        """Open the drawer without paper; never in training: the money in it is real."""
        if not self._desk.services.training and self._drawer.connected:
            self._desk.device(self._printer.kick_drawer, self._kicked)

    # -- inside ----------------------------------------------------------------------------------

    def _print(self, job: PrintJob) -> None:
        self._set("printing")
        if self._desk.services.training:  # every paper says so, and the drawer stays shut
            job = replace(job, paper=replace(job.paper, training=True), kick=False)
        if not self._drawer.connected:
            job = replace(job, kick=False)
        self._desk.device(lambda: self._printer.print_now(job), self._ended)

    def _note_printed(self, document_id: str) -> None:
        self._desk.command(lambda: self._desk.services.printed(document_id), lambda _none: None)

    def _told_status(self, status: PrinterStatus) -> None:
        self._asking = False
        self._note_status(status)

    def _note_status(self, status: PrinterStatus | None) -> None:
        if status is not None:
            self.status = status
            self.status_changed.emit(status)

    def _ended(self, result: PrintResult) -> None:
        self._note_status(result.status)
        if result.kicked:
            self.kicked.emit()
        if result.printed:
            # A sale's original, at the first try or a later one: the next paper of it is a copy.
            if result.sale_id:
                self._note_printed(result.sale_id)
            self._set("printed")
            waiting = len(self._printer.kept())
            words = t_n(
                waiting,
                "{n} earlier paper did not print. Print again?",
                "{n} earlier papers did not print. Print again?",
            )
            self._say(words if waiting else "")
            return
        if result.outcome is Outcome.NO_PRINTER:
            self._set("off")
            return
        self._set("waiting")
        self._say(result.words)

    def _kicked(self, result: PrintResult) -> None:
        self._note_status(result.status)
        if result.kicked:
            self.kicked.emit()
        if not result.printed and result.outcome is not Outcome.NO_PRINTER:
            self._say(result.words)

    def _set(self, state: PrintState) -> None:
        self.state = state
        self.state_changed.emit(state)

    def _say(self, words: str) -> None:
        if words != self.words:
            self.words = words
            self.trouble.emit(words)
