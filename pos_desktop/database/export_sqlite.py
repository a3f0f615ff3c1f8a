"""Writes a store into a SQLite file of plain tables: the way back, and a copy anybody can read without us."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pos_desktop.database.till import Connection

PAGE = 5000
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the file: its columns in SQLite's words, and what fills it."""

    name: str
    columns: str
    query: str


# Money leaves in whole currency units, as every reader expects it. %(one)s is how many minor units make one.
TABLES = (
    Table(
        "store",
        "number integer primary key, name text, currency text, tax_mode text, time_zone text",
        "select number, name, currency, tax_mode, time_zone from pos.store where id = %(store)s",
    ),
    Table("categories", "id integer primary key, name text", "select id, name from pos.category order by id"),
    Table("suppliers", "id integer primary key, name text", "select id, name from pos.supplier order by id"),
    Table(
        "taxes",
        "code text, name text, valid_from text, percent decimal",
        "select t.code, t.name, r.valid_from::text, r.rate / 10000.0 from pos.tax t"
        " join pos.tax_rate r on r.tax = t.code order by 1, 3",
    ),
    Table(
        "products",
        "id integer primary key, name text, barcode text, codes text, plu text, selling_price decimal,"
        " buying_price decimal, quantity decimal, unit text, category_id integer, supplier_id integer,"
        " tax text, min_age integer, strength decimal, volume decimal, blocked integer",
        "select i.id, i.name, c.gtin, c.codes, c.plu, p.amount / %(one)s, i.cost, k.on_hand, i.unit,"
        " i.category_id, i.supplier_id, i.tax, i.min_age, i.strength, i.volume, i.blocked::int"
        " from pos.item i left join pos.stock k on k.item_id = i.id and k.store_id = %(store)s"
        " left join lateral (select string_agg(code, ' ' order by kind, code) as codes,"
        "   min(code) filter (where kind = 'gtin') as gtin, min(code) filter (where kind = 'plu') as plu"
        "   from pos.item_code where item_id = i.id) c on true"
        " left join lateral (select amount from pos.price where item_id = i.id and valid_from <= now()"
        "   and (store_id is null or store_id = %(store)s)"
        "   order by valid_from desc, id desc limit 1) p on true"
        " where not i.open_price order by i.id",
    ),
    Table(
        "customers",
        "id text primary key, name text, balance decimal, record text",
        "select o.source_id || '/' || o.key, o.name, o.balance / %(one)s, o.body from pos.old_person o"
        " join pos.old_source s on s.id = o.source_id where s.store_id = %(store)s and o.kind = 'customer'"
        " order by 1",
    ),
    Table(
        "users",
        "id integer primary key, name text, role text, active integer",
        "select p.number, p.name, p.role, p.active::int from pos.staff p"
        " join pos.staff_store w on w.staff = p.number and w.store_id = %(store)s order by 1",
    ),
    Table(
        "sales",
        "id text primary key, sold_at text, business_date text, total_amount decimal, tax_amount decimal,"
        " cashier text, status text, till integer, epoch integer, number integer, hash text",
        "select s.document_id::text, to_char(s.sold_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS+00:00'),"
        " s.business_date::text, s.total / %(one)s, s.tax / %(one)s, p.name, d.outcome, t.number, d.epoch,"
        " d.no, encode(d.hash, 'hex') from pos.sale s join pos.document d on d.id = s.document_id"
        " join pos.till t on t.id = s.till_id left join pos.staff p on p.number = s.cashier"
        " where s.store_id = %(store)s"
        " union all select 'old/' || o.source_id || '/' || o.key,"
        " to_char(o.sold_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS+00:00'), o.business_date::text,"
        " o.total / %(one)s, o.tax / %(one)s, o.body::json ->> 'cashier', o.state, null, null, o.no,"
        " encode(o.hash, 'hex') from pos.old_sale o join pos.old_source s on s.id = o.source_id"
        " where s.store_id = %(store)s order by 1",
    ),
    Table(
        "sale_items",
        "sale_id text, line integer, product_id integer, product_name text, quantity decimal,"
        " unit_price decimal, subtotal decimal, primary key (sale_id, line)",
        "select l.document_id::text, l.n, l.item_id, i.name, l.qty, l.price / %(one)s, l.amount / %(one)s"
        " from pos.sale_line l join pos.item i on i.id = l.item_id where l.store_id = %(store)s"
        " union all select 'old/' || l.source_id || '/' || o.key, l.n, l.item_id, l.name, l.qty, null,"
        " l.amount / %(one)s from pos.old_line l"
        " join pos.old_sale o on (o.source_id, o.no) = (l.source_id, l.no)"
        " join pos.old_source s on s.id = l.source_id where s.store_id = %(store)s order by 1, 2",
    ),
    Table(
        "payments",
        "sale_id text, line integer, method text, amount decimal, reference text,"
        " primary key (sale_id, line)",
        "select p.document_id::text, p.n, p.kind, p.amount / %(one)s, p.ref from pos.payment p"
        " join pos.sale s on s.document_id = p.document_id where s.store_id = %(store)s"
        " union all select 'old/' || p.source_id || '/' || o.key, p.n, p.kind, p.amount / %(one)s, null"
        " from pos.old_payment p join pos.old_sale o on (o.source_id, o.no) = (p.source_id, p.no)"
        " join pos.old_source s on s.id = p.source_id where s.store_id = %(store)s order by 1, 2",
    ),
    Table(
        "z_reports",
        "till integer, z integer, business_date text, opened_at text, closed_at text, float decimal,"
        " counted decimal, expected decimal, over_short decimal, figures text",
        "select t.number, h.z, h.business_date::text, h.opened_at::text, h.closed_at::text,"
        " h.float / %(one)s, h.counted / %(one)s, h.expected / %(one)s, h.over_short / %(one)s,"
        " h.figures::text from pos.shift h join pos.till t on t.id = h.till_id"
        " where h.store_id = %(store)s and h.z is not null order by 1, 2",
    ),
    Table(
        "documents",
        "till integer, epoch integer, number integer, kind text, outcome text, at text, server_at text,"
        " previous text, hash text, body text, primary key (till, epoch, number)",
        "select t.number, d.epoch, d.no, d.kind, d.outcome, d.at::text, d.server_at::text,"
        " encode(d.prev, 'hex'), encode(d.hash, 'hex'), d.body from pos.document d"
        " join pos.till t on t.id = d.till_id where d.store_id = %(store)s order by 1, 2, 3",
    ),
)


def export_sqlite(
    owner: Connection, store: int, digits: int, path: Path, progress: Progress
) -> dict[str, int]:
    """Write the store with this number into a new file at ``path``; the rows of each table are returned.

    One snapshot in bounded memory; the file gets its name when it is whole and on the disk. LookupError for
    an unknown store.
    """
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    file = sqlite3.connect(part, isolation_level=None)
    try:
        with owner.transaction():
            owner.execute("set transaction isolation level repeatable read, read only")
            row = owner.execute("select id from pos.store where number = %s", [store]).fetchone()
            if row is None:
                raise LookupError(f"store {store}")
            values = {"store": row[0], "one": Decimal(10) ** digits}
            counts = {table.name: _write(owner, file, table, values, progress) for table in TABLES}
        file.close()
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(path)
    finally:
        file.close()
        part.unlink(missing_ok=True)
    return counts


def _write(
    owner: Connection, file: sqlite3.Connection, table: Table, values: dict[str, Any], progress: Progress
) -> int:
    file.execute(f"create table {table.name} ({table.columns})")
    count = 0
    with owner.cursor(name=f"export_{table.name}") as cursor:
        cursor.execute(table.query.encode(), values)
        while rows := cursor.fetchmany(PAGE):
            file.execute("begin")
            places = ", ".join("?" * len(rows[0]))
            file.executemany(
                f"insert into {table.name} values ({places})", (tuple(map(_plain, row)) for row in rows)
            )
            file.execute("commit")
            count += len(rows)
            progress(table.name, count)
    return count


def _plain(value: Any) -> Any:
    """Exact: a decimal goes as its own text, which SQLite turns into a number where that loses nothing."""
    return f"{value:f}" if isinstance(value, Decimal) else value
