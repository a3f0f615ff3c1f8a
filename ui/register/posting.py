"""A document on its way to the server: one place that handles every way a posting can end.

No answer means "Confirming...": nothing new is sold and no paper comes out until the retry has an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QObject, QTimer, Signal

from pos_desktop.domain.receipt import receipt_number
from pos_desktop.services.results import (
    Completed,
    Posted,
    Refused,
    Settled,
    TillStopped,
    Unconfirmed,
)
from pos_desktop.services.stop_reason import StopReason
from ui.register.away import Away
from ui.register.desk import Desk
from ui.register.screens.values import ConfirmingView
from ui.register.screens.waiting import ConfirmingScreen, LockedOutScreen
from ui.register.stops import stop_view

RETRY_MS = 3000
SILENT_MS = 2500
"""A paid sale whose answer takes longer than this is a question people ask: did it go through?"""

OnCompleted = Callable[[Completed], None]
OnRefused = Callable[[Refused], None]


class Posting(QObject):
    """Signals: ``shut`` (the window says that this till sells no more), ``stopped`` (the program is to end),
    ``let_in`` (it sells again), ``resumed`` (an earlier run's record is settled)."""

    shut = Signal()
    stopped = Signal()
    let_in = Signal()
    resumed = Signal()

    def __init__(self, desk: Desk, away: Away, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._away = desk, away
        self._done: OnCompleted | None = None
        self._refused: OnRefused | None = None
        self._waiting_for = ""
        self._alone = False
        self._attempts = 1
        self._view: ConfirmingView | None = None
        self._screen: ConfirmingScreen | None = None
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.setInterval(RETRY_MS)
        self._retry.timeout.connect(self._settle)
        self._settling = False
        self._silence = QTimer(self)
        self._silence.setSingleShot(True)
        self._silence.setInterval(SILENT_MS)
        self._silence.timeout.connect(self._silent)
        self._stop_screen: LockedOutScreen | None = None
        self._reason: StopReason | None = None

    @property
    def confirming(self) -> bool:
        """A document waits for its answer."""
        return self._view is not None

    def post(
        self,
        work: Callable[[], object],
        done: OnCompleted,
        refused: OnRefused,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Run ``work`` (it makes one document) and see it through to its answer."""
        unmade = failed or self._failed

        def ended(problem: Exception) -> None:
            self._silence.stop()
            unmade(problem)

        self._desk.command(work, lambda posted: self.take(cast(Posted, posted), done, refused), ended)

    def watch(self, *, alone: bool) -> None:
        """A paid sale is on its way: when its answer takes long, the screen says what is known of it.

        ``alone``: of its kind the till may accept it by itself, where the store lets it.
        """
        self._alone = alone
        self._silence.start()

    def take(self, posted: Posted, done: OnCompleted, refused: OnRefused) -> None:
        """Go on with how a posting ended."""
        self._silence.stop()
        if isinstance(posted, Unconfirmed):
            self._done, self._refused = done, refused
            self._wait(posted)
        elif isinstance(posted, TillStopped):
            self.stop(posted.reason)
        else:
            self._answered(posted, done, refused)

    def resume(self, settled: Settled) -> None:
        """Go on confirming after a start with documents the server has not answered."""
        if settled.pending and not self.confirming:
            self._show(ConfirmingView("", 0, 0, self._desk.sale.currency, why=one_line(settled.words)))

    def stop(self, reason: StopReason) -> None:
        """This till sells no more: say so over the whole window."""
        self._close()
        if reason == self._reason:
            return
        self._reason = reason
        screen = LockedOutScreen(stop_view(reason), keys=self._desk.keys)
        screen.try_again.connect(self._settle)
        screen.leave_asked.connect(self.stopped)
        self._stop_screen = screen
        self._desk.stage.show_full(screen)
        self.shut.emit()

    def go_on(self) -> None:
        """The server lets this till in again: settle what waits, and take its screen away."""
        if self._stop_screen is not None:
            self._settle()

    # -- waiting ---------------------------------------------------------------------------------

    def _wait(self, posted: Unconfirmed) -> None:
        self._waiting_for = posted.document.id
        sale, state, document = self._desk.sale, self._desk.state, posted.document
        number = receipt_number(state.store.number, state.number, state.epoch, document.no)
        lines = len(sale.basket.lines) if sale.locked else 0
        total = sale.totals.total if sale.locked else 0
        why = one_line(posted.words) if self._away.state.enabled else ""
        self._show(ConfirmingView(number, total, lines, sale.currency, why=why))

    def _silent(self) -> None:
        """No answer yet, and none that says so: the record is on its way, and the till goes on asking."""
        sale = self._desk.sale
        view = ConfirmingView(
            "",
            sale.totals.total,
            len(sale.basket.lines),
            sale.currency,
            alone=self._alone and self._away.state.enabled,
        )
        screen = ConfirmingScreen(view, keys=self._desk.keys, waiting=True)
        self._desk.stage.show_body(screen)

    def _show(self, view: ConfirmingView) -> None:
        self._view = view
        self._screen = ConfirmingScreen(view, keys=self._desk.keys)
        self._screen.retry_asked.connect(self._settle)
        self._desk.sale.lock(True)
        self._desk.stage.show_body(self._screen)
        self._retry.start()

    def _settle(self) -> None:
        if self._settling:
            return
        self._settling = True
        self._retry.stop()
        self._desk.command(self._desk.services.settle, self._settled, self._again)

    def _again(self, _problem: Exception) -> None:
        self._settling = False
        self._attempts += 1
        if self._screen is not None:
            self._screen.set_attempts(self._attempts)
            self._retry.start()

    def _settled(self, settled: Settled) -> None:
        self._settling = False
        if settled.stopped is not None:
            self.stop(settled.stopped)
            return
        if self._stop_screen is not None:
            self._desk.stage.end_full(self._stop_screen)
            self._stop_screen = self._reason = None
            self.let_in.emit()
        if settled.pending:
            self._attempts += 1
            if self._screen is not None:
                self._screen.set_attempts(self._attempts)
                self._retry.start()
            return
        answer = next((d for d in settled.done if d.document.id == self._waiting_for), None)
        done, refused = self._done, self._refused
        self._close()
        if answer is not None and done is not None and refused is not None:
            self._answered(answer, done, refused)
        else:
            self._desk.sale.lock(False)
            self._desk.stage.show_sale()
            self.resumed.emit()

    def _close(self) -> None:
        self._silence.stop()
        self._retry.stop()
        self._screen = self._view = None
        self._done = self._refused = None
        self._waiting_for = ""
        self._attempts = 1

    # -- answers ---------------------------------------------------------------------------------

    def _answered(self, answer: Completed | Refused, done: OnCompleted, refused: OnRefused) -> None:
        self._desk.refresh()
        if isinstance(answer, Completed):
            done(answer)
        else:
            refused(answer)

    def _failed(self, problem: Exception) -> None:
        """The work ended before a document was made: nothing happened, say why."""
        self._desk.sale.lock(False)
        self._desk.stage.show_sale()
        self._desk.trouble(problem)


def one_line(words: str) -> str:
    """The first of the lines that say what happened."""
    return words.partition("\n")[0]
