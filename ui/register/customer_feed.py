"""Keeps the customer's display at what the register shows: lines, payment, change, and then nothing."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from pos_desktop.domain.tender import Tendering
from pos_desktop.services.results import Completed
from ui.customer_display.view import DisplayView, change_view, paying_view, sale_view
from ui.customer_display.window import CustomerDisplay
from ui.register.desk import Desk
from ui.register.paying import Paying

THANKS_MS = 20_000
"""How long change and thanks stand when nobody begins the next sale."""


class CustomerFeed(QObject):
    """Shows a :class:`CustomerDisplay` the sale: what the cashier's screen reads, and nothing else."""

    def __init__(
        self, desk: Desk, paying: Paying, display: CustomerDisplay, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._paying, self.display = desk, paying, display
        self._over: DisplayView | None = None
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(THANKS_MS)
        self._idle.timeout.connect(self._end)
        desk.sale.changed.connect(self._show)
        paying.changed.connect(self._show)
        paying.paid.connect(self._paid)
        self._show()

    def _show(self) -> None:
        sale = self._desk.sale
        if not sale.basket.empty:
            self._over = None
            self._idle.stop()
        if self._over is not None:
            self._put(self._over)
            return
        view = sale_view(sale.basket, sale.totals, sale.currency)
        if self._paying.open and view.lines:
            view = paying_view(view, self._paying.tendering, sale.currency)
        self._put(view)

    def _put(self, view: DisplayView) -> None:
        self.display.show_view(replace(view, training=self._desk.services.training))

    def _paid(self, _completed: Completed, tendering: Tendering) -> None:
        self._over = change_view(tendering, self._desk.sale.currency)
        self._idle.start()
        self._put(self._over)

    def _end(self) -> None:
        self._over = None
        self._show()

    def probe(self) -> dict[str, object]:
        """What the customer reads."""
        view = self.display.view
        shown = view.change or view.due or view.total
        names = [line.name for line in view.lines]
        told = {"display": view.kind, "display_amount": shown, "display_lines": names}
        return {**told, "display_training": view.training}
