"""The money of a refund: how it goes back, the card's slip, the record; then paper and drawer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal

from pos_desktop.domain.basket import Approval
from pos_desktop.domain.money import format_money
from pos_desktop.domain.refund import GiveBack, all_cash
from pos_desktop.services.results import (
    CannotRecord,
    CardAttempt,
    Cashier,
    CheckResult,
    Completed,
    Refused,
)
from pos_desktop.services.tenders import AccountCard, TenderRefused
from pos_desktop.words import later, t
from ui.register.approvals import Approvals, act
from ui.register.desk import Desk
from ui.register.model import Strip, ready_strip
from ui.register.payment_words import lower_prices
from ui.register.posting import Posting
from ui.register.printing import PaperDesk
from ui.register.screens.give_back import CardBackPanel, GiveBackScreen
from ui.register.screens.refund_values import GiveBackView
from ui.register.screens.values import CardAnswer

Ways = tuple[GiveBack, ...]
MOVED = ("price_moved", "tax_moved")


class GivingBack(QObject):
    """Signals: ``given`` (Completed, ways) once the refund is a fact."""

    given = Signal(object, object)

    def __init__(
        self,
        desk: Desk,
        posting: Posting,
        approvals: Approvals,
        paper: PaperDesk,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._posting, self._approvals, self._paper = desk, posting, approvals, paper
        self._screen: GiveBackScreen | None = None
        self._ways: Ways = ()
        self._slip: str | None = None

    # -- how it goes back ----------------------------------------------------------------------------

    def start(self) -> None:
        """Check with the server what may come back, and show how the money goes back."""
        sale, services = self._desk.sale, self._desk.services
        if not sale.can_pay:
            return
        sale.lock(True)
        basket = sale.basket

        def work() -> CannotRecord | tuple[CheckResult, Ways]:
            return services.can_record() or (services.check_basket(basket), services.ways_back(basket))

        self._desk.command(work, self._checked, self._not_checked)

    def _not_checked(self, problem: Exception) -> None:
        self._desk.sale.lock(False)
        self._desk.trouble(problem)

    def _checked(self, answer: CannotRecord | tuple[CheckResult, Ways]) -> None:
        sale = self._desk.sale
        if isinstance(answer, CannotRecord):
            self._stop(t("No refund can be made"), f"{answer.words} {answer.todo}")
            return
        check, ways = answer
        first = next((problem for problem in check.problems if problem.code not in MOVED), None)
        if first is not None:
            self._stop(t("This can't be given back yet"), first.words)
            return
        basket, said = lower_prices(sale.basket, check.problems, sale.currency)
        if basket != sale.basket:
            sale.lock(False)
            sale.put(basket, Strip("note", t("A price changed"), ", ".join(said) or t("Give it back again")))
            return
        if self._slip is not None:  # known from before the till stopped
            at = next((n for n, way in enumerate(ways) if way.kind == "card"), -1)
            ways, self._slip = _with_slip(ways, at, self._slip), None
        self._show(ways)

    def restore(self, card: CardAttempt) -> None:
        """A refund was on the card terminal when the till stopped: ask what its slip says, then go on."""
        sale = self._desk.sale
        sale.lock(True)
        panel = CardBackPanel(-card.amount, sale.currency, unknown=True, keys=self._desk.keys)

        def settled(answer: CardAnswer) -> None:
            self._desk.stage.close_overlay(panel)
            self._slip = answer.ref if answer.paid else None
            self._desk.command(self._desk.services.card_ended, lambda _none: self._again_from_start())

        panel.answered.connect(lambda answer: self._sure(answer, settled))
        self._desk.stage.open_overlay(panel)

    def _again_from_start(self) -> None:
        self._desk.sale.lock(False)
        self.start()

    def _stop(self, title: str, words: str) -> None:
        sale = self._desk.sale
        sale.lock(False)
        sale.sound.emit("error")
        sale.say(Strip("stop", title, words))

    def _show(self, ways: Ways, note: str = "") -> None:
        self._ways = ways
        view = GiveBackView(ways, self._desk.sale.currency, note, self._may_credit(ways))
        screen = GiveBackScreen(view, keys=self._desk.keys)
        screen.given.connect(self._next_card)
        screen.cash_asked.connect(self._ask_cash)
        screen.credit_asked.connect(self._ask_credit)
        screen.back.connect(self._leave)
        self._screen = screen
        self._desk.stage.show_body(screen)

    def _leave(self) -> None:
        """Back to the sale, unless a card was credited already: then the refund must be recorded."""
        if any(way.kind == "card" and way.done for way in self._ways):
            self._say(t("The card was refunded already. Record the refund, or cancel it at the terminal."))
            return
        self._screen = None
        self._desk.sale.lock(False)
        self._desk.sale.say(ready_strip())
        self._desk.stage.show_sale()

    def _ask_cash(self) -> None:
        due = format_money(sum(way.amount for way in self._ways), self._desk.sale.currency)
        words = act(later("Give back {due} in cash, though it was paid another way"), due=due)

        def allowed(who: Cashier) -> None:
            self._note_approval(who)
            due = -self._desk.sale.totals.total
            self._show(all_cash(due, self._desk.services.cash_policy()))

        self._approvals.need("refund_other_tender", words, allowed)

    def _may_credit(self, ways: Ways) -> bool:
        """This store gives credit, no card was credited yet, and it is not a credit already."""
        plain = not any(way.done or way.kind == "store_credit" for way in ways)
        return plain and self._desk.services.tender_rules().takes("store_credit")

    def _ask_credit(self) -> None:
        """In the place of cash a credit is anybody's to give; what a card paid somebody has to allow."""
        if all(way.kind == "cash" for way in self._ways):
            self._make_credit()
            return
        due = format_money(sum(way.amount for way in self._ways), self._desk.sale.currency)
        words = act(later("Give {due} as store credit, though it was paid another way"), due=due)

        def allowed(who: Cashier) -> None:
            self._note_approval(who)
            self._make_credit()

        self._approvals.need("refund_other_tender", words, allowed)

    def _make_credit(self) -> None:
        """The credit's number is the server's; it holds nothing until the refund is recorded."""
        due, services = -self._desk.sale.totals.total, self._desk.services

        def made(card: AccountCard | TenderRefused) -> None:
            if isinstance(card, TenderRefused):
                self._say(card.words)
            else:
                self._show((GiveBack("store_credit", due, ref=card.code, account=card.account),))

        self._desk.command(lambda: services.new_account("store_credit"), made, self._not_begun)

    def _note_approval(self, who: Cashier) -> None:
        by, sale = self._desk.allowed_by(who), self._desk.sale
        if by is not None:
            amount = sum(way.amount for way in self._ways)
            approval = Approval("refund_other_tender", by, 0, 0, amount, datetime.now(UTC))
            sale.put(replace(sale.basket, approvals=(*sale.basket.approvals, approval)), select=sale.selected)

    # -- the card's slip -----------------------------------------------------------------------------

    def _next_card(self) -> None:
        """Each card's refund is put on the terminal, and its slip noted; then the refund is recorded."""
        at = next((n for n, way in enumerate(self._ways) if way.kind == "card" and not way.done), -1)
        if at < 0:
            self._record()
            return
        basket, services = self._desk.sale.basket, self._desk.services
        amount = self._ways[at].amount
        self._desk.command(
            lambda: services.card_begun(basket, -amount), lambda _none: self._ask_slip(at), self._not_begun
        )

    def _not_begun(self, problem: Exception) -> None:
        self._say(str(problem))

    def _ask_slip(self, at: int) -> None:
        panel = CardBackPanel(self._ways[at].amount, self._desk.sale.currency, keys=self._desk.keys)

        def settled(answer: CardAnswer) -> None:
            self._desk.stage.close_overlay(panel)
            self._desk.command(self._desk.services.card_ended, lambda _none: self._slip_done(at, answer))

        panel.answered.connect(lambda answer: self._sure(answer, settled))
        self._desk.stage.open_overlay(panel)

    def _sure(self, answer: CardAnswer, settled: Callable[[CardAnswer], None]) -> None:
        """What a slip does not say clearly, a supervisor has to."""
        if not answer.unknown:
            settled(answer)
            return
        amount = format_money(answer.amount, self._desk.sale.currency)
        if answer.paid:
            words = act(later("Say the card was refunded: {amount}"), amount=amount)
        else:
            words = act(later("Say the card was not refunded: {amount}"), amount=amount)
        self._approvals.need("void_sale", words, lambda _who: settled(answer))

    def _slip_done(self, at: int, answer: CardAnswer) -> None:
        if not answer.paid:
            self._say(t("The card was not refunded. Try again, or give it back in cash."))
            return
        self._ways = _with_slip(self._ways, at, answer.ref)
        self._next_card()

    # -- recording -----------------------------------------------------------------------------------

    def _record(self) -> None:
        ways, services, basket = self._ways, self._desk.services, self._desk.sale.basket
        if self._screen is not None:
            self._screen.set_busy(True)
        self._posting.watch(alone=False)
        self._posting.post(
            lambda: services.complete_sale(basket, tuple(way.tender for way in ways)),
            lambda completed: self._booked(completed, ways),
            self._refused,
            self._not_recorded,
        )

    def _booked(self, completed: Completed, ways: Ways) -> None:
        self._screen, self._ways = None, ()
        self._desk.sale.sound.emit("paid")
        self._paper.print_sale(completed, kick=self._paper.opens_for_kinds(*(way.kind for way in ways)))
        self.given.emit(completed, ways)

    def _refused(self, refused: Refused) -> None:
        """Nothing was booked: no money has left the drawer; a card's refund is cancelled at its terminal."""
        cards = sum(way.amount for way in self._ways if way.kind == "card")
        words = refused.words
        if cards:
            money = format_money(cards, self._desk.sale.currency)
            words = f"{words} {t('Cancel the {money} at the terminal.', money=money)}"
        self._again(words)

    def _not_recorded(self, problem: Exception) -> None:
        self._again(str(problem))

    def _again(self, words: str) -> None:
        self._desk.sale.lock(True)
        self._show(self._ways)
        self._say(words)

    def _say(self, words: str) -> None:
        self._desk.sale.sound.emit("error")
        if self._screen is not None:
            self._screen.set_busy(False)
            self._screen.say(words)


def _with_slip(ways: Ways, at: int, slip: str) -> Ways:
    """The ways with the one at ``at`` done on the terminal; as they are when there is none."""
    if at < 0:
        return ways
    return (*ways[:at], replace(ways[at], slip=slip, done=True), *ways[at + 1 :])
