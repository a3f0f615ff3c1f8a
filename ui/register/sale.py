"""The sale on the screen: the basket, the selected line, the strip and the open question, with one signal.

It decides nothing; the controllers put new values in, the widgets read them when ``changed`` fires, and each
new basket goes to the till's draft.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from pos_desktop.domain.basket import Basket, Line, Totals, totals
from pos_desktop.domain.customer import Customer
from pos_desktop.domain.money import Currency
from pos_desktop.words import t
from ui.register.model import AskStock, Question, Strip, UnknownCode, ready_strip


class Sale(QObject):
    """What is being sold now. Signals: ``changed`` (anything shown), ``asked`` (a question opened or closed),
    ``basket_changed`` (the lines did), ``sound`` (a name of the sound set)."""

    changed = Signal()
    basket_changed = Signal()
    asked = Signal()
    sound = Signal(str)

    def __init__(
        self,
        currency: Currency,
        new_basket: Callable[[], Basket],
        begun: Callable[[Basket], Basket] = lambda basket: basket,
        parent: QObject | None = None,
        *,
        training: bool = False,
    ) -> None:
        super().__init__(parent)
        self.currency, self.training = currency, training
        self._new_basket = new_basket
        self._begun = begun
        self.basket = new_basket()
        self.totals: Totals = totals(self.basket)
        self.selected = 0
        self.strip: Strip = ready_strip()
        self.question: Question | None = None
        self.ignored = 0
        self.customer: Customer | None = None
        """Who is named on the basket, as looked up; None also when the number alone is known."""
        self.sold_anyway: set[int] = set()
        """Items the cashier was warned about in this sale, and sold."""
        self.total_named = False
        """The payment was opened once: the customer has seen the total."""
        self.locked = False
        """True while the basket is being paid: lines stay as they are."""

    # -- reading ---------------------------------------------------------------------------------

    @property
    def line(self) -> Line | None:
        """The selected line."""
        return next((line for line in self.basket.lines if line.n == self.selected), None)

    @property
    def unknown(self) -> UnknownCode | None:
        """The code that stops the till, if any."""
        return self.question if isinstance(self.question, UnknownCode) else None

    @property
    def buyer(self) -> str:
        """The customer's name, or the number where it is all that is known; "" for nobody."""
        number = self.basket.customer
        if self.customer is not None:
            return self.customer.name
        return t("Customer {number}", number=number) if number else ""

    @property
    def can_pay(self) -> bool:
        """There is something to pay and nothing left to answer."""
        return not self.basket.empty and self.question is None and not self.locked

    @property
    def asked_code(self) -> str:
        """The code whose question is open, or empty."""
        if isinstance(self.question, UnknownCode | AskStock):
            return self.question.code
        return self.question.pending.found.code if self.question is not None else ""

    # -- changing --------------------------------------------------------------------------------

    def ready_basket(self) -> Basket:
        """The basket about to take an item: with the shop's rules of now."""
        return self._begun(self.basket)

    def put(self, basket: Basket, strip: Strip | None = None, *, select: int | None = None) -> None:
        """Show ``basket``; the line that changed last is selected unless another is named."""
        same = basket == self.basket
        self.basket = basket
        if self.customer is not None and self.customer.number != basket.customer:
            self.customer = None
        self.totals = totals(basket)
        self.selected = basket.touched if select is None else select
        if self.line is None and basket.lines:
            self.selected = basket.lines[-1].n
        if strip is not None:
            self._tell(strip)
        if not same:
            self.basket_changed.emit()
        self.changed.emit()

    def say(self, strip: Strip) -> None:
        """Show a message in the strip."""
        self._tell(strip)
        self.changed.emit()

    def _tell(self, strip: Strip) -> None:
        self.strip = strip
        if self.question is None and not self.locked:  # else the scans before it would hide what it says
            self.ignored = 0

    def ask(self, question: Question | None) -> None:
        """Open a question, or close the open one with None; the count of ignored scans starts again."""
        self.question = question
        self.ignored = 0
        self.asked.emit()
        self.changed.emit()

    def ignore_scan(self) -> None:
        """Count a scan refused because something must be answered first, and say so by sound."""
        self.ignored += 1
        self.sound.emit("error")
        self.changed.emit()

    def forget_ignored(self) -> None:
        """The person has seen that scans were ignored."""
        self.ignored = 0
        self.changed.emit()

    def select(self, n: int) -> None:
        """Select line ``n``."""
        if n != self.selected:
            self.selected = n
            self.changed.emit()

    def move_selection(self, step: int) -> None:
        """Select the line ``step`` rows further down (or up, when negative); stops at the ends."""
        names = [line.n for line in self.basket.lines]
        if names:
            at = names.index(self.selected) if self.selected in names else len(names) - 1
            self.select(names[max(0, min(len(names) - 1, at + step))])

    def lock(self, locked: bool) -> None:
        """Hold the lines as they are while they are being paid."""
        self.locked = locked
        self.changed.emit()

    def start_new(self, strip: Strip | None = None) -> None:
        """An empty basket for the next customer."""
        self.question = None
        self.ignored = 0
        self.locked = False
        self.sold_anyway = set()
        self.total_named = False
        self.put(self._new_basket(), strip or ready_strip())
