"""Which columns a table shows, and in which order."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QStyleOptionViewItem, QWidget

from pos_desktop.words import t
from ui.models.columns import Arrangement, Column
from ui.theme import theme
from ui.widgets.key import Key
from ui.widgets.labels import Label
from ui.widgets.overlay import Overlay
from ui.widgets.table import CellDelegate, Index

_KEY = int(Qt.ItemDataRole.UserRole)


class _LineDelegate(CellDelegate):
    """A line of the list, as high as a table's row."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The height of a row."""
        return QSize(super().sizeHint(option, index).width(), theme().px(40))


class ColumnsPanel(Overlay):
    """A list to tick and to move up and down. Signals: ``chosen(Arrangement)``."""

    chosen = Signal(object)

    def __init__(self, host: QWidget, columns: Sequence[Column], shown: Sequence[Column]) -> None:
        super().__init__(host, width=460, closes_on_esc=True, name="columns_panel")
        self._first = columns[0]
        self.list = QListWidget()
        self.list.setAccessibleName(t("Columns"))
        self.list.setItemDelegate(_LineDelegate(self.list))
        self.list.installEventFilter(self)
        keys = [column.key for column in shown]
        rest = [column for column in columns if column.key not in keys]
        for column in (*shown[1:], *rest):
            item = QListWidgetItem(column.words)
            item.setData(_KEY, column.key)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            state = Qt.CheckState.Checked if column.key in keys else Qt.CheckState.Unchecked
            item.setCheckState(state)
            self.list.addItem(item)
        self.list.itemClicked.connect(self._turn)
        self.list.setCurrentRow(0)
        self.up = Key(t("Up"), icon="arrow-up", hint="Ctrl+↑", name="column_up")
        self.down = Key(t("Down"), icon="arrow-down", hint="Ctrl+↓", name="column_down")
        self.usual = Key(t("As usual"), icon="rotate-ccw", name="columns_usual")
        self.cancel = Key(t("Cancel"), hint="Esc", height=52, name="cancel")
        self.take = Key(t("Show these"), variant="accent", icon="check", height=52, name="take_columns")
        self._build()

    def _build(self) -> None:
        px, body = theme().px, self.card.body
        body.setSpacing(px(10))
        body.addWidget(Label(t("Columns"), role="title"))
        words = t(
            "{column} is always shown. Space ticks; the order is the table's.", column=self._first.words
        )
        body.addWidget(Label(words, role="body", tone="text2", max_lines=2))
        self.list.setMinimumHeight(px(360))
        body.addWidget(self.list)
        for keys in ((self.up, self.down, self.usual), (self.cancel, self.take)):
            row = QHBoxLayout()
            row.setSpacing(px(8))
            for key in keys:
                row.addWidget(key)
            body.addLayout(row)
        self.up.clicked.connect(lambda: self.move_by(-1))
        self.down.clicked.connect(lambda: self.move_by(1))
        self.usual.clicked.connect(lambda: self._give(Arrangement()))
        self.cancel.clicked.connect(self.close_overlay)
        self.take.clicked.connect(self.finish)

    def open(self) -> None:
        """Ask, with the keys in the list."""
        super().open()
        self.list.setFocus()

    def _turn(self, item: QListWidgetItem) -> None:
        ticked = item.checkState() == Qt.CheckState.Checked
        item.setCheckState(Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked)

    def move_by(self, rows: int) -> None:
        """Move the column in hand up or down."""
        row = self.list.currentRow()
        if 0 <= row + rows < self.list.count():
            self.list.insertItem(row + rows, self.list.takeItem(row))
            self.list.setCurrentRow(row + rows)

    def finish(self) -> None:
        """Show what is ticked."""
        items = [self.list.item(row) for row in range(self.list.count())]
        keys = [item.data(_KEY) for item in items if item.checkState() == Qt.CheckState.Checked]
        self._give(Arrangement((self._first.key, *keys)))

    def _give(self, arrangement: Arrangement) -> None:
        self.close_overlay()
        self.chosen.emit(arrangement)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Space ticks, Ctrl with an arrow moves the column, Enter is done, Esc leaves all as it was."""
        if watched is self.list and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key, control = event.key(), event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if control and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self.move_by(-1 if key == Qt.Key.Key_Up else 1)
                return True
            acts = {
                int(Qt.Key.Key_Space): lambda: self._turn(self.list.currentItem()),
                int(Qt.Key.Key_Return): self.finish,
                int(Qt.Key.Key_Enter): self.finish,
                int(Qt.Key.Key_Escape): self.close_overlay,
            }
            if key in acts:
                acts[key]()
                return True
        return super().eventFilter(watched, event)
