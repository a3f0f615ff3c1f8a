"""Paying: check the basket with the server, take payments, record the sale; then paper and change."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from pos_desktop.domain.money import format_money
from pos_desktop.domain.sale_document import needs_server
from pos_desktop.domain.tender import Tender, TenderError, Tendering
from pos_desktop.domain.tender_kinds import ALONE
from pos_desktop.services.offline_state import TenderRule
from pos_desktop.services.results import CannotRecord, CheckResult, Completed, Draft, Problem, Refused
from pos_desktop.words import t
from ui.register.approvals import Approvals
from ui.register.away import Away
from ui.register.away_words import STUCK
from ui.register.card_payment import CardPayment
from ui.register.desk import Desk
from ui.register.model import Strip, more_lines, ready_strip
from ui.register.other_tenders import OtherTenders
from ui.register.payment_words import NO_MORE_CASH, lower_prices, moved_words, stopped
from ui.register.posting import Posting
from ui.register.printing import PaperDesk
from ui.register.screens.tender import NOT_HERE, TenderScreen
from ui.register.screens.values import (
    CardAnswer,
    CardAsked,
    CashGiven,
    OtherAsked,
    PaymentRemoved,
    StopView,
)
from ui.register.screens.waiting import CannotRecordScreen

BUSY_WORD_MS = 200
"""A wait longer than this is said in words."""

MOVED = ("price_moved", "tax_moved")

Prepared = CannotRecord | CheckResult


class Paying(QObject):
    """Signals: ``paid`` (Completed, Tendering) once the sale is a fact."""

    paid = Signal(object, object)
    changed = Signal()

    def __init__(
        self,
        desk: Desk,
        posting: Posting,
        approvals: Approvals,
        paper: PaperDesk,
        away: Away,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._posting, self._approvals, self._paper = desk, posting, approvals, paper
        self._away = away
        self._rule = TenderRule(offline=False)
        self._taken_so_far = Tendering(0)
        self._screen: TenderScreen | None = None
        self._completing = False
        self.stopped_by: Callable[[], str] = lambda: ""
        self._notice = ""
        self._cards = CardPayment(desk, approvals, self._card_done, self._say_problem, self)
        self._others = OtherTenders(desk, approvals, self._other_done, self._say, self)
        self._busy_word = QTimer(self)
        self._busy_word.setSingleShot(True)
        self._busy_word.setInterval(BUSY_WORD_MS)
        self._busy_word.timeout.connect(self._say_busy)

    @property
    def tendering(self) -> Tendering:
        """The payments taken so far."""
        return self._taken_so_far

    @property
    def _tendering(self) -> Tendering:
        return self._taken_so_far

    @_tendering.setter
    def _tendering(self, tendering: Tendering) -> None:
        self._taken_so_far = tendering
        self.changed.emit()

    @property
    def open(self) -> bool:
        """The payment stands on the screen."""
        return self._screen is not None

    @property
    def holds_money(self) -> bool:
        """Payments were taken for the basket on the screen."""
        return bool(self._tendering.tenders)

    # -- ways in ---------------------------------------------------------------------------------

    def open_tender(self) -> None:
        """Check the basket and open the tender."""
        self._prepare(self._show_tender)

    def exact_cash(self) -> None:
        """Check the basket and take what is due in cash, in one go."""
        self._prepare(lambda: self._cash(CashGiven(self._tendering.cash_remaining)))

    def card(self) -> None:
        """Check the basket and put what is due on the card terminal."""

        def to_card() -> None:
            self._show_tender()
            self._card(CardAsked(self._tendering.remaining))

        self._prepare(to_card)

    def restore(self, draft: Draft) -> None:
        """Take up payments that were taken before the till stopped; an unclear card is asked about."""
        self._tendering = self._begun(draft.tenders)
        if draft.tenders or draft.card is not None:
            self._desk.sale.lock(True)
            self._show_tender()
        if draft.card is not None:
            self._cards.ask(draft.card.amount, unknown=True)

    # -- checking --------------------------------------------------------------------------------

    def _prepare(self, then: Callable[[], None]) -> None:
        sale = self._desk.sale
        if not sale.can_pay:
            return
        if self._away.stuck:
            sale.sound.emit("error")
            sale.say(Strip("stop", t("This sale can't be paid yet"), t(STUCK)))
            return
        sale.lock(True)
        self._busy_word.start()
        basket, services = sale.ready_basket(), self._desk.services
        sale.put(basket, select=sale.selected)  # tax is rounded as the store does now, not at the last scan

        def work() -> Prepared:
            return services.can_record() or services.check_basket(basket)

        self._desk.command(work, lambda answer: self._prepared(answer, then), self._not_prepared)

    def _prepared(self, answer: Prepared, then: Callable[[], None]) -> None:
        self._busy_word.stop()
        if isinstance(answer, CannotRecord):
            self._cannot_pay(t("Payment can't be taken"), answer.words, answer.todo)
            return
        stopping = tuple(p for p in answer.problems if p.code not in MOVED)
        if stopping:
            sale = self._desk.sale
            sale.lock(False)
            self._problem(stopping)
            return
        self._take_moved(answer)
        self._tendering = self._begun(self._tendering.tenders)
        self._away.look()
        self._rule = self._desk.services.tender_rule(self._tendering.total)
        if self._rule.stop and not self._tendering.tenders:
            self._cannot_pay(t("This sale can't be paid now"), *stopped(self._rule))
        elif self._tendering.complete:
            self._complete()
        else:
            then()

    def _not_prepared(self, problem: Exception) -> None:
        self._busy_word.stop()
        self._desk.sale.lock(False)
        self._desk.trouble(problem)

    def _problem(self, problems: tuple[Problem, ...]) -> None:
        sale, first = self._desk.sale, problems[0]
        line = next((line for line in sale.basket.lines if line.n == first.n), None)
        sale.sound.emit("error")
        title = t("{name} can't be sold", name=line.item.name) if line else t("This sale can't be paid yet")
        more = t(" · {lines} too", lines=more_lines(len(problems) - 1)) if len(problems) > 1 else ""
        sale.put(sale.basket, Strip("stop", title, f"{first.words}{more}"), select=first.n)

    def _take_moved(self, answer: CheckResult) -> None:
        """Prices that moved since they were scanned: the lower one counts, and the tender says so."""
        sale = self._desk.sale
        basket, said = lower_prices(sale.basket, answer.problems, sale.currency)
        self._notice = moved_words(said) if said else ""
        if basket != sale.basket:
            sale.put(basket, select=sale.selected)

    def _cannot_pay(self, title: str, words: str, todo: str) -> None:
        self._desk.sale.sound.emit("error")
        self._desk.sale.lock(False)
        screen = CannotRecordScreen(StopView(title, words, todo), keys=self._desk.keys)

        def again() -> None:
            self._desk.stage.close_overlay(screen)
            self.open_tender()

        screen.try_again.connect(again)
        screen.back.connect(lambda: self._desk.stage.close_overlay(screen))
        self._desk.stage.open_overlay(screen)

    def _say_busy(self) -> None:
        if not self._completing:
            self._desk.sale.say(Strip("busy", t("Checking prices…"), t("The sale is kept")))
        elif self._screen is not None:
            self._screen.show_recording()
        else:
            self._desk.sale.say(Strip("busy", t("Recording the sale…"), t("The receipt follows")))

    # -- taking payments -------------------------------------------------------------------------

    def _begun(self, tenders: tuple[Tender, ...] = ()) -> Tendering:
        """The payments of the sale on the screen, cash rounded as the shop does today."""
        return Tendering(self._desk.sale.totals.total, tenders, self._desk.services.cash_policy())

    def _show_tender(self) -> None:
        sale = self._desk.sale
        screen = TenderScreen(sale.currency, keys=self._desk.keys)
        screen.cash_given.connect(self._cash)
        screen.card_asked.connect(self._card)
        screen.other_asked.connect(self._other)
        screen.payment_removed.connect(self._remove)
        screen.cancelled.connect(self._cancel)
        screen.back.connect(self._back)
        self._screen = screen
        sale.total_named = True
        screen.show_sale(sale.basket, sale.totals, self._tendering)
        if self._rule.offline:
            screen.set_offered(self._rule.kinds, self._rule.words if self._taken("cash") else t(NO_MORE_CASH))
        screen.set_others(self._offered())
        if self._notice:
            screen.say(self._notice)
        self._desk.stage.show_body(screen)
        self.changed.emit()

    def _offered(self) -> tuple[str, ...]:
        """What is taken beside cash and card; while the till is alone its key says why not."""
        return self._others.offered(self._desk.sale.basket.rules.tenders.others)

    def _taken(self, kind: str) -> bool:
        """This kind of payment is taken now; without the server some are not."""
        return kind in self._rule.kinds

    def _cash(self, given: CashGiven) -> None:
        if not self._taken("cash"):
            self._open_to_say(t(NO_MORE_CASH))
            return
        try:
            self._took(self._tendering.add_cash(given.amount, self._desk.sale.currency))
        except TenderError as rule:
            self._say(str(rule))

    def _card(self, asked: CardAsked) -> None:
        if words := self.stopped_by():
            self._say(words)
        elif not self._completing:
            self._cards.begin(asked.amount)

    def _other(self, asked: OtherAsked) -> None:
        if self._completing:
            return
        if asked.code:
            self._others.scanned(asked.code, asked.amount, lambda: self._say(t(NOT_HERE)))
        else:
            self._others.open(self._offered(), asked.amount)

    def _other_done(self, tender: Tender) -> None:
        try:
            self._took(self._tendering.add(tender))
        except TenderError as rule:
            self._free(tender)
            self._say(str(rule))

    def _free(self, tender: Tender | None) -> None:
        """What was held for a payment that is given back (None: for all of them) is free again."""
        services, sale_id = self._desk.services, self._desk.sale.basket.sale_id
        held = (tender,) if tender is not None else self._tendering.tenders
        if any(each.kind not in ALONE for each in held):
            self._desk.command(lambda: services.release_tender(sale_id, tender), lambda _none: None)

    def _card_done(self, answer: CardAnswer) -> None:
        if not answer.paid:
            self._say(t("The card was not charged. Choose how they are paying."))
            return
        try:
            self._took(self._tendering.add_card(answer.amount, answer.ref))
        except TenderError as rule:
            self._say(str(rule))

    def _took(self, tendering: Tendering) -> None:
        if self._completing:
            return
        self._tendering = tendering
        if tendering.complete:
            self._complete()
            return
        self._keep()
        self._desk.sale.sound.emit("added")
        self._refresh()

    def _remove(self, removed: PaymentRemoved) -> None:
        if self._completing:
            return
        self._free(self._tendering.tenders[removed.index])
        self._tendering = self._tendering.remove(removed.index)
        self._keep()
        self._refresh()

    def _cancel(self) -> None:
        if self._completing:
            return
        self._free(None)
        self._tendering = self._begun()
        self._keep()
        self._back()

    def _back(self) -> None:
        if self._completing:
            return
        self._screen = None
        sale = self._desk.sale
        sale.lock(False)
        if self._tendering.tenders:
            paid = format_money(self._tendering.given, sale.currency)
            todo = t("Pay to go on, or cancel the payment there")
            sale.say(Strip("note", t("{paid} is paid already", paid=paid), todo))
        elif sale.strip.kind == "busy":
            sale.say(ready_strip())
        self._desk.stage.show_sale()

    def _keep(self) -> None:
        basket, tenders = self._desk.sale.basket, self._tendering.tenders
        self._desk.command(lambda: self._desk.services.save_draft(basket, tenders), lambda _none: None)

    def _refresh(self) -> None:
        if self._screen is not None:
            self._screen.show_tendering(self._tendering)

    def _say(self, words: str) -> None:
        self._desk.sale.sound.emit("error")
        if self._screen is not None:
            self._screen.say(words)

    def _open_to_say(self, words: str) -> None:
        """Exact cash from the sale was not possible: the payment says why, and offers what is."""
        if self._screen is None:
            self._show_tender()
        self._say(words)

    def _say_problem(self, problem: Exception) -> None:
        self._say(str(problem))

    # -- recording -------------------------------------------------------------------------------

    def _complete(self) -> None:
        self._completing = True
        basket, tendering, services = self._desk.sale.basket, self._tendering, self._desk.services
        self._refresh()
        if self._screen is not None:
            self._screen.hold_keys()
        self._busy_word.start()
        self._posting.watch(alone=not needs_server(basket, tendering.tenders))
        self._posting.post(
            lambda: services.complete_sale(basket, tendering.final()),
            lambda completed: self._booked(completed, tendering),
            self._refused,
            self._not_recorded,
        )

    def _booked(self, completed: Completed, tendering: Tendering) -> None:
        kick = self._paper.opens_for(tendering)
        self._forget()
        self._desk.sale.sound.emit("paid")
        self._paper.print_sale(completed, kick=kick)
        self.paid.emit(completed, tendering)

    def _refused(self, refused: Refused) -> None:
        """Nothing was booked; payments are still in the drawer or on the slip: pay again, or give back."""
        self._recorded()
        self._desk.sale.lock(True)
        self._show_tender()
        self._say(refused.words)

    def _not_recorded(self, problem: Exception) -> None:
        self._recorded()
        self._show_tender()
        self._say_problem(problem)

    def _recorded(self) -> None:
        self._completing = False
        self._busy_word.stop()

    def _forget(self) -> None:
        self._recorded()
        self._tendering = Tendering(0)
        self._screen = None
        self._notice = ""
