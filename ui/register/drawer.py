"""The drawer at the register: opened without a sale, cash in and out with a slip, and when it is too full."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from pos_desktop.domain.document import Document
from pos_desktop.domain.money import format_money
from pos_desktop.domain.receipt import ReportPaper
from pos_desktop.domain.slips import cash_slip, no_sale_slip
from pos_desktop.services.results import Cashier, Completed, DrawerState, Refused, Within
from pos_desktop.words import later, t
from ui.register.approvals import Approvals, act
from ui.register.desk import Desk
from ui.register.model import Strip
from ui.register.posting import Posting
from ui.register.printing import PaperDesk
from ui.register.screens.cash import CashMovementScreen
from ui.register.screens.reasons import NoSaleScreen
from ui.register.screens.values import CashDirection, CashMoved, Reason

CASH_WAYS: tuple[CashDirection, ...] = ("drop", "pay_in", "pay_out")

_MOVED: dict[CashDirection, str] = {
    "drop": later("Cash dropped to the safe"),
    "pay_in": later("Cash paid in"),
    "pay_out": later("Cash paid out"),
}


class Drawer(QObject):
    """Signals: ``full_changed`` (words; "" when there is room again): the drawer holds too much."""

    full_changed = Signal(str)

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
        self._words = ""

    # -- no sale, cash in and out ----------------------------------------------------------------

    def no_sale(self) -> None:
        """Open the drawer with a reason; it opens only when the record is safe."""
        reasons = tuple(Reason(text, text) for text in self._desk.state.no_sale_reasons)
        screen = NoSaleScreen(reasons, keys=self._desk.keys)

        def chosen(reason: Reason) -> None:
            self._desk.stage.close_overlay(screen)
            words = act(later("Open the drawer without a sale: {reason}"), reason=reason.words)
            self._approvals.need("no_sale", words, lambda who: self._open_drawer(reason, who))

        screen.chosen.connect(chosen)
        screen.back.connect(lambda: self._desk.stage.close_overlay(screen))
        self._desk.stage.open_overlay(screen)

    def _open_drawer(self, reason: Reason, who: Cashier) -> None:
        by = self._desk.allowed_by(who)

        def done(completed: Completed) -> None:
            self._paper.print_paper(self._no_sale_paper(completed.document), kick=True)
            self._say(Strip("info", t("Drawer opened"), reason.words))

        self._posting.post(
            lambda: self._desk.services.no_sale(reason.code, approved_by=by),
            done,
            self._refused(t("The drawer was not recorded")),
        )

    def _no_sale_paper(self, document: Document) -> ReportPaper:
        name = self._desk.cashier.name if self._desk.cashier else ""
        shop = self._desk.services.shop_paper()
        return no_sale_slip(document.fields, shop, head=document.head, cashier=name)

    def cash_movement(self, way: CashDirection | None = None) -> None:
        """Cash to the safe, in or out, with a reason; ``way`` is chosen already, if given."""
        known = self._desk.state.cash_reasons
        reasons = {way: tuple(Reason(text, text) for text in known.get(way, ())) for way in CASH_WAYS}
        screen = CashMovementScreen(self._desk.sale.currency, reasons, way=way, keys=self._desk.keys)

        def moved(cash: CashMoved) -> None:
            self._desk.stage.close_overlay(screen)
            self._allow_cash(cash)

        screen.moved.connect(moved)
        screen.back.connect(lambda: self._desk.stage.close_overlay(screen))
        self._desk.stage.open_overlay(screen)

    def _allow_cash(self, cash: CashMoved) -> None:
        """Taking cash out needs a permission, paying it out a limit too; putting it in needs nothing."""
        amount = format_money(cash.amount, self._desk.sale.currency)
        post = lambda who: self._post_cash(cash, who)  # noqa: E731
        if cash.direction == "drop":
            self._approvals.need("drop", act(later("Take {amount} to the safe"), amount=amount), post)
        elif cash.direction == "pay_out":
            within = Within("pay_out", amount=cash.amount)
            self._approvals.need(
                "pay_out",
                act(later("Pay {amount} out: {reason}"), amount=amount, reason=cash.reason),
                post,
                within=within,
            )
        else:
            self._post_cash(cash, None)

    def _post_cash(self, cash: CashMoved, who: Cashier | None) -> None:
        by = self._desk.allowed_by(who) if who is not None else None
        self._posting.post(
            lambda: self._desk.services.cash_movement(
                cash.direction, cash.amount, cash.reason, approved_by=by
            ),
            lambda completed: self._cash_moved(cash, completed.document, who),
            self._refused(t("The cash movement was not recorded")),
        )

    def _cash_moved(self, cash: CashMoved, document: Document, who: Cashier | None) -> None:
        cashier = self._desk.cashier
        slip = cash_slip(
            document.fields,
            self._desk.services.shop_paper(),
            head=document.head,
            cashier=cashier.name if cashier else "",
            allowed_by=who.name if who is not None and who != cashier else "",
        )
        self._paper.print_paper(slip, kick=True)
        self._say(Strip("info", t(_MOVED[cash.direction]), cash.reason))
        self.look()

    # -- too full --------------------------------------------------------------------------------

    def look(self) -> None:
        """Find out whether the drawer holds more than it should; nothing waits for it."""
        self._desk.command(self._desk.services.drawer_state, self._looked, lambda _problem: None)

    def _looked(self, state: DrawerState) -> None:
        limit = format_money(state.limit, self._desk.sale.currency)
        words = t("The drawer holds over {limit}. Take cash to the safe.", limit=limit) if state.full else ""
        if words != self._words:
            self._words = words
            self.full_changed.emit(words)

    @property
    def full_words(self) -> str:
        """That the drawer is too full, or nothing."""
        return self._words

    # -- inside ----------------------------------------------------------------------------------

    def _say(self, strip: Strip) -> None:
        self._desk.sale.say(strip)
        self._desk.stage.show_sale()

    def _refused(self, what: str) -> Callable[[Refused], None]:
        return lambda refusal: self._say(Strip("stop", what, refusal.words))
