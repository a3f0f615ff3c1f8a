"""What the law or the manager wants to know of, as events of the till: selling goes on meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from pos_desktop.domain.basket import Line
from ui.register.added import unknown_sold

if TYPE_CHECKING:
    from ui.register.flows import Flows

Detail = Mapping[str, int | str]


class Records(QObject):
    """Listens to the flows and writes down what happened, why, and by whose leave."""

    def __init__(self, flows: Flows) -> None:
        super().__init__(flows)
        self._desk, self._posting = flows.desk, flows.posting
        ringing, edits = flows.ringing, flows.edits
        ringing.refused_age.connect(
            lambda item, age, method: self.note(
                "age_refused", {"item": item.id, "min_age": age, "method": method}
            )
        )
        ringing.left_out.connect(lambda code: self.note("unknown_left_out", {"code": code}))
        ringing.sold_anyway.connect(
            lambda item, qty: self.note(
                "stock_warning_passed", {"item": item.id, "on_hand": item.on_hand, "qty": qty}
            )
        )
        ringing.sold_typed.connect(lambda sold: self.note("unknown_sold", unknown_sold(sold)))
        edits.voided.connect(self._line_voided)
        edits.overridden.connect(self._price_overridden)
        edits.abandoned.connect(lambda lines: self.note("basket_abandoned", {"lines": lines}))
        flows.session.taken_over.connect(
            lambda before, now, lines: self.note(
                "sale_taken_over", {"from": before, "to": now, "lines": lines}
            )
        )

    def _line_voided(self, line: Line, why: str, by: int | None) -> None:
        detail = {"item": line.item.id, "qty": line.qty, "amount": line.amount}
        self.note("line_voided", detail, why, ("void_line", by) if by is not None else None)

    def _price_overridden(self, line: Line, price: int, why: str, by: int | None) -> None:
        """The approval itself goes into the sale; here stands why, also when the sale comes to nothing."""
        detail = {"item": line.item.id, "qty": line.qty, "was": line.price, "now": price}
        self.note("price_overridden", detail if by is None else {**detail, "by": by}, why)

    def note(self, name: str, detail: Detail, why: str = "", allowed: tuple[str, int] | None = None) -> None:
        """Record an event; trouble is said, and nothing is undone by it."""
        self._posting.post(
            lambda: self._desk.services.post_event(name, detail, why, allowed),
            lambda _completed: None,
            lambda _refused: None,
            self._desk.trouble,
        )
