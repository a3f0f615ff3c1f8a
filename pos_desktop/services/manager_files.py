"""Tables as files for a spreadsheet, CSV and XLSX, written row by row, and read again as plain cells."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

from pos_desktop.domain.file_name import is_file_name
from pos_desktop.domain.spreadsheet import csv_line, original_cell
from pos_desktop.errors import UserError, add_messages

KINDS = (".csv", ".xlsx")
XLSX_ROWS = 1_048_575
"""Rows below the heading that a sheet of XLSX can hold."""

add_messages(
    {
        "file.kind": "{file} is neither a CSV nor an XLSX file.\nGive it a name that ends in .csv or .xlsx.",
        "file.unwritable": "Nothing can be written to {file}.\nChoose another folder.",
        "file.unreadable": "{file} cannot be read as a table.\nSave it again as CSV or XLSX.",
        "file.name": "No file can be called that.\nGive it another name.",
        "file.taken": "{file} is there already.\nGive the new one another name.",
        "file.too_long": "A sheet of XLSX holds {rows} rows at most.\nExport as CSV.",
        "file.stopped": "Stopped. Nothing was written to {file}.",
    }
)


class Kind(StrEnum):
    """What the cells of a column are: words, figures, or digits that are no figure."""

    TEXT = "text"
    NUMBER = "number"
    CODE = "code"


Told = Callable[[int], bool]
"""Called with the rows written so far; False stops, and nothing is left behind."""


def export_table(
    path: Path,
    titles: Sequence[str],
    kinds: Sequence[Kind],
    rows: Iterable[Sequence[str]],
    *,
    decimal: str = ".",
    told: Told = lambda _: True,
) -> int:
    """Write a table; the number of rows. Cells come as text, figures with a point as their decimal sign.

    CSV is UTF-8 with a byte order mark, with ``decimal`` in figures, a semicolon between cells where that is
    a comma, and no cell that a spreadsheet would run. In XLSX figures are figures and all else is text,
    leading zeros included. The file appears whole or not at all. UserError says what stands in the way.
    """
    if path.suffix.casefold() not in KINDS:
        raise UserError("file.kind", file=path.name)
    write = _write_csv if path.suffix.casefold() == ".csv" else _write_xlsx
    with whole_file(path) as part:
        return write(part, titles, kinds, _counted(rows, path, told), decimal)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A new file that appears whole or not at all: write to the path given, it takes its name at the end.

    UserError when there is one already, or nothing can be written there.
    """
    if not is_file_name(path.name):
        raise UserError("file.name")
    part = path.with_name(f".{path.stem[:40]}.{os.getpid()}.part")
    try:
        if os.path.lexists(path):
            raise UserError("file.taken", file=path.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        os.replace(part, path)
    except (OSError, ValueError) as problem:  # ValueError: a name no system takes
        raise UserError("file.unwritable", file=str(path.parent)) from problem
    finally:
        with suppress(OSError, ValueError):
            part.unlink(missing_ok=True)


def _counted(rows: Iterable[Sequence[str]], path: Path, told: Told) -> Iterator[Sequence[str]]:
    for number, row in enumerate(rows):
        if number % 200 == 0 and not told(number):
            raise UserError("file.stopped", file=path.name)
        yield row


def _write_csv(
    path: Path, titles: Sequence[str], kinds: Sequence[Kind], rows: Iterator[Sequence[str]], decimal: str
) -> int:
    delimiter = ";" if decimal == "," else ","
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        out.write(csv_line(list(titles), delimiter))
        for row in rows:
            cells = [
                cell.replace(".", decimal) if kind is Kind.NUMBER else cell
                for cell, kind in zip(row, kinds, strict=True)
            ]
            out.write(csv_line(cells, delimiter))
            count += 1
    return count


def _write_xlsx(
    path: Path, titles: Sequence[str], kinds: Sequence[Kind], rows: Iterator[Sequence[str]], _decimal: str
) -> int:
    from openpyxl import Workbook  # a third of a second to import: only when it is needed

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, title, Kind.TEXT) for title in titles])
    count = 0
    for row in rows:
        if count >= XLSX_ROWS:
            raise UserError("file.too_long", rows=XLSX_ROWS)
        sheet.append([_cell(sheet, cell, kind) for cell, kind in zip(row, kinds, strict=True)])
        count += 1
    book.save(path)
    return count


def _cell(sheet: Any, text: str, kind: Kind) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if kind is Kind.NUMBER:
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = None
        if value is not None and value.is_finite():
            exact: Any = value  # a Decimal is written digit for digit; the stubs know floats only
            cell = WriteOnlyCell(sheet, exact)
            decimals = len(text.partition(".")[2])
            cell.number_format = "0." + "0" * decimals if decimals else "0"
            return cell
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub(" ", text))
    cell.data_type = "s"  # never a formula, whatever it begins with
    cell.number_format = "@"
    return cell


@contextmanager
def read_table(path: Path) -> Iterator[Iterator[list[str]]]:
    """The cells of a CSV or XLSX file as text, row by row; figures with a point as their decimal sign.

    Rows come as they are read, so a file may be of any length. UserError when it is no such file.
    """
    try:
        if path.suffix.casefold() == ".xlsx":
            with _xlsx_rows(path) as rows:
                yield rows
        elif path.suffix.casefold() == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as lines:
                yield _csv_rows(lines)
        else:
            raise UserError("file.kind", file=path.name)
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise UserError("file.unreadable", file=path.name) from problem


def _csv_rows(lines: IO[str]) -> Iterator[list[str]]:
    first = lines.readline()
    lines.seek(0)
    delimiter = max((";", ",", "\t"), key=first.count)
    for row in csv.reader(lines, delimiter=delimiter):
        yield [original_cell(cell) for cell in row]


@contextmanager
def _xlsx_rows(path: Path) -> Iterator[Iterator[list[str]]]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as problem:
        raise UserError("file.unreadable", file=path.name) from problem
    try:
        sheet = book.worksheets[0]
        yield ([_text(value) for value in row] for row in sheet.iter_rows(values_only=True))
    finally:
        book.close()


def _text(value: Any) -> str:
    """A cell as text: a figure without an exponent, a whole one without decimals."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        return format(Decimal(str(value)).normalize(), "f")
    return str(value).strip()
