"""Discounts by hand: off a line or the sale, with a reason, approved where a role's limit ends."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QObject

from pos_desktop.domain.basket import BasketError
from pos_desktop.domain.basket_parts import Approval, Reduction
from pos_desktop.domain.cash_rules import Limit
from pos_desktop.domain.discounts import DISCOUNT, comes_to, reduced, reducible_amount, without_discount
from pos_desktop.domain.money import format_amount, format_money
from pos_desktop.domain.promotion import PPM
from pos_desktop.domain.receipt import rate_text
from pos_desktop.services.results import Cashier, Within
from pos_desktop.words import later, t
from ui.register.approvals import Approvals, act
from ui.register.desk import Desk
from ui.register.model import Strip
from ui.register.screens.discount import DiscountQuestion, DiscountScreen


class Discounts(QObject):
    """What the discount key does."""

    def __init__(self, desk: Desk, approvals: Approvals, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._approvals = desk, approvals

    def line(self) -> None:
        """Ask for a discount of the selected line; of the sale when the line takes none."""
        line = self._desk.sale.line
        if line is not None:
            self._ask(line.n if reducible_amount(self._desk.sale.basket, line.n) > 0 else 0)

    def sale(self) -> None:
        """Ask for a discount of the whole sale."""
        self._ask(0)

    def _ask(self, n: int) -> None:
        sale = self._desk.sale
        if sale.question is not None or sale.locked or sale.basket.empty:
            return
        if reducible_amount(sale.basket, n) <= 0:
            sale.sound.emit("error")
            sale.say(Strip("stop", t("No discount given"), t("Nothing in this sale can be reduced.")))
            return
        screen = DiscountScreen(self._question(n), keys=self._desk.keys)

        def close() -> None:
            self._desk.stage.close_overlay(screen)

        def other() -> None:
            close()
            self.sale() if n else self.line()

        def removed() -> None:
            close()
            sale.put(
                without_discount(sale.basket, n),
                Strip("info", t("{name} at its full price", name=self._name(n))),
            )

        screen.chosen.connect(lambda reduction: self._approve(screen, reduction))
        screen.other.connect(other)
        screen.removed.connect(removed)
        screen.back.connect(close)
        self._desk.stage.open_overlay(screen)

    def _question(self, n: int) -> DiscountQuestion:
        basket, cur = self._desk.sale.basket, self._desk.sale.currency
        had = next((each for each in basket.reductions if each.line == n), None)
        now = ""
        if had is not None:
            share = rate_text(had.ppm) if had.ppm else format_amount(had.amount, cur)
            now = t("now {share} off", share=share)
        return DiscountQuestion(
            n,
            self._name(n),
            reducible_amount(basket, n),
            cur,
            basket.rules.promotions.reasons,
            now,
            self._bound(),
        )

    def _name(self, n: int) -> str:
        return self._desk.sale.basket.line(n).item.name if n else t("The whole sale")

    def _bound(self) -> str:
        """How far the cashier goes alone."""
        cashier = self._desk.cashier
        if cashier is None or not cashier.may(DISCOUNT):
            return t("needs a supervisor")
        limit: Limit = self._desk.sale.basket.rules.cash.limit(cashier.role, DISCOUNT)
        share = "" if limit.ppm is None else rate_text(limit.ppm)
        amount = "" if limit.amount is None else format_money(limit.amount, self._desk.sale.currency)
        most = t("{share} or {amount}", share=share, amount=amount) if share and amount else share or amount
        return t("more than {most} needs a supervisor", most=most) if most else ""

    def _approve(self, screen: DiscountScreen, reduction: Reduction) -> None:
        sale = self._desk.sale
        amount, off = reducible_amount(sale.basket, reduction.line), comes_to(sale.basket, reduction)
        if off <= 0:
            screen.say(t("That comes to nothing. Type more."))
            return
        share = reduction.ppm or -(-off * PPM // amount)
        cur = sale.currency
        change = f"{format_amount(amount, cur)} → {format_amount(amount - off, cur)}"
        if reduction.line:
            text = later("Discount on {item}, {change}: {reason}")
        else:
            text = later("Discount on the whole sale, {change}: {reason}")
        words = act(text, item=self._name(reduction.line), change=change, reason=reduction.reason)

        def approved(who: Cashier) -> None:
            self._desk.stage.close_overlay(screen)
            self._take(reduction, who)

        self._approvals.need(DISCOUNT, words, approved, within=Within(DISCOUNT, share, off))

    def _take(self, reduction: Reduction, who: Cashier) -> None:
        sale = self._desk.sale
        allowed = self._desk.allowed_by(who)
        approval = (
            None if allowed is None else Approval(DISCOUNT, allowed, reduction.line, 0, 0, datetime.now(UTC))
        )
        selected = sale.selected
        try:
            off = comes_to(sale.basket, reduction)
            basket = reduced(sale.basket, reduction, approval)
        except BasketError as rule:
            sale.sound.emit("error")
            sale.say(Strip("stop", t("No discount given"), str(rule)))
            return
        share = t("{share} off", share=rate_text(reduction.ppm)) if reduction.ppm else t("Discount")
        sale.sound.emit("added")
        strip = Strip(
            "added",
            self._name(reduction.line),
            f"{share} · {reduction.reason}",
            format_amount(-off, sale.currency),
        )
        sale.put(basket, strip, select=selected)
