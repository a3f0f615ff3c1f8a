"""Reading an item list in CSV as people's spreadsheets write it: row by row, in bounded memory.

A record is one line. A cell with a line break in it, or a quotation mark left open, costs its own line only:
a reader that looks for the closing mark would swallow the rest of the shop.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pos_desktop.domain import items_fields as fields
from pos_desktop.domain.barcode import without_cards
from pos_desktop.domain.items_row import COLUMNS, NEEDED, ItemRow, ListProblemError, RowReject, TaxCode
from pos_desktop.domain.money import Currency
from pos_desktop.domain.spreadsheet import DELIMITERS, csv_line, original_cell
from pos_desktop.words import t

MAX_LINE = 64 * 1024
MAX_CELL = 4000
MAX_COLUMNS = 500
"""A heading of more is no list of items; each refused row would be written with as many cells."""
REASON = "reason"

Cell = str | int | Decimal | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Mapped:
    """How a list differs from ours: our column to its heading, and what to take where it says nothing."""

    columns: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heading:
    """The first line understood: the delimiter, its cells, and where each of our columns stands."""

    delimiter: str
    cells: tuple[str, ...]
    places: Mapping[str, int]

    @property
    def ignored(self) -> tuple[str, ...]:
        """The list's own headings that are not ours."""
        used = set(self.places.values())
        return tuple(fields.shown(c) for place, c in enumerate(self.cells) if place not in used and c)


def mapping_of(document: Mapping[str, Any]) -> Mapped:
    """A mapping file (TOML, already parsed): ``[columns]`` ours = "theirs", ``[defaults]`` ours = "value".

    ListProblemError names what is not one of our columns.
    """
    unknown_tables = set(document) - {"columns", "defaults"}
    if unknown_tables:
        raise ListProblemError(
            t(
                "The mapping file has “{table}”. It may have [columns] and [defaults].",
                table=min(unknown_tables),
            )
        )
    parts: dict[str, dict[str, str]] = {}
    for part in ("columns", "defaults"):
        table = document.get(part, {})
        if not isinstance(table, Mapping):
            raise ListProblemError(
                t("“{part}” in the mapping file is not a table. Write [{part}] above its lines.", part=part)
            )
        for name, value in table.items():
            if name not in COLUMNS:
                raise ListProblemError(
                    t(
                        "“{name}” in the mapping file is not a column. Ours are {columns}.",
                        name=name,
                        columns=", ".join(COLUMNS),
                    )
                )
            if not isinstance(value, str):
                raise ListProblemError(
                    t("{name} in the mapping file needs its value in quotation marks.", name=name)
                )
        parts[part] = dict(table)
    return Mapped(parts["columns"], parts["defaults"])


def read_heading(line: str, mapped: Mapped | None = None) -> Heading:
    """Understand the first line; ListProblemError says what is missing, or why it is no list."""
    mapped = mapped or Mapped()
    if len(line) >= MAX_LINE:
        raise ListProblemError(
            t(
                "The first line is longer than {kb} kB: this is no list.\nExport it again as CSV.",
                kb=MAX_LINE // 1024,
            )
        )
    best = max((_heading(line, delimiter, mapped) for delimiter in DELIMITERS), key=lambda h: len(h.places))
    if len(best.cells) > MAX_COLUMNS:
        raise ListProblemError(
            t(
                "The list has {n} columns; at most {most} can be read.\n"
                "Export only the columns that are needed.",
                n=len(best.cells),
                most=MAX_COLUMNS,
            )
        )
    _refuse_missing(best, mapped)
    return best


def _refuse_missing(best: Heading, mapped: Mapped) -> None:
    missing = [name for name in NEEDED if name not in best.places and name not in mapped.defaults]
    if missing:
        wanted = t(" and ").join(mapped.columns.get(name, name) for name in missing)
        there = fields.shown(", ".join(cell for cell in best.cells if cell)[:200], 200) or t("nothing")
        raise ListProblemError(
            t(
                "The list has no column {wanted}. Its first line has: {there}.\n"
                "Rename the column, or give a mapping file.",
                wanted=wanted,
                there=there,
            )
        )


def _heading(line: str, delimiter: str, mapped: Mapped) -> Heading:
    try:
        cells = split_line(line, delimiter)
    except csv.Error:
        cells = line.split(delimiter)
    cells = [original_cell(cell) for cell in cells]
    names = [" ".join(cell.split()).casefold() for cell in cells]
    places: dict[str, int] = {}
    for column in COLUMNS:
        theirs = " ".join(mapped.columns.get(column, column).split()).casefold()
        if theirs in names:
            places[column] = names.index(theirs)
            if names.count(theirs) > 1:
                raise ListProblemError(
                    t("The list has two columns {name}. Rename one of them.", name=fields.shown(theirs))
                )
    return Heading(delimiter, tuple(cells), places)


def split_line(line: str, delimiter: str) -> list[str]:
    """One line into cells; csv.Error when its quotation marks do not close."""
    line = line.rstrip("\r\n")
    if '"' not in line:
        return line.split(delimiter)
    return next(csv.reader([line], delimiter=delimiter, strict=True))


def bounded_lines(readline: Callable[[int], str]) -> Iterator[str]:
    """Lines from a stream's ``readline(limit)``, cut at ``MAX_LINE``: no file is too long a line."""
    while line := readline(MAX_LINE):
        rest = line
        while len(rest) >= MAX_LINE and not rest.endswith("\n"):
            rest = readline(MAX_LINE)
        yield line


class ItemReader:
    """Turns lines into checked rows or refusals, one at a time.

    ``taxes`` are the rates a row may name, ``currency`` the shop's. The reader keeps nothing between rows.
    """

    def __init__(
        self, heading: Heading, taxes: Iterable[TaxCode], currency: Currency, mapped: Mapped | None = None
    ) -> None:
        self.heading = heading
        self._defaults = dict((mapped or Mapped()).defaults)
        readers: dict[str, Callable[[str], Cell]] = {
            "codes": fields.read_codes,
            "name": fields.read_name,
            "price": lambda text: fields.read_price(text, currency),
            "category": fields.read_word,
            "unit": fields.read_unit,
            "plu": fields.read_plu,
            "cost": lambda text: fields.read_cost(text, currency),
            "tax": fields.TaxReader(taxes),
            "stock": fields.read_stock,
            "min_age": fields.read_min_age,
            "strength": fields.read_strength,
            "volume": fields.read_volume,
            "supplier": fields.read_word,
        }
        present = [name for name in COLUMNS if name in heading.places or name in self._defaults]
        self._columns = [(name, heading.places.get(name, -1), readers[name]) for name in present]

    def rows(self, lines: Iterable[str], first: int = 2) -> Iterator[ItemRow | RowReject]:
        """Each line as a row or a refusal; blank lines are passed over. ``first`` numbers the first line."""
        for number, line in enumerate(lines, first):
            if line.strip(" \t\r\n,;"):
                yield self.row(number, line)

    def row(self, number: int, line: str) -> ItemRow | RowReject:
        """One line as a row, or why it cannot go in."""
        cells = self._cells(number, line)
        if isinstance(cells, RowReject):
            return cells
        values: dict[str, Any] = {}
        for name, place, read in self._columns:
            text = original_cell(cells[place]).strip() if 0 <= place < len(cells) else ""
            try:
                values[name] = read(text or self._defaults.get(name, ""))
            except fields.RefusedError as refused:
                return RowReject(number, name, str(refused))
        if not values["codes"] and not values.get("plu"):
            return RowReject(number, "codes", t("the code is missing; give a code or a PLU"))
        if values.get("unit") == "each" and (values.get("stock") or 0) % 1000:
            return RowReject(number, "stock", t("an item sold by the piece is counted in whole pieces"))
        return ItemRow(number, **values)

    def _cells(self, number: int, line: str) -> list[str] | RowReject:
        if len(line) >= MAX_LINE:
            return RowReject(number, "row", t("the line is longer than {kb} kB", kb=MAX_LINE // 1024))
        if "\0" in line:
            return RowReject(number, "row", t("has zero bytes in it; export the list again"))
        if "\ufffd" in line:
            return RowReject(number, "row", t("has a character that was lost on the way; type it again"))
        try:
            cells = split_line(line, self.heading.delimiter)
        except csv.Error:
            return RowReject(number, "row", t("a quotation mark is not closed on this line"))
        extra = [cell for cell in cells[len(self.heading.cells) :] if cell.strip()]
        if extra:
            many, most = len(cells), len(self.heading.cells)
            return RowReject(
                number,
                "row",
                t(
                    "has {many} cells, the heading {most}; put a text with “{delimiter}” in quotes",
                    many=many,
                    most=most,
                    delimiter=self.heading.delimiter,
                ),
            )
        return self._too_long(number, cells) or cells

    def _too_long(self, number: int, cells: list[str]) -> RowReject | None:
        place = next((place for place, cell in enumerate(cells) if len(cell) > MAX_CELL), None)
        if place is None:
            return None
        field = fields.shown(self.heading.cells[place]) or "row"
        return RowReject(number, field, t("{n} characters in one cell", n=len(cells[place])))


class RejectWriter:
    """Writes refused rows as a list of the same columns plus a reason, to correct and import again.

    The file is opened in a spreadsheet: no cell of it is a formula (``domain.spreadsheet``), and what was
    guarded is read back as it was. A card number in a refused row is masked.
    """

    def __init__(self, heading: Heading, write: Callable[[str], object]) -> None:
        self._heading = heading
        self._write = write
        self._reason = next(
            (n for n, cell in enumerate(heading.cells) if cell.strip().casefold() == REASON), None
        )
        cells = list(heading.cells)
        write(csv_line(cells if self._reason is not None else [*cells, REASON], heading.delimiter))

    def add(self, reject: RowReject, line: str) -> None:
        """Write the refused line with its reason behind it."""
        try:
            cells = split_line(line[:MAX_LINE], self._heading.delimiter)
        except csv.Error:
            cells = line[:MAX_LINE].rstrip("\r\n").replace('"', "").split(self._heading.delimiter)
        width = len(self._heading.cells)
        cells = [without_cards(original_cell(cell.replace("\0", ""))) for cell in cells[: 2 * width + 8]]
        padded = cells + [""] * (width - len(cells))
        reason = f"line {reject.line}, {reject.field}: {reject.reason}"
        if self._reason is None:
            padded.insert(width, reason)
        else:
            padded[self._reason] = reason
        self._write(csv_line(padded, self._heading.delimiter))


def encoding_of(chunks: Iterable[bytes]) -> str:
    """The encoding of a file given in chunks: UTF-8 (with or without BOM), else Windows-1252.

    ListProblemError for UTF-16, which spreadsheets call "Unicode text".
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    first = True
    try:
        for chunk in chunks:
            if first and chunk[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise ListProblemError(
                    t("The list is saved as “Unicode text”. Save it as “CSV UTF-8” and import that.")
                )
            first = False
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"
