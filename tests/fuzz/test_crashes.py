"""What fuzzing and reading found: each once raised what no caller expects, or let something through."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from pos_desktop.domain.barcode import MAX_CODE, CodeKind, parse_code
from pos_desktop.domain.basket import Basket
from pos_desktop.domain.basket_record import RecordError, basket_record, read_basket
from pos_desktop.domain.document import DocumentError, canonical, parse
from pos_desktop.journal.draft import DraftStore
from pos_desktop.journal.journal import Journal
from pos_desktop.journal.problems import JournalDamaged
from tests.domain.made import item
from tests.fuzz import targets


@pytest.mark.parametrize("deep", [300, 600, 900, 100_000])
def test_a_document_nested_without_end_is_refused(deep: int) -> None:
    """Six hundred brackets passed the JSON reader and then exhausted the stack of the canonical form."""
    body = b'{"a":' + b"[" * deep + b"]" * deep + b"}"
    try:
        fields = parse(body)
    except DocumentError:
        assert deep > 300
    else:
        assert canonical(fields) == body


def test_a_held_basket_with_an_impossible_time_is_no_basket() -> None:
    """It raised DocumentError, which the list of held sales did not expect."""
    record = basket_record(Basket("s").add(item()))
    record["checks"] = [{"min_age": 18, "result": "id_checked", "at": "yesterday"}]
    with pytest.raises(RecordError):
        read_basket(record)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("lines", 0, "price"), "12"),
        (("lines", 0, "qty"), 1.5),
        (("lines", 0, "qty"), 0),
        (("lines", 0, "amount"), 10**30),
        (("lines", 0, "item", "rate"), -1),
        (("lines", 0, "item", "unit"), "barrel"),
        (("lines", 0, "item", "name"), "a\x00b"),
        (("lines", 0, "item", "blocked"), 1),
        (("lines", 0, "item", "colour_"), "red"),
        (("lines", 0, "flags"), [1]),
        (("lines",), {}),
        (("tax_mode",), "both"),
        (("sale",), None),
        (("next_n",), True),
    ],
)
def test_a_held_basket_of_odd_values_is_no_basket(path: tuple[str | int, ...], value: object) -> None:
    """A till could have parked one that broke every other till's list of held sales."""
    record = basket_record(Basket("s").add(item()))
    part = record
    for key in path[:-1]:
        part = part[key]  # type: ignore[index]
    part[path[-1]] = value  # type: ignore[index]
    if path == ("lines",):
        assert read_basket(record).lines == ()
        return
    with pytest.raises(RecordError):
        read_basket(record)


def test_two_lines_of_one_name_are_no_basket() -> None:
    record = basket_record(Basket("s").add(item(1)).add(item(2)))
    record["lines"][1]["n"] = 1
    with pytest.raises(RecordError, match="one name"):
        read_basket(record)


@pytest.mark.parametrize("body", ["", "{", "[1]", "null", "[" * 100_000, '"text"'])
def test_a_draft_that_is_no_json_is_none(tmp_path: Path, body: str) -> None:
    """It stopped the till at its start."""
    drafts = DraftStore(tmp_path / "draft.db")
    drafts.save("sale", {"basket": {}})
    drafts.close()
    with sqlite3.connect(tmp_path / "draft.db") as db:
        db.execute("UPDATE draft SET body = ?", (body,))
    db.close()
    again = DraftStore(tmp_path / "draft.db")
    assert again.load() is None
    again.save("sale", {"basket": {"v": 1}})
    assert again.load() == ("sale", {"basket": {"v": 1}})
    again.close()


@pytest.mark.parametrize("answer", ["{", "[]", "[" * 100_000])
def test_an_answer_that_is_no_json_is_damage(tmp_path: Path, answer: str) -> None:
    """It raised what the till's start did not expect."""
    path = tmp_path / "journal.db"
    path.write_bytes(targets.journal_bytes())
    with sqlite3.connect(path) as db:
        db.execute("DROP TRIGGER state_stays")
        db.execute("UPDATE state SET answer = ? WHERE id = 'document-2'", (answer,))
    db.close()
    with pytest.raises(JournalDamaged):
        _all_of(path)


def _all_of(path: Path) -> None:
    journal = Journal(path)
    try:
        journal.since(1, 1)
    finally:
        journal.close()


@pytest.mark.parametrize("place", [3991, 4025])
def test_a_page_that_sqlite_cannot_quote_is_damage(tmp_path: Path, place: int) -> None:
    """SQLite's own check quotes the damaged bytes, which are no text: that stopped the till at its start."""
    for name, good in (("journal.db", targets.journal_bytes()), ("draft.db", targets.draft_bytes())):
        (tmp_path / name).write_bytes(good[:place] + b"\x80" + good[place:])
    with pytest.raises(JournalDamaged):
        _all_of(tmp_path / "journal.db")
    drafts = DraftStore(tmp_path / "draft.db")
    assert drafts.set_aside is not None
    drafts.close()


def test_a_header_that_sqlite_does_not_know_is_damage(tmp_path: Path) -> None:
    """SQLite calls that a wrong statement: a damaged draft was taken for a full disk and stopped the till."""
    for name, good in (("journal.db", targets.journal_bytes()), ("draft.db", targets.draft_bytes())):
        (tmp_path / name).write_bytes(good[:24] + good[24 + 3919 :])
    with pytest.raises(JournalDamaged):
        _all_of(tmp_path / "journal.db")
    drafts = DraftStore(tmp_path / "draft.db")
    assert drafts.set_aside is not None
    drafts.close()


@pytest.mark.parametrize(
    "text", ["9" * 5000, "9" * 1_000_000, "]C101" + "0" * 5000, " " * 10_000, "\x1d" * 5000]
)
def test_four_kilobytes_are_refused_at_once(text: str) -> None:
    """A number of 4,301 digits is more than int() takes."""
    assert len(text) > MAX_CODE
    parsed = parse_code(text)
    assert parsed.kind is CodeKind.UNREADABLE
    assert len(parsed.text) <= 64


@pytest.mark.parametrize(
    "text",
    [
        "A4111111111111111",
        "4111.1111.1111.1111",
        "4111\u200b\u200b1111\u200b\u200b11111111",
        "41111111111111112912101",
        "\u202e4111111111111111\u202c",
        "4111\udcff111111111111",
        "]C1A4111111111111111",
        "4111\x00\x00\x00111111111111",
    ],
)
def test_a_card_number_in_disguise_is_no_code_of_the_shop(text: str) -> None:
    """Letters in front or dots between made it a code of the shop's own, to be looked up and kept."""
    parsed = parse_code(text)
    assert not parsed.sellable
    assert sum(ch.isdigit() for ch in parsed.text) == 4


@pytest.mark.parametrize(
    "text",
    [
        "5010012345674\u200e",
        "\u202e4765432100105",
        "50100\u200b12345674",
        "A\u0308B",
        "'; DROP TABLE item; --",
        "1 OR 1=1",
        "A%00B",
        "\x1bp\x00\x19\xfa",
        "\x1dV\x00",
        "\x1b@5010012345674",
        "5010012345674\x00",
        "5010012345674\n5010012345674",
        "5010012345674\x7f",
        "%s%s%s%n",
        "{0.__class__}",
        "../../etc/passwd",
    ],
)
def test_hostile_labels_are_unreadable_and_harmless_to_show(text: str) -> None:
    parsed = parse_code(text)
    assert (parsed.kind, parsed.candidates) == (CodeKind.UNREADABLE, ())
    assert parsed.text.isprintable()


def test_a_good_record_stays_good() -> None:
    """The checks above refuse nothing that a till writes."""
    basket = (
        Basket("s").add(item(1)).add(item(2, unit="kg"), 842).add_label(item(3, unit="kg"), 329, code="x")
    )
    assert read_basket(json.loads(json.dumps(basket_record(basket)))) == basket
