"""What a till that sells alone may still do, and what of it the server has not got yet."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from pos_desktop.words import t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import OverlayScreen
from ui.register.screens.values import CapRow, OfflineView, PendingView
from ui.theme import theme
from ui.widgets.canvas import Canvas
from ui.widgets.key import Key
from ui.widgets.labels import Label, PaintedWidget, state_colours

MOST_LINES = 8


class Meter(PaintedWidget):
    """How much of a cap is used, as a bar beside words that say the same."""

    def __init__(self, row: CapRow) -> None:
        super().__init__()
        self._row = row
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.announce(f"{t(row.name)}: {row.words}")

    def sizeHint(self) -> QSize:
        """As high as a line of text."""
        return QSize(theme().px(180), theme().px(14))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the well and what is filled of it."""
        t = theme()
        _fill, ink = state_colours(self._row.state)
        with Canvas.on(self) as canvas:
            rect = QRectF(self.rect())
            canvas.box(rect, t.c.sunken, t.c.line_strong, radius=rect.height() / 2)
            inner = rect.adjusted(2, 2, -2, -2)
            inner.setWidth(inner.width() * self._row.percent / 100)
            if inner.width() >= inner.height():
                canvas.box(inner, ink, radius=inner.height() / 2)


class OfflinePanel(OverlayScreen):
    """The caps with what is used of them, and what is waiting. Signals: ``back()``."""

    back = Signal()

    name = "offline"
    card_width = 760

    def __init__(
        self, view: OfflineView, *, keys: Keymap | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._view = view
        self.body.addWidget(Label(view.title, role="title", max_lines=2))
        self.body.addWidget(Label(view.words, role="body_strong", tone="text2", max_lines=4))
        for row in view.rows:
            self._add_row(row)
        for words in view.facts:
            self.body.addWidget(Label(words, role="body", tone="text2", max_lines=2))
        self._back = self.action_key(Key(t("Back"), icon="arrow-left", variant="soft", height=60), "back")
        self._back.clicked.connect(self.back)
        self.body.addWidget(self._back)

    def _add_row(self, row: CapRow) -> None:
        line = QHBoxLayout()
        line.setSpacing(theme().px(16))
        line.addWidget(Label(t(row.name), role="heading", max_lines=1), 3)
        line.addWidget(Meter(row), 4)
        line.addWidget(Label(row.words, role="heading", tone="text2", align="end", max_lines=2), 5)
        self.body.addLayout(line)

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        return {"back": self._back.click}

    def probe(self) -> dict[str, object]:
        """The words, and each cap in words."""
        caps = {row.name: row.words for row in self._view.rows}
        return {"screen": self.name, "message": self._view.words, "caps": caps}


class PendingScreen(OverlayScreen):
    """The shift stays open until the server has everything of it. Signals: ``try_again()``, ``back()``."""

    try_again = Signal()
    back = Signal()

    name = "pending"
    card_width = 760
    card_spacing = 10

    def __init__(
        self, view: PendingView, *, keys: Keymap | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._view = view
        self.body.addWidget(Label(view.title, role="title", max_lines=2))
        self.body.addWidget(Label(view.words, role="body_strong", tone="text2", max_lines=4))
        for line in self._lines():
            self.body.addWidget(Label(line, role="body_strong", max_lines=2))
        self._back = self.action_key(
            Key(t("Back to the sale"), icon="arrow-left", variant="soft", height=60), "back"
        )
        self._again = self.action_key(
            Key(t("Try again"), icon="refresh-cw", variant="accent", height=60), "try_again"
        )
        self._back.clicked.connect(self.back)
        self._again.clicked.connect(self.try_again)
        self.row(self._back, self._again)

    def _lines(self) -> list[str]:
        """The oldest documents, and how many more there are."""
        lines = list(self._view.lines)
        if len(lines) <= MOST_LINES:
            return lines
        return [*lines[: MOST_LINES - 1], t("and {count} more", count=len(lines) - MOST_LINES + 1)]

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        return {"try_again": self._again.click, "back": self._back.click}

    def probe(self) -> dict[str, object]:
        """What is waiting."""
        return {"screen": self.name, "message": self._view.words, "waiting": list(self._view.lines)}
