"""Shelf labels of the chosen products as a PDF: asks where, and at which label of a begun sheet to start."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QLineEdit, QWidget

from pos_desktop.domain.money import Currency
from pos_desktop.errors import UserError
from pos_desktop.services.manager import Product
from pos_desktop.services.manager_files import Told, whole_file
from pos_desktop.words import later, t, t_n
from ui.label_sheet import LabelSheet, ShelfLabel, StoppedError, save_labels_pdf
from ui.manager.bars import number
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
        key = Key(t("Save PDF"), variant="accent", icon="printer", height=52, name="save_labels")
        path = free_name(folder, "shelf-labels", ".pdf")
        super().__init__(host, lanes, path, title=t("Shelf labels"), name="labels", key=key)
        self._labels = [shelf_label(product, money) for product in products]
        self.first = QLineEdit("1")
        self.first.setObjectName("labels_first")
        self.first.setAccessibleName(t("First label"))
        self.first.setMaxLength(2)
        words = t("First label, 1 to {last}: for a sheet that was begun", last=SHEET.per_page)
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
            words = t("A sheet has the labels 1 to {last}.\nType one of them.", last=SHEET.per_page)
            self._say(words, warn=True)
            return
        sheets = -(-(first - 1 + len(self._labels)) // SHEET.per_page)
        size = f"{SHEET.width:g} × {SHEET.height:g} mm"
        one = later("{labels} on {n} sheet of {most}, {size}.")
        many = later("{labels} on {n} sheets of {most}, {size}.")
        self._say(t_n(sheets, one, many, labels=self._count, most=SHEET.per_page, size=size))

    @property
    def _count(self) -> str:
        labels = len(self._labels)
        return t_n(labels, "{n} label", "{n} labels", n=number(labels))

    def _progress(self, done: int) -> None:
        self.bar.setValue(done)
        self._say(t("Painting label {n} of {all}.", n=done + 1, all=len(self._labels)))

    def write(self) -> None:
        """Write the file; what stands in the way is said here and the question stays."""
        path, first = Path(self.path.text().strip()).expanduser(), self.begins_at
        if first is None or self.writing:
            return
        if path.suffix.casefold() != ".pdf" or not path.is_absolute():
            self._say(t("Give the whole path of a file that ends in .pdf."), warn=True)
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
        one, many = later("{labels} on {n} sheet: {file}"), later("{labels} on {n} sheets: {file}")
        words = t_n(sheets, one, many, labels=self._count, file=path)
        self.saved.emit(words, [(t("Open @file"), lambda: open_file(path))])


def _paint(path: Path, labels: Sequence[ShelfLabel], first: int, told: Told) -> int:
    try:
        with whole_file(path) as part:
            return save_labels_pdf(part, labels, SHEET, first=first, told=told)
    except StoppedError as stopped:
        raise UserError("file.stopped", file=path.name) from stopped
