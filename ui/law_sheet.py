"""The inspector's report on paper: a table on A4 across, as many pages as it needs, as vector PDF."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPageLayout, QPageSize, QPainter, QPdfWriter

from pos_desktop.domain.receipt import short_date
from pos_desktop.domain.receipt_layout import clean
from pos_desktop.services.law_report import HEADINGS, LawReport
from pos_desktop.words import t
from ui.fonts import load_fonts
from ui.paper import PDF_DPI, open_pdf
from ui.paper_font import PaperFont

_DOTS = PDF_DPI / 25.4
_PAGE = QRectF(0, 0, 297, 210)
_LEFT, _TOP, _BOTTOM = 10.0, 10.0, 12.0
_EM, _STEP, _GAP = 2.4, 3.4, 1.6
_PARTS = (17.0, 14.0, 8.0, 30.0, 11.0, 22.0, 29.0, 8.0, 40.0, 18.0, 24.0, 56.0)
"""Millimetres for each column; they fill the page."""


def save_law_report_pdf(path: Path, report: LawReport) -> int:
    """Write the report; the number of pages. OSError when the file cannot be written. Needs no display."""
    if QGuiApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        QGuiApplication([])
    load_fonts()
    writer = open_pdf(path, QPageSize(QPageSize.PageSizeId.A4), t("{store}: age checks", store=report.store))
    writer.setPageOrientation(QPageLayout.Orientation.Landscape)
    painter = QPainter()
    if not painter.begin(writer):
        raise OSError(f"{path} cannot be written")
    try:
        return _Sheet(painter, writer, report).paint()
    finally:
        painter.end()


class _Sheet:
    """Paints the report top down, a row at a time, never a row over the foot of a page."""

    def __init__(self, painter: QPainter, writer: QPdfWriter, report: LawReport) -> None:
        self._painter, self._writer, self._report = painter, writer, report
        self._y, self._page = 0.0, 0
        painter.setPen(Qt.GlobalColor.black)

    def paint(self) -> int:
        """All of it; the number of pages."""
        self._begin_page()
        for row in self._report.rows:
            cells = [_wrapped(clean(text), width - _GAP) for text, width in zip(row, _PARTS, strict=True)]
            height = _STEP * max(len(lines) for lines in cells) + 0.6
            if self._y + height > _PAGE.height() - _BOTTOM:
                self._writer.newPage()
                self._begin_page()
            self._row(cells, 400)
            self._y += height
        if not self._report.rows:
            self._text(t("Nothing to report."), _LEFT, 400, _EM)
        return self._page

    def _begin_page(self) -> None:
        report, self._page, self._y = self._report, self._page + 1, _TOP
        self._text(t("{store}: age checks, refusals and approvals", store=report.store), _LEFT, 700, 4.4)
        self._y += 6.0
        days = t("{since} to {until}", since=short_date(report.since), until=short_date(report.until))
        counts = " · ".join(f"{what}: {count}" for what, count in report.counts)
        self._text(t("{days} · {counts} · page {n}", days=days, counts=counts, n=self._page), _LEFT, 400, 2.8)
        self._y += 6.5
        head = [_wrapped(t(name), width - _GAP) for name, width in zip(HEADINGS, _PARTS, strict=True)]
        self._row(head, 700)
        self._y += _STEP * max(len(lines) for lines in head) + 0.6
        line = self._y * _DOTS - 0.4 * _DOTS
        self._painter.drawLine(int(_LEFT * _DOTS), int(line), int((_PAGE.width() - _LEFT) * _DOTS), int(line))

    def _row(self, cells: Sequence[Sequence[str]], weight: int) -> None:
        left = _LEFT
        for lines, width in zip(cells, _PARTS, strict=True):
            for n, text in enumerate(lines):
                self._text(text, left, weight, _EM, down=n * _STEP)
            left += width

    def _text(self, text: str, left: float, weight: int, em: float, *, down: float = 0.0) -> None:
        font = PaperFont(round(em * _DOTS), weight)
        self._painter.setFont(font.font)
        box = QRectF(left * _DOTS, (self._y + down) * _DOTS, font.width(text) + _DOTS, em * 1.3 * _DOTS)
        self._painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def _wrapped(text: str, width: float) -> list[str]:
    """The words on as many lines as they need; a word wider than its column is broken, never cut."""
    font, room, lines = PaperFont(round(_EM * _DOTS)), width * _DOTS, [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".strip()
        if font.width(joined) <= room:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if font.width(lines[-1] + letter) > room:
                lines.append("")
            lines[-1] += letter
    return lines
