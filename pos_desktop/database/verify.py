"""Proves the books: every document's bytes, chain and sums, and every row derived from them, recomputed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pos_desktop.database.invariants import broken_invariants
from pos_desktop.database.till import Connection
from pos_desktop.database.verify_rows import figures_after, rows_of
from pos_desktop.domain.document import DocumentError, Fields, chain_hash, genesis, parse

Progress = Callable[[int], None]

MAX_FINDINGS = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong. ``place`` names the document ("store 1 till 2 epoch 1 no 17") or the invariant."""

    place: str
    what: str


@dataclass(frozen=True, slots=True)
class Head:
    """Where a till's chain stands: to compare with the head on its last receipt or Z report."""

    store: int
    till: int
    epoch: int
    no: int
    head: str


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What was read and what was wrong, first wrong document first (at most 100)."""

    documents: int
    findings: tuple[Finding, ...]
    heads: tuple[Head, ...]


@dataclass(slots=True)
class _Chain:
    """A till's epoch while it is read: what the next document must follow."""

    key: tuple[int, int, int]
    head: bytes
    no: int = 0
    grand: int = 0
    shifts: dict[str, list[Fields]] = field(default_factory=dict)


_DOCUMENTS = b"""
select s.number, t.number, d.epoch, d.no, d.id::text, d.kind, d.sale_id::text, d.shift_id::text, d.cashier,
       d.prev, d.hash, d.body, d.outcome, d.reason,
       (select jsonb_build_array(x.sale_id, x.shift_id, x.cashier, x.business_date, x.net, x.tax, x.total)
          from pos.sale x where x.document_id = d.id) as sale,
       (select jsonb_agg(jsonb_build_array(x.n, x.item_id, x.code, (x.qty * 1000)::bigint, x.price,
                                           x.price_version, x.amount, x.tax) order by x.n)
          from pos.sale_line x where x.document_id = d.id) as lines,
       (select jsonb_agg(jsonb_build_array(x.tax, x.rate, x.net, x.amount, x.gross) order by x.tax, x.rate)
          from pos.sale_tax x where x.document_id = d.id) as taxes,
       (select jsonb_agg(jsonb_build_array(x.n, x.kind, x.amount, x.change::int, x.ref) order by x.n)
          from pos.payment x where x.document_id = d.id) as payments,
       (select jsonb_agg(jsonb_build_array(x.item_id, (x.delta * 1000)::bigint) order by x.item_id)
          from pos.movement x where x.document_id = d.id) as moves,
       (select jsonb_build_array(x.shift_id, x.direction, x.amount, x.reason, x.cashier)
          from pos.cash_movement x where x.document_id = d.id) as cash,
       (select jsonb_build_array(x.shift_id, x.name, x.sale_id, x.reason, x.amount, x.detail, x.cashier)
          from pos.event x where x.document_id = d.id) as event,
       (select jsonb_build_array(w.number, x.business_date, x.opened_by, x.float)
          from pos.shift x join pos.drawer w on w.id = x.drawer_id where x.id = d.id) as opened,
       (select jsonb_build_array(x.id, x.closed_by, x.z, x.counted, x.expected, x.over_short,
                                 x.blind::int, x.figures)
          from pos.shift x where x.close_document = d.id) as closed,
       (select x.business_date::text from pos.shift x where x.id = d.shift_id) as business_date
  from pos.document d join pos.till t on t.id = d.till_id join pos.store s on s.id = d.store_id
 order by s.number, t.number, d.epoch, d.no
"""

_ROWS = ("sale", "lines", "taxes", "payments", "moves", "cash", "event", "opened", "closed")


def verify(connection: Connection, progress: Progress = lambda _: None) -> VerifyReport:
    """Read every document once, in the order of the chains, in one snapshot; then ask the invariants.

    Needs a connection in autocommit that may read the tables: the owner's, or a backup's.
    """
    findings: list[Finding] = []
    count = 0
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read, read only")
        chain: _Chain | None = None
        for row in _documents(connection):
            key = (row["store"], row["till"], row["epoch"])
            if chain is None or chain.key != key:
                chain = _next_chain(chain, key)
            for what in _document_findings(row, chain):
                findings.append(Finding("store {} till {} epoch {} no {}".format(*key, row["no"]), what))
            count += 1
            if count % 1000 == 0:
                progress(count)
        for broken in broken_invariants(connection):
            findings.append(Finding(f"rule {broken.name}", f"{broken.rows} rows, first: {broken.first}"))
        heads = _heads(connection)
    return VerifyReport(count, tuple(findings[:MAX_FINDINGS]), heads)


def _documents(connection: Connection) -> Iterator[dict[str, Any]]:
    names = ["store", "till", "epoch", "no", "id", "kind", "sale_id", "shift_id", "cashier"]
    names += ["prev", "hash", "body", "outcome", "reason", *_ROWS, "business_date"]
    with connection.cursor(name="verify") as cursor:
        cursor.itersize = 500
        for row in cursor.execute(_DOCUMENTS):
            yield dict(zip(names, row, strict=True))


def _next_chain(before: _Chain | None, key: tuple[int, int, int]) -> _Chain:
    """A new epoch starts from its own name; an open shift of the same till goes on in it."""
    chain = _Chain(key, genesis(*key))
    if before is not None and before.key[:2] == key[:2]:
        chain.shifts = before.shifts
    return chain


def _document_findings(row: dict[str, Any], chain: _Chain) -> list[str]:
    body = row["body"].encode("utf-8")
    found = []
    if row["no"] != chain.no + 1:
        found.append(f"follows number {chain.no}: one or more documents are missing")
    if bytes(row["prev"]) != chain.head:
        found.append("does not follow the hash of the document before it")
    if bytes(row["hash"]) != chain_hash(bytes(row["prev"]), body):
        found.append("its bytes do not have its hash")
    chain.no, chain.head = row["no"], bytes(row["hash"])
    try:
        fields = parse(body)
        found += _content_findings(row, fields, chain)
    except (DocumentError, KeyError, TypeError, ValueError, IndexError) as problem:
        if row["outcome"] != "refused":
            found.append(f"its bytes are no document: {type(problem).__name__} {problem}")
    return found


def _content_findings(row: dict[str, Any], fields: Fields, chain: _Chain) -> list[str]:
    named = {
        "store": row["store"], "till": row["till"], "epoch": row["epoch"], "no": row["no"], "id": row["id"],
        "prev": bytes(row["prev"]).hex(), "kind": row["kind"],
        "shift": row["shift_id"], "cashier": row["cashier"],
    }  # fmt: skip
    found = [
        f"{name} is {fields.get(name)} in its bytes"
        for name, value in named.items()
        if fields.get(name) != value
    ]
    refused = row["outcome"] == "refused"
    if refused and found:
        found = [what for what in found if what.startswith(("store", "till", "epoch", "no", "id", "prev"))]
    expected = {} if refused else rows_of(fields, row["business_date"])
    for name in _ROWS:
        if row[name] != expected.get(name):
            found.append(f"its {name} rows differ from its bytes")
    if not refused:
        chain.grand += fields["total"] if fields["kind"] == "sale" else 0
        if fields["grand"] != chain.grand:
            found.append(f"its grand total is {fields['grand']}, it should be {chain.grand}")
        found += _shift_findings(fields, chain)
    else:
        _remember(fields, chain, refused=True)
    return found


def _shift_findings(fields: Fields, chain: _Chain) -> list[str]:
    if fields["kind"] != "shift_close":
        _remember(fields, chain, refused=False)
        return []
    figures = figures_after(chain.shifts.pop(fields["shift"], []), chain.grand)
    wrong = [name for name, value in figures.items() if fields["figures"].get(name) != value]
    return [
        f"its Z says {name} {fields['figures'].get(name)}, the documents say {figures[name]}"
        for name in wrong
    ]


def _remember(fields: Fields, chain: _Chain, *, refused: bool) -> None:
    if isinstance(fields.get("shift"), str) and fields.get("kind") != "shift_close":
        chain.shifts.setdefault(fields["shift"], []).append({**fields, "refused": refused})


def _heads(connection: Connection) -> tuple[Head, ...]:
    rows = connection.execute(
        "select s.number, t.number, t.epoch, t.next_no - 1, encode(t.head, 'hex')"
        " from pos.till t join pos.store s on s.id = t.store_id order by 1, 2"
    ).fetchall()
    return tuple(Head(*row) for row in rows)
