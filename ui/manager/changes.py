"""What a bulk edit or a paste would change, shown before it is done: name, field, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QHeaderView, QWidget

from pos_desktop.words import later_all, t
from ui.theme import theme
from ui.widgets.table import DataTable, StrongRole, ToneRole

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_TITLES = later_all(("Product", "Field", "Before", "After"))


@dataclass(frozen=True, slots=True)
class Change:
    """One cell: ``problem`` says why it cannot be so; without one it will be."""

    name: str
    field: str
    before: str
    after: str
    problem: str = ""


class _Model(QAbstractTableModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.changes: Sequence[Change] = ()

    def show(self, changes: Sequence[Change]) -> None:
        self.beginResetModel()
        self.changes = changes
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.changes)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(_TITLES)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> str | None:
        shown = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return t(_TITLES[section]) if shown else None

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        change, column = self.changes[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            after = change.problem or change.after or "—"
            return (change.name, change.field, change.before or "—", after)[column]
        if role == StrongRole:
            return column == 3 and not change.problem
        if role == ToneRole:
            return (
                ("danger" if change.problem else "accent")
                if column == 3
                else ("text", "text2", "text2")[column]
            )
        return None


class ChangeList(DataTable):
    """The changes as a table to scroll through."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._changes = _Model(self)
        self.setModel(self._changes)
        self.setSortingEnabled(False)
        self.setAccessibleName(t("What will change"))
        self.setMinimumHeight(theme().px(280))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setSortIndicatorShown(False)
        header.setSectionsClickable(False)
        header.setSectionsMovable(False)
        for column in (0, 3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(1, theme().px(110))
        header.resizeSection(2, theme().px(150))

    @property
    def changes(self) -> Sequence[Change]:
        """What is shown."""
        return self._changes.changes

    def show_changes(self, changes: Sequence[Change]) -> None:
        """Show these; those that cannot be first."""
        self._changes.show(sorted(changes, key=lambda change: not change.problem))
