"""Ringing up: scans and typed codes in order into the basket, one look-up at a time, with their questions.

A scan that comes while a question is open is refused audibly and counted, also when it was queued behind
the look-up that raised the question: goods on the counter and lines on the screen must not drift apart.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from pos_desktop.domain.basket import AgeCheck, Approval, Basket, BasketError, CheckOutcome, Item
from pos_desktop.domain.basket_parts import CheckMethod
from pos_desktop.domain.empties import add_empties
from pos_desktop.domain.quantity import ONE
from pos_desktop.errors import UserError
from pos_desktop.services.found import CouponFound
from pos_desktop.services.results import BadCode, Department, Found, Lookup, NotOnFile
from pos_desktop.words import later, t
from ui.register.added import added_strip, marked, taken_off
from ui.register.coupons import take_coupon
from ui.register.model import (
    AskAge,
    AskApproval,
    AskPrice,
    AskStock,
    AskWeight,
    Pending,
    Strip,
    UnknownCode,
    grouped,
)
from ui.register.sale import Sale
from ui.register.stock import stock_question
from ui.register.weighing import TYPED_WEIGHT, Weigher, weighs

SLOW_MS = 200
"""A look-up that takes longer than this is said; a faster one would only make the strip flicker."""


class Lookups(Protocol):
    """What ringing up needs from the catalogue: a look-up that answers later, on this thread."""

    def find(self, code: str, done: Callable[[Lookup], None], failed: Callable[[Exception], None]) -> None:
        """Look ``code`` up in the look-up lane."""


@dataclass(frozen=True, slots=True)
class _Scan:
    code: str
    qty: int | None


class Ringing(QObject):
    """Codes in, lines out.

    Signals: ``refused_age`` (item, age, method), ``left_out`` (code), ``sold_typed`` (a Pending that
    went in by its department and a price), ``sold_anyway`` (item, quantity) in spite of a stock warning,
    ``load_asked`` (an item that loads a card), ``trouble`` (an exception from a look-up), ``receipt_scanned``
    (its number), ``customer_scanned`` (a card), ``idle``.
    """

    refused_age = Signal(object, int, str)
    left_out = Signal(str)
    load_asked = Signal(object)
    sold_typed = Signal(object)
    sold_anyway = Signal(object, int)
    receipt_scanned = Signal(str)
    customer_scanned = Signal(str)
    trouble = Signal(object)
    idle = Signal()

    def __init__(self, sale: Sale, lookups: Lookups, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sale = sale
        self._lookups = lookups
        self._queue: deque[_Scan] = deque()
        self._busy = False
        self._weighing = False
        self._scan = _Scan("", None)
        self.scale: Weigher | None = None
        self.is_customer: Callable[[str], bool] = lambda _code: False
        """Whether a code is a customer's card: it is never looked for among the items."""
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(SLOW_MS)
        self._slow.timeout.connect(self._say_slow)
        self.gate: Callable[[Pending], Strip | AskApproval | None] = lambda _pending: None
        """What stands between an item and the basket: words that stop it, or a question that comes first."""
        self.multiplier: int | None = None
        """The quantity (thousandths) typed before the next item, as in ``6*``."""

    @property
    def waiting(self) -> int:
        """Scans not yet in the basket, the one being looked up included."""
        return len(self._queue) + int(self._busy) + int(self._weighing)

    # -- codes in --------------------------------------------------------------------------------

    def scan(self, code: str) -> None:
        """Take a scanned or typed code; refused audibly while a question is open or the basket is locked."""
        if self._sale.question is not None or self._sale.locked:
            self._sale.ignore_scan()
            return
        if self.is_customer(code):
            self.customer_scanned.emit(code)
            return
        self._queue.append(_Scan(code, self.take_multiplier()))
        if self._busy and not self._slow.isActive():
            self._say_slow()
        self._next()

    def take_item(self, item: Item) -> None:
        """Sell an item chosen by hand: a tile, a search result, a price check."""
        if self._sale.question is not None or self._sale.locked:
            self._sale.ignore_scan()
            return
        if item.stock_policy == "warn" and item.code:
            # A tile's stock is as old as the tile: an item that may ask a question is looked up anew.
            self.scan(item.code)
            return
        if self._weighing:
            self.scan(item.code or item.plu)
            return
        self._place(Pending(Found(item, item.code or item.plu), self.take_multiplier()))

    def set_multiplier(self, qty: int | None) -> None:
        """The quantity for the next item (thousandths)."""
        self.multiplier = qty
        self._sale.changed.emit()

    def take_multiplier(self) -> int | None:
        """The typed quantity, which is used up by taking it."""
        qty, self.multiplier = self.multiplier, None
        return qty

    def _next(self) -> None:
        if self._busy or self._weighing or not self._queue:
            return
        self._busy = True
        self._scan = scan = self._queue.popleft()
        self._slow.start()
        self._lookups.find(
            scan.code,
            lambda answer: self._looked_up(scan, answer),
            lambda problem: self._failed(scan, problem),
        )

    def _say_slow(self) -> None:
        """Server or scale takes its time: a word in the strip, and how many scans wait in line (UX 5.1)."""
        waiting = len(self._queue)
        if self._weighing:
            title, detail = t("Weighing…"), t("Keep your hands off the scale")
        else:
            title, detail = t("Looking it up…"), grouped(self._scan.code)
        if waiting:
            detail = t("{detail} · {n} more waiting", detail=detail, n=waiting)
        self._sale.say(Strip("busy", title, detail))

    def _looked_up(self, scan: _Scan, answer: Lookup) -> None:
        self._busy = False
        self._slow.stop()
        if isinstance(answer, Found):
            self._place(Pending(answer, scan.qty))
        elif isinstance(answer, NotOnFile):
            self._unknown(answer, scan.qty)
        elif isinstance(answer, CouponFound):
            take_coupon(self._sale, answer)
        else:
            self._bad_code(answer)
        self._after()

    def _failed(self, scan: _Scan, problem: Exception) -> None:
        self._busy = False
        self._slow.stop()
        self._sale.sound.emit("error")
        title = t("{code} was not added", code=grouped(scan.code))
        away = t("The server did not answer. Scan it again.")
        words = str(problem).replace("\n", " ") if isinstance(problem, UserError) else away
        self._sale.say(Strip("stop", title, words))
        self.trouble.emit(problem)
        self._after()

    def _after(self) -> None:
        if self._sale.question is not None:
            while self._queue:
                self._queue.popleft()
                self._sale.ignore_scan()
        self._next()
        if not self.waiting:
            self.idle.emit()

    def _unknown(self, answer: NotOnFile, qty: int | None) -> None:
        self._sale.sound.emit("error")
        self._sale.ask(UnknownCode(answer.code, qty))

    def _bad_code(self, answer: BadCode) -> None:
        if answer.receipt:
            self.receipt_scanned.emit(answer.receipt)
            return
        self._sale.sound.emit("error")
        self._sale.say(Strip("stop", t("Not added"), answer.words))

    # -- into the basket -------------------------------------------------------------------------

    def _place(self, pending: Pending) -> None:
        """Add what is pending, or open the question that comes first."""
        item = pending.found.item
        if item.holds:  # a gift card: which one comes first
            self.load_asked.emit(item)
            return
        stopped = self.gate(pending)
        if isinstance(stopped, Strip):
            self._sale.sound.emit("error")
            self._sale.say(stopped)
            return
        if stopped is not None:
            self._question(stopped)
            return
        try:
            basket = self._added(pending)
        except BasketError as rule:
            self._rule(pending, rule)
            return
        strip = added_strip(basket, item, self._sale.currency)
        asked = stock_question(
            self._sale.basket, basket, basket.touched, strip, self._sale.sold_anyway, pending.found.code
        )
        if asked is not None:
            self._question(asked)
            return
        saves = taken_off(basket) > taken_off(self._sale.basket)
        self._sale.sound.emit("weighed" if item.weighed or saves else "added")
        self._sale.put(basket, strip)
        if pending.department:
            self.sold_typed.emit(pending)

    def _added(self, pending: Pending) -> Basket:
        found, basket = pending.found, self._sale.ready_basket()
        if found.amount is not None:
            return basket.add_label(found.item, found.amount, code=found.code)
        qty = found.qty if found.qty is not None else pending.qty
        if found.item.returnable:
            return add_empties(basket, found.item, max((qty or ONE) // ONE, 1))
        if not pending.weight and found.qty is None and weighs(self.scale, found.item):
            qty = None  # a number typed before the item is no weight where a scale gives it
        if pending.price is not None:
            return basket.add_typed(
                found.item, pending.price, qty or ONE, code=found.code, department=pending.department
            )
        basket = basket.add(found.item, qty, code=found.code)
        return marked(basket, TYPED_WEIGHT) if pending.weight == "typed" else basket

    def _weigh(self, pending: Pending) -> None:
        """Ask the scale; scans wait in line meanwhile. Only what it cannot say by itself is a question."""
        if self.scale is None or not weighs(self.scale, pending.found.item):
            self._question(AskWeight(pending))
            return
        self._weighing = True
        self._slow.start()
        self.scale.weigh(lambda qty: self._weighed(pending, qty))

    def _weighed(self, pending: Pending, qty: int | None) -> None:
        self._weighing = False
        self._slow.stop()
        if qty is None:
            self._question(AskWeight(pending))
        else:
            self._place(replace(pending, qty=qty, weight="scale"))
        self._after()

    def _rule(self, pending: Pending, rule: BasketError) -> None:
        item = pending.found.item
        if rule.code == "age" and item.min_age is not None:
            self._question(AskAge(pending, item.min_age))
        elif rule.code == "weigh":
            self._weigh(pending)
        elif rule.code == "price_needed":
            self._question(AskPrice(pending))
        else:
            self._sale.sound.emit("error")
            title = (
                t("{name} not sold", name=item.name)
                if rule.code == "blocked"
                else t("{name} not added", name=item.name)
            )
            self._sale.say(Strip("stop", title, str(rule)))

    def _question(self, question: AskAge | AskApproval | AskWeight | AskPrice | AskStock) -> None:
        self._sale.sound.emit("attention")
        self._sale.ask(question)

    # -- answers ---------------------------------------------------------------------------------

    def answer_approval(self, approval: Approval) -> None:
        """Somebody else allowed what this cashier may not alone, for the rest of the sale: go on."""
        question = self._sale.question
        if not isinstance(question, AskApproval):
            return
        basket = self._sale.ready_basket()
        self._sale.ask(None)
        self._sale.put(basket.stepped(replace(basket, approvals=(*basket.approvals, approval))))
        self._place(question.pending)

    def answer_age(self, result: CheckOutcome, method: CheckMethod = "seen") -> None:
        """Note the age answer and how it was found; go on with the item, or leave it out when refused."""
        question = self._sale.question
        if not isinstance(question, AskAge):
            return
        pending = question.pending
        check = AgeCheck(question.min_age, result, datetime.now(UTC), method)
        self._sale.ask(None)
        self._sale.put(self._sale.basket.with_check(check), select=self._sale.selected)
        if result != "refused":
            self._place(pending)
            return
        self.refused_age.emit(pending.found.item, question.min_age, method)
        name = pending.found.item.name
        self._sale.say(
            Strip("stop", t("{name} not sold", name=name), t("Age check refused. Keep it at the till."))
        )

    def answer_number(self, number: int) -> None:
        """The weight (thousandths) or the price (minor units) that was asked for."""
        question = self._sale.question
        if isinstance(question, AskWeight):
            typed = weighs(self.scale, question.pending.found.item)
            pending = replace(question.pending, qty=number, weight="typed" if typed else "")
        elif isinstance(question, AskPrice):
            pending = replace(question.pending, price=number)
        else:
            return
        self._sale.ask(None)
        self._place(pending)

    def answer_weight(self, qty: int) -> None:
        """The scale has come to rest while the question was open."""
        question = self._sale.question
        if isinstance(question, AskWeight):
            self._sale.ask(None)
            self._place(replace(question.pending, qty=qty, weight="scale"))

    def answer_stock(self, *, sell: bool) -> None:
        """Sell what the books say is not there, which the manager is told, or leave the basket as it was."""
        question = self._sale.question
        if not isinstance(question, AskStock):
            return
        if not sell:
            self.leave_out()
            return
        self._sale.sold_anyway.add(question.item.id)
        self._sale.ask(None)
        self._sale.sound.emit("added")
        self._sale.put(question.basket, question.strip, select=question.n)
        self.sold_anyway.emit(question.item, question.wanted)

    def leave_out(self) -> None:
        """Close the open question without adding anything; an unknown code is noted as left out."""
        question = self._sale.question
        if question is None or isinstance(question, AskAge):
            return
        self._sale.ask(None)
        if isinstance(question, UnknownCode):
            self.left_out.emit(question.code)
            self._sale.say(
                Strip("info", t("Left out"), t("{code} was not added", code=grouped(question.code)))
            )
        elif isinstance(question, AskStock):
            words = later("{name} was not added") if question.code else later("{name} stays as it was")
            self._sale.say(Strip("info", t("Left out"), t(words, name=question.item.name)))
        else:
            self._sale.say(
                Strip("info", t("Left out"), t("{name} was not added", name=question.pending.found.item.name))
            )

    def sell_typed(self, department: Department, price: int) -> None:
        """Sell the unknown code in a department at a typed price (minor units)."""
        question = self._sale.question
        if not isinstance(question, UnknownCode):
            return
        self._sale.ask(None)
        found = Found(department.item, question.code)
        self._place(Pending(found, question.qty, price=price, department=department.name))

    def sell_instead(self, item: Item) -> None:
        """The unknown code turned out to be ``item``, found by its name."""
        question = self._sale.question
        if not isinstance(question, UnknownCode):
            self.take_item(item)
            return
        self._sale.ask(None)
        self._place(Pending(Found(item, item.code or item.plu), question.qty))
