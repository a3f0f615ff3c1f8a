"""Shelf labels of the chosen products as a PDF: asks where, and at which label of a begun sheet to start."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from pos_desktop.domain.file_name import is_file_name
from pos_desktop.domain.money import Currency
from pos_desktop.services.manager import Product
from ui.label_sheet import LabelSheet, ShelfLabel, save_labels_pdf
from ui.theme import theme
from ui.widgets.key import Key
from ui.widgets.labels import Label
from ui.widgets.overlay import Overlay

SHEET = LabelSheet()


def documents_folder() -> Path:
    """Where this person keeps documents; the home folder when the system knows no place."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(place) if place else Path.home()


def free_name(folder: Path, day: date) -> Path:
    """A file name of this day that is not taken."""
    stem = f"shelf-labels-{day:%Y-%m-%d}"
    path, number = folder / f"{stem}.pdf", 2
    while path.exists():
        path, number = folder / f"{stem}-{number}.pdf", number + 1
    return path


def shelf_label(product: Product, money: Currency) -> ShelfLabel:
    """The shelf label of a product."""
    return ShelfLabel(product.name, product.price, money, product.code, product.unit)


class PrintLabels(Overlay):
    """Asks for file and first place, and writes. Signals: ``saved(Path, int)`` with the number of sheets."""

    saved = Signal(object, int)

    def __init__(
        self, host: QWidget, products: Sequence[Product], money: Currency, folder: Path, today: date
    ) -> None:
        super().__init__(host, width=600, closes_on_esc=True, name="labels")
        self._labels = [shelf_label(product, money) for product in products]
        self.path = QLineEdit(str(free_name(folder, today)))
        self.path.setObjectName("labels_path")
        self.path.setAccessibleName("File")
        self.first = QLineEdit("1")
        self.first.setObjectName("labels_first")
        self.first.setAccessibleName("First label")
        self.first.setMaxLength(2)
        self.note = Label("", role="body", tone="text2", max_lines=3)
        self.cancel = Key("Cancel", hint="Esc", height=52, name="cancel")
        self.save = Key("Save PDF", variant="accent", icon="printer", height=52, name="save_labels")
        self._build()
        for field in (self.path, self.first):
            field.textEdited.connect(lambda _: self._say_sheets())
            field.returnPressed.connect(self.write)
        self.cancel.clicked.connect(self.close_overlay)
        self.save.clicked.connect(self.write)
        self._say_sheets()

    def _build(self) -> None:
        body = self.card.body
        body.setSpacing(theme().px(10))
        body.addWidget(Label("Shelf labels", role="title"))
        body.addWidget(Label("File", role="chip", tone="text2", max_lines=1))
        body.addWidget(self.path)
        words = f"First label, 1 to {SHEET.per_page}: for a sheet that was begun"
        body.addWidget(Label(words, role="chip", tone="text2", max_lines=1))
        body.addWidget(self.first)
        body.addWidget(self.note)
        row = QHBoxLayout()
        row.setSpacing(theme().px(8))
        row.addWidget(self.cancel)
        row.addWidget(self.save)
        body.addLayout(row)

    def open(self) -> None:
        """Ask, ready to go with Enter."""
        super().open()
        self.path.setFocus()

    @property
    def begins_at(self) -> int | None:
        """The label to begin with, from 1; None when the sheet has none of this number."""
        text = self.first.text().strip()
        number = int(text) if text.isascii() and text.isdigit() else 0
        return number if 1 <= number <= SHEET.per_page else None

    def _say_sheets(self) -> None:
        first = self.begins_at
        if first is None:
            self._warn(f"A sheet has the labels 1 to {SHEET.per_page}.\nType one of them.")
            return
        count = len(self._labels)
        sheets = -(-(first - 1 + count) // SHEET.per_page)
        labels = "1 label" if count == 1 else f"{count} labels"
        on = "1 sheet" if sheets == 1 else f"{sheets} sheets"
        self.note.set_text(f"{labels} on {on} of {SHEET.per_page}, {SHEET.width:g} × {SHEET.height:g} mm.")
        self.note.set_tone("text2")

    def write(self) -> None:
        """Write the file; what stands in the way is said here and the question stays."""
        path, first = Path(self.path.text().strip()).expanduser(), self.begins_at
        if first is None:
            return
        if path.suffix.casefold() != ".pdf" or not path.is_absolute():
            self._warn("Give the whole path of a file that ends in .pdf.")
            return
        if not is_file_name(path.name):
            self._warn("No file can be called that.\nGive the labels another name.")
            return
        if os.path.lexists(path):
            self._warn(f"{path.name} is there already.\nGive the labels another name.")
            return
        self.note.set_text("Writing…")
        self.note.repaint()  # thousands of labels take a second or two
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            sheets = save_labels_pdf(path, self._labels, SHEET, first=first - 1)
        except (OSError, ValueError):  # ValueError: a zero byte in a folder's name
            self._warn(f"Nothing can be written to {path.parent}.\nChoose another folder.")
            return
        self.close_overlay()
        self.saved.emit(path, sheets)

    def _warn(self, words: str) -> None:
        self.note.set_text(words)
        self.note.set_tone("warn")
        self.relayout()
