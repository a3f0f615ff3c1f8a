"""The shift is closed: the Z report's figures, its paper, and on to the next shift."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from pos_desktop.domain.receipt import ReportPaper, Section
from pos_desktop.words import t
from ui.keymap import Keymap
from ui.register.screen import Action
from ui.register.screens.base import CardScreen
from ui.register.screens.printing import PrintChip
from ui.register.screens.values import PrintState
from ui.theme import theme
from ui.widgets.canvas import RIGHT, Canvas
from ui.widgets.key import Key
from ui.widgets.labels import Label, PaintedWidget
from ui.widgets.text import height_for


class SectionView(PaintedWidget):
    """One block of a report: its title, then label and value a row; a value is never shortened."""

    def __init__(self, section: Section, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._section = section
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.announce(f"{section.title}: " + ", ".join(f"{a} {b}" for a, b in section.rows))

    def _heights(self, width: float) -> list[int]:
        t = theme()
        label = t.type("table")
        return [
            max(t.px(22), height_for(words, label, width - t.type("table_strong").width(value) - t.px(12), 3))
            for words, value in self._section.rows
        ]

    def heightForWidth(self, width: int) -> int:
        """Title and rows, a long label on more than one line."""
        return theme().px(30) + sum(self._heights(width)) + theme().px(10)

    def sizeHint(self) -> QSize:
        """At a column's usual width."""
        width = max(self.width(), theme().px(220))
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Not narrower than a figure beside two words."""
        return QSize(theme().px(200), theme().px(52))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint title, hairline and rows."""
        t, wide = theme(), float(self.width())
        label, value = t.type("table"), t.type("table_strong")
        with Canvas.on(self) as canvas:
            canvas.text(QRectF(0, 0, wide, t.px(24)), self._section.title, t.type("chip"), t.c.text2)
            canvas.fill(QRectF(0, t.px(26), wide, 1), t.c.line)
            top = float(t.px(30))
            for (words, amount), height in zip(self._section.rows, self._heights(wide), strict=True):
                room = value.width(amount) + 2
                left = QRectF(0, top, wide - room - t.px(8), height)
                canvas.text(left, words, label, t.c.text, max_lines=3)
                right = QRectF(wide - room, top, room, height)
                canvas.text(right, amount, value, t.c.text, align=RIGHT, ltr=True)
                top += height


class ZDoneScreen(CardScreen):
    """The figures of the closed shift. Signals: ``print_asked()``, ``next_asked()``."""

    print_asked = Signal()
    next_asked = Signal()

    name = "z_done"
    card_width = 1040
    card_padding = 20
    card_spacing = 10

    def __init__(
        self,
        paper: ReportPaper,
        *,
        printing: PrintState = "printing",
        keys: Keymap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(keys=keys, parent=parent)
        self._paper = paper
        self._chip = PrintChip(paper.title, t("Shift closed"))
        head = QHBoxLayout()
        head.addWidget(Label(t("{title} is done", title=paper.title), role="title", max_lines=2), 1)
        head.addWidget(self._chip)
        self.body.addLayout(head)
        facts = " · ".join(f"{name} {value}" for name, value in paper.facts)
        self.body.addWidget(Label(facts, role="note", tone="text2", max_lines=3))
        self._columns = QHBoxLayout()
        self._columns.setSpacing(theme().px(28))
        self.body.addWidget(self._figures(), 1)
        self._print = self.action_key(Key(t("Print again"), icon="printer", height=72), "print")
        self._next = self.action_key(
            Key(t("Next shift"), icon="check", variant="accent", role="key_big", height=72), "next"
        )
        self._print.clicked.connect(self.print_asked)
        self._next.clicked.connect(self.next_asked)
        self.row(self._print, self._next).setStretch(1, 2)
        self.set_printing(printing)

    def _figures(self) -> QScrollArea:
        inside = QWidget()
        inside.setLayout(self._columns)
        self._columns.setContentsMargins(0, 0, 0, 0)
        rows = sum(len(s.rows) + 2 for s in self._paper.sections)
        column, filled, done = QVBoxLayout(), 0, 0
        for section in self._paper.sections:
            if filled and filled + len(section.rows) / 2 + 1 >= rows / 3 and done < 2:
                column.addStretch(1)
                self._columns.addLayout(column, 1)
                column, filled, done = QVBoxLayout(), 0, done + 1
            column.addWidget(SectionView(section))
            filled += len(section.rows) + 2
        column.addStretch(1)
        self._columns.addLayout(column, 1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setMinimumHeight(theme().px(360))
        area.setWidget(inside)
        # The area fills its parts with the window's grey unless told not to, after it has its widget.
        inside.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        return area

    def set_printing(self, state: PrintState) -> None:
        """Say whether the paper is out."""
        self._chip.show_state(state)
        self._print.set_label(t("Print") if state == "off" else t("Print again"))

    def typed(self, name: str) -> bool:
        """Enter goes on: nothing is lost by it."""
        if name == "enter":
            self._next.click()
            return True
        return False

    def key_actions(self) -> Mapping[str, Action]:
        """What keys do here."""
        return {"next": self._next.click, "print": self._print.click}

    def probe(self) -> dict[str, object]:
        """The figures as words."""
        figures = {name: value for section in self._paper.sections for name, value in section.rows}
        return {"screen": self.name, "title": self._paper.title, "figures": figures}
