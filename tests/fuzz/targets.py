"""What reads bytes from outside, and what has to hold whatever the bytes are; an exception is a finding."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from pos_desktop.domain.barcode import MAX_OWN_CODE, CodeKind, card_within, gtin14, parse_code
from pos_desktop.domain.basket import Basket, totals
from pos_desktop.domain.basket_record import RecordError, basket_record, read_basket
from pos_desktop.domain.card_number import is_card_number
from pos_desktop.domain.document import (
    Document,
    DocumentError,
    Position,
    Stamp,
    build,
    canonical,
    genesis,
    parse,
    read_document,
)
from pos_desktop.domain.items_csv import (
    MAX_CELL,
    MAX_LINE,
    ItemReader,
    RejectWriter,
    bounded_lines,
    encoding_of,
    read_heading,
    split_line,
)
from pos_desktop.domain.items_row import ItemRow, ListProblemError, RowReject, TaxCode
from pos_desktop.domain.money import currency
from pos_desktop.errors import PosError
from pos_desktop.journal.draft import DraftStore
from pos_desktop.journal.journal import Journal
from tests.domain.made import AT, item

PATTERNS = ("02IIIIICPPPPC", "21IIIIIWWWWWC", "26IIIIICPPPPC")
TAXES = (TaxCode("S", 200_000), TaxCode("Z", 0))


def barcode(data: bytes) -> None:
    """Any text is read without an exception, and what is left of it can be shown, looked up and kept."""
    parsed = parse_code(data.decode("utf-8", "surrogateescape"), PATTERNS)
    assert parsed.text.isprintable()
    assert len(parsed.text) <= max(64, len(parsed.code))
    for code in parsed.candidates:
        assert code.isascii()
        assert code.isprintable()
        assert 0 < len(code) <= MAX_OWN_CODE
        if parsed.kind is not CodeKind.GTIN and code.isdigit():
            assert gtin14(code) is not None or not is_card_number(code)
    if parsed.kind in (CodeKind.CARD, CodeKind.UNREADABLE, CodeKind.OWN):
        assert card_within(parsed.text) is None


def document(data: bytes) -> None:
    """Bytes are a document in canonical form, or refused; nothing in between."""
    try:
        fields = parse(data)
    except DocumentError:
        assert _refused(data)
        return
    assert canonical(fields) == data
    with suppress(DocumentError):
        assert read_document(data).body == data


def _refused(data: bytes) -> bool:
    try:
        read_document(data)
    except DocumentError:
        return True
    return False


def basket(data: bytes) -> None:
    """A held or drafted basket is sound, or refused."""
    try:
        record = json.loads(data)
    except (ValueError, RecursionError):
        return
    try:
        found = read_basket(record)
    except RecordError:
        return
    totals(found)
    assert read_basket(basket_record(found)) == found


def item_list(data: bytes) -> None:
    """Each line of a list is a row or a refusal, each refusal is written on one line, and reads back."""
    try:
        encoding = encoding_of(iter([data]))
        with io.TextIOWrapper(io.BytesIO(data), encoding=encoding, errors="replace") as text:
            lines = list(bounded_lines(text.readline))
        heading = read_heading(lines[0] if lines else "")
    except ListProblemError as problem:
        _in_words(problem)
        return
    reader, written = ItemReader(heading, TAXES, currency("GBP")), list[str]()
    writer = RejectWriter(heading, written.append)
    for result in reader.rows(lines[1:]):
        assert isinstance(result, ItemRow | RowReject)
        if isinstance(result, RowReject):
            assert result.reason.isprintable()
            assert result.field.isprintable()
            writer.add(result, lines[result.line - 1])
            _is_one_safe_line(written[-1], heading.delimiter)
        else:
            assert result.name.isprintable()


def _in_words(problem: Exception) -> None:
    lines = str(problem).split("\n")
    assert 1 <= len(lines) <= 2
    assert all(line.isprintable() and line for line in lines)


def _is_one_safe_line(line: str, delimiter: str) -> None:
    assert len(line.splitlines()) == 1
    assert len(line) < 3 * MAX_LINE + MAX_CELL
    for cell in split_line(line, delimiter):
        assert not cell.startswith(("=", "@", "\t", "\r", "\n"))


@contextmanager
def _folder() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="pos-fuzz-"))
    try:
        yield place
    finally:
        shutil.rmtree(place)


@cache
def documents() -> tuple[Document, ...]:
    """Five sales of one till, one after another."""
    made: list[Document] = []
    place = Position(1, 1, genesis(1, 1, 1), 0)
    for number in range(1, 6):
        stamp = Stamp(1, 1, f"document-{number}", AT, 0, "shift", 1001)
        made.append(build("sale", stamp, place, {"sale": f"sale-{number}", "total": 100}, turnover=100))
        place = Position(1, number + 1, made[-1].hash, made[-1].grand)
    return tuple(made)


@cache
def journal_bytes() -> bytes:
    """A journal of five sales, three of them answered, as it lies on a disk."""
    with _folder() as folder:
        journal = Journal(folder / "journal.db")
        journal.claim(1, 1)
        for number, one in enumerate(documents()):
            journal.append(one)
            if number < 3:
                journal.acknowledge(one.id, "booked", {"flags": ["oversell"]}, 1_800_000_000_000 + number)
        journal.mark_printed(documents()[0].id)
        journal.close()
        return (folder / "journal.db").read_bytes()


@cache
def draft_bytes() -> bytes:
    """A draft as it lies on a disk."""
    with _folder() as folder:
        drafts = DraftStore(folder / "draft.db")
        drafts.save("sale-1", {"basket": {"v": 1, "lines": []}, "tenders": []})
        drafts.close()
        return (folder / "draft.db").read_bytes()


def journal(data: bytes) -> None:
    """A file in the journal's place: refused in words, or it gives back only what was written."""
    with _folder() as folder:
        (folder / "journal.db").write_bytes(data)
        try:
            _read_journal(folder / "journal.db")
        except PosError as problem:
            _in_words(problem)


def _read_journal(path: Path) -> None:
    opened = Journal(path)
    try:
        found = [entry.document for entry in opened.since(1, 1)]
        assert found == list(documents())[len(documents()) - len(found) :] or found == list(
            documents()[: len(found)]
        )
        opened.last()
        opened.pending(1)
        opened.unprinted(1)
        opened.last_effective(1)
        opened.of_sale("sale-3")
    finally:
        opened.close()


def draft(data: bytes) -> None:
    """A file in the draft's place is the draft, none, or set aside; it never stops the till."""
    with _folder() as folder:
        (folder / "draft.db").write_bytes(data)
        drafts = DraftStore(folder / "draft.db")
        found = drafts.load()
        assert found is None or isinstance(found[1], dict)
        drafts.save("sale-2", {"basket": {}})
        assert drafts.load() == ("sale-2", {"basket": {}})
        drafts.close()


def seeds(name: str) -> list[bytes]:
    """Good inputs of a reader, to begin with."""
    basket_ = Basket("sale").add(item()).add(item(2, unit="kg"), 842)
    return {
        "barcode": [
            b"5010012345674",
            b"]C1010952123456789931030005021234",
            b"0201234512340",
            b"4111111111111111",
        ],
        "document": [one.body for one in documents()],
        "basket": [json.dumps(basket_record(basket_)).encode()],
        "item_list": [b'codes;name;price;stock\nA1;"Tea";1,85;-2\n5010012345674;=1;x;1\n'],
        "journal": [journal_bytes()],
        "draft": [draft_bytes()],
    }[name]


TARGETS: dict[str, Callable[[bytes], None]] = {
    "barcode": barcode,
    "document": document,
    "basket": basket,
    "item_list": item_list,
    "journal": journal,
    "draft": draft,
}
