"""Moves a shop in from a SQLite file: items and stock, customers and staff, and every sale it ever made."""

from __future__ import annotations

import csv
import hashlib
import itertools
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from pos_desktop import paths
from pos_desktop.database import old_sales
from pos_desktop.database.import_items import Progress
from pos_desktop.database.old_source import OldSource, open_source
from pos_desktop.database.shop_setup import owner_connection, store_terms
from pos_desktop.database.till import Connection
from pos_desktop.domain.document import canonical
from pos_desktop.domain.money import currency
from pos_desktop.domain.old_sale import (
    Chained,
    OldSale,
    OldValueError,
    Raw,
    Reading,
    chained,
    exact,
    read_sale,
    series_head,
)
from pos_desktop.domain.old_shape import Fit, Shape, ShapeError, fit, read_shape
from pos_desktop.errors import UserError, add_messages
from pos_desktop.services.import_items import ImportOptions, ImportResult, import_items
from pos_desktop.services.move_proof import Difference, prove

BATCH = 1000
"""Sales written in one transaction."""

SHOWN = 20

add_messages(
    {
        "move.no_shape": (
            "The tables of {file} are not named as this program knows them: {reasons}\n"
            "Give a shape of your own with --shape; docs/move-in.md shows one."
        ),
        "move.shape": "The shape {file} cannot be used: {reason}",
        "move.no_store": "There is no store number {store}.\nMake the shop first: pos-desktop setup.",
        "move.values": "{count} rows of {file} cannot be read, so no sale was taken over.\n{rows}",
        "move.changed": (
            "The sales of {file} are not those that were taken over before ({no} of them).\n"
            "Give the same file, or another --name for another shop's."
        ),
    }
)


@dataclass(frozen=True, slots=True)
class MoveOptions:
    """``store`` takes everything in; ``name`` tells sources apart; files are written into ``folder``."""

    store: int
    name: str
    folder: Path
    shape: Path | None = None
    tax: str | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """What was found and taken over. ``sales`` counts those written now; ``before`` those of earlier runs."""

    fit: Fit
    counts: dict[str, int]
    items: ImportResult | None = None
    sales: int = 0
    before: int = 0
    orphans: int = 0
    differences: tuple[Difference, ...] = field(default=())


def ready_shapes() -> list[Shape]:
    """The shapes that come with the program."""
    files = sorted((paths.resources_dir() / "moves").glob("*.toml"))
    return [read_shape(tomllib.loads(file.read_text(encoding="utf-8"))) for file in files]


def move_in(dsn: str, file: Path, options: MoveOptions, progress: Progress) -> Moved:
    """Take over the SQLite database ``file`` into the shop at ``dsn``, as its owner.

    Run again it goes on where it was stopped, and changes nothing when it was done. The file is only read.
    UserError when the file, its shape, its values or the store will not do.
    """
    with open_source(file) as source:
        found = _fit(source, file, options.shape)
        counts = {kind: source.count(one) for kind, one in found.found.items()}
        with owner_connection(dsn) as owner:
            terms = store_terms(owner, options.store)
            if terms is None:
                raise UserError("move.no_store", store=options.store)
            reading = Reading(found.shape, currency(terms.currency).digits, ZoneInfo(terms.time_zone))
            _check_values(source, found, reading, file, counts, progress)
            if options.dry_run:
                return Moved(found, counts)
            return _Move(owner, source, found, reading, file, options, progress, counts).run(dsn)


def _fit(source: OldSource, file: Path, own: Path | None) -> Fit:
    schema = source.schema()
    if own is not None:
        try:
            return fit(read_shape(tomllib.loads(own.read_text(encoding="utf-8-sig"))), schema)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ShapeError) as problem:
            raise UserError("move.shape", file=str(own), reason=str(problem)) from problem
    fits, reasons = [], []
    for shape in ready_shapes():
        try:
            fits.append(fit(shape, schema))
        except ShapeError as problem:
            reasons.append(str(problem))
    if not fits:
        raise UserError("move.no_shape", file=str(file), reasons=" ".join(reasons))
    return max(fits, key=lambda one: one.score)


def _check_values(
    source: OldSource, found: Fit, reading: Reading, file: Path, counts: dict[str, int], progress: Progress
) -> None:
    """Every value of every sale, before the first is written: half a history would be none."""
    wrong: list[str] = []
    for done, sale in enumerate(_read(source, found, reading), 1):
        if isinstance(sale, str):
            wrong.append(sale)
        if done % BATCH == 0:
            progress("Checking sales", done, counts["sales"])
    if wrong:
        shown = "\n".join(
            [*wrong[:SHOWN], *([f"and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else [])]
        )
        raise UserError("move.values", count=len(wrong), file=str(file), rows=shown)


def _read(source: OldSource, found: Fit, reading: Reading) -> Iterator[OldSale | str]:
    """Every sale, or what is wrong with it."""
    if "sales" not in found.found:
        return
    kinds = found.found
    for row, lines, payments in source.sales(kinds["sales"], kinds["lines"], kinds.get("payments")):
        try:
            yield read_sale(row, lines, payments, reading)
        except OldValueError as problem:
            yield f"{kinds['sales'].table} {row['id']}: {problem}"


@dataclass(slots=True)
class _Move:
    """One run of a move, with everything it works on."""

    owner: Connection
    source: OldSource
    found: Fit
    reading: Reading
    file: Path
    options: MoveOptions
    progress: Progress
    counts: dict[str, int]

    def run(self, dsn: str) -> Moved:
        codes: list[tuple[str, str]] = []
        imported = None
        if "items" in self.found.found:
            listed = self.options.folder / f"{self.file.stem}.items.csv"
            codes = self._list_items(listed)
            imported = import_items(
                dsn, listed, ImportOptions(store=self.options.store, tax=self.options.tax), self.progress
            )
        into = old_sales.series(self.owner, self.options.store, self.options.name, self.found.shape.name)
        items = old_sales.write_items(self.owner, into, codes)
        old_sales.write_people(self.owner, into, self._people())
        written = self._write_sales(into, items)
        differences = prove(self.owner, self.source, self.found, self.reading, into)
        return Moved(
            self.found, self.counts, imported, written, into.next_no - 1, self._orphans(), tuple(differences)
        )

    def _list_items(self, listed: Path) -> list[tuple[str, str]]:
        """The items as a list in our own format, to read, correct and import again; each key's own code."""
        codes = []
        with listed.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*_COLUMNS])
            for row in self.source.rows(self.found.found["items"]):
                code = own_code(self.options.name, row["id"])
                codes.append((str(row["id"]), code))
                writer.writerow([_cell(column, row, code, self.reading) for column in _COLUMNS])
        return codes

    def _people(self) -> Iterator[old_sales.OldPerson]:
        for kind, table in (("customer", "customers"), ("staff", "staff")):
            for row in self.source.rows(self.found.found[table]) if table in self.found.found else ():
                said = {name: str(value) for name, value in row.items() if value not in (None, "")}
                owed = self.reading.money(row["balance"]) if kind == "customer" else 0
                name = str(row["name"] or row["id"])
                yield old_sales.OldPerson(kind, str(row["id"]), name, owed, canonical(said))

    def _write_sales(self, into: old_sales.Series, items: dict[str, int]) -> int:
        fresh = self._fresh(into)
        written = 0
        while batch := list(itertools.islice(fresh, BATCH)):
            into = old_sales.write_sales(self.owner, into, batch, items)
            written += len(batch)
            self.progress("Taking over sales", into.next_no - 1, self.counts["sales"])
        old_sales.end_series(self.owner, into)
        return written

    def _fresh(self, into: old_sales.Series) -> Iterator[Chained]:
        """The sales that are not there yet. Those that are have to be the very same: their chain says so."""
        head, no = series_head(into.store, into.name), 0
        for no, sale in enumerate(_read(self.source, self.found, self.reading), 1):
            assert isinstance(sale, OldSale)  # every value was checked before the first was written
            one = chained(sale, into.store, into.name, no, head)
            head = one.hash
            if no == into.next_no - 1 and head != into.head:
                break
            if no >= into.next_no:
                yield one
        else:
            if no >= into.next_no - 1:
                return
        raise UserError("move.changed", file=str(self.file), no=into.next_no - 1)

    def _orphans(self) -> int:
        kinds = self.found.found
        parts = [kinds[kind] for kind in ("lines", "payments") if kind in kinds]
        return sum(self.source.orphans(kinds["sales"], one) for one in parts) if "sales" in kinds else 0


_LONGEST_KEY = 16
_COLUMNS = ("codes", "name", "price", "category", "plu", "cost", "stock", "unit", "min_age", "supplier")


def own_code(source: str, key: object) -> str:
    """The code an item of a source gets beside its barcode, so that its sales find it: ``OLD.3F2A.17``."""
    plain = str(key).upper()
    short = len(plain) <= _LONGEST_KEY and plain.isascii() and plain.isalnum()
    tail = plain if short else hashlib.sha256(str(key).encode()).hexdigest()[:_LONGEST_KEY].upper()
    return f"OLD.{hashlib.sha256(source.encode()).hexdigest()[:4].upper()}.{tail}"


def _cell(column: str, row: Raw, code: str, reading: Reading) -> str:
    value = row["code" if column == "codes" else column]
    if column == "codes":
        return f"{str(value).strip()} {code}" if value not in (None, "") else code
    if value in (None, ""):
        return ""
    if column == "price":
        return f"{Decimal(reading.money(value)).scaleb(-reading.digits):f}"
    if column == "cost" and reading.shape.money == "minor":
        return f"{exact(value).scaleb(-reading.digits):f}"
    if column in ("cost", "stock"):
        return f"{exact(value):f}"
    return str(value)
