"""A manager's calls (items, prices, stock, sales by hour, flags), and the logins of managers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from pos_desktop.database.till import Connection, call, end_login, end_sessions, make_login, parse_time

CONNECTION_LIMIT = 6


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item in one store. Price in minor units, stock in thousandths, cost as decimal text or None."""

    store: int
    id: int
    name: str
    code: str
    plu: str
    category: str
    unit: str
    price: int
    price_version: int
    cost: str | None
    tax: str
    rate: int
    on_hand: int
    low: int | None
    min_age: int | None
    stock_policy: str
    blocked: bool
    supplier: str | None
    row_version: int
    changed_at: str
    changed_by: str
    who: str
    key: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Items and the key of the page that follows; ``next`` None on the last."""

    rows: tuple[ItemRow, ...]
    next: Sequence[Any] | None


@dataclass(frozen=True, slots=True)
class PriceSet:
    """ok: the new version. conflict: somebody else's price, name and time. refused: ``reason``."""

    outcome: str
    price_version: int = 0
    row_version: int = 0
    price: int | None = None
    changed_by: str = ""
    changed_at: datetime | None = None
    who: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StockAdjusted:
    """ok: what is on hand now (thousandths). refused: ``reason``."""

    outcome: str
    on_hand: int = 0
    reason: str = ""


def stores(connection: Connection) -> list[dict[str, Any]]:
    """The stores granted to this manager: number, name, currency, tax_mode, time_zone."""
    rows: list[dict[str, Any]] = call(connection, "select api.m_stores()")
    return rows


def items_page(
    connection: Connection,
    filter_: Mapping[str, Any],
    sort: str = "name",
    after: Sequence[Any] | None = None,
    limit: int = 100,
) -> Page:
    """One page of items. ``filter_``: store (number), and optionally words, category, supplier, code, low=1.

    ``sort``: name, category, supplier, price, cost, on_hand, low or id, several with commas between, "-" in
    front for downwards. ``after``: the key of the row before the page.
    """
    answer = call(
        connection,
        "select api.m_items_page(%s, %s, %s, %s)",
        Jsonb(dict(filter_)),
        sort,
        Jsonb(list(after)) if after else None,
        limit,
    )
    return Page(tuple(ItemRow(**row) for row in answer["rows"]), answer["next"])


def count(connection: Connection, filter_: Mapping[str, Any]) -> tuple[int, bool]:
    """How many items a filter finds, and whether counting stopped at ten thousand."""
    answer = call(connection, "select api.m_count(%s)", Jsonb(dict(filter_)))
    return answer["count"], bool(answer["capped"])


def edit_items(
    connection: Connection, store: int, edits: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Change fields of items: each edit is item, row_version and set; each answer has item, outcome and row.

    ok: ``was`` are the fields as they were. conflict: ``row`` is somebody else's. refused: reason, field.
    """
    answers: list[dict[str, Any]] = call(
        connection, "select api.m_edit_items(%s, %s)", store, Jsonb([dict(edit) for edit in edits])
    )
    return answers


def choices(connection: Connection, store: int) -> dict[str, Any]:
    """What items can be given: categories, suppliers, taxes (code, name, rate)."""
    found: dict[str, Any] = call(connection, "select api.m_choices(%s)", store)
    return found


def layout(connection: Connection, page: str) -> dict[str, Any]:
    """The columns this manager chose for a page; empty before the first choice."""
    found: dict[str, Any] = call(connection, "select api.m_layout(%s)", page)
    return found


def save_layout(connection: Connection, page: str, wanted: Mapping[str, Any]) -> None:
    """Remember the columns this manager chose for a page."""
    call(connection, "select api.m_save_layout(%s, %s)", page, Jsonb(dict(wanted)))


def set_price(connection: Connection, item: int, store: int, price: int, row_version: int) -> PriceSet:
    """Set a price in minor units for a store number, or 0 for all stores."""
    answer = call(connection, "select api.m_set_price(%s, %s, %s, %s)", item, store, price, row_version)
    at = answer.pop("changed_at", None)
    return PriceSet(**answer, changed_at=parse_time(at) if at else None)


def adjust_stock(
    connection: Connection, item: int, store: int, delta: int, reason: str, note: str = ""
) -> StockAdjusted:
    """Add ``delta`` thousandths to what is on hand; ``reason`` is a code of the reasons of kind adjust."""
    answer = call(
        connection, "select api.m_adjust_stock(%s, %s, %s, %s, %s)", item, store, delta, reason, note
    )
    return StockAdjusted(**answer)


def sales_by_hour(connection: Connection, store: int, day: date) -> list[tuple[int, int, int]]:
    """(hour, number of sales, total in minor units) of the hours that sold, on the store's clock."""
    rows = call(connection, "select api.m_sales_by_hour(%s, %s)", store, day)
    return [(row["hour"], row["sales"], row["total"]) for row in rows]


def flags(connection: Connection, store: int, limit: int = 100) -> list[dict[str, Any]]:
    """Flags and alarms not yet seen, newest first: id, till, kind, alarm, document, at, detail."""
    rows: list[dict[str, Any]] = call(connection, "select api.m_flags(%s, %s)", store, limit)
    return rows


def mark_seen(connection: Connection, flag: int) -> bool:
    """The manager has looked at a flag; False when somebody had already."""
    return bool(call(connection, "select api.m_flag_seen(%s)", flag))


# -- logins, as the owner of the database -----------------------------------------------------------


def manager_logins(owner: Connection) -> set[str]:
    """The logins of the managers who may sign in."""
    return {row[0] for row in owner.execute("select login from pos.manager where ended_at is null")}


def grant_stores(owner: Connection, login: str, store_numbers: Iterable[int]) -> None:
    """The stores a manager may see and change, in place of what he had. LookupError for an unknown store."""
    owner.execute("delete from pos.manager_store where login = %s", [login])
    for number in store_numbers:
        done = owner.execute(
            "insert into pos.manager_store (login, store_id) select %s, id from pos.store where number = %s",
            [login, number],
        )
        if done.rowcount != 1:
            raise LookupError(f"store {number}")


def rename_manager(owner: Connection, login: str, name: str) -> None:
    """The person's name, as it stands in the audit from now on."""
    owner.execute("update pos.manager set name = %s where login = %s", [name, login])


def add_manager(
    owner: Connection, login: str, name: str, password: str, store_numbers: Iterable[int]
) -> None:
    """Give a person a database login of his own for these stores. LookupError for an unknown store."""
    with owner.transaction():
        owner.execute(
            "insert into pos.manager (login, name) values (%s, %s)"
            " on conflict (login) do update set name = excluded.name, ended_at = null",
            [login, name],
        )
        grant_stores(owner, login, store_numbers)
        make_login(owner, login, password, "pos_manager", CONNECTION_LIMIT)
        _audit(owner, "manager_added", login)


def reset_manager(owner: Connection, login: str, password: str) -> bool:
    """A new password for a manager; False when there is none of this login."""
    with owner.transaction():
        if not _known(owner, login):
            return False
        make_login(owner, login, password, "pos_manager", CONNECTION_LIMIT)
        _audit(owner, "manager_reset", login)
    return True


def end_manager(owner: Connection, login: str) -> bool:
    """Take a manager's login away at once, sessions included; his name stays in the audit."""
    with owner.transaction():
        if not _known(owner, login):
            return False
        owner.execute("update pos.manager set ended_at = now() where login = %s", [login])
        owner.execute(sql.SQL("revoke pos_manager from {}").format(sql.Identifier(login)))
        end_login(owner, login)
        _audit(owner, "manager_ended", login)
    end_sessions(owner, login)
    return True


def _known(owner: Connection, login: str) -> bool:
    found = owner.execute("select 1 from pos.manager where login = %s and ended_at is null", [login])
    return found.fetchone() is not None


def _audit(owner: Connection, what: str, subject: str) -> None:
    owner.execute("insert into pos.audit (what, subject) values (%s, %s)", [what, subject])
