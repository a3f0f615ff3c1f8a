"""The till's record: canonical bytes, the hash chain, and the builders of all documents but a basket's."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from pos_desktop.domain.approvals import PinEntry, named_approvals
from pos_desktop.domain.barcode import without_cards

VERSION = 1
SALES = ("sale", "refund")
"""Kinds of documents that sell goods or take them back: the same content, the same rows."""
INT_MIN, INT_MAX = -(2**63), 2**63 - 1

Value: TypeAlias = "int | str | list[Any] | dict[str, Any]"
Fields: TypeAlias = dict[str, Any]


class DocumentError(ValueError):
    """A value may not stand in a document, or bytes are not a document in canonical form."""


def utc_text(at: datetime) -> str:
    """An aware time as ``2026-11-22T10:15:30.123Z``: UTC, milliseconds, always the same length."""
    if at.tzinfo is None:
        raise DocumentError("a document's time needs a time zone")
    at = at.astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def parse_utc(text: str) -> datetime:
    """The time that :func:`utc_text` wrote; DocumentError for anything else."""
    try:
        at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError as problem:
        raise DocumentError(f"not a document time: {text!r}") from problem
    return at


def _checked(value: Any, where: str) -> Value:
    if isinstance(value, bool) or value is None:
        raise DocumentError(f"{where}: only whole numbers and text may stand in a document")
    if isinstance(value, int):
        if not INT_MIN <= value <= INT_MAX:
            raise DocumentError(f"{where}: the number does not fit 64 bits")
        return int(value)
    if isinstance(value, str):
        return _text(value, where)
    if isinstance(value, Mapping):
        named = {_text(key, where): _checked(part, f"{where}.{key}") for key, part in value.items()}
        if len(named) != len(value):
            raise DocumentError(f"{where}: two keys are the same text")
        return named
    if isinstance(value, (list, tuple)):
        return [_checked(part, f"{where}[{n}]") for n, part in enumerate(value)]
    raise DocumentError(f"{where}: {type(value).__name__} may not stand in a document")


_UNKEPT = re.compile("[\\x00\\ud800-\\udfff]")


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise DocumentError(f"{where}: a key is text")
    if _UNKEPT.search(value):
        raise DocumentError(f"{where}: the text holds a character no database keeps")
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def _kept(text: str) -> bool:
    """Whether a text stands in a document as it is."""
    if text.isascii():
        return "\x00" not in text
    return _UNKEPT.search(text) is None and unicodedata.is_normalized("NFC", text)


def _clean(value: Any) -> bool:
    """Whether a value stands in a document as it is, without a copy. False says nothing: see _checked."""
    kind = type(value)
    if kind is str:
        return _kept(value)
    if kind is int:
        return not (value < INT_MIN or value > INT_MAX)
    if kind is dict:
        for key, part in value.items():
            if type(key) is not str or not _kept(key) or not _clean(part):
                return False
        return True
    if kind is list:
        return all(map(_clean, value))
    return False


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(obj: Mapping[str, Any]) -> bytes:
    """The one byte form of a document: UTF-8, NFC, keys sorted by code point, no spaces.

    Whole numbers (64 bits) and text in objects and lists only; DocumentError for float, bool, None, NUL
    and lone surrogates, and for what is nested deeper than any document. An absent thing is an absent key.
    """
    try:
        checked = obj if _clean(obj) else _checked(obj, "document")
    except RecursionError as problem:
        raise DocumentError("document: nested too deep") from problem
    return _ENCODER.encode(checked).encode("utf-8")


def _no_number(text: str) -> Any:
    raise DocumentError(f"not a whole number: {text}")


_DECODER = json.JSONDecoder(parse_float=_no_number, parse_constant=_no_number)


def parse(body: bytes) -> Fields:
    """The fields of canonical bytes; DocumentError when they are not exactly in canonical form."""
    fields = _loaded(body)
    if canonical(fields) != body:
        raise DocumentError("the bytes are not in canonical form")
    return fields


def _loaded(body: bytes) -> Fields:
    try:
        fields = _DECODER.decode(body.decode("utf-8"))
    except (ValueError, RecursionError) as problem:
        raise DocumentError("the bytes are not a document") from problem
    if not isinstance(fields, dict):
        raise DocumentError("the bytes are not in canonical form")
    return fields


def chain_hash(prev: bytes, body: bytes) -> bytes:
    """``sha256(prev || body)``: the head of the chain after this document."""
    return hashlib.sha256(prev + body).digest()


def genesis(store: int, till: int, epoch: int) -> bytes:
    """The head before the first document of a till's epoch."""
    return hashlib.sha256(f"pos_desktop/1 store {store} till {till} epoch {epoch}".encode()).digest()


@dataclass(frozen=True, slots=True)
class Position:
    """Where the next document goes: its number, the head before it, the grand total before it."""

    epoch: int
    no: int
    prev: bytes
    grand: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who, where and when: ``at`` is the till's clock, ``offset_ms`` the last known server minus till.

    ``flags``: "offline" while the till sells alone; "stands" where it may, so that it can go on alone when
    the answer does not come. ``approvals`` are PIN entries the server noted here and no document has spent.
    ``training``: a document of the training series, which no server takes.
    """

    store: int
    till: int
    id: str
    at: datetime
    offset_ms: int
    shift: str
    cashier: int
    flags: tuple[str, ...] = ()
    approvals: tuple[PinEntry, ...] = ()
    training: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """One frozen record: its canonical ``body``, its ``hash``, and the few fields that code asks for."""

    id: str
    kind: str
    epoch: int
    no: int
    prev: bytes
    grand: int
    body: bytes
    hash: bytes

    @property
    def fields(self) -> Fields:
        """The document as nested dictionaries, a fresh copy each time."""
        return parse(self.body)

    @property
    def head(self) -> str:
        """The hash in hex, as printed on paper."""
        return self.hash.hex()


def read_document(body: bytes, digest: bytes | None = None) -> Document:
    """A document from its canonical bytes; DocumentError when a common field is missing or of wrong type.

    ``digest`` is the hash it was written down with: bytes that still have it need no second look.
    """
    fields = parse(body) if digest is None else _loaded(body)
    try:
        prev = bytes.fromhex(fields["prev"])
        found = chain_hash(prev, body)
        if digest is not None and found != digest:
            raise DocumentError("the bytes are not those that were written down")
        numbers = [int(fields[key]) for key in ("epoch", "no", "grand")]
        return Document(
            id=str(fields["id"]),
            kind=str(fields["kind"]),
            epoch=numbers[0],
            no=numbers[1],
            prev=prev,
            grand=numbers[2],
            body=body,
            hash=found,
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise DocumentError(f"a field of the document is missing or odd: {problem}") from problem


def build(
    kind: str, stamp: Stamp, position: Position, payload: Mapping[str, Any], *, turnover: int = 0
) -> Document:
    """Freeze a document of any kind: the common fields, then ``payload``; ``turnover`` adds to grand."""
    common: Fields = {
        "v": VERSION,
        "kind": kind,
        "store": stamp.store,
        "till": stamp.till,
        "epoch": position.epoch,
        "no": position.no,
        "id": stamp.id,
        "prev": position.prev.hex(),
        "at": utc_text(stamp.at),
        "offset_ms": stamp.offset_ms,
        "shift": stamp.shift,
        "cashier": stamp.cashier,
        "grand": position.grand + turnover,
        "flags": list(stamp.flags),
    }
    body = canonical({**common, **_stamped(payload, stamp)})
    return Document(
        id=stamp.id,
        kind=kind,
        epoch=position.epoch,
        no=position.no,
        prev=position.prev,
        grand=position.grand + turnover,
        body=body,
        hash=chain_hash(position.prev, body),
    )


def _stamped(payload: Mapping[str, Any], stamp: Stamp) -> Fields:
    """The payload with its approvals named, and marked where it is only practised."""
    fields = {**payload, "training": 1} if stamp.training else dict(payload)
    if "approvals" in fields:
        fields["approvals"] = named_approvals(fields["approvals"], stamp.approvals)
    return fields


def allowed(what: str, by: int | None, stamp: Stamp, now: int | None = None) -> Fields:
    """The approvals of a document that one other person allowed; nothing when the cashier may alone.

    ``now`` is the amount (minor units) it was allowed for.
    """
    if by is None:
        return {}
    sums = {} if now is None else {"now": now}
    return {"approvals": [{"what": what, "by": by, "at": utc_text(stamp.at), **sums}]}


def event_document(
    stamp: Stamp,
    position: Position,
    name: str,
    detail: Mapping[str, Any],
    reason: str = "",
    allowed_by: tuple[str, int] | None = None,
) -> Document:
    """Something with law or money interest that sold nothing: ``age_refused``, ``unknown_left_out`` ...

    ``allowed_by``: the permission it took, and the staff number of who allowed it.
    """
    kept = {key: without_cards(v) if isinstance(v, str) else v for key, v in detail.items()}
    payload: Fields = {"name": name, "detail": kept}
    if reason:
        payload["reason"] = without_cards(reason)
    if allowed_by is not None:
        payload |= allowed(*allowed_by, stamp)
    return build("event", stamp, position, payload)
