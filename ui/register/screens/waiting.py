"""When the till must wait or stop: an answer is outstanding, another program holds it, the disk is full."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from pos_desktop.domain.money import format_amount, format_money
from pos_desktop.words import later, t, t_n
from ui.keymap import Keymap
from ui.register.model import lines_words
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
        self.body.addWidget(Label(t("Confirming…"), role="total", align="center"))
        self.body.addWidget(Label(self._what(), role="heading", align="center", max_lines=3))
        self.body.addWidget(Label(self._todo(), role="body", tone="text2", align="center", max_lines=4))
        self._count = Label("", role="body_strong", tone="text2", align="center", max_lines=2)
        self.body.addWidget(self._count)
        self._again = self.action_key(Key(t("Try again now"), icon="refresh-cw", height=64), "try_again")
        self._again.clicked.connect(self.retry_asked)
        self.body.addWidget(self._again)
        self.set_attempts(view.attempts)
        if waiting:
            self._count.set_text(t("The first try is still under way."))
            self._again.set_reason(t("trying"))

    def _what(self) -> str:
        view = self._view
        if not view.total:
            return t("A record is saved on this till and locked. The server has not answered yet.")
        lines, money = lines_words(view.lines), format_money(view.total, view.currency)
        if view.number:
            text = later("The sale {number} of {money} with {lines} is saved.")
        else:
            text = later("The sale of {money} with {lines} is saved.")
        saved = t(text, number=view.number, money=money, lines=lines)
        return f"{saved}\n{t('Did it go through? The till is asking the server.')}"

    def _todo(self) -> str:
        if self._view.alone:
            then = t("If the server stays silent, the till accepts the sale by itself in a few seconds.")
        elif self._view.why:
            then = self._view.why
        else:
            then = t("The receipt prints when the server has answered; until then nothing else is sold.")
        return f"{t('Keep the money and the goods here.')} {then}"

    def set_attempts(self, attempts: int) -> None:
        """Say how often it was tried."""
        self._attempts = attempts
        words = t_n(
            attempts,
            "Tried once. The till goes on trying by itself.",
            "Tried {n} times. The till goes on trying by itself.",
        )
        self._count.set_text(words)

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
        labels.append(
            Label(t("Held by {holder}", holder=view.holder), role="body_strong", align="center", max_lines=3)
        )
    labels.append(Label(view.do, role="body", tone="text2", align="center", max_lines=4))
    if view.ref:
        labels.append(Label(t("Ref {ref}", ref=view.ref), role="note", tone="text3", align="center"))
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
        self._leave = Key(t("Close the program"), icon="power", variant="soft", height=64, name="leave")
        self._again = self.action_key(
            Key(t("Try again"), icon="refresh-cw", variant="accent", height=64), "try_again"
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
            Key(t("Back to the sale"), icon="arrow-left", variant="soft", height=64), "back"
        )
        self._again = self.action_key(
            Key(t("Try again"), icon="refresh-cw", variant="accent", height=64), "try_again"
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
