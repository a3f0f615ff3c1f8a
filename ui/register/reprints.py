"""Receipts of this till printed again: as a copy, without prices, or as a tax invoice."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject

from pos_desktop.domain.document import SALES, Document
from pos_desktop.domain.receipt import local_time, receipt_number
from pos_desktop.services.results import Completed
from pos_desktop.words import t
from ui.register.desk import Desk
from ui.register.invoices import Invoices
from ui.register.model import Strip
from ui.register.printing import PaperDesk
from ui.register.screens.lists import ReprintScreen
from ui.register.screens.values import ReceiptRow, Reprint

REPRINTS, REPRINTS_BACK = 12, 40
"""How many receipts are offered, and how many numbers back they are looked for."""


class Reprints(QObject):
    """The last receipt again, or one chosen from a list."""

    def __init__(self, desk: Desk, paper: PaperDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._paper = desk, paper
        self._invoices = Invoices(desk, paper, self)

    def reprint_last(self) -> None:
        """Print the last receipt again, marked COPY."""

        def found(completed: Completed | None) -> None:
            if completed is None:
                self._desk.sale.say(
                    Strip("info", t("No receipt yet"), t("This till has not sold anything in its series"))
                )
                return
            self._print_copy(completed.document)

        self._desk.command(self._desk.services.last_document, found)

    def reprint(self) -> None:
        """List the last receipts."""
        self._desk.command(self._recent, self._list)

    def rows(self, done: Callable[[tuple[ReceiptRow, ...]], None]) -> None:
        """Ask for this till's last sales, as a list shows them; refunds are none."""

        def found(documents: tuple[Document, ...]) -> None:
            done(tuple(self._row(document) for document in documents if document.kind == "sale"))

        self._desk.command(self._recent, found)

    def _recent(self) -> tuple[Document, ...]:
        services = self._desk.services
        last = services.last_document()
        found: list[Document] = []
        first = last.document.no if last else 0
        for no in range(first, max(first - REPRINTS_BACK, 0), -1):
            document = services.document(no)
            if document is not None and document.kind in SALES:
                found.append(document)
        return tuple(found[:REPRINTS])

    def _list(self, documents: tuple[Document, ...]) -> None:
        if not documents:
            self._desk.sale.say(
                Strip("info", t("No receipt yet"), t("This till has not sold anything in its series"))
            )
            return
        by_no = {document.no: document for document in documents}
        screen = ReprintScreen(
            tuple(self._row(document) for document in documents),
            self._desk.sale.currency,
            keys=self._desk.keys,
        )

        def chosen(reprint: Reprint) -> None:
            self._desk.stage.show_sale()
            self._print_copy(by_no[reprint.no])

        def gift(reprint: Reprint) -> None:
            self._desk.stage.show_sale()
            self._paper.print_gift(by_no[reprint.no])
            self._say(t("Printing a gift receipt"), by_no[reprint.no])

        screen.reprint_asked.connect(chosen)
        screen.gift_asked.connect(gift)
        screen.invoice_asked.connect(lambda reprint: self._invoices.start(by_no[reprint.no]))
        screen.back.connect(self._desk.stage.show_sale)
        self._desk.stage.show_body(screen)

    def _row(self, document: Document) -> ReceiptRow:
        fields = document.fields
        zone = ZoneInfo(self._desk.state.store.time_zone)
        at = local_time(fields["at"], zone, fields.get("offset_ms", 0))
        lines = len(fields["lines"])
        what = fields["lines"][0]["name"]
        if lines > 1:
            what = t("{item} and {n} more", item=what, n=lines - 1)
        return ReceiptRow(document.no, self._number(document), at, what, fields["total"])

    def _print_copy(self, document: Document) -> None:
        self._paper.print_copy(document)
        self._say(t("Printing a copy"), document)

    def _say(self, words: str, document: Document) -> None:
        self._desk.sale.say(Strip("info", words, t("Receipt {number}", number=self._number(document))))

    def _number(self, document: Document) -> str:
        fields = document.fields
        return receipt_number(fields["store"], fields["till"], fields["epoch"], document.no)
