"""The law of a shop in its tables: written from a plan, and read for an inspector."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from psycopg.rows import class_row

from pos_desktop.database.shop_setup import write_packs
from pos_desktop.database.till import Connection, call
from pos_desktop.domain.law_plan import HoursPlan, LawPlan, RestrictionPlan
from pos_desktop.domain.money import currency


@dataclass(frozen=True, slots=True)
class LawRow:
    """One line of the report; ``what`` is check, refusal, approval, flagged or stopped."""

    at: datetime
    till: int
    epoch: int
    no: int
    who: int
    what: str
    min_age: int | None
    result: str
    method: str
    allowed_by: int | None
    goods: str


@dataclass(frozen=True, slots=True)
class LawRows:
    """The report of a store between two days of its clock."""

    store: str
    time_zone: str
    rows: tuple[LawRow, ...]


def unknown_codes(owner: Connection, codes: Sequence[str]) -> list[str]:
    """Which of these are no item's code."""
    found = owner.execute("select code from pos.item_code where code = any (%s)", [list(codes)]).fetchall()
    return [code for code in codes if (code,) not in found]


def unknown_names(owner: Connection, plan: LawPlan) -> Iterator[str]:
    """Categories, stores and people the plan names and the shop does not have."""
    asked = (
        ("category", "select name from pos.category", {c for r in plan.restrictions for c in r.categories}),
        ("store", "select number from pos.store", _stores(plan)),
        ("staff", "select number from pos.staff", {number for number, _ in plan.juniors}),
    )
    for what, sql, named in asked:
        known = {name for (name,) in owner.execute(sql).fetchall()}
        yield from (f"{what} {name}" for name in sorted(named - known, key=str))


def _stores(plan: LawPlan) -> set[int]:
    return ({each.store for each in plan.hours} | {store for store, _, _ in plan.lowest}) - {0}


def write_law(owner: Connection, plan: LawPlan) -> None:
    """The plan in the place of the rules there were. Deposits and cases it does not name stay as they are."""
    with owner.transaction():
        owner.execute("delete from pos.restriction")
        owner.execute("delete from pos.lowest_price")
        owner.execute("update pos.staff set serves_from = null where serves_from is not null")
        for rule in plan.restrictions:
            _write_restriction(owner, rule, [each for each in plan.hours if each.restriction == rule.name])
        for store, since, litre in plan.lowest:
            _write_lowest(owner, store, since, litre)
        _write_deposits(owner, plan.deposits)
        write_packs(owner, plan.cases)
        for number, day in plan.juniors:
            owner.execute("update pos.staff set serves_from = %s where number = %s", [day, number])


def _write_restriction(owner: Connection, rule: RestrictionPlan, hours: Sequence[HoursPlan]) -> None:
    row = owner.execute(
        "insert into pos.restriction (name, items, categories, strength, most) values (%s,"
        " array(select distinct item_id from pos.item_code where code = any (%s) order by 1),"
        " array(select id from pos.category where name = any (%s) order by 1), %s, %s / 1000.0) returning id",
        [rule.name, list(rule.codes), list(rule.categories), rule.strength, rule.most],
    ).fetchone()
    assert row is not None
    for each in hours:
        owner.execute(
            "insert into pos.restriction_hours (restriction_id, store_id, weekdays, dates, since, until)"
            " values (%s, (select id from pos.store where number = %s), %s, %s, %s, %s)",
            [row[0], each.store or None, list(each.weekdays), list(each.dates), each.since, each.until],
        )


def _write_lowest(owner: Connection, store: int, since: date, litre: Decimal) -> None:
    """``litre`` in whole units of the store's currency, or of the first store's when it is for all."""
    row = owner.execute(
        "select currency from pos.store where number = %s or %s = 0 order by number limit 1", [store, store]
    ).fetchone()
    assert row is not None
    owner.execute(
        "insert into pos.lowest_price (store_id, valid_from, rate)"
        " values ((select id from pos.store where number = %s), %s, %s)",
        [store or None, since, int(litre * 10 ** currency(row[0]).digits)],
    )


def _write_deposits(owner: Connection, deposits: Sequence[tuple[str, str, int]]) -> None:
    """Their own items first: only a deposit can go with goods."""
    owner.execute(
        "update pos.item set returnable = true where not returnable and id in"
        " (select item_id from pos.item_code where code = any (%s))",
        [list({deposit for deposit, _, _ in deposits})],
    )
    for deposit, goods, count in deposits:
        owner.execute(
            "update pos.item set deposit_id = (select item_id from pos.item_code where code = %s),"
            " deposit_count = %s where id = (select item_id from pos.item_code where code = %s)",
            [deposit, count, goods],
        )


# -- the report -----------------------------------------------------------------------------------------


def law_rows(owner: Connection, store: int, since: date, until: date) -> LawRows | None:
    """What the law asks about between two days of a store's clock, both included; None: no such store."""
    row = owner.execute("select id, name, time_zone from pos.store where number = %s", [store]).fetchone()
    if row is None:
        return None
    zone = ZoneInfo(row[2])
    first = datetime.combine(since, time(), zone)
    end = datetime.combine(until + timedelta(days=1), time(), zone)
    with owner.cursor(row_factory=class_row(LawRow)) as cursor:
        rows = cursor.execute(
            "select at, till, epoch, no, who, what, min_age, result, method, allowed_by,"
            " coalesce(goods, '') as goods from pos.law_report(%s, %s, %s)",
            [row[0], first, end],
        ).fetchall()
    return LawRows(row[1], row[2], tuple(rows))


def manager_law_rows(
    connection: Connection, store: int, since: date, until: date
) -> tuple[LawRows, dict[int, str]] | None:
    """The same for a manager of the store, with everyone's names; None: the store is not granted."""
    told = call(connection, "select api.m_law_report(%s, %s, %s)", store, since, until)
    if told is None:
        return None
    rows = (LawRow(**{**row, "at": datetime.fromisoformat(row["at"])}) for row in told["rows"])
    names = {int(number): name for number, name in told["names"].items()}
    return LawRows(told["store"], told["time_zone"], tuple(rows)), names


def staff_names(owner: Connection) -> dict[int, str]:
    """Everyone's name by number."""
    return dict(owner.execute("select number, name from pos.staff").fetchall())
