"""Proves the books: every document's bytes, chain and sums, and every row derived from them, recomputed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pos_desktop.database.invariants import broken_invariants
from pos_desktop.database.old_sales import broken_series
from pos_desktop.database.till import Connection
from pos_desktop.database.verify_rows import HERE, ROWS, UNKEPT_WHEN_REFUSED, columns_of, rows_of
from pos_desktop.domain.anchor import Anchor
from pos_desktop.domain.chain import Chain, Link
from pos_desktop.domain.document import Fields

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
    anchors: int = 0


_DOCUMENTS = b"""
select s.number, t.number, d.epoch, d.no, d.id::text, d.kind, d.sale_id::text, d.shift_id::text, d.cashier,
       d.prev, d.hash, d.body, d.outcome, d.at, d.server_at, d.flags,
       (select jsonb_build_array(x.sale_id, x.shift_id, x.cashier, x.business_date, x.net, x.tax, x.total,
                                 x.rounding, x.certificate,
                                 (x.store_id, x.till_id, x.sold_at) = (d.store_id, d.till_id, d.server_at))
          from pos.sale x where x.document_id = d.id) as sale,
       (select jsonb_agg(jsonb_build_array(x.n, x.item_id, x.code, (x.qty * 1000)::bigint, x.price,
                                           x.price_version, x.amount, x.tax, x.given, x.discount,
                                           (x.store_id, x.sold_at) = (d.store_id, d.server_at)) order by x.n)
          from pos.sale_line x where x.document_id = d.id) as lines,
       (select jsonb_agg(jsonb_build_array(x.tax, x.rate, x.net, x.amount, x.gross) order by x.tax, x.rate)
          from pos.sale_tax x where x.document_id = d.id) as taxes,
       (select jsonb_agg(jsonb_build_array(x.n, x.kind, x.amount, x.change::int, x.ref) order by x.n)
          from pos.payment x where x.document_id = d.id) as payments,
       (select jsonb_agg(jsonb_build_array(x.account_id, x.source, x.n, x.amount,
                                           x.at = d.server_at and num_nonnulls(x.by, x.note) = 0)
                         order by x.source, x.n)
          from pos.account_entry x where x.document_id = d.id) as entries,
       (select jsonb_agg(jsonb_build_array(x.kind, x.ref) order by x.kind, x.ref)
          from pos.payment_reference x where x.document_id = d.id) as codes,
       (select jsonb_agg(jsonb_build_array(x.item_id, (x.delta * 1000)::bigint, x.reason,
                                           (x.store_id, x.at) = (d.store_id, d.server_at)
                                           and num_nonnulls(x.by, x.note) = 0) order by x.item_id)
          from pos.movement x where x.document_id = d.id) as moves,
       (select jsonb_agg(jsonb_build_array(x.code, x.promotion_id) order by x.code, x.promotion_id)
          from pos.coupon_use x where x.document_id = d.id) as coupons,
       (select jsonb_agg(jsonb_build_array(x.n, x.of_document, x.of_line, (x.qty * 1000)::bigint, x.amount,
                                           x.waste::int, x.reason, x.store_id = d.store_id) order by x.n)
          from pos.returned x where x.document_id = d.id) as returned,
       (select jsonb_agg(jsonb_build_array(x.n, x.item_id, x.pack) order by x.n)
          from pos.case_line x where x.document_id = d.id) as cases,
       (select jsonb_agg(jsonb_build_array(x.n, x.goods) order by x.n)
          from pos.deposit_line x where x.document_id = d.id) as deposits,
       (select jsonb_agg(jsonb_build_array(x.n, x.of_document) order by x.n)
          from pos.paid_back x where x.document_id = d.id) as paid_back,
       (select jsonb_build_array(x.shift_id, x.direction, x.amount, x.reason, x.cashier,
                                 (x.store_id, x.till_id, x.at) = (d.store_id, d.till_id, d.server_at))
          from pos.cash_movement x where x.document_id = d.id) as cash,
       (select jsonb_build_array(x.shift_id, x.name, x.sale_id, x.reason, x.amount, x.detail, x.cashier,
                                 (x.store_id, x.till_id, x.at) = (d.store_id, d.till_id, d.server_at))
          from pos.event x where x.document_id = d.id) as event,
       (select jsonb_build_array(w.number, x.business_date, x.opened_by, x.float, x.single::int,
                                 (x.store_id, x.till_id, x.opened_at) = (d.store_id, d.till_id, d.server_at))
          from pos.shift x join pos.drawer w on w.id = x.drawer_id where x.id = d.id) as opened,
       (select jsonb_build_array(x.id, x.closed_by, x.z, x.counted, x.expected, x.over_short,
                                 x.blind::int, x.figures,
                                 (x.store_id, x.till_id, x.closed_at) = (d.store_id, d.till_id, d.server_at))
          from pos.shift x where x.close_document = d.id) as closed,
       (select jsonb_build_array(x.customer, x.earned, x.spent, x.rate, (x.store_id, x.at)
                                 = (d.store_id, d.server_at) and num_nonnulls(x.by, x.note) = 0)
          from pos.point_entry x where x.document_id = d.id) as points,
       (select jsonb_build_array(x.shift_id, x.account_id, x.customer, x.amount, x.kind, x.ref, x.cashier,
                                 (x.store_id, x.till_id, x.at) = (d.store_id, d.till_id, d.server_at))
          from pos.account_payment x where x.document_id = d.id) as received,
       (select x.business_date::text from pos.shift x where x.id = d.shift_id) as business_date
  from pos.document d join pos.till t on t.id = d.till_id join pos.store s on s.id = d.store_id
 order by s.number, t.number, d.epoch, d.no
"""


def verify(
    connection: Connection, progress: Progress = lambda _: None, anchors: Iterable[Anchor] = ()
) -> VerifyReport:
    """Read every document once, in the order of the chains, in one snapshot; then ask the invariants.

    ``anchors`` are heads noted elsewhere: each must still be in its chain. Needs a connection in autocommit
    that may read the tables: the owner's, or a backup's.
    """
    findings: list[Finding] = []
    count = 0
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read, read only")
        chain: Chain | None = None
        for row in _documents(connection):
            key = (row["store"], row["till"], row["epoch"])
            if chain is None or (chain.store, chain.till, chain.epoch) != key:
                chain = Chain.begin(*key, before=chain)
            for what in _document_findings(row, chain):
                findings.append(Finding(chain.place, what))
            count += 1
            if count % 1000 == 0:
                progress(count)
        for broken in broken_invariants(connection):
            findings.append(Finding(f"rule {broken.name}", f"{broken.rows} rows, first: {broken.first}"))
        old, broken_old = broken_series(connection)
        findings += [Finding(place, what) for place, what in broken_old]
        told = list(anchors)
        findings += anchor_findings(connection, told)
        heads = _heads(connection)
    return VerifyReport(count + old, tuple(findings[:MAX_FINDINGS]), heads, len(told))


def _documents(connection: Connection) -> Iterator[dict[str, Any]]:
    names = ["store", "till", "epoch", "no", "id", "kind", "sale_id", "shift_id", "cashier"]
    names += ["prev", "hash", "body", "outcome", "at", "server_at", "flags", *ROWS, "business_date"]
    with connection.cursor(name="verify") as cursor:
        cursor.itersize = 500
        for row in cursor.execute(_DOCUMENTS):
            yield dict(zip(names, row, strict=True))


def _document_findings(row: dict[str, Any], chain: Chain) -> list[str]:
    before, refused = chain.head, row["outcome"] == "refused"
    found = [] if bytes(row["prev"]) == before else ["names another hash before it than it has"]
    late = row["shift_id"] if "late_shift" in row["flags"] else ""
    link = Link(row["no"], bytes(row["hash"]), row["body"].encode("utf-8"), refused, late)
    return chain.follow(link, lambda fields: _rows_differ(row, fields, refused)) + found


def _rows_differ(row: dict[str, Any], fields: Fields, refused: bool) -> list[str]:
    late = "late_shift" in row["flags"]
    if late:  # its own shift was closed: it stands in another, or in one it opened itself
        fields = {**fields, "shift": row["shift_id"]}
    named = columns_of(fields)
    if refused:
        named = {name: value for name, value in named.items() if name not in UNKEPT_WHEN_REFUSED}
    found = [f"{name} is {named[name]} in its bytes" for name in named if named[name] != row[name]]
    expected = {} if refused else rows_of(fields, row["business_date"], row["flags"])
    if "ref_used" in row["flags"] and row["codes"] is None:
        expected["codes"] = None  # it had paid another sale, which has it
    if late and row["shift_id"] == row["id"]:
        expected["opened"] = row["opened"] and [
            row["opened"][0],
            row["business_date"],
            fields["cashier"],
            0,
            0,
            HERE,
        ]
    return found + [
        f"its {name} rows differ from its bytes" for name in ROWS if row[name] != expected.get(name)
    ]


def anchor_findings(connection: Connection, anchors: Iterable[Anchor]) -> Iterator[Finding]:
    """The anchors whose document is gone or has another hash."""
    for anchor in anchors:
        row = connection.execute(
            "select encode(d.hash, 'hex') from pos.document d join pos.till t on t.id = d.till_id"
            " join pos.store s on s.id = d.store_id"
            " where s.number = %s and t.number = %s and d.epoch = %s and d.no = %s",
            [anchor.store, anchor.till, anchor.epoch, anchor.no],
        ).fetchone()
        what = anchor.against(row[0] if row else None)
        if what:
            yield Finding(anchor.place, what)


def _heads(connection: Connection) -> tuple[Head, ...]:
    rows = connection.execute(
        "select s.number, t.number, t.epoch, t.next_no - 1, encode(t.head, 'hex')"
        " from pos.till t join pos.store s on s.id = t.store_id order by 1, 2"
    ).fetchall()
    return tuple(Head(*row) for row in rows)
