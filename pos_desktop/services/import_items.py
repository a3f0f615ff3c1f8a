"""Imports a list of items: reads it in bounded memory, writes in chunks, gives back the rejects."""

from __future__ import annotations

import io
import os
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pos_desktop.database.import_items import Applied, ImportRun, Looked, Progress, import_run
from pos_desktop.domain.items_csv import (
    Heading,
    ItemReader,
    Mapped,
    RejectWriter,
    bounded_lines,
    encoding_of,
    mapping_of,
    read_heading,
)
from pos_desktop.domain.items_row import ListProblemError, RowReject
from pos_desktop.domain.money import CURRENCIES
from pos_desktop.errors import UserError, add_messages

CHUNK = 5_000
"""Lines written in one transaction (under a second): while it runs, nobody else can change a price."""

_BLOCK = 1 << 20

add_messages(
    {
        "import.no_file": "There is no list {file}.\nCheck the name and import again.",
        "import.list": "{what}",
        "import.same_file": "The rejects would overwrite the list {file}.\nGive them another name.",
        "import.mapping": "The mapping file {file} cannot be read: {reason}.\nCorrect it and import again.",
        "import.no_store": "There is no store number {store}.\nChoose one of the shop's stores.",
        "import.no_tax": "There is no tax rate {tax}.\nThe shop has {known}.",
        "import.no_taxes": "The shop has no tax rates yet.\nSet one up first; nothing was imported.",
    }
)


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to import. ``store`` gets the opening stock (0: the first); ``tax`` is for new items."""

    store: int = 0
    tax: str | None = None
    mapping: Path | None = None
    rejects: Path | None = None
    dry_run: bool = False
    all_or_nothing: bool = False


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import found and did; ``written`` is all zero when nothing was written."""

    looked: Looked
    written: Applied
    applied: bool
    rejects: tuple[RowReject, ...]
    reject_file: Path | None
    ignored_columns: tuple[str, ...]


SHOWN_REJECTS = 20


def _quiet(_what: str, _done: int, _of: int) -> None:
    """No progress shown."""


def import_items(
    dsn: str, file: Path, options: ImportOptions | None = None, progress: Progress = _quiet
) -> ImportResult:
    """Import the CSV list ``file`` into the database at ``dsn``, as its owner or a manager of every store.

    Good rows go in and bad ones are written to a file of rejects, or with ``all_or_nothing`` none goes in
    when any is bad. Importing the same list again changes nothing. UserError says what is wrong with the
    list, the mapping or the store; a row that cannot go in is no error but a reject.
    """
    options = options or ImportOptions()
    if options.rejects is not None and options.rejects.absolute() == file.absolute():
        raise UserError("import.same_file", file=str(file))
    mapped = _mapping(options.mapping)
    try:
        encoding = _encoding(file, progress)
        with _lines(file, encoding, progress, "Reading") as lines:
            heading = read_heading(next(lines, ""), mapped)
            with _run(dsn, options.store) as run:
                return _import(run, lines, heading, mapped, file, encoding, options, progress)
    except ListProblemError as problem:
        raise UserError("import.list", what=str(problem)) from problem


def _import(
    run: ImportRun,
    lines: Iterator[str],
    heading: Heading,
    mapped: Mapped,
    file: Path,
    encoding: str,
    options: ImportOptions,
    progress: Progress,
) -> ImportResult:
    tax = _default_tax(run, options.tax)
    reader = ItemReader(heading, run.shop.taxes, CURRENCIES[run.shop.currency], mapped)
    last = run.copy(reader.rows(lines))
    progress("Comparing", 0, 1)
    looked = run.look()
    progress("Comparing", 1, 1)
    stopped = options.dry_run or (options.all_or_nothing and looked.rejected > 0)
    written = Applied() if stopped else _write(run, tax, last, options.all_or_nothing, progress)
    rejects, reject_file = _save_rejects(run, file, encoding, heading, options, progress)
    return ImportResult(looked, written, not stopped, rejects, reject_file, heading.ignored)


def _write(run: ImportRun, tax: str, last: int, at_once: bool, progress: Progress) -> Applied:
    step = last + 1 if at_once else CHUNK
    written = Applied()
    for first in range(0, last + 1, step):
        progress("Writing", first, last + 1)
        written += run.apply(tax, first, min(first + step, last + 1) - 1)
    progress("Writing", last + 1, last + 1)
    return written


def _default_tax(run: ImportRun, wanted: str | None) -> str:
    """The rate of new items that name none: the highest, unless another is asked for."""
    codes = [tax.code for tax in run.shop.taxes]
    if not codes:
        raise UserError("import.no_taxes")
    if wanted is not None and wanted not in codes:
        raise UserError("import.no_tax", tax=wanted, known=", ".join(codes))
    return wanted or codes[0]


@contextmanager
def _run(dsn: str, store: int) -> Iterator[ImportRun]:
    try:
        with import_run(dsn, store) as run:
            yield run
    except LookupError as missing:
        raise UserError("import.no_store", store=store) from missing


def _mapping(file: Path | None) -> Mapped:
    if file is None:
        return Mapped()
    try:
        return mapping_of(tomllib.loads(file.read_text(encoding="utf-8-sig")))
    except FileNotFoundError as error:
        raise UserError("import.no_file", file=str(file)) from error
    except ListProblemError as problem:
        raise UserError("import.list", what=str(problem)) from problem
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError("import.mapping", file=str(file), reason=str(error)) from error


def _encoding(file: Path, progress: Progress) -> str:
    """Read the whole file once: the one byte that is not UTF-8 may be in the last line."""
    try:
        with file.open("rb") as stream:
            size = file.stat().st_size

            def blocks() -> Iterator[bytes]:
                while block := stream.read(_BLOCK):
                    progress("Checking", stream.tell(), size)
                    yield block

            return encoding_of(blocks())
    except (FileNotFoundError, IsADirectoryError) as error:
        raise UserError("import.no_file", file=str(file)) from error


@contextmanager
def _lines(file: Path, encoding: str, progress: Progress, what: str) -> Iterator[Iterator[str]]:
    """The file's lines; bytes Windows-1252 has no letter for come as the replacement character."""
    size = file.stat().st_size
    with file.open("rb") as raw, io.TextIOWrapper(raw, encoding=encoding, errors="replace") as text:

        def lines() -> Iterator[str]:
            for number, line in enumerate(bounded_lines(text.readline)):
                if number % 5000 == 0:
                    progress(what, raw.tell(), size)
                yield line
            progress(what, size, size)

        yield lines()


def _save_rejects(
    run: ImportRun, file: Path, encoding: str, heading: Heading, options: ImportOptions, progress: Progress
) -> tuple[tuple[RowReject, ...], Path | None]:
    """Write the refused rows beside the list; gives the first few back to be shown."""
    rejects = run.rejects()
    reject = next(rejects, None)
    if reject is None:
        return (), None
    shown: list[RowReject] = []
    stem = file.stem if len(os.fsencode(file.stem)) < 240 else file.stem[:60]  # names end at 255 bytes
    target = options.rejects or file.with_name(f"{stem}.rejected.csv")
    with (
        target.open("w", encoding="utf-8-sig", newline="") as out,
        _lines(file, encoding, progress, "Writing rejects") as lines,
    ):
        writer = RejectWriter(heading, _writer(out))
        for number, line in enumerate(lines, 1):
            if reject is None:
                break
            if number == reject.line:
                writer.add(reject, line)
                if len(shown) < SHOWN_REJECTS:
                    shown.append(reject)
                reject = next(rejects, None)
    return tuple(shown), target


def _writer(out: io.TextIOWrapper) -> Callable[[str], object]:
    return out.write
