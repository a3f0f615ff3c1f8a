"""Who is at the till: starting up after anything, signing in, opening a shift, locking, signing out."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from pos_desktop.domain.basket import Basket
from pos_desktop.domain.document import Document
from pos_desktop.domain.money import format_money
from pos_desktop.domain.receipt import receipt_number
from pos_desktop.services.results import (
    Draft,
    Recovered,
    Refused,
    SignedIn,
    SignInRefused,
    StaffCard,
    TillState,
)
from pos_desktop.words import later, t
from ui.register.approvals import person
from ui.register.away import Away
from ui.register.away_words import chip
from ui.register.desk import Desk
from ui.register.model import Strip, lines_words
from ui.register.numbering import SaleNumber
from ui.register.posting import Posting
from ui.register.screens.shift_open import ShiftOpenScreen
from ui.register.screens.sign_in import LockScreen, SignInScreen
from ui.register.screens.values import OpeningView, ShiftOpening, SignIn

ALONE_HERE = later("People who signed in here lately can sign in")
CLOCK_MINUTES = 10
"""A till's clock that is further off is said when a shift opens: its paper would puzzle people."""


class Session(QObject):
    """Signals: ``ready`` when a signed-in person stands before an open shift, ``restored`` (a Draft) once,
    ``taken_over`` (from, to, lines) when another person unlocked the till over a sale: two staff numbers."""

    ready = Signal()
    restored = Signal(object)
    taken_over = Signal(int, int, int)

    def __init__(
        self,
        desk: Desk,
        posting: Posting,
        away: Away,
        numbers: SaleNumber,
        hint: str = "",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._posting, self._away, self._hint = desk, posting, away, hint
        self._numbers = numbers
        self._screen: SignInScreen | None = None
        self._draft: Draft | None = None
        self._unprinted: tuple[Document, ...] = ()
        self._float: int | None = None
        self._locked_by = 0
        self.locked = False
        posting.shut.connect(self._covered)
        posting.let_in.connect(self._let_in)
        posting.resumed.connect(self._resumed)
        away.changed.connect(self._show_network)

    # -- starting --------------------------------------------------------------------------------

    def start(self) -> None:
        """Settle what was left by the last run, then ask who is there."""
        self._desk.command(self._desk.services.recover, self._recovered, self._not_recovered)

    def _not_recovered(self, problem: Exception) -> None:
        self.ask_who()
        self._desk.trouble(problem)
        if self._screen is not None:
            self._screen.refuse(0, str(problem))

    def _recovered(self, recovered: Recovered) -> None:
        self._draft = recovered.draft
        self._unprinted = recovered.to_print
        if recovered.settled.stopped is not None:
            self._posting.stop(recovered.settled.stopped)
            return
        self.ask_who()
        self._desk.refresh()
        if recovered.settled.pending:
            self._posting.resume(recovered.settled)

    def _resumed(self) -> None:
        """What an earlier run left is settled now: its basket and paper can be taken up."""
        self._desk.command(self._desk.services.recover, self._late)

    def _late(self, recovered: Recovered) -> None:
        self._draft = recovered.draft
        self._unprinted = recovered.to_print
        if self._desk.cashier is not None and not self.locked:
            self._desk.command(self._desk.services.state, self._go_on)

    def _covered(self) -> None:
        """The screen of the stopped till took the place of the one that asks who is there."""
        self._screen = None

    def _let_in(self) -> None:
        """Ask again who is there, where that was asked when the till was stopped."""
        if self.locked:
            self.locked = False
            self.lock()
        elif self._desk.cashier is None:
            self.ask_who()

    # -- signing in ------------------------------------------------------------------------------

    def ask_who(self) -> None:
        """Show the sign-in screen."""
        self.locked = False
        store = self._desk.state.store
        self._show(SignInScreen(store.name, self._desk.state.number, keys=self._desk.keys))

    def lock(self) -> None:
        """Lock the till; the sale stays as it is."""
        if self.locked or self._desk.cashier is None:
            return
        self.locked, self._locked_by = True, self._desk.cashier.number
        store = self._desk.state.store
        screen = LockScreen(store.name, self._desk.state.number, keys=self._desk.keys)
        basket = self._desk.sale.basket
        if not basket.empty:
            screen.set_waiting_sale(len(basket.lines), self._desk.cashier.number)
        self._show(screen)

    def sign_out(self) -> None:
        """Sign the person out; only with nothing in the basket."""
        if not self._desk.sale.basket.empty or self._desk.sale.question is not None:
            self._desk.sale.sound.emit("error")
            self._desk.sale.say(
                Strip("stop", t("A sale is still open"), t("Finish, hold or void it, then sign out"))
            )
            return

        def out(_none: object) -> None:
            self._desk.cashier = None
            self.ask_who()
            self._desk.refresh()

        self._desk.command(self._desk.services.sign_out, out)

    def start_ready(self, number: int, pin: str, float_amount: int) -> None:
        """Sign in and open a shift as soon as the till has settled: the demo's ready start."""
        self._float = float_amount
        self._desk.command(lambda: None, lambda _none: self._asked(SignIn(number, pin)))

    def go_on_as_before(self) -> None:
        """Go on with whoever the till knows is here already, as when training begins."""

        def on(state: TillState) -> None:
            self._desk.cashier = state.cashier
            if state.cashier is not None:
                self._go_on(state)

        self._desk.command(self._desk.services.state, on)

    def _show(self, screen: SignInScreen) -> None:
        self._screen = screen
        screen.sign_in_asked.connect(self._asked)
        if self._hint:
            screen.set_hint(self._hint)
        self._show_network()
        self._desk.stage.show_full(screen)
        self._desk.query(self._desk.services.staff, self._people)

    def _show_network(self) -> None:
        """At the foot of the sign-in: whether everybody can sign in, or only who did lately."""
        if self._screen is not None:
            words = chip(self._away.state, sending=self._away.sending)[0]
            self._screen.set_footer((words, t(ALONE_HERE)) if self._away.state.away else (words,))

    def _people(self, staff: tuple[StaffCard, ...]) -> None:
        if self._screen is not None:
            self._screen.set_people(tuple(person(card) for card in staff))

    def _asked(self, asked: SignIn) -> None:
        if self._screen is not None:
            self._screen.set_busy(True)
        work = lambda: self._desk.services.sign_in(asked.number, asked.pin)  # noqa: E731
        self._desk.command(work, self._signed_in, self._sign_in_failed)

    def _sign_in_failed(self, problem: Exception) -> None:
        if self._screen is not None:
            self._screen.set_busy(False)
            self._screen.refuse(0, str(problem))

    def _signed_in(self, answer: SignedIn | SignInRefused) -> None:
        if self._screen is not None:
            self._screen.set_busy(False)
        if isinstance(answer, SignInRefused):
            self._desk.sale.sound.emit("error")
            if self._screen is not None:
                self._screen.refuse(answer.wait_seconds)
            return
        self._desk.cashier = answer.cashier
        self._desk.command(self._desk.services.state, self._go_on)

    def _go_on(self, state: TillState) -> None:
        self._desk.take_state(state)
        screen, self._screen = self._screen, None
        unlocked, self.locked = self.locked, False
        if state.shift is None and not self._posting.confirming:
            self._open_shift()
            self._fill_float()
        elif not unlocked and not self._posting.confirming:
            self._to_sale()
        self._desk.stage.end_full(screen)
        if unlocked and not self._posting.confirming:
            self._note_change()

    def _note_change(self) -> None:
        """The sale goes on under another person's name: both are written down, and how much there was."""
        cashier, lines = self._desk.cashier, len(self._desk.sale.basket.lines)
        if cashier is not None and cashier.number != self._locked_by and lines:
            self.taken_over.emit(self._locked_by, cashier.number, lines)

    # -- shift -----------------------------------------------------------------------------------

    def _open_shift(self) -> None:
        state, cashier = self._desk.state, self._desk.cashier
        assert cashier is not None
        view = OpeningView(
            state.number,
            state.drawer,
            self._desk.services.business_date(),
            state.store.currency,
            cashier.name,
            clock_words(state.offset_ms),
        )
        screen = ShiftOpenScreen(view, keys=self._desk.keys)

        def opened(opening: ShiftOpening) -> None:
            screen.set_busy(True)
            self._posting.post(
                lambda: self._desk.services.open_shift(opening.amount, dict(opening.counts)),
                lambda _completed: self._opened(),
                lambda refused: _again(screen, refused),
                lambda problem: _say(screen, str(problem)),
            )

        screen.opened.connect(opened)
        screen.sign_out_asked.connect(self.sign_out)
        self._desk.stage.show_body(screen)

    def _fill_float(self) -> None:
        amount, self._float = self._float, None
        if amount is not None:
            services = self._desk.services
            self._posting.post(
                lambda: services.open_shift(amount),
                lambda _completed: self._opened(),
                lambda _refused: None,
            )

    def _opened(self) -> None:
        self._desk.command(self._desk.services.state, self._go_on)

    def _to_sale(self) -> None:
        self._desk.sale.lock(False)
        self._desk.stage.show_sale()
        draft, self._draft = self._draft, None
        if draft is not None and not draft.basket.empty:
            self._restore(draft.basket)
        elif waiting := self._late_papers():
            fields, no = waiting[-1].fields, waiting[-1].no
            number = receipt_number(fields["store"], fields["till"], fields["epoch"], no)
            words = t(
                "{number} was booked before the till stopped. F10 and F5 print its receipt.", number=number
            )
            self._desk.sale.say(Strip("note", t("The last sale is safe"), words))
        if draft is not None:
            self.restored.emit(draft)
        self._unprinted = ()
        self.ready.emit()

    def _restore(self, basket: Basket) -> None:
        """Back line for line, and named as it is over the basket, by how much of it there is and its sum."""
        sale = self._desk.sale
        sale.put(basket)
        number = self._numbers.of(self._desk.state.next_no)
        what = f"{lines_words(len(basket.lines))}, {format_money(sale.totals.total, sale.currency)}"
        sale.say(
            Strip(
                "note",
                t("Sale {number} restored", number=number),
                t("{what} · scan the next item, or pay", what=what),
            )
        )

    def _late_papers(self) -> tuple[Document, ...]:
        """Sales of the open shift whose paper was never given out; with the Z they are over."""
        shift = self._desk.state.shift
        open_ = shift.id if shift is not None else ""
        return tuple(document for document in self._unprinted if document.fields.get("shift") == open_)


def clock_words(offset_ms: int) -> str:
    """That this machine's clock is far off, and what that changes; "" when it is right enough."""
    minutes = abs(offset_ms) // 60_000
    if minutes < CLOCK_MINUTES:
        return ""
    hours, rest = divmod(minutes, 60)
    how = t("{hours} h {rest} min", hours=hours, rest=rest) if hours else t("{rest} min", rest=rest)
    if offset_ms > 0:
        return t(
            "This till's clock is {how} behind. The day is the server's. Have the clock put right.", how=how
        )
    return t("This till's clock is {how} ahead. The day is the server's. Have the clock put right.", how=how)


def _again(screen: ShiftOpenScreen, refused: Refused) -> None:
    _say(screen, refused.words)


def _say(screen: ShiftOpenScreen, words: str) -> None:
    screen.set_busy(False)
    screen.say(words)
