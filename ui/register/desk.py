"""What the register's flows share: the services in their lanes, the sale, the stage, and the till's state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject, Signal

from pos_desktop.errors import PosError
from pos_desktop.services.results import Cashier, TillState
from pos_desktop.services.till import TillServices
from ui.keymap import Keymap
from ui.messages import text_for
from ui.register.model import Strip
from ui.register.sale import Sale
from ui.register.screen import Screen
from ui.tasks import Command, Lane, Lanes, Query

T = TypeVar("T")
Done = Callable[[T], None]
Failed = Callable[[Exception], None]


class Stage(Protocol):
    """Where screens are shown."""

    @property
    def current(self) -> Screen:
        """The screen that keys and scans are for."""

    def show_body(self, screen: Screen) -> None:
        """Show ``screen`` under the top bar."""

    def show_full(self, screen: Screen) -> None:
        """Show ``screen`` over the whole window."""

    def end_full(self, screen: Screen | None) -> None:
        """Take the full screen away, if it is this one."""

    def show_sale(self) -> None:
        """Back to the sale."""

    def open_overlay(self, screen: Screen) -> None:
        """Show ``screen`` on a scrim over what is there."""

    def close_overlay(self, screen: Screen) -> None:
        """Take an overlay away again."""


class Desk(QObject):
    """The till as the windows see it. Signals: ``state_changed`` after each refresh of the till's state,
    ``idle_checked`` whenever a piece of work ended."""

    state_changed = Signal()

    def __init__(
        self,
        services: TillServices,
        lanes: Lanes,
        keys: Keymap,
        state: TillState,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.services = services
        self.lanes = lanes
        self.keys = keys
        self.state = state
        self.cashier: Cashier | None = None
        self.sale = Sale(
            state.store.currency, services.new_basket, services.begun, self, training=services.training
        )
        self.stage: Stage

    # -- work ------------------------------------------------------------------------------------

    def command(self, work: Callable[[], T], done: Done[T], failed: Failed | None = None) -> None:
        """Run something that writes in the sale lane; the answer comes back on this thread."""
        self.lanes.run(Command(self, work, done, failed or self.trouble, lane=Lane.SALE))

    def query(
        self, work: Callable[[], T], done: Done[T], failed: Failed | None = None, *, replaces: str = ""
    ) -> None:
        """Run something that only reads in the look-up lane."""
        task = Query(self, work, done, failed or self.trouble, lane=Lane.LOOKUP, replaces=replaces)
        self.lanes.run(task)

    def device(self, work: Callable[[], T], done: Done[T], failed: Failed | None = None) -> None:
        """Run something slow that talks to a device."""
        self.lanes.run(Command(self, work, done, failed or self.trouble, lane=Lane.DEVICE))

    def refresh(self) -> None:
        """Read the till's state again."""
        self.command(self.services.state, self.take_state)

    def take_state(self, state: TillState) -> None:
        """Show a state that was just read."""
        self.state = state
        self.state_changed.emit()

    # -- words -----------------------------------------------------------------------------------

    def trouble(self, problem: Exception) -> None:
        """Say what went wrong in the strip; a bug goes to the crash view instead."""
        if not isinstance(problem, PosError):
            self.lanes.failed.emit(problem)
            return
        self.sale.sound.emit("error")
        title, _, rest = text_for(problem).partition("\n")
        self.sale.say(Strip("stop", title, rest))

    def allowed_by(self, who: Cashier) -> int | None:
        """The number a document names as who allowed it; None when the cashier may do it alone."""
        mine = self.cashier is not None and who.number == self.cashier.number
        return None if mine else who.number

    def may(self, permission: str) -> bool:
        """The person at the till may do this without asking."""
        return self.cashier is not None and self.cashier.may(permission)
