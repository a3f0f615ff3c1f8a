"""The shift's end at the register: X report, the count, the Z, and Z reports printed again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QObject, Signal

from pos_desktop.domain.money import format_money
from pos_desktop.domain.receipt import ReportPaper, short_date
from pos_desktop.domain.shift import over_short
from pos_desktop.services.backup import ShopBackup
from pos_desktop.services.results import Cashier, Completed, Posted, Refused, Within, XReport, ZReport
from pos_desktop.words import later, t, t_n
from ui.register.approvals import Approvals, act
from ui.register.desk import Desk
from ui.register.model import Strip, ready_strip, sales_words
from ui.register.posting import Posting
from ui.register.printing import PaperDesk
from ui.register.screens.lists import ZListScreen
from ui.register.screens.offline import PendingScreen
from ui.register.screens.shift_close import ShiftCloseScreen
from ui.register.screens.values import ClosingView, PendingView, Reprint, ShiftCount, ZRow
from ui.register.screens.z_done import ZDoneScreen


class Closing(QObject):
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

    # -- reports ---------------------------------------------------------------------------------

    def x_report(self) -> None:
        """Print the shift so far."""
        self._approvals.need("x_report", act(later("Print an X report")), lambda _who: self._print_x())

    def _print_x(self, then: Callable[[], None] | None = None) -> None:
        services = self._desk.services

        def made(paper: ReportPaper) -> None:
            self._paper.print_paper(paper)
            if then is not None:
                then()
            else:
                self._desk.sale.say(Strip("info", t("X report printing"), t("The shift goes on")))

        self._desk.command(lambda: services.x_paper(services.x_report()), made)

    # -- closing ---------------------------------------------------------------------------------

    def close_shift(self) -> None:
        """Count the drawer and close the shift."""
        sale = self._desk.sale
        if not sale.basket.empty or sale.question is not None:
            sale.sound.emit("error")
            sale.say(
                Strip("stop", t("A sale is still open"), t("Finish, hold or void it, then close the shift"))
            )
            return
        self._approvals.need("close_shift", act(later("Close the shift")), self._ask_count)

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
        words = t_n(
            len(waiting),
            "{n} record of this till is not with the server yet. "
            "The till sends them by itself; close the shift then.",
            "{n} records of this till are not with the server yet. "
            "The till sends them by itself; close the shift then.",
        )
        view = PendingView(t("The shift can't be closed yet"), words, waiting)
        screen = PendingScreen(view, keys=self._desk.keys)

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
            note=t("{sales} still on hold in this store. Recall takes it up.", sales=sales_words(held))
            if held
            else "",
        )
        screen = ShiftCloseScreen(view, keys=self._desk.keys)

        screen.closed.connect(lambda count: self._check_difference(screen, report, count, allowed_by))
        screen.x_report_asked.connect(lambda: self._print_x(lambda: screen.say(t("X report printing"))))
        screen.back.connect(self._desk.stage.show_sale)
        self._desk.stage.show_body(screen)

    def _check_difference(
        self, screen: ShiftCloseScreen, report: XReport, count: ShiftCount, allowed_by: int | None
    ) -> None:
        """More over or short than this cashier may close with is somebody else's to accept."""
        cashier, difference = self._desk.cashier, over_short(count.counted, report.figures.expected_cash)
        within = Within("difference", amount=abs(difference))
        if cashier is None or self._desk.services.goes_so_far(cashier, within):
            self._close(screen, count, allowed_by, None)
            return
        amount = format_money(abs(difference), self._desk.sale.currency)
        if difference > 0:
            words = act(later("Close the shift {amount} over"), amount=amount)
        else:
            words = act(later("Close the shift {amount} short"), amount=amount)
        self._approvals.need(
            "difference_over",
            words,
            lambda who: self._close(screen, count, allowed_by, self._desk.allowed_by(who)),
            within=within,
        )

    def _close(
        self, screen: ShiftCloseScreen, count: ShiftCount, allowed_by: int | None, difference_by: int | None
    ) -> None:
        screen.set_busy(True)
        counts = dict(count.counts) or None
        work = lambda: self._desk.services.close_shift(  # noqa: E731
            counts,
            counted=count.counted,
            blind=count.blind,
            approved_by=allowed_by,
            difference_by=difference_by,
        )
        self._desk.command(work, lambda answer: self._closed(answer, screen), lambda p: _say(screen, str(p)))

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
        self._desk.sale.say(ready_strip())  # what was said in this shift is nothing to the next
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

    # -- Z reports again -------------------------------------------------------------------------

    def reprint_z(self) -> None:
        """List this till's last Z reports; the chosen one prints again, marked COPY."""
        self._approvals.need(
            "x_report",
            act(later("Print a Z report again")),
            lambda _who: self._desk.query(self._z_reports, self._list_z),
        )

    def _z_reports(self) -> tuple[ZReport, ...]:
        return self._desk.services.z_reports()

    def _list_z(self, reports: tuple[ZReport, ...]) -> None:
        currency = self._desk.sale.currency
        by_no = {report.z: report for report in reports}
        screen = ZListScreen(tuple(map(_z_row, reports)), currency, keys=self._desk.keys)

        def chosen(reprint: Reprint) -> None:
            self._desk.stage.show_sale()
            report = by_no[reprint.no]
            self._desk.command(lambda: self._desk.services.z_paper(report, copy=1), self._paper.print_paper)
            self._desk.sale.say(Strip("info", t("Printing a copy"), t("Z report {z}", z=report.z)))

        screen.reprint_asked.connect(chosen)
        screen.back.connect(self._desk.stage.show_sale)
        self._desk.stage.show_body(screen)


def _z_row(report: ZReport) -> ZRow:
    day = short_date(date.fromisoformat(report.shift.business_date))
    return ZRow(report.z, day, report.figures.values["sales"], report.over_short)


def _say(screen: ShiftCloseScreen, words: str) -> None:
    screen.set_busy(False)
    screen.say(words)
