"""Taking empties back at the register: the panel of deposits over the sale, its taps and scans."""

from __future__ import annotations

from PySide6.QtCore import QObject

from pos_desktop.domain.basket import BasketError, Item
from pos_desktop.domain.basket_parts import EMPTIES
from pos_desktop.domain.empties import add_empties
from pos_desktop.domain.money import format_amount
from pos_desktop.domain.quantity import ONE
from pos_desktop.services.results import Found, Lookup
from pos_desktop.words import t
from ui.messages import text_for
from ui.register.added import added_strip
from ui.register.desk import Desk
from ui.register.screens.empties import EmptiesPanel


class EmptiesDesk(QObject):
    """Opens the panel while there are deposits; each bottle is one more on its line of the sale."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._panel: EmptiesPanel | None = None

    @property
    def offered(self) -> bool:
        """The shop has deposits."""
        return bool(self._desk.services.law()[0].deposits)

    def open(self) -> None:
        """Show the deposits over the sale."""
        sale = self._desk.sale
        if sale.question is not None or sale.locked or not self.offered:
            sale.sound.emit("error")
            return
        deposits = self._desk.services.law()[0].deposits
        by_name = tuple(sorted(deposits.values(), key=lambda item: item.name))
        panel = self._panel = EmptiesPanel(by_name, sale.currency, keys=self._desk.keys)
        panel.chosen.connect(self._take)
        panel.code_scanned.connect(self._scanned)
        panel.back.connect(self._close)
        self._desk.stage.open_overlay(panel)

    def _close(self) -> None:
        panel, self._panel = self._panel, None
        if panel is not None:
            self._desk.stage.close_overlay(panel)

    def _take(self, deposit: Item) -> None:
        sale, panel = self._desk.sale, self._panel
        if panel is None:
            return
        try:
            basket = add_empties(sale.ready_basket(), deposit)
        except BasketError as rule:
            panel.say(str(rule))
            return
        line = basket.line(basket.touched)
        assert EMPTIES in line.flags
        sale.sound.emit("added")
        sale.put(basket, added_strip(basket, deposit, sale.currency))
        panel.counted(deposit, -line.qty // ONE, format_amount(-line.amount, sale.currency))

    def _scanned(self, code: str) -> None:
        services, panel = self._desk.services, self._panel
        if panel is not None:
            self._desk.query(
                lambda: services.find(code), self._found, lambda problem: panel.say(text_for(problem))
            )

    def _found(self, answer: Lookup) -> None:
        """The deposit of a bottle, or a deposit itself."""
        panel, deposits = self._panel, self._desk.services.law()[0].deposits
        if panel is None:
            return
        item = answer.item if isinstance(answer, Found) else None
        deposit = deposits.get(item.id if item.returnable else item.deposit) if item is not None else None
        if deposit is None:
            self._desk.sale.sound.emit("error")
            name = item.name if item is not None else t("That code")
            panel.say(t("{name} has no deposit. Nothing is given back for it.", name=name))
            return
        for _ in range(1 if item is None or item.returnable else item.deposit_count):
            self._take(deposit)
