"""Writes what a shop needs before its first sale: stores, tax, categories, reasons, tiles, packs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg

from pos_desktop.database.errors import translated
from pos_desktop.database.staff import add_staff, set_pin
from pos_desktop.database.till import Connection

_DIGEST = "demo_shop"
FIRST_DAY = date(2020, 1, 1)
"""Since when a rate is valid that says no day: before any document."""


@dataclass(frozen=True, slots=True)
class TileRow:
    """A key of a register page: the canonical code of its item, and what stands on it ('' is the item's)."""

    page: str
    position: int
    code: str
    label: str
    icon: str
    colour: str


@contextmanager
def owner_connection(dsn: str) -> Iterator[Connection]:
    """An autocommit connection of the database's owner, with the program's own errors."""
    with (
        translated(),
        psycopg.connect(dsn, autocommit=True, application_name="pos_desktop setup") as connection,
    ):
        connection.execute("set client_min_messages = warning")
        yield connection


def loaded_digest(owner: Connection) -> str | None:
    """The digest of the data files this database was loaded from, or None."""
    row = owner.execute("select value from pos.setting where name = %s", [_DIGEST]).fetchone()
    return None if row is None else str(row[0])


def save_digest(owner: Connection, digest: str) -> None:
    """Remember what was loaded."""
    owner.execute(
        "insert into pos.setting (name, value) values (%s, %s)"
        " on conflict (name) do update set value = excluded.value",
        [_DIGEST, digest],
    )


def write_stores(owner: Connection, stores: Iterable[Mapping[str, Any]]) -> None:
    """Make or rename the stores, by number; what a manager put on their papers stays."""
    for store in stores:
        owner.execute(
            "insert into pos.store (number, name, currency, tax_mode, time_zone, header, footer, legal)"
            " values (%(number)s, %(name)s, %(currency)s, %(tax_mode)s, %(time_zone)s, %(header)s,"
            " %(footer)s, %(legal)s) on conflict (number) do update set name = excluded.name",
            store,
        )
        owner.execute(
            "update pos.store s set header = %(header)s, footer = %(footer)s, legal = %(legal)s"
            " where number = %(number)s and (header, footer, legal) is distinct from"
            " (%(header)s, %(footer)s, %(legal)s) and not exists"
            " (select from pos.audit a where a.store_id = s.id and a.what = 'papers_worded')",
            store,
        )


def allow_offline(owner: Connection, store: int) -> None:
    """Let the tills of a store sell on while their server is away. LookupError for an unknown store."""
    row = owner.execute(
        "update pos.store set offline = true where number = %s returning id", [store]
    ).fetchone()
    if row is None:
        raise LookupError(f"no store {store}")


def correct_stores(owner: Connection, stores: Iterable[Mapping[str, Any]]) -> None:
    """Currency, way of tax and clock may still change while a store has no document."""
    for store in stores:
        owner.execute(
            "update pos.store s set currency = %(currency)s, tax_mode = %(tax_mode)s,"
            " time_zone = %(time_zone)s where s.number = %(number)s"
            " and not exists (select from pos.document d where d.store_id = s.id)",
            store,
        )


def write_store_rules(owner: Connection, number: int, rules: Mapping[str, Any]) -> None:
    """How a store's tills behave, by setting; what is None stays as it is."""
    owner.execute(
        "update pos.store set offline = coalesce(%(offline)s, offline),"
        " offline_minutes = coalesce(%(offline_minutes)s, offline_minutes),"
        " offline_sales = coalesce(%(offline_sales)s, offline_sales),"
        " offline_sale = coalesce(%(offline_sale)s, offline_sale),"
        " offline_cash = coalesce(%(offline_cash)s, offline_cash) where number = %(number)s",
        {**rules, "number": number},
    )
    for name in ("count_blind", "single_cashier", "drawer_full", "day_starts"):
        value = rules[name]
        if value is not None:
            text = str(value) if not isinstance(value, bool) else "on" if value else "off"
            owner.execute(
                "insert into pos.setting (name, value) values (%s, %s)"
                " on conflict (name) do update set value = excluded.value",
                [f"{name}.{number}", text],
            )


def write_ways_of_tax(owner: Connection, number: int, rules: Mapping[str, Any]) -> None:
    """How a store rounds tax and, from a day on, cash; what is None stays as it is."""
    owner.execute(
        "update pos.store set tax_method = %(tax_method)s where number = %(number)s"
        " and %(tax_method)s::text is not null and tax_method <> %(tax_method)s",
        {"number": number, "tax_method": rules["tax_method"]},
    )
    if rules["cash_step"] is not None:
        owner.execute(
            "insert into pos.cash_policy (store_id, valid_from, step, method)"
            " select id, %(cash_from)s, %(cash_step)s, %(cash_method)s from pos.store"
            " where number = %(number)s on conflict (store_id, valid_from) do update"
            " set step = excluded.step, method = excluded.method",
            {**rules, "number": number},
        )


def write_composite(owner: Connection, code: str, name: str, parts: Iterable[tuple[str, bool]]) -> None:
    """A code that stands for several taxes, in their order; each with whether it is due on those before."""
    owner.execute(
        "insert into pos.tax (code, name) values (%s, %s)"
        " on conflict (code) do update set name = excluded.name",
        [code, name],
    )
    told = [(code, n, part, compound) for n, (part, compound) in enumerate(parts, 1)]
    had = owner.execute(
        "select tax, n, part, compound from pos.tax_part where tax = %s order by n", [code]
    ).fetchall()
    if told != had:
        owner.execute("delete from pos.tax_part where tax = %s", [code])
        for row in told:
            owner.execute("insert into pos.tax_part (tax, n, part, compound) values (%s, %s, %s, %s)", row)


def fixed_by_books(owner: Connection) -> dict[int, dict[str, str]]:
    """What can no longer change, by store number: the settings its documents were made under."""
    rows = owner.execute(
        "select s.number, s.currency, s.tax_mode, s.time_zone from pos.store s"
        " where exists (select from pos.document d where d.store_id = s.id)"
    ).fetchall()
    return {row[0]: {"currency": row[1], "tax_mode": row[2], "time_zone": row[3]} for row in rows}


@dataclass(frozen=True, slots=True)
class StoreTerms:
    """What a store's figures are kept in."""

    currency: str
    time_zone: str


def store_terms(owner: Connection, number: int) -> StoreTerms | None:
    """Currency and clock of a store, or None when there is no such store."""
    row = owner.execute("select currency, time_zone from pos.store where number = %s", [number]).fetchone()
    return None if row is None else StoreTerms(row[0], row[1])


def unknown_time_zones(owner: Connection, names: Iterable[str]) -> set[str]:
    """Those of ``names`` the server has no clock for."""
    wanted = set(names)
    known = owner.execute("select name from pg_timezone_names where name = any(%s)", [list(wanted)])
    return wanted - {row[0] for row in known}


def tax_rates(owner: Connection) -> dict[str, dict[date, int]]:
    """Every rate there is: tax code, first day, parts per million."""
    found: dict[str, dict[date, int]] = {}
    for code, day, rate in owner.execute("select tax, valid_from, rate from pos.tax_rate"):
        found.setdefault(code, {})[day] = rate
    return found


def write_tax(owner: Connection, code: str, name: str, rate: int, valid_from: date = FIRST_DAY) -> None:
    """A kind of tax and one of its dated rates."""
    owner.execute(
        "insert into pos.tax (code, name) values (%s, %s)"
        " on conflict (code) do update set name = excluded.name",
        [code, name],
    )
    owner.execute(
        "insert into pos.tax_rate (tax, valid_from, rate) values (%s, %s, %s)"
        " on conflict (tax, valid_from) do update set rate = excluded.rate",
        [code, valid_from, rate],
    )


def write_taxes(owner: Connection, taxes: Iterable[tuple[str, str, int]]) -> None:
    """Code, name and rate in parts per million, valid since always."""
    for code, name, rate in taxes:
        write_tax(owner, code, name, rate)


def write_categories(owner: Connection, categories: Sequence[Mapping[str, Any]]) -> None:
    """Make the categories in their order, each with its open item: sold at a price typed at the till."""
    for position, category in enumerate(categories, 1):
        values = {"min_age": None, "position": position, **category}
        owner.execute(
            "insert into pos.category (name, position, icon, colour)"
            " values (%(name)s, %(position)s, %(icon)s, %(colour)s) on conflict (name) do update"
            " set position = excluded.position, icon = excluded.icon, colour = excluded.colour",
            values,
        )
        owner.execute(
            "insert into pos.item (name, category_id, tax, min_age, open_price)"
            " select 'Other ' || lower(left(c.name, 1)) || substr(c.name, 2), c.id, %(tax)s,"
            " %(min_age)s, true from pos.category c where c.name = %(name)s"
            " and not exists (select from pos.item i where i.category_id = c.id and i.open_price)",
            values,
        )


def write_reasons(owner: Connection, reasons: Iterable[tuple[str, str, str, int]]) -> None:
    """Kind, code, text, position."""
    for reason in reasons:
        owner.execute(
            "insert into pos.reason (kind, code, text, position) values (%s, %s, %s, %s)"
            " on conflict (kind, code) do update set text = excluded.text, position = excluded.position",
            reason,
        )


def write_patterns(owner: Connection, patterns: Iterable[tuple[str, str]]) -> None:
    """The shop's scale labels for all stores: pattern and name."""
    for pattern, name in patterns:
        owner.execute(
            "insert into pos.code_pattern (pattern, name) select %(pattern)s, %(name)s"
            " where not exists (select from pos.code_pattern"
            " where pattern = %(pattern)s and store_id is null)",
            {"pattern": pattern, "name": name},
        )


def write_tiles(owner: Connection, tiles: Iterable[TileRow]) -> None:
    """The register's pages for all stores, made anew. LookupError for a code nobody has."""
    owner.execute("delete from pos.tile where store_id is null")
    for tile in tiles:
        done = owner.execute(
            "insert into pos.tile (page, position, label, item_id, icon, colour)"
            " select %s, %s, coalesce(nullif(%s, ''), i.name), i.id, coalesce(nullif(%s, ''), k.icon),"
            " coalesce(nullif(%s, ''), k.colour)"
            " from pos.item_code c join pos.item i on i.id = c.item_id"
            " join pos.category k on k.id = i.category_id where c.code = %s",
            [tile.page, tile.position, tile.label, tile.icon, tile.colour, tile.code],
        )
        if done.rowcount != 1:
            raise LookupError(f"tile {tile.code}")


def write_packs(owner: Connection, packs: Iterable[tuple[str, str, int]]) -> None:
    """Which item is a case of which: case code, single code, how many. Their stock becomes one."""
    told = list(packs)
    owner.execute(
        "update pos.item i set single_id = b.item_id, pack_count = w.count"
        " from unnest(%s::text[], %s::text[], %s::int[]) as w(case_code, single_code, count)"
        " join pos.item_code a on a.code = w.case_code join pos.item_code b on b.code = w.single_code"
        " where i.id = a.item_id",
        [[case for case, _, _ in told], [single for _, single, _ in told], [count for *_, count in told]],
    )


def write_low_marks(owner: Connection) -> None:
    """Reorder marks: a fifth of the opening stock; every nineteenth item is already under its mark."""
    owner.execute(
        "update pos.stock set low = case when item_id % 19 = 0 then ceil(on_hand) + 6"
        " else round(on_hand / 5) end"
        " where on_hand > 0 and low is null"
    )


def write_person(
    owner: Connection, number: int, name: str, role: str, stores: Iterable[int], pin: tuple[bytes, bytes]
) -> None:
    """A person with salt and verifier; a PIN that is already the same keeps sessions and misses."""
    add_staff(owner, number, name, role, stores)
    same = owner.execute(
        "select 1 from pos.staff_secret where staff = %s and salt = %b and secret = %b", [number, *pin]
    ).fetchone()
    if same is None:
        set_pin(owner, number, *pin)
