"""Looks for payment card numbers in everything a test run leaves: databases, journals, logs, papers, files.

``conftest.py`` calls it for each database before it is dropped, each server before it stops, and each
temporary folder before it goes. A test that needs a card number in a file puts it into a folder named
``PLANTED``.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from pos_desktop.domain.barcode import gtin14
from pos_desktop.domain.card_number import cards_within, is_network_card, mask

PLANTED = "planted-cards"
_NOT_OURS = "pginstall"
"""PostgreSQL's own programs and tables of object numbers, as its wheel brings them."""

_LONG = re.compile(rb"[0-9](?:[ ._/-]{0,2}[0-9]){12,}")
_UNBROKEN = re.compile(rb"(?<![0-9])[0-9]{13,19}(?![0-9])")
"""For the files of servers and of SQLite and for drawings: full of small numbers, and of ids side by side."""
_DIGITS_ALIKE = bytes(ord("0") if chr(byte) in "123456789" else byte for byte in range(256))
_RUN = b"0" * 13
"""Looking for the shortest run first: most of a server's files have none, and an expression reads slowly."""
_AROUND = 64
"""Bytes on either side: a whole hash, or its digits are taken for a number now and then."""
_HEX_BEFORE, _HEX_AFTER = re.compile(rb"[0-9a-f]*\Z"), re.compile(rb"[0-9a-f]*")
_ID_LENGTH = 32
_BLOCK = 8 << 20
_TABLES = """
select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'm') and n.nspname not in ('information_schema', 'pg_catalog', 'pg_toast')
  and c.relpersistence <> 't' and pg_relation_size(c.oid) > 0 order by 1, 2
"""


class CardFoundError(AssertionError):
    """A card number was kept; the text says where, with the number masked."""


def cards_in(data: bytes, *, unbroken: bool = False) -> Iterator[str]:
    """The masked card numbers in bytes: a network's, of its length, Luhn-valid, no GTIN, in no id or hash."""
    if unbroken and _RUN not in data.translate(_DIGITS_ALIKE):
        return
    for found in (_UNBROKEN if unbroken else _LONG).finditer(data):
        if unbroken and _among_hashes(data, found.start(), found.end()):
            continue
        start = max(found.start() - _AROUND, 0)
        text = data[start : found.end() + _AROUND].decode("latin-1")
        for at, end, digits in cards_within(text, _harmless):
            if at < found.end() - start and end > found.start() - start:
                yield mask(digits)


def _among_hashes(data: bytes, start: int, end: int) -> bool:
    """Digits of an id or a hash that lies against another without a mark between, as columns of SQLite do."""
    before = _HEX_BEFORE.search(data, max(start - _AROUND, 0), start)
    after = _HEX_AFTER.match(data, end, end + _AROUND)
    return (len(before[0]) if before else 0) + end - start + (len(after[0]) if after else 0) >= _ID_LENGTH


def _harmless(digits: str) -> bool:
    return not is_network_card(digits) or (len(digits) < 14 and gtin14(digits) is not None)


def database_findings(dsn: str) -> list[str]:
    """Rows of any table with a card number in any column."""
    found = []
    with psycopg.connect(dsn, autocommit=True) as owner:
        tables = owner.execute(_TABLES).fetchall()
        if not tables:
            return []
        for table, row in owner.execute(_all_long_numbers(tables)):
            found += [f"table {table}: {card}" for card in cards_in(row.encode())]
    return found


def _all_long_numbers(tables: list[tuple[Any, ...]]) -> sql.Composed:
    one = "select {name}, t::text from {table} t where t::text ~ '[0-9]([ ._/-]{{0,2}}[0-9]){{12}}'"
    parts = [
        sql.SQL(one).format(name=sql.Literal(f"{schema}.{name}"), table=sql.Identifier(schema, name))
        for schema, name in tables
    ]
    return sql.SQL(" union all ").join(parts)


def server_findings(dsn: str, database_dsn: Any) -> list[str]:
    """Every database of a running server; ``database_dsn`` makes the connection string of one by its name."""
    with psycopg.connect(dsn, autocommit=True) as owner:
        names = owner.execute("select datname from pg_database where datallowconn and not datistemplate")
        databases = [str(row[0]) for row in names]
    return [
        f"database {name}, {what}" for name in databases for what in database_findings(database_dsn(name))
    ]


def folder_findings(folder: Path) -> list[str]:
    """Every file below a folder, as it lies on the disk; SQLite's and PDF's content besides."""
    return [f"{file.relative_to(folder)}: {card}" for file in _files(folder) for card in _file_cards(file)]


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        here = Path(place)
        if "PG_VERSION" in names and "pg_wal" in folders:  # a server's data, or a base backup of them
            folders[:] = ["base"]  # the tables: what lies in a server's log of changes was in them
        names = [name for name in names if not _LOG.fullmatch(name)]  # an archive of that log
        folders[:] = sorted(set(folders) - {PLANTED, _NOT_OURS})
        yield from (here / name for name in sorted(names) if (here / name).is_file())


def _file_cards(file: Path) -> Iterable[str]:
    found = dict.fromkeys(_raw_cards(file))
    if file.suffix == ".db" or file.name.endswith(".sqlite"):
        found |= dict.fromkeys(_sqlite_cards(file))
    elif file.suffix == ".pdf":
        found |= dict.fromkeys(_pdf_cards(file))
    return found


_LOG = re.compile("[0-9A-F]{24}")
_PDF_ID = re.compile(rb"/ID \[ ?<[0-9a-f]*> <[0-9a-f]*> ?\]")
"""A PDF's own name, made by chance and written as digits: now and then it looks like a card's number."""


def _raw_cards(file: Path) -> Iterator[str]:
    """Block by block, each with the end of the one before, so that no number is cut."""
    tail, unbroken = b"", "base" in file.parts or file.suffix in (".pdf", ".png", ".db", ".sqlite")
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            yield from cards_in(_PDF_ID.sub(b"", tail + block), unbroken=unbroken)
            tail = block[-256:]


def _sqlite_cards(file: Path) -> Iterator[str]:
    """Every value of every table: long values lie in pieces on the disk."""
    db = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
    try:
        tables = [row[0] for row in db.execute("select name from sqlite_master where type = 'table'")]
        for table in tables:
            for row in db.execute(f'select * from "{table}"'):
                for value in row:
                    yield from cards_in(value if isinstance(value, bytes) else str(value).encode())
    except (sqlite3.Error, UnicodeDecodeError):
        return  # damaged on purpose by a test: its bytes were read as they are
    finally:
        db.close()


def _pdf_cards(file: Path) -> Iterator[str]:
    """The text of the pages, which is packed in the file."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError:
        return
    try:
        for page in document:
            yield from cards_in(page.get_textpage().get_text_range().encode())
    finally:
        document.close()


def roll_findings(received: bytes) -> list[str]:
    """What a printer was sent: its text lies in the bytes as it is."""
    return [f"a printer's paper: {card}" for card in dict.fromkeys(cards_in(received, unbroken=True))]


def refuse(findings: list[str]) -> None:
    """CardFoundError when there are any."""
    if findings:
        raise CardFoundError("card numbers were kept:\n" + "\n".join(findings[:20]))
