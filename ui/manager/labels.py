"""Shelf labels of the chosen products as a PDF: asks where, and at which label of a begun sheet to start."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QLineEdit, QWidget

from pos_desktop.domain.money import Currency
from pos_desktop.errors import UserError
from pos_desktop.services.manager import Product
from pos_desktop.services.manager_files import Told, whole_file
from ui.label_sheet import LabelSheet, ShelfLabel, StoppedError, save_labels_pdf
from ui.manager.bars import counted
from ui.manager.export import FileQuestion, free_name, open_file
from ui.tasks import Command, Lane, Lanes
from ui.widgets.key import Key
from ui.widgets.labels import Label

SHEET = LabelSheet()


def shelf_label(product: Product, money: Currency) -> ShelfLabel:
    """The shelf label of a product."""
    return ShelfLabel(product.name, product.price, money, product.code, product.unit)


class PrintLabels(FileQuestion):
    """Asks for file and first place, and paints in a lane: thousands of labels take seconds."""

    def __init__(
        self, host: QWidget, lanes: Lanes, products: Sequence[Product], money: Currency, folder: Path
    ) -> None:
        key = Key("Save PDF", variant="accent", icon="printer", height=52, name="save_labels")
        path = free_name(folder, "shelf-labels", ".pdf")
        super().__init__(host, lanes, path, title="Shelf labels", name="labels", key=key)
        self._labels = [shelf_label(product, money) for product in products]
        self.first = QLineEdit("1")
        self.first.setObjectName("labels_first")
        self.first.setAccessibleName("First label")
        self.first.setMaxLength(2)
        words = f"First label, 1 to {SHEET.per_page}: for a sheet that was begun"
        body = self.card.body
        self._file_field()
        body.addWidget(Label(words, role="chip", tone="text2", max_lines=1))
        body.addWidget(self.first)
        self._foot()
        self.path.textEdited.connect(lambda _: self._say_sheets())
        self.first.textEdited.connect(lambda _: self._say_sheets())
        self.first.returnPressed.connect(self.write)
        self._say_sheets()

    @property
    def begins_at(self) -> int | None:
        """The label to begin with, from 1; None when the sheet has none of this number."""
        text = self.first.text().strip()
        number = int(text) if text.isascii() and text.isdigit() else 0
        return number if 1 <= number <= SHEET.per_page else None

    def _say_sheets(self) -> None:
        first = self.begins_at
        if first is None:
            self._say(f"A sheet has the labels 1 to {SHEET.per_page}.\nType one of them.", warn=True)
            return
        sheets = -(-(first - 1 + len(self._labels)) // SHEET.per_page)
        size = f"{SHEET.width:g} × {SHEET.height:g} mm"
        labels = counted(len(self._labels), "label")
        self._say(f"{labels} on {counted(sheets, 'sheet')} of {SHEET.per_page}, {size}.")

    def _progress(self, done: int) -> None:
        self.bar.setValue(done)
        self._say(f"Painting label {done + 1} of {len(self._labels)}.")

    def write(self) -> None:
        """Write the file; what stands in the way is said here and the question stays."""
        path, first = Path(self.path.text().strip()).expanduser(), self.begins_at
        if first is None or self.writing:
            return
        if path.suffix.casefold() != ".pdf" or not path.is_absolute():
            self._say("Give the whole path of a file that ends in .pdf.", warn=True)
            return
        self._begin(len(self._labels))
        labels = self._labels

        def work() -> int:
            return _paint(path, labels, first - 1, self._told)

        self._lanes.run(
            Command(self, work, lambda sheets: self._written(path, sheets), self._failed, lane=Lane.DEVICE)
        )

    def _told(self, done: int) -> bool:
        return super()._told(done) if done % 21 == 0 else not self._stop.is_set()

    def _written(self, path: Path, sheets: int) -> None:
        self._end()
        self.close_overlay()
        words = f"{counted(len(self._labels), 'label')} on {counted(sheets, 'sheet')}: {path}"
        self.saved.emit(words, [("Open", lambda: open_file(path))])


def _paint(path: Path, labels: Sequence[ShelfLabel], first: int, told: Told) -> int:
    try:
        with whole_file(path) as part:
            return save_labels_pdf(part, labels, SHEET, first=first, told=told)
    except StoppedError as stopped:
        raise UserError("file.stopped", file=path.name) from stopped
