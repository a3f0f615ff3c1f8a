"""Items from a spreadsheet: names the file, looks at it, says what would happen, and then does it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QProgressBar, QWidget

from pos_desktop.domain.items_row import RowReject
from pos_desktop.errors import EnvironmentProblem, UserError
from pos_desktop.services.import_items import ImportResult
from pos_desktop.services.manager import ManagerDesk, Store
from pos_desktop.services.manager_import import import_list
from pos_desktop.words import WordTable, later, t, t_n
from ui.manager.bars import number
from ui.messages import text_for
from ui.tasks import Command, Lane, Lanes
from ui.theme import theme
from ui.widgets.key import Key
from ui.widgets.labels import Label
from ui.widgets.overlay import Overlay

SHOWN = 6
_DOING = WordTable(
    {"Checking": "Checking…", "Reading": "Reading…", "Comparing": "Comparing…", "Writing": "Writing…"}
)


def found_words(result: ImportResult) -> str:
    """What importing a list would do, or did."""
    looked = result.looked
    parts = [
        t("{n} new", n=number(looked.new)),
        t("{n} changed", n=number(looked.changed)),
        t("{n} as they are", n=number(looked.same)),
    ]
    if looked.rejected:
        parts.append(t("{n} cannot go in", n=number(looked.rejected)))
    n = number(looked.rows)
    return t_n(looked.rows, "{n} row: {found}.", "{n} rows: {found}.", n=n, found=", ".join(parts))


def _reject_words(reject: RowReject) -> str:
    return t("Line {line}, {field}: {reason}", line=reject.line, field=reject.field, reason=reject.reason)


def imported_words(result: ImportResult) -> str:
    """What was imported, and where the rows are that could not be."""
    new, changed = result.written.new, number(result.written.changed)
    one, many = later("{n} new product, {changed} changed."), later("{n} new products, {changed} changed.")
    words = t_n(new, one, many, n=number(new), changed=changed)
    if not result.reject_file:
        return words
    rejected = number(result.looked.rejected)
    return f"{words}\n{t('{n} rows are in {file}.', n=rejected, file=result.reject_file)}"


class ImportList(Overlay):
    """Check, then Import. Signals: ``imported(ImportResult)``, ``trouble(Exception)``."""

    imported = Signal(object)
    trouble = Signal(object)
    progressed = Signal(str, int, int)

    def __init__(self, host: QWidget, desk: ManagerDesk, lanes: Lanes, store: Store, folder: Path) -> None:
        super().__init__(host, width=680, closes_on_esc=True, name="import")
        self._desk, self._lanes, self._store, self._folder = desk, lanes, store, folder
        self._checked: Path | None = None
        self.busy = False
        self.path = QLineEdit()
        self.path.setObjectName("import_path")
        self.path.setAccessibleName(t("File"))
        self.path.setPlaceholderText(t("A CSV or XLSX file with the columns codes, name and price"))
        self.browse = Key(t("Browse"), icon="layers", name="browse", height=44)
        self.note = Label("", role="body", tone="text2", max_lines=4)
        self.rejects = Label("", role="note", tone="warn", max_lines=SHOWN + 2)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.hide()
        self.cancel = Key(t("Cancel"), hint="Esc", height=52, name="cancel")
        self.go = Key(t("Check @a file"), variant="accent", icon="upload", height=52, name="import_go")
        self._build()
        self.path.textEdited.connect(lambda _: self._ready(None))
        self.path.returnPressed.connect(self.act)
        self.browse.clicked.connect(self._browse)
        self.cancel.clicked.connect(self.close_overlay)
        self.go.clicked.connect(self.act)
        self.progressed.connect(self._progress)

    def _build(self) -> None:
        body = self.card.body
        body.setSpacing(theme().px(10))
        body.addWidget(Label(t("Import products"), role="title"))
        words = t(
            "A list of items, or an export of this page after it was changed. Nothing is written by Check."
        )
        body.addWidget(Label(words, role="body", tone="text2", max_lines=2))
        row = QHBoxLayout()
        row.setSpacing(theme().px(8))
        row.addWidget(self.path, 1)
        row.addWidget(self.browse)
        body.addLayout(row)
        for widget in (self.note, self.rejects, self.bar):
            body.addWidget(widget)
        self.rejects.hide()
        keys = QHBoxLayout()
        keys.setSpacing(theme().px(8))
        keys.addWidget(self.cancel)
        keys.addWidget(self.go)
        body.addLayout(keys)

    def open(self) -> None:
        """Ask, ready to type."""
        super().open()
        self.path.setFocus()

    def _browse(self) -> None:
        dialog = QFileDialog(self, t("Import products"), str(self._folder), t("Tables (*.csv *.xlsx)"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._take)
        dialog.open()

    def _take(self, path: str) -> None:
        self.path.setText(path)
        self._ready(None)

    def _ready(self, checked: Path | None) -> None:
        """A file that was looked at can be imported; any other is looked at first."""
        self._checked = checked
        self.go.set_label(t("Check @a file") if checked is None else t("Import"))

    def act(self) -> None:
        """Look at the file, or import the one that was looked at."""
        path = Path(self.path.text().strip().strip('"')).expanduser()
        if self.busy or not self.path.text().strip():
            return
        dry_run = self._checked != path
        self._set_busy(True)
        desk, store = self._desk, self._store.number
        told = lambda what, done, of: self.progressed.emit(what, done, of)  # noqa: E731 - from the lane

        def work() -> ImportResult:
            return import_list(desk, path, store, dry_run=dry_run, progress=told)

        done = lambda result: self._looked(path, result) if dry_run else self._imported(result)  # noqa: E731
        self._lanes.run(Command(self, work, done, self._failed, lane=Lane.DEVICE))

    def _set_busy(self, busy: bool) -> None:
        self.busy = busy
        self.bar.setVisible(busy)
        self.go.setEnabled(not busy)
        self.path.setEnabled(not busy)
        self.closes_on_esc = not busy
        self.cancel.setEnabled(not busy)
        self.relayout()

    def _progress(self, what: str, done: int, of: int) -> None:
        self.bar.setRange(0, 1000)
        self.bar.setValue(done * 1000 // of if of else 0)
        self._say(_DOING.get(what, what))

    def _looked(self, path: Path, result: ImportResult) -> None:
        self._set_busy(False)
        self._say(found_words(result))
        lines = [_reject_words(each) for each in result.rejects[:SHOWN]]
        if result.looked.rejected > SHOWN:
            lines.append(t("And {n} more.", n=number(result.looked.rejected - SHOWN)))
        self.rejects.set_text("\n".join(lines))
        self.rejects.setVisible(bool(lines))
        fresh = result.looked.new + result.looked.changed
        self._ready(path if fresh else None)
        self.relayout()
        (self.go if fresh else self.path).setFocus()

    def _imported(self, result: ImportResult) -> None:
        self._set_busy(False)
        self.close_overlay()
        self.imported.emit(result)

    def _failed(self, problem: Exception) -> None:
        self._set_busy(False)
        self._ready(None)
        self.rejects.hide()
        if isinstance(problem, (UserError, EnvironmentProblem)):
            self._say(text_for(problem), warn=True)
        else:
            self.trouble.emit(problem)

    def _say(self, words: str, *, warn: bool = False) -> None:
        self.note.set_text(words)
        self.note.set_tone("warn" if warn else "text2")
        self.relayout()
