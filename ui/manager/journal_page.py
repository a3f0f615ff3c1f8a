"""The journal: every document of every till, found by what is on it, with its paper and its chain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from pos_desktop.domain.money import currency
from pos_desktop.errors import UserError
from pos_desktop.services.document_words import KINDS
from pos_desktop.services.manager import ManagerDesk, Store
from pos_desktop.services.manager_files import whole_file
from pos_desktop.services.manager_journal import (
    Entry,
    JournalFilter,
    ManagerJournal,
    Shown,
    days_back,
)
from pos_desktop.words import WordTable, t
from ui.keymap import Keymap
from ui.manager.age_report import AgeReport
from ui.manager.bars import in_store
from ui.manager.export import FileQuestion, open_file
from ui.manager.grid_page import GridPage, PageSpec
from ui.manager.menu import ChoiceKey
from ui.manager.paper_pane import COLUMNS, PaperPane
from ui.models.journal import OUTCOMES, journal_columns
from ui.paper import save_receipt_pdf
from ui.tasks import Command, Lane, Lanes, Query
from ui.theme import Layout
from ui.widgets.key import Key

_DAYS = WordTable({"1": "Today", "2": "Since yesterday", "7": "Last 7 days", "31": "Last 31 days"})


class JournalPage(GridPage):
    """A store's documents, newest first."""

    WIDTHS = (320, 360, 440)

    def __init__(self, desk: ManagerDesk, lanes: Lanes, store: Store, keys: Keymap) -> None:
        self.journal = ManagerJournal(desk, store)
        self._zone = ZoneInfo(store.time_zone)
        spec = PageSpec(
            "journal",
            t("Journal"),
            t("Number, item, amount, cashier, day…"),
            "-id",
            journal_columns(currency(store.currency), self._zone),
            lambda wanted, sort, after: self.journal.page(wanted, sort, after),
            self.journal.count,
        )
        self._only = ""
        super().__init__(desk, lanes, store, keys, spec, JournalFilter(store.number))

    # -- what is here beside the table -----------------------------------------------------------------

    def _prepare(self) -> None:
        self.pane = PaperPane()
        self.days = ChoiceKey(t("Any day"), t("Any day"), name="days")
        self.days.offer(tuple(_DAYS.items()))
        self.kind = ChoiceKey(t("Kind"), t("All kinds"), name="kind")
        self.kind.offer(tuple(KINDS.items()))
        self.outcome = ChoiceKey(t("State"), t("All states"), name="outcome")
        self.outcome.offer(tuple(OUTCOMES.items()))
        self.age_report = Key(t("Age report"), icon="id-card", name="age_report")
        self.age_report.clicked.connect(self._ask_for_report)

    def _filter_keys(self) -> Sequence[Key]:
        return (self.days, self.kind, self.outcome, self.age_report)

    def _pane(self) -> QWidget:
        return self.pane

    def _connect(self) -> None:
        super()._connect()
        for key in (self.days, self.kind, self.outcome):
            key.chosen.connect(lambda _: self._ask())
        self.filter.field.textEdited.connect(lambda _: self._show_all())
        self.table.opened.connect(lambda _: self.pane.view.setFocus())
        self.pane.pdf_asked.connect(self._save_pdf)

    # -- filtering -------------------------------------------------------------------------------------

    def _wanted(self) -> JournalFilter:
        today = datetime.now(self._zone).date()
        first: date | None = None
        if self.days.value:
            first, today = days_back(today, int(self.days.value))
        return JournalFilter(
            self._store.number,
            self.filter.field.text().strip(),
            self.kind.value,
            outcome=self.outcome.value,
            first=first,
            last=today if first else None,
            id=self._only,
        )

    def _plain_filter(self) -> None:
        self._only = ""
        for key in (self.days, self.kind, self.outcome):
            key.reset()

    def _show_all(self) -> None:
        self._only = ""

    def show_document(self, id_: str) -> None:
        """Show one document, whatever the filter was."""
        self._plain_filter()
        self.filter.field.blockSignals(True)
        self.filter.field.clear()
        self.filter.field.blockSignals(False)
        self._only = id_
        self._ask()

    def _none_words(self, wanted: JournalFilter) -> tuple[str, bool]:
        if wanted.id:
            return t("The server has not stored this document.\nThe till's own journal has it."), True
        if wanted == JournalFilter(self._store.number):
            return t("No document yet. The tills write the first when a shift opens."), False
        if wanted.typed:
            return t("No document matches “{words}”.", words=wanted.typed), True
        return t("No document matches this."), True

    def _counted(self, found: tuple[int, bool]) -> None:
        super()._counted(found)
        self.count.set_text(in_store(*found, self._store.name))

    # -- one document ----------------------------------------------------------------------------------

    def _in_hand(self, row: Any) -> None:
        if row is None:
            self.pane.show_none(t("No document is chosen."))
            return
        entry: Entry = row
        self._lanes.run(
            Query(
                self,
                lambda: self.journal.document(entry.id),
                self._show,
                self._failed,
                replaces="document",
            )
        )

    def _show(self, found: Shown | None) -> None:
        if found is None:
            self.pane.show_none(t("This document can no longer be read here."))
        else:
            self.pane.show_document(found)

    def _row_to_take(self) -> int | None:
        return self.model.row_of(self.pane.shown.id) if self.pane.shown else None

    def _save_pdf(self, shown: Shown) -> None:
        self.ask_file(SavePaper(self.window(), self._lanes, shown, self.files_folder))

    def _ask_for_report(self) -> None:
        """Of the days chosen, or of the last 31."""
        first, last = days_back(datetime.now(self._zone).date(), int(self.days.value or 31))
        read, folder = self.journal.law_report, self.files_folder
        self.ask_file(AgeReport(self.window(), self._lanes, read, (first, last), folder))

    # -- looks -----------------------------------------------------------------------------------------

    def _fit(self, layout: Layout) -> None:
        super()._fit(layout)
        for key in (self.kind, self.outcome, self.age_report):
            key.setVisible(layout is not Layout.COMPACT)


class SavePaper(FileQuestion):
    """A document's paper as a PDF."""

    def __init__(self, host: QWidget, lanes: Lanes, shown: Shown, folder: Path) -> None:
        key = Key(t("Save PDF"), variant="accent", icon="download", height=52, name="save_paper")
        path = folder / f"{shown.number}.pdf"
        super().__init__(host, lanes, path, title=shown.number, name="paper", key=key)
        self._paper = shown.paper
        self._file_field()
        self._foot()
        self._say(t("The paper as it was printed, as a page of its own size."))

    def write(self) -> None:
        """Write it."""
        path, paper = self._file(), self._paper
        if path is None or paper is None or self.writing:
            return
        if path.suffix.casefold() != ".pdf":
            self._say(t("Give the whole path of a file that ends in .pdf."), warn=True)
            return
        self._begin(0)

        def work() -> None:
            try:
                with whole_file(path) as part:
                    save_receipt_pdf(part, paper, COLUMNS)
            except OSError as problem:
                raise UserError("file.unwritable", file=str(path.parent)) from problem

        done: Callable[[None], None] = lambda _: self._written(path)  # noqa: E731 - keeps the path
        self._lanes.run(Command(self, work, done, self._failed, lane=Lane.DEVICE))

    def _written(self, path: Path) -> None:
        self._end()
        self.close_overlay()
        self.saved.emit(t("Saved as {file}.", file=path), [(t("Open @file"), lambda: open_file(path))])
