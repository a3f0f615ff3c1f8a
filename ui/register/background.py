"""What goes on beside the cashier: the basket to the till's disk, and new prices from the server."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from pos_desktop.domain.basket import Basket
from pos_desktop.services.results import TilePage
from ui.register.away import Away
from ui.register.desk import Desk
from ui.register.paying import Paying

POLL_MS = 1500
"""How often a till asks whether prices or tiles changed: a new price arrives within two seconds."""


class DraftKeeper(QObject):
    """Writes basket, payments and an open question's code after each change; only the newest ever waits."""

    def __init__(self, desk: Desk, paying: Paying, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._paying = desk, paying
        self._writing = False
        self._wanted: tuple[Basket, str] | None = None
        desk.sale.basket_changed.connect(self._keep)
        desk.sale.asked.connect(self._keep)

    def _keep(self) -> None:
        self._wanted = (self._desk.sale.basket, self._desk.sale.asked_code)
        if not self._writing:
            self._write()

    def _write(self) -> None:
        wanted, self._wanted = self._wanted, None
        self._writing = wanted is not None
        if wanted is None:
            return
        basket, asked = wanted
        same = basket.sale_id == self._desk.sale.basket.sale_id
        tenders = self._paying.tendering.tenders if same else ()
        services = self._desk.services
        self._desk.command(
            lambda: services.save_draft(basket, tenders, asked), lambda _none: self._write(), self._failed
        )

    def _failed(self, problem: Exception) -> None:
        self._writing = False
        self._desk.trouble(problem)


class PriceWatch(QObject):
    """Asks for changed prices while the server answers. Signals: ``tiles_changed(tuple[TilePage])``."""

    tiles_changed = Signal(object)

    def __init__(self, desk: Desk, away: Away, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._away = desk, away
        self._started = False
        self._timer = QTimer(self)
        # The next question waits for the last answer: with the server away they would pile up before scans.
        self._timer.setSingleShot(True)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._ask)

    def start(self) -> None:
        """Read the tiles, and ask from now on; again only reads them."""
        self._desk.query(self._desk.services.tiles, self.tiles_changed.emit, lambda _problem: None)
        if not self._started:
            self._started = True
            self._timer.start()

    def _ask(self) -> None:
        if self._away.state.away:
            # Whoever watches the server will say when it is back; no scan shall stand behind this question.
            self._timer.start()
            return
        services = self._desk.services
        self._desk.query(
            lambda: services.tiles() if services.poll_changes() else None, self._answered, self._failed
        )

    def _answered(self, pages: tuple[TilePage, ...] | None) -> None:
        self._timer.start()
        if pages is not None:
            self.tiles_changed.emit(pages)

    def _failed(self, _problem: Exception) -> None:
        self._timer.start()
        self._away.look()
