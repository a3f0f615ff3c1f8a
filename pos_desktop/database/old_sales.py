"""Writes what a shop had before it moved in: old sales in their chain, its items' keys, its people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pos_desktop.database.till import Connection
from pos_desktop.domain.document import chain_hash, parse
from pos_desktop.domain.old_sale import Chained, series_head


@dataclass(frozen=True, slots=True)
class Series:
    """A source's series in the shop: where it goes on. ``head`` is the hash its next sale follows."""

    id: int
    store: int
    name: str
    next_no: int
    head: bytes


@dataclass(frozen=True, slots=True)
class OldPerson:
    """A customer (``balance`` owed, minor units) or a member of staff, with all the source said of them."""

    kind: str
    key: str
    name: str
    balance: int
    body: bytes


def series(owner: Connection, store: int, name: str, shape: str) -> Series:
    """The series of the source ``name`` in a store, begun if it is new. LookupError for an unknown store."""
    owner.execute(
        "insert into pos.old_source (store_id, name, shape, head)"
        " select id, %s, %s, %b from pos.store where number = %s on conflict (store_id, name) do nothing",
        [name, shape, series_head(store, name), store],
    )
    row = owner.execute(
        "select o.id, o.next_no, o.head from pos.old_source o join pos.store s on s.id = o.store_id"
        " where s.number = %s and o.name = %s",
        [store, name],
    ).fetchone()
    if row is None:
        raise LookupError(f"store {store}")
    return Series(row[0], store, name, row[1], bytes(row[2]))


def write_sales(
    owner: Connection, into: Series, batch: Sequence[Chained], items: Mapping[str, int]
) -> Series:
    """Write a batch in one transaction and move the series on: killed anywhere, it goes on from here."""
    with owner.transaction(), owner.cursor() as cursor:
        with cursor.copy(
            "copy pos.old_sale (source_id, no, key, sold_at, business_date, total, tax, state, prev, hash,"
            " body) from stdin"
        ) as copy:
            for one in batch:
                sale = one.sale
                copy.write_row(
                    (into.id, one.no, sale.key, sale.at, sale.day, sale.total, sale.tax, sale.state, one.prev,
                     one.hash, one.body.decode())
                )  # fmt: skip
        with cursor.copy(
            "copy pos.old_line (source_id, no, n, item_id, name, qty, amount) from stdin"
        ) as copy:
            for one in batch:
                for n, line in enumerate(one.sale.lines, 1):
                    qty = Decimal(line.qty).scaleb(-3)
                    copy.write_row((into.id, one.no, n, items.get(line.item), line.name, qty, line.amount))
        with cursor.copy("copy pos.old_payment (source_id, no, n, kind, amount) from stdin") as copy:
            for one in batch:
                for n, (kind, amount) in enumerate(one.sale.payments, 1):
                    copy.write_row((into.id, one.no, n, kind, amount))
        last = batch[-1]
        cursor.execute(
            "update pos.old_source set next_no = %s, head = %b where id = %s and next_no = %s",
            [last.no + 1, last.hash, into.id, batch[0].no],
        )
        if cursor.rowcount != 1:
            raise RuntimeError("somebody else writes this series")
    return Series(into.id, into.store, into.name, last.no + 1, last.hash)


def end_series(owner: Connection, into: Series) -> None:
    """Everything of the source was taken over."""
    owner.execute("update pos.old_source set ended_at = now() where id = %s and ended_at is null", [into.id])


def write_items(owner: Connection, into: Series, codes: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Remember which item a source's key became, by a code of it; gives every key's item."""
    with owner.cursor() as cursor:
        cursor.executemany(
            "insert into pos.old_item (source_id, key, item_id) select %s, %s, item_id from pos.item_code"
            " where code = %s on conflict do nothing",
            [(into.id, key, code) for key, code in codes],
        )
    rows = owner.execute("select key, item_id from pos.old_item where source_id = %s", [into.id])
    return {key: item for key, item in rows}


def write_people(owner: Connection, into: Series, people: Iterable[OldPerson]) -> None:
    """Customers and staff, once."""
    with owner.cursor() as cursor:
        cursor.executemany(
            "insert into pos.old_person (source_id, kind, key, name, balance, body)"
            " values (%s, %s, %s, %s, %s, %s) on conflict do nothing",
            [(into.id, one.kind, one.key, one.name, one.balance, one.body.decode()) for one in people],
        )


# -- what the proof compares ------------------------------------------------------------------------


def by_day(owner: Connection, into: Series) -> dict[tuple[date, str], tuple[int, int, int]]:
    """Sales, total and tax by business day and state."""
    rows = owner.execute(
        "select business_date, state, count(*), sum(total)::bigint, sum(tax)::bigint from pos.old_sale"
        " where source_id = %s group by 1, 2",
        [into.id],
    )
    return {(day, state): (count, total, tax) for day, state, count, total, tax in rows}


def by_tender(owner: Connection, into: Series) -> dict[str, tuple[int, int]]:
    """Payments and their sum by kind."""
    rows = owner.execute(
        "select kind, count(*), sum(amount)::bigint from pos.old_payment where source_id = %s group by 1",
        [into.id],
    )
    return {kind: (count, amount) for kind, count, amount in rows}


def by_name(owner: Connection, into: Series) -> dict[str, tuple[int, int, int]]:
    """Lines, quantity (thousandths) and amount by what was sold."""
    rows = owner.execute(
        "select name, count(*), (sum(qty) * 1000)::bigint, sum(amount)::bigint from pos.old_line"
        " where source_id = %s group by 1",
        [into.id],
    )
    return {name: (count, qty, amount) for name, count, qty, amount in rows}


def stock_by_key(owner: Connection, into: Series) -> dict[str, tuple[int, int]]:
    """What the store had on hand (thousandths) of each item when it came in, and its price (minor units)."""
    rows = owner.execute(
        "select o.key, coalesce((select sum(m.delta) * 1000 from pos.movement m where m.item_id = o.item_id"
        "   and m.store_id = s.store_id and m.reason = 'opening'), 0)::bigint, coalesce(p.amount, 0)"
        " from pos.old_item o join pos.old_source s on s.id = o.source_id"
        " left join lateral (select amount from pos.price p where p.item_id = o.item_id and"
        "   (p.store_id is null or p.store_id = s.store_id) order by p.id limit 1) p on true"
        " where o.source_id = %s",
        [into.id],
    )
    return {key: (stock, price) for key, stock, price in rows}


def balances(owner: Connection, into: Series) -> dict[str, int]:
    """What each customer owed, by the source's key."""
    rows = owner.execute(
        "select key, balance from pos.old_person where source_id = %s and kind = 'customer'", [into.id]
    )
    return {key: balance for key, balance in rows}


_READ = (
    "select s.no, s.prev, s.hash, s.body, s.key, s.total, s.tax, s.state,"
    " (select array[count(*), coalesce(sum(l.amount), 0), coalesce(sum(l.qty) * 1000, 0)]::bigint[]"
    "    from pos.old_line l where (l.source_id, l.no) = (s.source_id, s.no)),"
    " (select array[count(*), coalesce(sum(p.amount), 0)]::bigint[]"
    "    from pos.old_payment p where (p.source_id, p.no) = (s.source_id, s.no))"
    " from pos.old_sale s where s.source_id = %s order by s.no"
)


def broken_series(owner: Connection) -> tuple[int, list[tuple[str, str]]]:
    """Every old sale against its chain and rows: how many were read, and the first wrong of each series."""
    found: list[tuple[str, str]] = []
    count = 0
    for id_, store, name, next_no, head in owner.execute(
        "select o.id, s.number, o.name, o.next_no, o.head from pos.old_source o"
        " join pos.store s on s.id = o.store_id order by 1"
    ).fetchall():
        prev, no = series_head(store, name), 0
        with owner.cursor() as cursor:
            for row in cursor.stream(_READ, [id_]):
                count, no = count + 1, no + 1
                if wrong := _wrong(row, no, prev):
                    found.append((f"old sales of {name} no {row[0]}", wrong))
                    break
                prev = bytes(row[2])
            else:
                if (no + 1, prev) != (next_no, bytes(head)):
                    found.append((f"old sales of {name}", f"{next_no - 1} were taken over, {no} are there"))
    return count, found


def _wrong(row: Sequence[Any], no: int, prev: bytes) -> str:
    """What is wrong with one old sale, "" for nothing."""
    row_no, row_prev, row_hash, body, key, total, tax, state, lines, payments = row
    if (row_no, bytes(row_prev)) != (no, prev):
        return "does not follow the one before it"
    if bytes(row_hash) != chain_hash(prev, body.encode()):
        return "its bytes do not have its hash"
    told = parse(body.encode())
    if (key, total, tax, state) != (told["key"], told["total"], told["tax"], told.get("state", "")):
        return "its row is not what its bytes say"
    sums = [len(told["lines"]), *(sum(one[what] for one in told["lines"]) for what in ("amount", "qty"))]
    if lines != sums or payments != [len(told["tenders"]), sum(one["amount"] for one in told["tenders"])]:
        return "its lines or payments are not what its bytes say"
    return ""
