"""The question for a weight, where a scale gives it: its screen takes the weight by itself once it stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtCore import QObject

from pos_desktop.domain.basket import Approval
from pos_desktop.domain.permissions import TYPE_WEIGHT
from pos_desktop.services.results import Cashier
from pos_desktop.words import later, t
from ui.register.approvals import Approvals, act
from ui.register.desk import Desk
from ui.register.model import AskWeight
from ui.register.ringing import Ringing
from ui.register.screens.entry import AmountEntry
from ui.register.screens.values import EntryAnswer, EntryQuestion
from ui.register.screens.weigh import WeighQuestion, WeighScreen
from ui.register.weighing import ScaleDesk


class WeighQuestions(QObject):
    """Makes the screen for an open AskWeight; a typed weight needs somebody who may."""

    def __init__(
        self,
        desk: Desk,
        ringing: Ringing,
        approvals: Approvals,
        scale: ScaleDesk,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._ringing, self._approvals, self._scale = desk, ringing, approvals, scale
        self._screen: WeighScreen | None = None
        self._question: AskWeight | None = None
        scale.changed.connect(self._look)
        desk.sale.asked.connect(self._over)

    def screen(self, question: AskWeight) -> WeighScreen | None:
        """The scale's screen for this question; None where no scale can answer it."""
        item = question.pending.found.item
        if not self._scale.fitted or item.unit != "kg":
            return None
        view = WeighQuestion(item.name, item.unit, item.price, self._desk.sale.currency)
        screen = WeighScreen(view, keys=self._desk.keys)
        screen.another.connect(self._scale.another)
        screen.zero.connect(self._scale.zero)
        screen.tare.connect(self._scale.tare)
        screen.typed_asked.connect(self._ask_to_type)
        screen.back.connect(self._ringing.leave_out)
        screen.looked_at.connect(self._look)
        screen.show_reading(self._scale.reading, self._scale.verdict)
        self._screen, self._question = screen, question
        return screen

    def _over(self) -> None:
        if self._desk.sale.question is not self._question:
            self._screen = self._question = None

    def _look(self) -> None:
        """The scale says something else. While a weight is typed over it, nothing is taken by itself."""
        if self._screen is None:
            return
        self._screen.show_reading(self._scale.reading, self._scale.verdict)
        if self._desk.stage.current is self._screen and (qty := self._scale.take()) is not None:
            self._ringing.answer_weight(qty)

    # -- typed -----------------------------------------------------------------------------------

    def _ask_to_type(self) -> None:
        if self._question is not None:
            item = self._question.pending.found.item
            self._approvals.need(
                TYPE_WEIGHT, act(later("Type the weight of {name}"), name=item.name), self._type
            )

    def _type(self, who: Cashier) -> None:
        if self._question is None:
            return
        item, stage = self._question.pending.found.item, self._desk.stage
        view = EntryQuestion(
            "weight",
            t("Type the weight"),
            item.name,
            self._desk.sale.currency,
            item.unit,
            item.price,
            leave=t("Back to the scale"),
        )
        entry = AmountEntry(view, keys=self._desk.keys)

        def entered(answer: EntryAnswer) -> None:
            stage.close_overlay(entry)
            self._ringing.answer_number(answer.value)
            self._note_approval(who)

        entry.entered.connect(entered)
        entry.back.connect(lambda: stage.close_overlay(entry))
        stage.open_overlay(entry)

    def _note_approval(self, who: Cashier) -> None:
        """Someone else allowed it: the document says who, for which line."""
        sale, cashier = self._desk.sale, self._desk.cashier
        if cashier is None or who.number == cashier.number or sale.basket.empty:
            return
        line = sale.basket.line(sale.basket.touched)
        note = Approval(TYPE_WEIGHT, who.number, line.n, 0, line.qty, datetime.now(UTC))
        sale.put(replace(sale.basket, approvals=(*sale.basket.approvals, note)))
