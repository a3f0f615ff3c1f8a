"""Documents: one byte form for each content, and nothing in it that has two."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_desktop.domain.basket import Basket, totals
from pos_desktop.domain.cash_documents import cash_document, shift_close_document, shift_open_document
from pos_desktop.domain.document import (
    DocumentError,
    Position,
    Stamp,
    build,
    canonical,
    chain_hash,
    genesis,
    parse,
    parse_utc,
    read_document,
    utc_text,
)
from pos_desktop.domain.money import currency
from pos_desktop.domain.sale_document import sale_document, void_document
from pos_desktop.domain.tender import Tender, Tendering
from tests.domain.made import AT, approval, baskets, checked, item

ID = "0192a1b2-0000-7000-8000-00000000000a"
STAMP = Stamp(1, 2, ID, AT, -15, "0192a1b2-0000-7000-8000-00000000000b", 1001)
PLACE = Position(1, 7, genesis(1, 2, 1), 5000)

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.integers(-(2**63), 2**63 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(TEXT, VALUES, max_size=5)


def nfc(value: Any) -> Any:
    """The value as a document keeps it."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {nfc(k): nfc(v) for k, v in value.items()}
    return [nfc(v) for v in value] if isinstance(value, list) else value


def _collides(value: Any) -> bool:
    """Somewhere inside, two keys are one text once they are composed."""
    if isinstance(value, dict):
        return len(nfc(value)) < len(value) or any(map(_collides, value.values()))
    return isinstance(value, list) and any(map(_collides, value))


@given(OBJECTS)
def test_canonical_bytes_read_back_and_write_again(fields: dict[str, Any]) -> None:
    try:
        body = canonical(fields)
    except DocumentError:
        assert _collides(fields)
        return
    assert parse(body) == nfc(fields)
    assert canonical(parse(body)) == body


@given(OBJECTS)
def test_order_of_keys_and_composition_of_letters_do_not_matter(fields: dict[str, Any]) -> None:
    try:
        body = canonical(fields)
    except DocumentError:
        return
    assert canonical(dict(reversed(fields.items()))) == body
    decomposed = json.loads(unicodedata.normalize("NFD", json.dumps(nfc(fields), ensure_ascii=False)))
    if len(decomposed) == len(fields):
        assert canonical(decomposed) == body


def test_the_form_itself() -> None:
    assert canonical({"b": [1, "é\n"], "a": {"z": -3, "y": "£"}}) == (
        '{"a":{"y":"£","z":-3},"b":[1,"é\\n"]}'.encode()
    )


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        1.0,
        True,
        False,
        None,
        b"bytes",
        {1: 2},
        {"a": {"b": [None]}},
        2**63,
        "a\0b",
        "\ud800",
        {1, 2},
        object(),
    ],
)
def test_what_may_not_stand_in_a_document(value: Any) -> None:
    with pytest.raises(DocumentError):
        canonical({"x": value})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b'{"a":1e2}',
        b'{"a":NaN}',
        b'{"a":null}',
        b'{"a":"\\u00e9"}',
        '{"a":"e\u0301"}'.encode(),
        b'{"a":"\xff"}',
        b'{"a":1}\n',
        b'{"a":01}',
    ],
)
def test_bytes_in_another_form_are_no_document(body: bytes) -> None:
    with pytest.raises(DocumentError):
        parse(body)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_times_are_utc_milliseconds(naive: datetime, minutes: int) -> None:
    at = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    text = utc_text(at)
    assert len(text) == 24
    assert abs(parse_utc(text) - at) < timedelta(milliseconds=1)
    with pytest.raises(DocumentError):
        utc_text(naive)


def test_the_chain() -> None:
    start = genesis(1, 2, 3)
    assert start == hashlib.sha256(b"pos_desktop/1 store 1 till 2 epoch 3").digest()
    assert chain_hash(start, b"{}") == hashlib.sha256(start + b"{}").digest()
    document = build("no_sale", STAMP, PLACE, {"reason": "change"})
    assert document.hash == chain_hash(PLACE.prev, document.body)
    assert read_document(document.body) == document
    flipped = document.body.replace(b"change", b"chance")
    assert chain_hash(PLACE.prev, flipped) != document.hash


@given(baskets())
def test_a_sale_document_adds_up(basket: Basket) -> None:
    total = totals(basket).total
    tenders = Tendering(total).add_cash(total + 5, currency("GBP")).final() if total else ()
    document = sale_document(STAMP, PLACE, checked(basket), tenders, "GBP")
    fields = document.fields
    assert [line["n"] for line in fields["lines"]] == list(range(1, len(basket.lines) + 1))
    assert sum(row["gross"] for row in fields["taxes"]) == fields["total"] == total
    assert sum(part["amount"] for part in fields["tenders"]) == total
    assert fields["grand"] == document.grand == PLACE.grand + total
    assert {a["line"] for a in fields["approvals"]} <= {line["n"] for line in fields["lines"]}
    assert "birth" not in document.body.decode()


def test_a_sale_document_in_full() -> None:
    basket = checked(Basket("sale-id")).add(item(9, min_age=18)).remove(1)
    basket = basket.add(item(1)).set_price(2, 90, approval())
    basket = basket.add_typed(item(3, open_price=True), 50, code="4012", department="Grocery")
    tenders = (Tender("card", 100, "slip"), Tender("cash", 60), Tender("cash", -20, change=True))
    fields = sale_document(STAMP, PLACE, basket, tenders, "GBP").fields
    assert fields["lines"][0] == {
        "n": 1, "item": 1, "code": "00000000000001", "name": "Item 1", "unit": "each", "qty": 1000,
        "price": 90, "price_version": 0, "amount": 90, "tax": "S", "flags": ["typed_price"],
    }  # fmt: skip
    assert fields["lines"][1]["department"] == "Grocery"
    assert fields["approvals"] == [
        {"what": "price_override", "by": 1002, "line": 1, "was": 100, "now": 90, "at": utc_text(AT)}
    ]
    assert fields["checks"] == [
        {"kind": "age", "min_age": 18, "result": "clearly_over", "method": "seen", "at": utc_text(AT)}
    ]
    assert fields["tenders"] == [
        {"n": 1, "kind": "card", "amount": 100, "ref": "slip"},
        {"n": 2, "kind": "cash", "amount": 60},
        {"n": 3, "kind": "cash", "amount": -20, "change": 1},
    ]
    assert fields["taxes"] == [{"code": "S", "rate": 200_000, "net": 117, "tax": 23, "gross": 140}]
    assert (fields["v"], fields["at"], fields["offset_ms"]) == (1, "2026-11-22T10:15:30.123Z", -15)


def test_documents_that_cannot_be_made() -> None:
    basket = Basket("sale").add(item(1))
    with pytest.raises(DocumentError, match="at least one line"):
        sale_document(STAMP, PLACE, Basket("sale"), (), "GBP")
    with pytest.raises(DocumentError, match="add up"):
        sale_document(STAMP, PLACE, basket, (Tender("cash", 99),), "GBP")
    with pytest.raises(DocumentError, match="no cash movement"):
        cash_document(STAMP, PLACE, "drop", 500, "safe")
    with pytest.raises(DocumentError, match="carries the id"):
        shift_open_document(STAMP, PLACE, drawer=1, business_date="2026-11-22", float_amount=0, counts=())
    assert void_document(STAMP, PLACE, basket, "left").grand == PLACE.grand


def test_a_z_states_what_was_counted() -> None:
    fields = shift_close_document(
        STAMP,
        PLACE,
        z=3,
        counted=950,
        counts=[(500, 1), (50, 9)],
        blind=True,
        expected=1000,
        figures={"sales": 2},
    ).fields
    assert (fields["z"], fields["over_short"], fields["blind"]) == (3, -50, 1)
    assert fields["counts"] == [[500, 1], [50, 9]]


def test_an_aware_time_of_another_zone_is_the_same_instant() -> None:
    assert utc_text(datetime(2026, 11, 22, 11, tzinfo=timezone(timedelta(hours=1)))) == utc_text(
        datetime(2026, 11, 22, 10, tzinfo=UTC)
    )
