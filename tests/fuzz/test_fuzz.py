"""Each reader of bytes from outside against made-up bytes, broken good ones, and what looks good."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from pos_desktop.domain.basket_record import basket_record
from pos_desktop.domain.items_row import COLUMNS
from tests.domain.made import baskets
from tests.fuzz import targets

SIGNS = "0123456789()]%^=;,-. \t\r\n\x00\x1b\x1d\u200b\u202e٤４CABde+'\"@/:httpsgQ"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=4), part, max_size=3),
    max_leaves=6,
)


Edit = tuple[int, int, bytes]
EDITS = st.tuples(st.integers(0, 2**20), st.integers(-8, 2**12), st.binary(max_size=16))


def _broken(good: bytes, edit: Edit) -> bytes:
    """Good bytes with something put in at a place (modulo their length), over so many, or the rest cut."""
    at, over, put = edit
    at %= len(good) + 1
    return good[:at] + put + (b"" if over < -4 else good[at + max(over, 0) :])


def _texts(alphabet: str, most: int) -> st.SearchStrategy[bytes]:
    return st.text(alphabet, max_size=most).map(lambda text: text.encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=64) | _texts(SIGNS, 700) | st.text(max_size=80).map(str.encode))
def test_codes(data: bytes) -> None:
    targets.barcode(data)


@given(
    st.binary(max_size=64)
    | EDITS.map(lambda edit: _broken(targets.documents()[1].body, edit))
    | VALUES.map(lambda value: json.dumps(value).encode())
    | _texts('{}[]":,0123456789.eE-+truefalsn\\u00', 60)
)
def test_documents(data: bytes) -> None:
    targets.document(data)


@given(st.data())
def test_baskets(data: st.DataObject) -> None:
    """A good record with one value of it replaced by anything, or taken out."""
    record = basket_record(data.draw(baskets()))
    part: object = record
    while isinstance(part, dict | list) and part:
        keys = sorted(part) if isinstance(part, dict) else list(range(len(part)))
        key = data.draw(st.sampled_from(keys))
        if not part[key] or not isinstance(part[key], dict | list) or data.draw(st.booleans()):  # type: ignore[index]
            break
        part = part[key]  # type: ignore[index]
    if data.draw(st.booleans()):
        part[key] = data.draw(VALUES)  # type: ignore[index]
    else:
        del part[key]  # type: ignore[attr-defined]
    targets.basket(json.dumps(record).encode())


@given(
    st.binary(max_size=200)
    | _texts("codes;name,price\t\"\r\n=+-@'1.5\x00\x1b4111111111111111", 300)
    | _texts("\";,\t\n=+-@'1.5 A\x00\x1bé\u202e", 300).map(
        lambda body: ";".join(COLUMNS).encode() + b"\n" + body
    )
)
def test_item_lists(data: bytes) -> None:
    targets.item_list(data)


@given(st.binary(max_size=64) | EDITS)
def test_journals(data: bytes | Edit) -> None:
    targets.journal(data if isinstance(data, bytes) else _broken(targets.journal_bytes(), data))


@given(st.binary(max_size=64) | EDITS)
def test_drafts(data: bytes | Edit) -> None:
    targets.draft(data if isinstance(data, bytes) else _broken(targets.draft_bytes(), data))
