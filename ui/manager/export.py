"""Asks where rows go as a file for a spreadsheet, and writes them off the GUI thread with progress."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QStandardPaths, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QProgressBar, QWidget

from pos_desktop.errors import EnvironmentProblem, UserError
from pos_desktop.services.manager_files import Kind, export_table
from pos_desktop.words import later, t, t_n
from ui.manager.bars import number
from ui.manager.clip import decimal_sign
from ui.messages import text_for
from ui.models.columns import Column
from ui.models.paged import PagedModel
from ui.tasks import Command, Lane, Lanes
from ui.theme import theme
from ui.widgets.key import Key, switch
from ui.widgets.labels import Label
from ui.widgets.overlay import Overlay

if TYPE_CHECKING:
    from ui.manager.grid_page import PageSpec


def documents_folder() -> Path:
    """Where this person keeps documents; the home folder when the system knows no place."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(place) if place else Path.home()


def free_name(folder: Path, stem: str, suffix: str) -> Path:
    """A file name of today that is not taken."""
    stem = f"{stem}-{date.today():%Y-%m-%d}"
    path, number = folder / f"{stem}{suffix}", 2
    while path.exists():
        path, number = folder / f"{stem}-{number}{suffix}", number + 1
    return path


def open_file(path: Path) -> None:
    """Show a file with the program the system has for it."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def rows_written(count: int, path: Path) -> str:
    """What was written where, in words."""
    return t_n(count, "{n} row: {file}", "{n} rows: {file}", n=number(count), file=path)


def kind_of(column: Column) -> Kind:
    """What a column's cells are in a file."""
    return Kind.NUMBER if column.number else Kind.CODE if column.code else Kind.TEXT


class FileQuestion(Overlay):
    """A question whose answer is a file written in a lane, with progress and a way to stop.

    Signals: ``saved(str, list)`` words and keys for the banner; ``trouble(Exception)``.
    """

    saved = Signal(str, list)
    trouble = Signal(object)
    progressed = Signal(int)

    def __init__(self, host: QWidget, lanes: Lanes, path: Path, *, title: str, name: str, key: Key) -> None:
        super().__init__(host, width=600, closes_on_esc=True, name=name)
        self._lanes = lanes
        self._stop = threading.Event()
        self.writing = False
        self.path = QLineEdit(str(path))
        self.path.setObjectName(f"{name}_path")
        self.path.setAccessibleName(t("File"))
        self.note = Label("", role="body", tone="text2", max_lines=3)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.hide()
        self.cancel = Key(t("Cancel"), hint="Esc", height=52, name="cancel")
        self.save = key
        self.card.body.setSpacing(theme().px(10))
        self.card.body.addWidget(Label(title, role="title"))
        self.path.returnPressed.connect(self.write)
        self.cancel.clicked.connect(self._cancel)
        self.save.clicked.connect(self.write)
        self.progressed.connect(self._progress)

    def _kinds(self, kinds: Mapping[str, Key]) -> None:
        """Keys for the kinds of file by their suffix, the first one taken; then the path and the foot."""
        row = QHBoxLayout()
        row.setSpacing(theme().px(8))
        for suffix, key in kinds.items():
            key.clicked.connect(lambda _=False, chosen=suffix: self._kind_chosen(kinds, chosen))
            row.addWidget(key)
        self.card.body.addLayout(row)
        self._file_field()
        self._foot()
        switch(list(kinds.values()), next(iter(kinds.values())))

    def _kind_chosen(self, kinds: Mapping[str, Key], suffix: str) -> None:
        switch(list(kinds.values()), kinds[suffix])
        self.path.setText(str(Path(self.path.text().strip()).with_suffix(suffix)))
        self.path.setFocus()

    def _file_field(self) -> None:
        self.card.body.addWidget(Label(t("File"), role="chip", tone="text2", max_lines=1))
        self.card.body.addWidget(self.path)

    def _foot(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme().px(8))
        row.addWidget(self.cancel)
        row.addWidget(self.save)
        for widget in (self.note, self.bar):
            self.card.body.addWidget(widget)
        self.card.body.addLayout(row)

    def open(self) -> None:
        """Ask, ready to go with Enter."""
        super().open()
        self.path.setFocus()

    def close_overlay(self) -> None:
        """Put the question away; what is being written is given up."""
        self._stop.set()
        super().close_overlay()

    def _cancel(self) -> None:
        if self.writing:
            self._stop.set()
        else:
            self.close_overlay()

    @abstractmethod
    def write(self) -> None:
        """Write the file; what stands in the way is said here and the question stays."""

    def _told(self, done: int) -> bool:
        """Called in the lane: how far it is, and whether it shall go on."""
        self.progressed.emit(done)
        return not self._stop.is_set()

    def _begin(self, of: int) -> None:
        self._stop.clear()
        self.writing = True
        self.bar.setRange(0, of)
        self.bar.setValue(0)
        self.bar.show()
        self.save.setEnabled(False)
        self.cancel.set_label(t("Stop"))
        self.relayout()

    def _progress(self, done: int) -> None:
        self.bar.setValue(min(done, self.bar.maximum()) if self.bar.maximum() else 0)
        self._say(t_n(done, "Writing, {n} row so far.", "Writing, {n} rows so far.", n=number(done)))

    def _failed(self, problem: Exception) -> None:
        self._end()
        if isinstance(problem, (UserError, EnvironmentProblem)):
            self._say(text_for(problem), warn=True)
        else:
            self.trouble.emit(problem)

    def _end(self) -> None:
        self.writing = False
        self.bar.hide()
        self.save.setEnabled(True)
        self.cancel.set_label(t("Cancel"))

    def _say(self, words: str, *, warn: bool = False) -> None:
        self.note.set_text(words)
        self.note.set_tone("warn" if warn else "text2")
        self.relayout()

    def _file(self) -> Path | None:
        """The file named, whole; None after saying what is missing."""
        path = Path(self.path.text().strip()).expanduser()
        if path.is_absolute():
            return path
        self._say(t("Give the whole path of the file."), warn=True)
        return None


class Export(FileQuestion):
    """Rows of a grid as CSV or XLSX: the ticked ones, or every one of the filter."""

    def __init__(
        self,
        host: QWidget,
        lanes: Lanes,
        spec: PageSpec,
        model: PagedModel,
        columns: Sequence[Column],
        folder: Path,
    ) -> None:
        key = Key(t("Export"), variant="accent", icon="download", height=52, name="save_export")
        path = free_name(folder, spec.name, ".csv")
        super().__init__(host, lanes, path, title=t("Export {page}", page=spec.title), name="export", key=key)
        self._spec, self._model, self._columns = spec, model, columns
        self.csv = Key("CSV", name="as_csv", note=t("Any spreadsheet"))
        self.xlsx = Key("XLSX", name="as_xlsx", note="Excel, LibreOffice")
        self._kinds({".csv": self.csv, ".xlsx": self.xlsx})
        ticked = len(model.ticked)
        what = t("Every row of the filter")
        if ticked:
            what = t_n(ticked, "{n} chosen row", "{n} chosen rows", n=number(ticked))
        one = later("{rows}, {n} column: those in sight, in their order.")
        many = later("{rows}, {n} columns: those in sight, in their order.")
        self._say(t_n(len(columns), one, many, rows=what))

    def _rows(self) -> Iterator[Any]:
        model, read = self._model, self._spec.read
        if model.ticked:
            yield from list(model.ticked.values())
            return
        page = read(model.wanted, model.sort_by, None)
        yield from page.rows
        while page.more:
            page = read(model.wanted, model.sort_by, page.rows[-1].key)
            yield from page.rows

    def write(self) -> None:
        """Write in the lane of devices: reading and selling go on meanwhile."""
        path = self._file()
        if path is None or self.writing:
            return
        columns, sign = self._columns, decimal_sign()
        self._begin(len(self._model.ticked))

        def work() -> int:
            cells = ([column.spreadsheet(row) for column in columns] for row in self._rows())
            titles, kinds = [c.heading for c in columns], [kind_of(c) for c in columns]
            return export_table(path, titles, kinds, cells, decimal=sign, told=self._told)

        done = lambda count: self._written(path, count)  # noqa: E731 - keeps the path
        self._lanes.run(Command(self, work, done, self._failed, lane=Lane.DEVICE))

    def _written(self, path: Path, count: int) -> None:
        self._end()
        self.close_overlay()
        self.saved.emit(rows_written(count, path), [(t("Open @file"), lambda: open_file(path))])
