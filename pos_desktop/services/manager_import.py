"""A list of items from a spreadsheet, CSV or XLSX, into the shop: looked at first, then imported."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pos_desktop.database.import_items import Progress
from pos_desktop.errors import UserError, add_messages
from pos_desktop.services.import_items import ImportOptions, ImportResult, import_items
from pos_desktop.services.manager import ManagerDesk
from pos_desktop.services.manager_files import KINDS, read_table

TITLES: Mapping[str, str] = {"name": "product", "codes": "code", "min_age": "age"}
"""Columns that an export of the products calls otherwise than an import."""

add_messages({"import.no_rows": "{file} has no rows.\nExport it again from the spreadsheet."})


def import_list(
    desk: ManagerDesk, file: Path, store: int, *, dry_run: bool, progress: Progress = lambda *_: None
) -> ImportResult:
    """Import ``file``, or with ``dry_run`` only say what importing would do.

    An export of the products page reads again, as it is or changed. Rows that cannot go in are written
    beside the list (``.rejected.csv``), to be corrected and imported. UserError says what is wrong with the
    list; the server allows it to managers of every store.
    """
    if file.suffix.casefold() not in KINDS:
        raise UserError("file.kind", file=file.name)
    if not file.is_file():
        raise UserError("import.no_file", file=str(file))
    with tempfile.TemporaryDirectory(prefix="pos-import-") as folder:
        place = Path(folder)
        lines = _as_csv(file, place / "list.csv") if file.suffix.casefold() == ".xlsx" else file
        beside = file.with_name(f"{file.stem}.rejected.csv")
        options = ImportOptions(
            store=store,
            mapping=_mapping(file, place / "mapping.toml"),
            rejects=place / "rejected.csv" if dry_run else beside,
            dry_run=dry_run,
        )
        return import_items(desk.database.dsn, lines, options, progress)


def _as_csv(file: Path, target: Path) -> Path:
    with read_table(file) as rows, target.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    return target


def _mapping(file: Path, target: Path) -> Path | None:
    """How the list calls our columns, where it is an export's."""
    try:
        with read_table(file) as rows:
            heading = [cell.strip().casefold() for cell in next(rows, [])]
    except UserError:
        if file.suffix.casefold() == ".csv":
            return None  # not UTF-8: the import itself reads what else there is, and says what it cannot
        raise
    if not heading:
        raise UserError("import.no_rows", file=file.name)
    theirs = {ours: title for ours, title in TITLES.items() if ours not in heading and title in heading}
    if not theirs:
        return None
    lines = [f"{ours} = {json.dumps(title)}" for ours, title in theirs.items()]
    target.write_text("\n".join(["[columns]", *lines, ""]), encoding="utf-8")
    return target
