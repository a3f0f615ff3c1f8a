"""The scale at the register: what it says, on the window's thread, and whose weight may go onto a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from pos_desktop.domain.basket import Item
from pos_desktop.domain.quantity import format_qty
from pos_desktop.domain.weighing import NO_ANSWER, Reading, ScaleState, Verdict, WeighGuard, words_of
from pos_desktop.hardware.scale import ScaleLane
from pos_desktop.words import t

SETTLE_MS = 800
"""Goods put down while the code was typed come to rest within this; longer is a question on the screen."""

Weighed = Callable[[int | None], None]


TYPED_WEIGHT = "typed_weight"
"""The flag of a line whose weight was typed though a scale hangs on the till."""


class Weigher(Protocol):
    """The scale, if there is one: it calls back with a weight, or with None when a person is needed."""

    @property
    def fitted(self) -> bool:
        """A scale hangs on this till."""

    def weigh(self, done: Callable[[int | None], None]) -> None:
        """Weigh what lies there now."""


def weighs(scale: Weigher | None, item: Item) -> bool:
    """The till's scale gives the weight of this item."""
    return scale is not None and scale.fitted and item.unit == "kg"


class ScaleDesk(QObject):
    """Signals: ``changed`` when the scale says something else. Without a scale (``fitted`` False) it is mute.

    The lane's thread only hands readings over; everything else happens here and never waits.
    """

    changed = Signal()
    _told = Signal(object)

    def __init__(self, lane: ScaleLane | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane = lane
        self._guard = WeighGuard()
        self._reading = NO_ANSWER
        self._heard = False
        self._wanted = 0
        self._done: Weighed | None = None
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(SETTLE_MS)
        self._late.timeout.connect(lambda: self._answer(None))
        self._told.connect(self._take_in, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begin to listen to the scale."""
        if self._lane is not None:
            self._lane.start(self._hand_over)

    # -- reading ---------------------------------------------------------------------------------

    @property
    def fitted(self) -> bool:
        """A scale hangs on this till."""
        return self._lane is not None

    @property
    def weighing(self) -> bool:
        """A weight is waited for, without a question on the screen yet."""
        return self._done is not None

    @property
    def reading(self) -> Reading:
        """What the scale said last."""
        return self._reading

    @property
    def fresh(self) -> bool:
        """The scale has answered what was asked last."""
        return self._reading.asked >= self._wanted

    @property
    def verdict(self) -> Verdict:
        """Whether that weight may be taken. An answer to an older question never may."""
        return self._guard.verdict(self._reading) if self.fresh else "wait"

    @property
    def shown(self) -> str:
        """The weight as the scale shows it now; a word where it shows none; empty without a scale."""
        reading = self._reading
        if not self.fitted:
            return ""
        if reading.state in (ScaleState.STABLE, ScaleState.EMPTY):
            weight = format_qty(reading.qty, "kg")
            return t("{weight} net", weight=weight) if reading.net else weight
        return str(reading.state.value)

    @property
    def row(self) -> str:
        """The rail's words: what lies on the scale now; empty without one."""
        shown = {
            ScaleState.UNSTABLE: t("weighing…"),
            ScaleState.UNDER_ZERO: t("under zero"),
            ScaleState.OVERLOAD: t("too heavy"),
            ScaleState.SILENT: t("no answer"),
            ScaleState.FOREIGN: t("set it up"),
        }.get(self._reading.state, self.shown)
        return t("Scale  {weight}", weight=shown) if self.fitted else ""

    @property
    def words(self) -> str:
        """How it stands, for the cashier."""
        return words_of(self._reading, self.verdict)

    @property
    def trouble(self) -> str:
        """What the chip says when the scale needs somebody; empty when it is well or nothing is known."""
        if not self.fitted or not self._heard or not self._reading.trouble:
            return ""
        return t("Scale: no answer") if self._reading.state is ScaleState.SILENT else t("Scale: set it up")

    # -- weighing --------------------------------------------------------------------------------

    def weigh(self, done: Weighed) -> None:
        """Call ``done`` with the weight (thousandths) once it stands, with None when a person is needed."""
        self.ask()
        self._done = done
        self._late.start()

    def ask(self) -> None:
        """What was weighed before this moment counts no more."""
        if self._lane is not None:
            self._wanted = self._lane.fresh()

    def take(self) -> int | None:
        """The weight, if it may be taken now; it is then used up."""
        if self.verdict != "take":
            return None
        self._guard = self._guard.took(self._reading.qty)
        return self._reading.qty

    def another(self) -> None:
        """The cashier says that the same weight is another item."""
        self._guard = WeighGuard()
        self.changed.emit()

    def zero(self) -> None:
        """Press the scale's zero key."""
        self._do(ScaleLane.zero)

    def tare(self) -> None:
        """Press the scale's tare key: take off the box that stands there, or, with a tare on, put it back."""
        self._do(ScaleLane.clear_tare if self._reading.net else ScaleLane.tare)

    # -- inside ----------------------------------------------------------------------------------

    def _do(self, order: Callable[[ScaleLane], None]) -> None:
        if self._lane is not None:
            order(self._lane)
            self.ask()

    def _hand_over(self, reading: Reading) -> None:
        try:
            self._told.emit(reading)
        except RuntimeError:
            # The window is gone; the lane's last word reaches nobody.
            return

    def _take_in(self, reading: Reading) -> None:
        same = self._heard and (reading.state, reading.qty, reading.net, reading.asked) == (
            self._reading.state,
            self._reading.qty,
            self._reading.net,
            self._reading.asked,
        )
        self._heard = True
        self._reading = reading
        self._guard = self._guard.seen(reading)
        if self._done is not None and reading.asked >= self._wanted:
            self._decide(reading)
        if not same:
            self.changed.emit()

    def _decide(self, reading: Reading) -> None:
        if self.verdict == "take":
            self._answer(self.take())
        elif reading.state is not ScaleState.UNSTABLE:
            self._answer(None)

    def _answer(self, qty: int | None) -> None:
        self._late.stop()
        done, self._done = self._done, None
        if done is not None:
            done(qty)
