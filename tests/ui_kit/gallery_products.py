"""The products of the kit's office page."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt

from ui.widgets.table import ChipRole, DotRole, Pill, StrongRole, ToneRole


class Products(QAbstractTableModel):
    """A few products to fill the table."""

    HEADS = ("", "Product", "Code", "Category", "Price", "On hand", "Status")
    LINES = (
        (
            "Whole milk 2 L",
            "5010012345678",
            ("Dairy", "dairy"),
            "1.85",
            "48",
            Pill("In stock", "good", "check"),
        ),
        (
            "Sourdough loaf 800 g",
            "5012345000019",
            ("Bakery", "bakery"),
            "3.20",
            "9",
            Pill("Low", "warn", "triangle-alert"),
        ),
        (
            "Bananas, loose",
            "4011",
            ("Fruit & veg", "fruit"),
            "1.12",
            "22.4 kg",
            Pill("In stock", "good", "check"),
        ),
        (
            "Crisps ready salted 6-pack multibag with cheese",
            "5015678900015",
            ("Snacks", "snacks"),
            "1.90",
            "0",
            Pill("Out", "danger", "circle-alert"),
        ),
    )

    def rowCount(self, _parent: QModelIndex | None = None) -> int:
        return len(self.LINES)

    def columnCount(self, _parent: QModelIndex | None = None) -> int:
        return len(self.HEADS)

    def headerData(self, section: int, _orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.HEADS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section in (4, 5):
            return Qt.AlignmentFlag.AlignRight.value
        return None

    def data(self, index: QModelIndex, role: int = 0) -> Any:
        column = index.column()
        if column == 0:
            ticked = Qt.CheckState.Checked if index.row() == 1 else Qt.CheckState.Unchecked
            return ticked if role == Qt.ItemDataRole.CheckStateRole else None
        value = self.LINES[index.row()][column - 1]
        if role == Qt.ItemDataRole.DisplayRole and not isinstance(value, Pill):
            return value[0] if isinstance(value, tuple) else value
        if role == ChipRole and isinstance(value, Pill):
            return value
        if role == DotRole and isinstance(value, tuple):
            return value[1]
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (4, 5):
            return Qt.AlignmentFlag.AlignRight
        if role == StrongRole:
            return column in (1, 5)
        return {2: "text2"}.get(column, "text") if role == ToneRole else None
