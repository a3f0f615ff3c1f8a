"""The drawer's day at the register: no-sale, cash in and out, X report, closing with a Z, reprints."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal

from pos_desktop.domain.document import Document
from pos_desktop.domain.receipt import ReportPaper, local_time, receipt_number
from pos_desktop.domain.report_paper import no_sale_slip
from pos_desktop.services.backup import ShopBackup
from pos_desktop.services.results import Cashier, Completed, Posted, Refused, XReport, ZReport
from ui.register.approvals import Approvals
from ui.register.desk import Desk
from ui.register.model import Strip, plural
from ui.register.posting import Posting
from ui.register.printing import PaperDesk
from ui.register.screens.cash import CashMovementScreen
from ui.register.screens.lists import ReprintScreen
from ui.register.screens.offline import PendingScreen
from ui.register.screens.reasons import NoSaleScreen
from ui.register.screens.shift_close import ShiftCloseScreen
from ui.register.screens.values import (
    CashDirection,
    CashMoved,
    ClosingView,
    PendingView,
    Reason,
    ReceiptRow,
    Reprint,
    ShiftCount,
)
from ui.register.screens.z_done import ZDoneScreen

CASH_WAYS: tuple[CashDirection, ...] = ("drop", "pay_in", "pay_out")
REPRINTS, REPRINTS_BACK = 12, 40
"""How many receipts are offered, and how many numbers back they are looked for."""


class Drawer(QObject):
    """Signals: ``closed`` when the shift is over and its Z was looked at; ``trouble`` (words) of its dump."""

    closed = Signal()
    trouble = Signal(str)

    def __init__(
        self,
        desk: Desk,
        posting: Posting,
        approvals: Approvals,
        paper: PaperDesk,
        backup: ShopBackup | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._posting, self._approvals, self._paper = desk, posting, approvals, paper
        self._backup = backup

    # -- no sale, cash in and out ----------------------------------------------------------------

    def no_sale(self) -> None:
        """Open the drawer with a reason; it opens only when the record is safe."""
        reasons = tuple(Reason(text, text) for text in self._desk.state.no_sale_reasons)
        screen = NoSaleScreen(reasons, keys=self._desk.keys)

        def chosen(reason: Reason) -> None:
            self._desk.stage.close_overlay(screen)
            words = f"Open the drawer without a sale: {reason.words}"
            self._approvals.need("no_sale", words, lambda who: self._open_drawer(reason, who))

        screen.chosen.connect(chosen)
        screen.back.connect(lambda: self._desk.stage.close_overlay(screen))
        self._desk.stage.open_overlay(screen)

    def _open_drawer(self, reason: Reason, who: Cashier) -> None:
        by = self._desk.allowed_by(who)

        def done(completed: Completed) -> None:
            self._paper.print_paper(self._no_sale_paper(completed.document), kick=True)
            self._say(Strip("info", "Drawer opened", reason.words))

        self._posting.post(
            lambda: self._desk.services.no_sale(reason.code, approved_by=by),
            done,
            self._refused("The drawer"),
        )

    def _no_sale_paper(self, document: Document) -> ReportPaper:
        name = self._desk.cashier.name if self._desk.cashier else ""
        shop = self._desk.services.shop_paper()
        return no_sale_slip(document.fields, shop, head=document.head, cashier=name)

    def cash_movement(self) -> None:
        """Cash to the safe, in or out, with a reason."""
        known = self._desk.state.cash_reasons
        reasons = {way: tuple(Reason(text, text) for text in known.get(way, ())) for way in CASH_WAYS}
        screen = CashMovementScreen(self._desk.sale.currency, reasons, keys=self._desk.keys)

        def moved(cash: CashMoved) -> None:
            self._desk.stage.close_overlay(screen)
            self._posting.post(
                lambda: self._desk.services.cash_movement(cash.direction, cash.amount, cash.reason),
                lambda _completed: self._cash_moved(cash),
                self._refused("The cash movement"),
            )

        screen.moved.connect(moved)
        screen.back.connect(lambda: self._desk.stage.close_overlay(screen))
        self._desk.stage.open_overlay(screen)

    def _cash_moved(self, cash: CashMoved) -> None:
        self._paper.kick_drawer()
        words = {"drop": "Cash dropped to the safe", "pay_in": "Cash paid in", "pay_out": "Cash paid out"}
        self._say(Strip("info", words[cash.direction], cash.reason))

    # -- reports ---------------------------------------------------------------------------------

    def x_report(self) -> None:
        """Print the shift so far."""
        self._approvals.need("x_report", "Print an X report", lambda _who: self._print_x())

    def _print_x(self, then: Callable[[], None] | None = None) -> None:
        services = self._desk.services

        def made(paper: ReportPaper) -> None:
            self._paper.print_paper(paper)
            if then is not None:
                then()
            else:
                self._desk.sale.say(Strip("info", "X report printing", "The shift goes on"))

        self._desk.command(lambda: services.x_paper(services.x_report()), made)

    # -- closing ---------------------------------------------------------------------------------

    def close_shift(self) -> None:
        """Count the drawer and close the shift."""
        sale = self._desk.sale
        if not sale.basket.empty or sale.question is not None:
            sale.sound.emit("error")
            sale.say(Strip("stop", "A sale is still open", "Finish, hold or void it, then close the shift"))
            return
        self._approvals.need("close_shift", "Close the shift", self._ask_count)

    def _ask_count(self, who: Cashier) -> None:
        self._desk.command(
            self._desk.services.pending_documents,
            lambda waiting: self._wait_for(waiting, who) if waiting else self._count(who),
        )

    def _count(self, who: Cashier) -> None:
        services = self._desk.services
        self._desk.command(
            lambda: (services.x_report(), len(services.held())),
            lambda found: self._show_count(*found, self._desk.allowed_by(who)),
        )

    def _wait_for(self, waiting: tuple[str, ...], who: Cashier) -> None:
        """The Z has to equal the server's books: it waits for what is still on this till alone."""
        words = f"{plural(len(waiting), 'record')} of this till {'is' if len(waiting) == 1 else 'are'}"
        screen = PendingScreen(
            PendingView(
                "The shift can't be closed yet",
                f"{words} not with the server yet. The till sends them by itself; close the shift then.",
                waiting,
            ),
            keys=self._desk.keys,
        )

        def again() -> None:
            self._desk.stage.close_overlay(screen)
            self._ask_count(who)

        screen.try_again.connect(again)
        screen.back.connect(lambda: self._desk.stage.close_overlay(screen))
        self._desk.stage.open_overlay(screen)

    def _show_count(self, report: XReport, held: int, allowed_by: int | None) -> None:
        state = self._desk.state
        view = ClosingView(
            state.number,
            state.drawer,
            date.fromisoformat(report.shift.business_date),
            state.store.currency,
            report.figures.expected_cash,
            state.store.count_blind,
            state.z_next,
            note=f"{plural(held, 'sale')} still on hold in this store. Recall takes it up." if held else "",
        )
        screen = ShiftCloseScreen(view, keys=self._desk.keys)

        def closed(count: ShiftCount) -> None:
            screen.set_busy(True)
            counts = dict(count.counts) or None
            work = lambda: self._desk.services.close_shift(  # noqa: E731
                counts, counted=count.counted, blind=count.blind, approved_by=allowed_by
            )
            self._desk.command(
                work, lambda answer: self._closed(answer, screen), lambda p: _say(screen, str(p))
            )

        screen.closed.connect(closed)
        screen.x_report_asked.connect(lambda: self._print_x(lambda: screen.say("X report printing")))
        screen.back.connect(self._desk.stage.show_sale)
        self._desk.stage.show_body(screen)

    def _closed(self, answer: ZReport | Posted, screen: ShiftCloseScreen) -> None:
        if isinstance(answer, ZReport):
            self._z_done(answer)
        elif isinstance(answer, Refused):
            _say(screen, answer.words)
        else:
            self._posting.take(answer, self._z_confirmed, lambda refusal: _say(screen, refusal.words))

    def _z_confirmed(self, completed: Completed) -> None:
        no = completed.document.no

        def read(report: ZReport | None) -> None:
            if report is not None:
                self._z_done(report)

        self._desk.command(lambda: self._desk.services.z_report(no), read)

    def _z_done(self, report: ZReport) -> None:
        self._desk.command(lambda: self._desk.services.z_paper(report), self._show_z)
        self._desk.refresh()

    def _show_z(self, paper: ReportPaper) -> None:
        screen = ZDoneScreen(paper, keys=self._desk.keys)
        self._paper.state_changed.connect(screen.set_printing)
        screen.print_asked.connect(lambda: self._paper.print_paper(paper))
        screen.next_asked.connect(self.closed)
        self._desk.stage.show_body(screen)
        self._paper.print_paper(paper, kick=True)
        self._back_up()

    def _back_up(self) -> None:
        """Dump the shop's own server, after the Z is on its way to the printer."""
        if self._backup is not None:
            self._desk.device(
                self._backup.run, lambda _made: None, lambda problem: self.trouble.emit(str(problem))
            )

    # -- receipts again --------------------------------------------------------------------------

    def reprint_last(self) -> None:
        """Print the last receipt again, marked COPY."""

        def found(completed: Completed | None) -> None:
            if completed is None:
                self._desk.sale.say(
                    Strip("info", "No receipt yet", "This till has not sold anything in its series")
                )
                return
            self._print_copy(completed.document)

        self._desk.command(self._desk.services.last_document, found)

    def reprint(self) -> None:
        """List the last receipts."""
        self._desk.command(self._recent, self._list)

    def _recent(self) -> tuple[Document, ...]:
        services = self._desk.services
        last = services.last_document()
        found: list[Document] = []
        first = last.document.no if last else 0
        for no in range(first, max(first - REPRINTS_BACK, 0), -1):
            document = services.document(no)
            if document is not None and document.kind == "sale":
                found.append(document)
        return tuple(found[:REPRINTS])

    def _list(self, documents: tuple[Document, ...]) -> None:
        if not documents:
            self._desk.sale.say(
                Strip("info", "No receipt yet", "This till has not sold anything in its series")
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

        screen.reprint_asked.connect(chosen)
        screen.back.connect(self._desk.stage.show_sale)
        self._desk.stage.show_body(screen)

    def _row(self, document: Document) -> ReceiptRow:
        fields = document.fields
        zone = ZoneInfo(self._desk.state.store.time_zone)
        at = local_time(fields["at"], zone, fields.get("offset_ms", 0))
        lines = len(fields["lines"])
        what = (
            f"{fields['lines'][0]['name']} and {lines - 1} more" if lines > 1 else fields["lines"][0]["name"]
        )
        return ReceiptRow(document.no, self._number(document), at, what, fields["total"])

    def _print_copy(self, document: Document) -> None:
        self._paper.print_copy(document)
        self._desk.sale.say(Strip("info", "Printing a copy", f"Receipt {self._number(document)}"))

    def _number(self, document: Document) -> str:
        fields = document.fields
        return receipt_number(fields["store"], fields["till"], fields["epoch"], document.no)

    # -- inside ----------------------------------------------------------------------------------

    def _say(self, strip: Strip) -> None:
        self._desk.sale.say(strip)
        self._desk.stage.show_sale()

    def _refused(self, what: str) -> Callable[[Refused], None]:
        return lambda refusal: self._say(Strip("stop", f"{what} was not recorded", refusal.words))


def _say(screen: ShiftCloseScreen, words: str) -> None:
    screen.set_busy(False)
    screen.say(words)
