"""Goods back at the register: the receipt they are on, what of it comes back, and who allows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject

from pos_desktop.domain.basket import Approval, Basket, BasketError
from pos_desktop.domain.basket_parts import Item
from pos_desktop.domain.document import utc_text
from pos_desktop.domain.money import format_money
from pos_desktop.domain.quantity import MAX_QTY, ONE
from pos_desktop.domain.receipt import local_time
from pos_desktop.domain.refund import SoldLine, SoldSale, coming_back, leave, take_back, take_unproven, taken
from pos_desktop.services.results import BadCode, Cashier, Found, Lookup, Within
from pos_desktop.words import later, t
from ui.messages import text_for
from ui.register.approvals import Act, Approvals, act
from ui.register.desk import Desk
from ui.register.model import Strip, grouped, lines_words
from ui.register.screens.entry import AmountEntry
from ui.register.screens.refund_lines import SCAN_FIRST, RefundLinesScreen
from ui.register.screens.refund_receipt import RefundReceiptScreen
from ui.register.screens.refund_values import RefundChosen, RefundView
from ui.register.screens.values import (
    EntryAnswer,
    EntryKind,
    EntryQuestion,
    Reason,
    ReceiptRow,
)

Receipts = Callable[[Callable[[tuple[ReceiptRow, ...]], None]], None]
"""Asks for this till's last receipts; the answer comes later."""


class Refunds(QObject):
    """From the receipt to lines in the basket; the money is :class:`GivingBack`'s."""

    def __init__(
        self, desk: Desk, approvals: Approvals, receipts: Receipts, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._approvals, self._receipts = desk, approvals, receipts

    # -- which receipt -------------------------------------------------------------------------------

    def start(self) -> None:
        """Ask for the receipt."""
        if self._open:
            self._receipts(self._ask_receipt)
        else:
            self._desk.sale.sound.emit("error")

    def scanned(self, receipt: str) -> None:
        """A receipt's barcode was scanned on the sale: what is on it may come back."""
        if self._open:
            self._look(receipt, lambda words: self._desk.sale.say(Strip("stop", t("No refund"), words)))

    @property
    def _open(self) -> bool:
        return self._desk.sale.question is None and not self._desk.sale.locked

    def _ask_receipt(self, rows: tuple[ReceiptRow, ...]) -> None:
        screen = RefundReceiptScreen(rows, self._desk.sale.currency, keys=self._desk.keys)

        def refused(words: str) -> None:
            self._desk.sale.sound.emit("error")
            screen.say(words)

        screen.receipt_given.connect(lambda number: self._look(number, refused))
        screen.no_receipt.connect(self._ask_unproven)
        screen.back.connect(self._desk.stage.show_sale)
        self._desk.stage.show_body(screen)

    def _look(self, receipt: str, refused: Callable[[str], None]) -> None:
        services = self._desk.services
        self._desk.query(
            lambda: services.receipt_to_refund(receipt),
            self._show_lines,
            lambda problem: refused(text_for(problem).replace("\n", " ")),
        )

    # -- what of it ----------------------------------------------------------------------------------

    def _show_lines(self, sale: SoldSale) -> None:
        desk, basket = self._desk, self._desk.sale.basket
        at = local_time(utc_text(sale.at), ZoneInfo(desk.state.store.time_zone))
        sums = ((line.n, taken(basket, sale.document, line.n)) for line in sale.lines)
        view = RefundView(
            t("Refund of {receipt}", receipt=sale.receipt),
            t("{at} · total {total}", at=at, total=format_money(sale.total, desk.sale.currency)),
            tuple(line for line in sale.lines if not line.deposit_for),
            self._reasons(),
            desk.sale.currency,
            tuple((n, qty) for n, qty in sums if qty),
        )
        self._lines_screen(view, lambda chosen: self._take(sale, chosen))

    def _lines_screen(self, view: RefundView, take: Callable[[RefundChosen], None]) -> RefundLinesScreen:
        screen = RefundLinesScreen(view, keys=self._desk.keys)
        screen.taken.connect(take)
        screen.quantity_asked.connect(lambda line: self._ask_quantity(screen, line))
        screen.back.connect(self._desk.stage.show_sale)
        self._desk.stage.show_body(screen)
        return screen

    def _reasons(self) -> tuple[Reason, ...]:
        return tuple(Reason(text, text) for text in self._desk.state.refund_reasons)

    def _ask_quantity(self, screen: RefundLinesScreen, line: SoldLine) -> None:
        item = line.item
        kind: EntryKind = "weight" if item.weighed else "quantity"
        question = EntryQuestion(
            kind, t("How much comes back?"), item.name, self._desk.sale.currency, item.unit, item.price
        )
        entry = AmountEntry(question, keys=self._desk.keys)

        def entered(answer: EntryAnswer) -> None:
            self._desk.stage.close_overlay(entry)
            screen.set_quantity(line.n, answer.value)

        entry.entered.connect(entered)
        entry.back.connect(lambda: self._desk.stage.close_overlay(entry))
        self._desk.stage.open_overlay(entry)

    def _take(self, sale: SoldSale, chosen: RefundChosen) -> None:
        """The lines into the basket in the place of what it had of this receipt, once that is allowed."""

        def changed(basket: Basket) -> Basket:
            for line in sale.lines:
                basket = leave(basket, sale.document, line.n)
            for line, qty in chosen.lines:
                basket = take_back(basket, sale, line.n, qty, chosen.to, chosen.reason)
            return basket

        def words(amount: str) -> Act:
            return act(later("Refund {amount} of {receipt}"), amount=amount, receipt=sale.receipt)

        self._bring("refund", words, changed, len(chosen.lines))

    def _bring(
        self,
        permission: str,
        what: Callable[[str], Act],
        change: Callable[[Basket], Basket],
        lines: int,
    ) -> None:
        """``what`` is the act of giving back that much, once the amount is known."""
        sale = self._desk.sale
        try:
            basket = change(sale.basket)
        except BasketError as rule:
            sale.sound.emit("error")
            sale.say(Strip("stop", t("Nothing was taken back"), str(rule)))
            self._desk.stage.show_sale()
            return
        amount = coming_back(basket)

        def allowed(who: Cashier) -> None:
            sale.sound.emit("attention")
            strip = Strip(
                "note",
                t("{lines} coming back", lines=lines_words(lines)),
                t("Scan new goods to exchange, or give it back"),
            )
            sale.put(self._approved(basket, permission, who, amount), strip)
            self._desk.stage.show_sale()

        words = what(format_money(amount, sale.currency))
        self._approvals.need(permission, words, allowed, within=Within("refund", amount=amount))

    def _approved(self, basket: Basket, permission: str, who: Cashier, amount: int) -> Basket:
        """Somebody else allowed it: the document says who, and how much."""
        by = self._desk.allowed_by(who)
        kept = tuple(each for each in basket.approvals if each.what != permission)
        if by is None:
            return replace(basket, approvals=kept)
        approval = Approval(permission, by, 0, 0, amount, datetime.now(UTC))
        return replace(basket, approvals=(*kept, approval))

    # -- without a receipt ---------------------------------------------------------------------------

    def _ask_unproven(self) -> None:
        view = RefundView(
            t("Refund without a receipt"),
            t(SCAN_FIRST),
            (),
            self._reasons(),
            self._desk.sale.currency,
            scanning=True,
        )
        screen = self._lines_screen(view, self._take_unproven)
        screen.scanned.connect(lambda code: self._find(screen, code))

    def _find(self, screen: RefundLinesScreen, code: str) -> None:
        services = self._desk.services

        def look() -> tuple[Lookup, tuple[int, int]]:
            answer = services.find(code)
            price = services.refund_price(answer.item) if isinstance(answer, Found) else (0, 0)
            return answer, price

        def found(answer: tuple[Lookup, tuple[int, int]]) -> None:
            what, price = answer
            if isinstance(what, Found):
                screen.add_line(_unproven(what.item, *price))
            else:
                words = (
                    what.words
                    if isinstance(what, BadCode)
                    else t("{code} is not on file.", code=grouped(what.code))
                )
                self._refuse(screen, words)

        self._desk.query(look, found, lambda problem: self._refuse(screen, text_for(problem)))

    def _refuse(self, screen: RefundLinesScreen, words: str) -> None:
        self._desk.sale.sound.emit("error")
        screen.say(words.replace("\n", " "))

    def _take_unproven(self, chosen: RefundChosen) -> None:
        def changed(basket: Basket) -> Basket:
            for line, qty in chosen.lines:
                item = line.item
                basket = take_unproven(
                    basket, item, item.price, item.price_version, qty, chosen.to, chosen.reason
                )
            return basket

        def words(amount: str) -> Act:
            return act(later("Refund {amount} without a receipt"), amount=amount)

        self._bring("refund_no_receipt", words, changed, len(chosen.lines))


def _unproven(item: Item, price: int, version: int) -> SoldLine:
    """Goods without a receipt as a line that any quantity may come back of, at that price."""
    priced = replace(item, price=price, price_version=version)
    return SoldLine(item.id, priced, item.code or item.plu, MAX_QTY, price * (MAX_QTY // ONE))
