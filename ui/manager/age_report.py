"""The inspector's report out of the journal: for the days in sight, as a PDF or for a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtWidgets import QWidget

from pos_desktop.domain.receipt import short_date
from pos_desktop.errors import UserError
from pos_desktop.services.law_report import LawReport, csv_lines
from pos_desktop.services.manager_files import whole_file
from pos_desktop.words import t
from ui.law_sheet import save_law_report_pdf
from ui.manager.export import FileQuestion, free_name, open_file, rows_written
from ui.tasks import Command, Lane, Lanes
from ui.widgets.key import Key

Read = Callable[[date, date], LawReport]


class AgeReport(FileQuestion):
    """Age checks, refusals and approvals of some days; read and written in the lane of devices."""

    def __init__(
        self, host: QWidget, lanes: Lanes, read: Read, days: tuple[date, date], folder: Path
    ) -> None:
        key = Key(t("Save the report"), variant="accent", icon="download", height=52, name="save_age_report")
        path = free_name(folder, "age-report", ".pdf")
        super().__init__(host, lanes, path, title=t("Age report"), name="age_report", key=key)
        self._read, self._days = read, days
        self.pdf = Key("PDF", name="as_pdf", note=t("On paper"))
        self.csv = Key("CSV", name="as_csv", note=t("Any spreadsheet"))
        self._kinds({".pdf": self.pdf, ".csv": self.csv})
        words = t(
            "Every age check, refusal and approval, {first} to {last}, by whom and when. "
            "No customer is in it.",
            first=short_date(days[0]),
            last=short_date(days[1]),
        )
        self._say(words)

    def write(self) -> None:
        """Read the days and write the file."""
        path, read, days = self._file(), self._read, self._days
        if path is None or self.writing:
            return
        if path.suffix.casefold() not in (".pdf", ".csv"):
            self._say(t("Give the whole path of a file that ends in .pdf or .csv."), warn=True)
            return
        self._begin(0)

        def work() -> int:
            report = read(*days)
            try:
                with whole_file(path) as part:
                    _save(part, report, pdf=path.suffix.casefold() == ".pdf")
            except OSError as problem:
                raise UserError("file.unwritable", file=str(path.parent)) from problem
            return len(report.rows)

        done: Callable[[int], None] = lambda count: self._written(path, count)  # noqa: E731 - keeps the path
        self._lanes.run(Command(self, work, done, self._failed, lane=Lane.DEVICE))

    def _written(self, path: Path, count: int) -> None:
        self._end()
        self.close_overlay()
        self.saved.emit(rows_written(count, path), [(t("Open @file"), lambda: open_file(path))])


def _save(path: Path, report: LawReport, *, pdf: bool) -> None:
    if pdf:
        save_law_report_pdf(path, report)
        return
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        file.writelines(csv_lines(report))
