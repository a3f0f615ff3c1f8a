"""Changing lines before pay: quantity, price by approval, remove, undo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal

from pos_desktop.domain.basket import Approval, Basket, BasketError, Line
from pos_desktop.domain.money import Currency, format_amount
from pos_desktop.domain.permissions import TYPE_WEIGHT, VOID_LINE
from pos_desktop.domain.quantity import ONE, format_qty, parse_qty
from pos_desktop.services.results import Cashier
from pos_desktop.words import later, t
from ui.register.added import marked
from ui.register.approvals import Approvals, act
from ui.register.desk import Desk
from ui.register.model import Strip
from ui.register.screens.entry import AmountEntry
from ui.register.screens.values import EntryAnswer, EntryKind, EntryQuestion
from ui.register.stock import stock_question
from ui.register.weighing import TYPED_WEIGHT, Weigher, weighs
from ui.register.why import ask_why


class LineEdits(QObject):
    """What the keys under the list do to the selected line.

    Signals: ``voided`` (Line, why, who allowed it or None) a line was taken out after the customer had seen
    the total; ``overridden`` (Line as it was, new price, why, who or None); ``abandoned`` (how many lines
    there were) a basket was emptied line by line.
    """

    voided = Signal(object, str, object)
    overridden = Signal(object, int, str, object)
    abandoned = Signal(int)

    def __init__(self, desk: Desk, approvals: Approvals, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._approvals = desk, approvals
        self.scale: Weigher | None = None

    @property
    def open(self) -> bool:
        """A line is selected and may be changed now."""
        sale = self._desk.sale
        return sale.line is not None and sale.question is None and not sale.locked

    def step(self, by: int) -> None:
        """One piece more or less; the last piece is taken out by Remove, never by the minus key."""
        line = self._desk.sale.line
        if line is None or not self.open:
            return
        if weighs(self.scale, line.item):
            self._desk.sale.sound.emit("error")
            words = t("Weigh each by itself: put it on the scale and sell it again")
            self._desk.sale.say(Strip("stop", t("{name} stays as it was", name=line.item.name), words))
            return
        qty = line.qty + by * ONE
        if qty > 0:
            self._change(line, lambda basket: basket.change_qty(line.n, qty))

    def set_qty(self, typed: str = "") -> None:
        """Set the quantity to what is typed in the entry, or ask for it."""
        line = self._desk.sale.line
        if line is None or not self.open:
            return
        if weighs(self.scale, line.item):
            words = act(later("Type the weight of {name}"), name=line.item.name)
            self._approvals.need(TYPE_WEIGHT, words, lambda who: self._type_weight(line, typed, who))
            return
        qty = parse_qty(typed) if typed else None
        if qty is not None:
            self._change(line, lambda basket: basket.change_qty(line.n, qty))
            return
        kind: EntryKind = "weight" if line.item.weighed else "quantity"
        was = format_qty(line.qty, line.item.unit)
        self._ask(
            kind,
            t("New weight") if line.item.weighed else t("New quantity"),
            line,
            was,
            lambda value: self._change(line, lambda basket: basket.change_qty(line.n, value)),
        )

    def _type_weight(self, line: Line, typed: str, who: Cashier) -> None:
        """A weight the scale should have given: the line says that it was typed, the sale who allowed it."""

        def change(basket: Basket, qty: int) -> Basket:
            note = Approval(TYPE_WEIGHT, who.number, line.n, line.qty, qty, datetime.now(UTC))
            changed = marked(basket.change_qty(line.n, qty), TYPED_WEIGHT)
            others = self._desk.allowed_by(who) is not None
            return replace(changed, approvals=(*changed.approvals, note)) if others else changed

        def answer(qty: int) -> None:
            self._change(line, lambda basket: change(basket, qty))

        qty = parse_qty(typed) if typed else None
        if qty is not None:
            answer(qty)
        else:
            self._ask("weight", t("New weight"), line, format_qty(line.qty, line.item.unit), answer)

    def set_price(self) -> None:
        """Ask for another price of the line; a cashier needs a supervisor for it."""
        line = self._desk.sale.line
        if line is None or not self.open:
            return
        was = format_amount(line.price, self._desk.sale.currency)
        self._ask("price", t("New price"), line, was, lambda value: self._approve_price(line, value))

    def remove(self) -> None:
        """Take the selected line out; undo brings it back."""
        line = self._desk.sale.line
        if line is None or not self.open:
            return
        if not self._desk.sale.total_named:
            self._take_out(line)
            return
        heading = t("Take out {name}", name=line.item.name)
        amount = format_amount(line.net, self._desk.sale.currency)

        def allowed(why: str, who: Cashier) -> None:
            self.voided.emit(line, why, self._desk.allowed_by(who))
            self._take_out(line)

        what = act(later("Take out {name}, {amount}"), name=line.item.name, amount=amount)

        def chosen(why: str) -> None:
            self._approvals.need(VOID_LINE, what, lambda who: allowed(why, who))

        ask_why(self._desk, heading, t("The total was named already."), self._desk.state.void_reasons, chosen)

    def _take_out(self, line: Line) -> None:
        sale = self._desk.sale
        strip = Strip("info", t("{name} removed", name=line.item.name), t("Undo (Ctrl+Z) brings it back"))
        sale.put(sale.basket.remove(line.n), strip)
        lines = sale.basket.next_n - 1
        if sale.basket.empty and (lines > 1 or sale.total_named):
            self.abandoned.emit(lines)

    def remove_last(self) -> None:
        """Take out the line that came last, whichever is selected: the command sheet's key."""
        sale = self._desk.sale
        if sale.basket.lines:
            sale.select(sale.basket.lines[-1].n)
            self.remove()

    def undo(self) -> None:
        """Take back the last change of the lines."""
        sale = self._desk.sale
        if sale.question is not None or sale.locked or not sale.basket.can_undo:
            return
        before, after = sale.basket, sale.basket.undo()
        sale.put(after, undone_strip(before, after, sale.currency))

    # -- inside ----------------------------------------------------------------------------------

    def _ask(
        self, kind: EntryKind, title: str, line: Line, was: str, answer: Callable[[int], object]
    ) -> None:
        currency = self._desk.sale.currency
        unit = line.item.unit
        screen = AmountEntry(
            EntryQuestion(kind, title, line.item.name, currency, unit, line.price, was), keys=self._desk.keys
        )

        def entered(entry: EntryAnswer) -> None:
            self._desk.stage.close_overlay(screen)
            answer(entry.value)

        screen.entered.connect(entered)
        screen.back.connect(lambda: self._desk.stage.close_overlay(screen))
        self._desk.stage.open_overlay(screen)

    def _approve_price(self, line: Line, price: int) -> None:
        cur = self._desk.sale.currency
        change = f"{format_amount(line.price, cur)} → {format_amount(price, cur)}"

        def approved(why: str, who: Cashier) -> None:
            approval = Approval("price_override", who.number, line.n, line.price, price, datetime.now(UTC))
            if self._change(line, lambda basket: basket.set_price(line.n, price, approval)):
                self.overridden.emit(line, price, why, self._desk.allowed_by(who))

        def chosen(why: str) -> None:
            words = act(later("Change the price of {name}, {change}"), name=line.item.name, change=change)
            self._approvals.need("price_override", words, lambda who: approved(why, who))

        heading = t("Another price for {name}", name=line.item.name)
        ask_why(
            self._desk,
            heading,
            t("{change}. Choose why.", change=change),
            self._desk.state.price_reasons,
            chosen,
        )

    def _change(self, line: Line, change: Callable[[Basket], Basket]) -> bool:
        """Whether the line changed, or will when a question is answered."""
        sale = self._desk.sale
        try:
            basket = change(sale.basket)
        except BasketError as rule:
            sale.sound.emit("error")
            sale.say(Strip("stop", t("{name} stays as it was", name=line.item.name), str(rule)))
            return False
        now = basket.line(line.n)
        qty, price = format_qty(now.qty, now.item.unit), format_amount(now.price, sale.currency)
        if now.item.weighed:
            detail = t("{qty} at {price} / {unit}", qty=qty, price=price, unit=now.item.unit)
        else:
            detail = t("{qty} at {price} each", qty=qty, price=price)
        strip = Strip("added", now.item.name, detail, format_amount(now.amount, sale.currency))
        asked = stock_question(sale.basket, basket, line.n, strip, sale.sold_anyway)
        if asked is not None:
            sale.sound.emit("attention")
            sale.ask(asked)
            return True
        sale.sound.emit("added")
        sale.put(basket, strip, select=line.n)
        return True


def undone_strip(before: Basket, after: Basket, currency: Currency) -> Strip:
    """What an undo did, to which line: gone again, back again, or its quantity or price as it was."""
    old, new = ({line.n: line for line in basket.lines} for basket in (before, after))
    for n in sorted(old.keys() | new.keys(), reverse=True):
        was, now = old.get(n), new.get(n)
        if was is None and now is not None:
            qty = format_qty(now.qty, now.item.unit)
            return Strip(
                "info",
                t("{name} is back", name=now.item.name),
                t("Undone · {qty} in the basket again", qty=qty),
            )
        if was is not None and now is None:
            return Strip(
                "info", t("{name} taken out", name=was.item.name), t("Undone · it was the last one added")
            )
        if was is None or now is None or was == now:
            continue
        if was.qty != now.qty:
            change = f"{format_qty(was.qty, was.item.unit)} → {format_qty(now.qty, now.item.unit)}"
        else:
            change = f"{format_amount(was.price, currency)} → {format_amount(now.price, currency)}"
        return Strip(
            "info", now.item.name, t("Undone · {change}", change=change), format_amount(now.amount, currency)
        )
    return Strip("info", t("Taken back"), t("The basket is as it was before the last change"))
