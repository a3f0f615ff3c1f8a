"""Blocks of cells on the clipboard, as spreadsheets write and read them: tabs and lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QLocale

from pos_desktop.domain.spreadsheet import original_cell, safe_cell
from ui.models.columns import Column


def decimal_sign() -> str:
    """The decimal sign of this person's system, which is what their spreadsheet expects."""
    return QLocale.system().decimalPoint()


def cell(column: Column, row: Any, sign: str = ".") -> str:
    """One cell as a spreadsheet takes it; numbers with this decimal sign."""
    text = column.spreadsheet(row)
    return text.replace(".", sign) if column.number else safe_cell(text)


def block_text(rows: Iterable[Any], columns: Sequence[Column], sign: str = ".") -> str:
    """Rows of cells with tabs between; a cell with a tab or a line end in it is quoted."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    for row in rows:
        writer.writerow([cell(column, row, sign) for column in columns])
    return out.getvalue().removesuffix("\n")


def read_block(text: str) -> list[list[str]]:
    """What a spreadsheet put onto the clipboard, cell by cell; every line as wide as the widest."""
    lines = list(csv.reader(io.StringIO(text.removesuffix("\n")), delimiter="\t"))
    width = max((len(line) for line in lines), default=0)
    return [[original_cell(part.strip()) for part in line] + [""] * (width - len(line)) for line in lines]
