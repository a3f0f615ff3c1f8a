"""The questions of ringing up, on the stage: age, weight, price, unknown code; and finding, price check."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject

from pos_desktop.domain.basket import Approval, Item
from pos_desktop.services.results import Cashier, Department, Lookup
from pos_desktop.words import later, t
from ui.messages import text_for
from ui.register.approvals import Approvals, act
from ui.register.desk import Desk
from ui.register.find import FindScreen
from ui.register.model import AskAge, AskPrice, AskStock, AskWeight, UnknownCode, grouped
from ui.register.price_check import PriceCheck
from ui.register.ringing import Ringing
from ui.register.screen import Screen
from ui.register.screens.age import AgeOverlay
from ui.register.screens.entry import AmountEntry
from ui.register.screens.stock import StockWarning
from ui.register.screens.values import (
    AgeAnswer,
    AgeQuestion,
    EntryAnswer,
    EntryKind,
    EntryQuestion,
    StockQuestion,
)
from ui.register.unknown import DepartmentScreen
from ui.register.weigh_question import WeighQuestions
from ui.register.weighing import ScaleDesk


class Questions(QObject):
    """Opens the right screen for the sale's open question, and the ways to find things out."""

    def __init__(
        self,
        desk: Desk,
        ringing: Ringing,
        approvals: Approvals,
        scale: ScaleDesk,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._ringing, self._approvals = desk, ringing, approvals
        self._scale = WeighQuestions(desk, ringing, approvals, scale, self)
        self._overlay: Screen | None = None
        desk.sale.asked.connect(self._asked)

    # -- questions of a scan ---------------------------------------------------------------------

    def _asked(self) -> None:
        self._close()
        question = self._desk.sale.question
        if isinstance(question, AskAge):
            self._ask_age(question)
        elif isinstance(question, AskWeight):
            screen = self._scale.screen(question)
            self._open(screen) if screen is not None else self._ask_number(question, "weight", t("How much?"))
        elif isinstance(question, AskPrice):
            self._ask_number(question, "price", t("Type the price"))
        elif isinstance(question, AskStock):
            self._ask_stock(question)

    def _open(self, screen: Screen) -> None:
        self._overlay = screen
        self._desk.stage.open_overlay(screen)

    def _close(self) -> None:
        if self._overlay is not None:
            self._desk.stage.close_overlay(self._overlay)
            self._overlay = None

    def _ask_age(self, question: AskAge) -> None:
        state, item = self._desk.state, question.pending.found.item
        server_now = datetime.now(UTC) + timedelta(milliseconds=state.offset_ms)
        today = server_now.astimezone(ZoneInfo(state.store.time_zone)).date()
        screen = AgeOverlay(
            AgeQuestion(item.name, question.min_age, today, item.category), keys=self._desk.keys
        )

        def answered(answer: AgeAnswer) -> None:
            self._ringing.answer_age(answer.result, answer.method)

        screen.answered.connect(answered)
        self._open(screen)

    def _ask_number(self, question: AskWeight | AskPrice, kind: EntryKind, title: str) -> None:
        item = question.pending.found.item
        cur = self._desk.sale.currency
        price = None if kind == "price" else item.price
        screen = AmountEntry(
            EntryQuestion(kind, title, item.name, cur, item.unit, price, leave=t("Leave it out")),
            keys=self._desk.keys,
        )

        def entered(answer: EntryAnswer) -> None:
            self._ringing.answer_number(answer.value)

        screen.entered.connect(entered)
        screen.back.connect(self._ringing.leave_out)
        self._open(screen)

    def _ask_stock(self, question: AskStock) -> None:
        item, leave = question.item, t("Leave it out") if question.code else t("Leave it as it was")
        screen = StockWarning(
            StockQuestion(item.name, item.unit, item.on_hand, question.wanted, leave), keys=self._desk.keys
        )
        screen.sell_anyway.connect(lambda: self._ringing.answer_stock(sell=True))
        screen.left_out.connect(lambda: self._ringing.answer_stock(sell=False))
        self._open(screen)

    # -- an unknown code -------------------------------------------------------------------------

    def sell_typed(self) -> None:
        """Sell the unknown code at a typed price, by someone who may."""
        question = self._desk.sale.question
        if isinstance(question, UnknownCode):
            words = act(
                later("Sell {code}, which is not on file, at a typed price"), code=grouped(question.code)
            )
            self._approvals.need("sell_unknown", words, self._choose_department)

    def _choose_department(self, who: Cashier) -> None:
        self._desk.query(
            self._desk.services.departments, lambda departments: self._departments(departments, who)
        )

    def _departments(self, departments: tuple[Department, ...], who: Cashier) -> None:
        question = self._desk.sale.question
        if not isinstance(question, UnknownCode):
            return
        if not departments:
            self._desk.sale.sound.emit("error")
            return
        screen = DepartmentScreen(question.code, departments, self._desk.keys)
        screen.chosen.connect(lambda department: self._type_price(department, who))
        screen.back.connect(self._close)
        self._open(screen)

    def _type_price(self, department: Department, who: Cashier) -> None:
        self._close()
        cur = self._desk.sale.currency
        screen = AmountEntry(
            EntryQuestion("price", t("Type the price"), department.name, cur, leave=t("Back to the code")),
            keys=self._desk.keys,
        )

        def entered(answer: EntryAnswer) -> None:
            self._close()
            self._ringing.sell_typed(department, answer.value)
            self._note_approval(who, answer.value)

        screen.entered.connect(entered)
        screen.back.connect(self._close)
        self._open(screen)

    def _note_approval(self, who: Cashier, price: int) -> None:
        """Someone else allowed it: the document says who."""
        sale, cashier = self._desk.sale, self._desk.cashier
        if cashier is None or who.number == cashier.number or sale.basket.empty:
            return
        line = sale.basket.touched
        approval = Approval("sell_unknown", who.number, line, 0, price, datetime.now(UTC))
        sale.put(replace(sale.basket, approvals=(*sale.basket.approvals, approval)))

    # -- finding ---------------------------------------------------------------------------------

    def find(self, text: str = "") -> None:
        """Find an item by part of its name; for an unknown code the choice takes its place."""
        sale = self._desk.sale
        question = sale.question
        if (question is not None and not isinstance(question, UnknownCode)) or sale.locked:
            return
        instead = grouped(question.code) if isinstance(question, UnknownCode) else ""
        screen = FindScreen(sale.currency, self._desk.keys, text, instead_of=instead)
        screen.scan_policy = "refuse" if instead else "take"

        def chosen(item: Item) -> None:
            self._desk.stage.show_sale()
            self._ringing.sell_instead(item)

        def typed(code: str) -> None:
            self._desk.stage.show_sale()
            self._ringing.scan(code)

        screen.search_asked.connect(partial(self._search, screen))
        screen.chosen.connect(chosen)
        screen.code_typed.connect(typed)
        screen.code_scanned.connect(typed)
        screen.back.connect(self._desk.stage.show_sale)
        self._desk.stage.show_body(screen)

    def _search(self, screen: FindScreen, words: str) -> None:
        services = self._desk.services
        self._desk.query(
            lambda: services.search(words),
            lambda items: screen.set_results(words, items),
            lambda problem: screen.say(text_for(problem)),
            replaces="find",
        )

    def look_up(self) -> None:
        """Look up a price without selling."""
        sale = self._desk.sale
        if sale.question is not None or sale.locked:
            return
        screen = PriceCheck(sale.currency, self._desk.keys)

        def look(code: str) -> None:
            services = self._desk.services

            def answered(answer: Lookup) -> None:
                screen.show_answer(answer)

            self._desk.query(
                lambda: services.find(code),
                answered,
                lambda problem: screen.show_trouble(text_for(problem)),
                replaces="price_check",
            )

        def add(item: Item) -> None:
            self._desk.stage.close_overlay(screen)
            self._ringing.take_item(item)

        screen.look_up_asked.connect(look)
        screen.add_asked.connect(add)
        screen.back.connect(lambda: self._desk.stage.close_overlay(screen))
        self._desk.stage.open_overlay(screen)
