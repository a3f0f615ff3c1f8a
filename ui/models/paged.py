"""A table model over any number of rows: a window of them is held, the pages around it are read by key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from pos_desktop.services.manager import Page
from ui.models.columns import Column
from ui.models.drafts import Drafts
from ui.tasks import Lanes, Query
from ui.widgets.table import ChipRole, DotRole, StrongRole, ToneRole

Index = QModelIndex | QPersistentModelIndex
Read = Callable[[Any, str, Sequence[Any] | None], Page[Any]]
"""Reads a page: what is wanted, the sort ("category,-price"), the key of the row before it."""
HELD = 3000
"""Rows held at most: what lies further away from the rows in sight is read again when it is scrolled to."""
ProblemRole = int(Qt.ItemDataRole.UserRole) + 20
_RIGHT = int((Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter).value)
_ROOT = QModelIndex()


def turned(sort: str) -> str:
    """The same order backwards."""
    return ",".join(term[1:] if term.startswith("-") else f"-{term}" for term in sort.split(","))


class PagedModel(QAbstractTableModel):
    """Rows in the database's order; ``fetchMore`` and ``fetch_before`` ask a lane for the pages around them.

    ``ticked`` are the rows chosen, by id; they stay chosen when a filter hides them. ``drafts`` are texts
    typed and not saved. ``above`` is how many rows lie before the first held one, None when nobody counted.
    Signals: ``loaded`` when a page came, ``trouble(Exception)`` when none did: the rows shown stay;
    ``ticks_changed`` when other rows are chosen; ``shifted(int)`` when rows were added above the held ones,
    or below zero let go, so that a view can stay where it is.
    """

    loaded = Signal()
    trouble = Signal(object)
    ticks_changed = Signal()
    shifted = Signal(int)

    def __init__(
        self, read: Read, lanes: Lanes, columns: Sequence[Column], wanted: Any, sort: str, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._read, self._lanes, self.columns = read, lanes, tuple(columns)
        self.drafts = Drafts(self.columns, self)
        self.drafts.changed.connect(self._drafted)
        self._rows: list[Any] = []
        self._wanted, self.sort_by = wanted, sort
        self.above: int | None = 0
        self._more_above = self._more_below = self._asking = False
        self.ticked: dict[Any, Any] = {}

    # -- rows ------------------------------------------------------------------------------------------

    @property
    def wanted(self) -> Any:
        """The filter in force."""
        return self._wanted

    def row(self, number: int) -> Any:
        """A held row."""
        return self._rows[number]

    def row_of(self, id_: Any) -> int | None:
        """Where a row is among those held."""
        return next((number for number, each in enumerate(self._rows) if each.id == id_), None)

    def put(self, row: Any) -> None:
        """Show the new facts of a row wherever it is: in its place and among the chosen."""
        number = self.row_of(row.id)
        if number is not None:
            self._rows[number] = replace(row, key=self._rows[number].key)
            self.dataChanged.emit(self.index(number, 0), self.index(number, len(self.columns) - 1))
        if row.id in self.ticked:
            self.ticked[row.id] = row

    def tick(self, numbers: Iterable[int], on: bool | None = None) -> None:
        """Choose rows, or with False let them go; None turns each round."""
        for number in numbers:
            row = self._rows[number]
            if on is True or (on is None and row.id not in self.ticked):
                self.ticked[row.id] = row
            else:
                self.ticked.pop(row.id, None)
        self._repaint(0, 0)
        self.ticks_changed.emit()

    def tick_only(self, rows: Iterable[Any]) -> None:
        """Choose exactly these rows, shown or not."""
        self.ticked = {row.id: row for row in rows}
        self._repaint(0, 0)
        self.ticks_changed.emit()

    def _drafted(self, id_: Any) -> None:
        number = self.row_of(id_)
        if number is not None:
            self.dataChanged.emit(self.index(number, 0), self.index(number, len(self.columns) - 1))

    def _repaint(self, first: int, last: int) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, first), self.index(len(self._rows) - 1, last))

    # -- pages -----------------------------------------------------------------------------------------

    def show(self, wanted: Any, sort: str | None = None) -> None:
        """Read from the first page again; the old rows stay until the new ones are there."""
        self._wanted, self.sort_by = wanted, sort or self.sort_by
        self._more_above = self._more_below = False  # the held keys belong to the old filter and order
        self._ask(self.sort_by, None, self._came_first)

    def show_end(self) -> None:
        """Read the last page: the first one of the order backwards."""
        self._more_above = self._more_below = False
        self._ask(turned(self.sort_by), None, self._came_last)

    @property
    def at_start(self) -> bool:
        """No rows lie before the held ones."""
        return not self._more_above

    @property
    def at_end(self) -> bool:
        """No rows lie after the held ones."""
        return not self._more_below

    def canFetchMore(self, parent: Index = _ROOT) -> bool:
        """Whether a page follows that is not under way."""
        return not parent.isValid() and self._more_below and not self._asking

    def fetchMore(self, parent: Index = _ROOT) -> None:
        """Ask for the page that follows."""
        if self.canFetchMore(parent):
            self._ask(self.sort_by, self._rows[-1].key, self._came_after)

    def fetch_before(self) -> None:
        """Ask for the page before the held rows."""
        if self._more_above and not self._asking:
            self._ask(turned(self.sort_by), self._rows[0].key, self._came_before)

    def _ask(self, sort: str, key: Sequence[Any] | None, done: Callable[[Page[Any]], None]) -> None:
        read, wanted = self._read, self._wanted
        self._asking = True

        def came(page: Page[Any]) -> None:
            self._asking = False
            done(page)
            self.loaded.emit()

        self._lanes.run(Query(self, lambda: read(wanted, sort, key), came, self._failed, replaces="page"))

    def _failed(self, problem: Exception) -> None:
        self._asking = False
        self.trouble.emit(problem)

    def _came_first(self, page: Page[Any]) -> None:
        self._replace(page.rows, above=0, more_above=False, more_below=page.more)

    def _came_last(self, page: Page[Any]) -> None:
        rows = page.rows[::-1]
        self._replace(rows, above=None if page.more else 0, more_above=page.more, more_below=False)

    def _replace(self, rows: Sequence[Any], *, above: int | None, more_above: bool, more_below: bool) -> None:
        self.beginResetModel()
        self._rows = list(rows)
        self.above, self._more_above, self._more_below = above, more_above, more_below
        self.endResetModel()

    def _came_after(self, page: Page[Any]) -> None:
        first = len(self._rows)
        if page.rows:
            self.beginInsertRows(QModelIndex(), first, first + len(page.rows) - 1)
            self._rows.extend(page.rows)
            self.endInsertRows()
        self._more_below = page.more
        over = len(self._rows) - HELD
        if over > 0:
            self.beginRemoveRows(QModelIndex(), 0, over - 1)
            del self._rows[:over]
            self._more_above = True
            self.above = None if self.above is None else self.above + over
            self.endRemoveRows()
            self.shifted.emit(-over)

    def _came_before(self, page: Page[Any]) -> None:
        count = len(page.rows)
        if count:
            self.beginInsertRows(QModelIndex(), 0, count - 1)
            self._rows[:0] = page.rows[::-1]
            self.endInsertRows()
            self.shifted.emit(count)
        self._more_above = page.more
        self.above = (0 if not page.more else None) if self.above is None else max(0, self.above - count)
        over = len(self._rows) - HELD
        if over > 0:
            self.beginRemoveRows(QModelIndex(), HELD, len(self._rows) - 1)
            del self._rows[HELD:]
            self._more_below = True
            self.endRemoveRows()

    # -- what Qt asks ----------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Rows held."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Every column, shown or not."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:
        """Names of columns; numbers at the right."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].words
        if role == Qt.ItemDataRole.TextAlignmentRole and self.columns[section].number:
            return _RIGHT
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Cells that can be edited say so."""
        editable = self.columns[index.column()].editing is not None
        return super().flags(index) | (Qt.ItemFlag.ItemIsEditable if editable else Qt.ItemFlag.NoItemFlags)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """A cell's words and looks."""
        row, column = self._rows[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, column)
        if role == Qt.ItemDataRole.EditRole and column.editing is not None:
            typed = self.drafts.text(row, column.key)
            return column.editing.begin(row) if typed is None else typed
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._problem(row, column) or self.text(row, column)
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == 0:
            chosen = row.id in self.ticked
            return int((Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked).value)
        return self._looks(row, column, role)

    def _looks(self, row: Any, column: Column, role: int) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.number else None
        if role == ChipRole:
            return column.pill(row) if column.pill else None
        if role == DotRole:
            return column.dot(row) if column.dot and self.drafts.text(row, column.key) is None else None
        if role == StrongRole:
            return column.strong
        if role == ProblemRole:
            return self._problem(row, column)
        if role == ToneRole:
            if self.drafts.text(row, column.key) is not None:
                return "danger" if self._problem(row, column) else "warn"
            return column.tone(row) if column.tone else None
        return None

    def _problem(self, row: Any, column: Column) -> str:
        return self.drafts.problem(row, column.key) if column.editing is not None else ""

    def text(self, row: Any, column: Column) -> str:
        """What a cell shows: what was typed, or the saved value."""
        typed = self.drafts.text(row, column.key)
        return column.text(row) if typed is None else typed

    def setData(self, index: Index, value: Any, role: int = int(Qt.ItemDataRole.EditRole)) -> bool:
        """Somebody typed into a cell."""
        column = self.columns[index.column()]
        if role != Qt.ItemDataRole.EditRole or column.editing is None:
            return False
        self.drafts.type(self._rows[index.row()], column.key, str(value).strip())
        return True
