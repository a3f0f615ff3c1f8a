"""When the till must wait or stop: an answer is outstanding, another program holds it, the disk is full."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from pos_desktop.domain.money import format_amount, format_money
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import CardScreen, OverlayScreen
from ui.register.screens.values import ConfirmingView, StopView
from ui.theme import theme
from ui.widgets.canvas import Canvas
from ui.widgets.key import Key
from ui.widgets.labels import Label, PaintedWidget, state_colours


class RoundIcon(PaintedWidget):
    """A large icon on a soft disc, in the colours of a state."""

    def __init__(self, icon: str, state: str) -> None:
        super().__init__()
        self._icon, self._state = icon, state
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """72 logical pixels high."""
        return QSize(theme().px(72), theme().px(72))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint disc and icon in the middle."""
        side, inset = float(self.height()), theme().px(18)
        fill, ink = state_colours(self._state)
        with Canvas.on(self) as canvas:
            disc = QRectF((self.width() - side) / 2, 0, side, side)
            canvas.box(disc, fill, ink, radius=side / 2, width=2)
            canvas.icon(disc.adjusted(inset, inset, -inset, -inset), self._icon, ink)


class ConfirmingScreen(CardScreen):
    """A paid sale whose record waits for the server. It is safe; nothing else can be sold until the answer.

    ``waiting``: the first try has not ended yet. Signals: ``retry_asked()``: try at once.
    """

    retry_asked = Signal()

    name = "confirming"
    card_width = 760
    card_padding = 32

    def __init__(
        self,
        view: ConfirmingView,
        *,
        waiting: bool = False,
        keys: Keymap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._view, self._attempts = view, view.attempts
        self.body.addWidget(RoundIcon("refresh-cw", "accent"))
        self.body.addWidget(Label("Confirming…", role="total", align="center"))
        self.body.addWidget(Label(self._what(), role="heading", align="center", max_lines=3))
        self.body.addWidget(Label(self._todo(), role="body", tone="text2", align="center", max_lines=4))
        self._count = Label("", role="body_strong", tone="text2", align="center", max_lines=2)
        self.body.addWidget(self._count)
        self._again = self.action_key(Key("Try again now", icon="refresh-cw", height=64), "try_again")
        self._again.clicked.connect(self.retry_asked)
        self.body.addWidget(self._again)
        self.set_attempts(view.attempts)
        if waiting:
            self._count.set_text("The first try is still under way.")
            self._again.set_reason("trying")

    def _what(self) -> str:
        view = self._view
        if not view.total:
            return "A record is saved on this till and locked. The server has not answered yet."
        lines = f"{view.lines} {'line' if view.lines == 1 else 'lines'}"
        sale = f"{view.number} of " if view.number else "of "
        money = format_money(view.total, view.currency)
        saved = f"The sale {sale}{money} with {lines} is saved."
        return f"{saved}\nDid it go through? The till is asking the server."

    def _todo(self) -> str:
        keep = "Keep the money and the goods here."
        if self._view.alone:
            return f"{keep} If the server stays silent, the till accepts the sale by itself in a few seconds."
        if self._view.why:
            return f"{keep} {self._view.why}"
        return f"{keep} The receipt prints when the server has answered; until then nothing else is sold."

    def set_attempts(self, attempts: int) -> None:
        """Say how often it was tried."""
        self._attempts = attempts
        tries = "Tried once" if attempts == 1 else f"Tried {attempts} times"
        self._count.set_text(f"{tries}. The till goes on trying by itself.")

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        return {"try_again": self._again.click} if self._again.isEnabled() else {}

    def probe(self) -> dict[str, object]:
        """The sale that waits, and how often it was tried."""
        return {
            "screen": self.name,
            "total": format_amount(self._view.total, self._view.currency),
            "lines": self._view.lines,
            "attempts": self._attempts,
            "message": self._what(),
            "detail": self._todo(),
        }


def _stop_labels(view: StopView) -> list[QWidget]:
    labels: list[QWidget] = [
        Label(view.title, role="title", align="center", max_lines=2),
        Label(view.what, role="heading", align="center", max_lines=4),
    ]
    if view.holder:
        labels.append(Label(f"Held by {view.holder}", role="body_strong", align="center", max_lines=3))
    labels.append(Label(view.do, role="body", tone="text2", align="center", max_lines=4))
    if view.ref:
        labels.append(Label(f"Ref {view.ref}", role="note", tone="text3", align="center"))
    return labels


def _stop_probe(name: str, view: StopView) -> dict[str, object]:
    return {"screen": name, "message": view.what, "todo": view.do, "holder": view.holder}


class LockedOutScreen(CardScreen):
    """This till may not sell: its record is broken, or another program has it. What, who, what to do.

    Signals: ``try_again()``, ``leave_asked()``.
    """

    try_again = Signal()
    leave_asked = Signal()

    name = "locked_out"
    card_width = 760
    card_padding = 32

    def __init__(self, view: StopView, *, keys: Keymap | None = None, parent: QWidget | None = None) -> None:
        super().__init__(keys=keys, parent=parent)
        self._view = view
        self.body.addWidget(RoundIcon("lock", "danger"))
        for label in _stop_labels(view):
            self.body.addWidget(label)
        self._leave = Key("Close the program", icon="power", variant="soft", height=64, name="leave")
        self._again = self.action_key(
            Key("Try again", icon="refresh-cw", variant="accent", height=64), "try_again"
        )
        self._leave.clicked.connect(self.leave_asked)
        self._again.clicked.connect(self.try_again)
        self.row(self._leave, self._again)

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        return {"try_again": self._again.click}

    def probe(self) -> dict[str, object]:
        """What happened, what to do, who holds the till."""
        return _stop_probe(self.name, self._view)


class CannotRecordScreen(OverlayScreen):
    """No payment is taken while it could not be recorded. Signals: ``try_again()``, ``back()``."""

    try_again = Signal()
    back = Signal()

    name = "cannot_record"
    card_width = 680

    def __init__(self, view: StopView, *, keys: Keymap | None = None, parent: QWidget | None = None) -> None:
        super().__init__(keys=keys, parent=parent)
        self._view = view
        self.body.addWidget(RoundIcon("triangle-alert", "warn"))
        for label in _stop_labels(view):
            self.body.addWidget(label)
        self._back = self.action_key(
            Key("Back to the sale", icon="arrow-left", variant="soft", height=64), "back"
        )
        self._again = self.action_key(
            Key("Try again", icon="refresh-cw", variant="accent", height=64), "try_again"
        )
        self._back.clicked.connect(self.back)
        self._again.clicked.connect(self.try_again)
        self.row(self._back, self._again)

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        return {"try_again": self._again.click, "back": self._back.click}

    def probe(self) -> dict[str, object]:
        """What happened and what to do."""
        return _stop_probe(self.name, self._view)
