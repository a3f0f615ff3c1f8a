"""A shop's offers in its tables: what is on file for a plan, and the plan in the place of those before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import time
from typing import Any

from psycopg.types.json import Jsonb

from pos_desktop.database.till import Connection
from pos_desktop.domain.offer_plan import CouponPlan, OfferPlan
from pos_desktop.domain.pricing import PriceRow
from pos_desktop.domain.promotion import Promotion, When
from pos_desktop.domain.promotion_record import offer_fields

_PROMOTION = {
    "name": "text", "offer": "jsonb", "stackable": "boolean", "most": "int", "coupon": "boolean",
    "stores": "bigint[]", "levels": "text[]",
}  # fmt: skip
_PRICE = {"item_id": "bigint", "store_id": "bigint", "amount": "bigint", "level": "text", "least": "bigint"}
_WHEN = {"starts": "date", "ends": "date", "weekdays": "smallint[]", "since": "time", "until": "time"}


class GoodsOnFile:
    """What a plan may name, asked of the tables."""

    def __init__(self, owner: Connection) -> None:
        self._owner = owner

    @property
    def currency(self) -> str:
        """The currency of the shop's first store."""
        return str(self._one("select currency from pos.store order by number limit 1", []))

    def item(self, code: str) -> int | None:
        """The item of a canonical code."""
        found = self._one("select item_id from pos.item_code where code = %s", [code])
        return None if found is None else int(found)

    def category(self, name: str) -> int | None:
        """The category of a name."""
        found = self._one("select id from pos.category where name = %s", [name])
        return None if found is None else int(found)

    def _one(self, sql: str, values: list[object]) -> Any:
        row = self._owner.execute(sql.encode(), values).fetchone()
        return None if row is None else row[0]


def unknown_stores(owner: Connection, plan: OfferPlan) -> list[int]:
    """Stores the plan names and the shop does not have."""
    named = {store for each in plan.promotions for store in each.stores} | {row.store for row in plan.prices}
    known = {number for (number,) in owner.execute("select number from pos.store").fetchall()}
    return sorted(named - known - {0})


def write_offers(owner: Connection, plan: OfferPlan) -> tuple[int, int]:
    """The plan in the place of the filed offers there were: how many begin, how many end.

    What is as it was goes on under its number; the rest is ended, never changed. Coupons are only added.
    """
    stores: dict[int, int] = dict(owner.execute("select number, id from pos.store").fetchall())
    with owner.transaction():
        promotions = [_promotion_row(each, stores) for each in plan.promotions]
        begun, ended = _replace(owner, "promotion", _PROMOTION | _WHEN, promotions, "filed")
        prices = [_price_row(row, stores) for row in plan.prices]
        more = _replace(owner, "special_price", _PRICE | _WHEN, prices, "true")
        for coupon in plan.coupons:
            _write_coupons(owner, coupon)
    return begun + more[0], ended + more[1]


def _when_row(when: When) -> list[object]:
    days = sorted(when.weekdays) if len(when.weekdays) < 7 else None
    return [when.start, when.end, days, when.since or time(0), when.until or time(0)]


def _promotion_row(each: Promotion, stores: dict[int, int]) -> list[object]:
    places = sorted(stores[number] for number in each.stores)
    head = [each.name, Jsonb(offer_fields(each.offer)), each.stackable, each.limit, bool(each.coupon)]
    return [*head, places, sorted(each.customers), *_when_row(each.when)]


def _price_row(row: PriceRow, stores: dict[int, int]) -> list[object]:
    store = stores[row.store] if row.store else None
    return [row.item, store, row.price, row.level, row.least, *_when_row(row.when)]


def _replace(
    owner: Connection, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[object]], mine: str
) -> tuple[int, int]:
    """Rows that are not there yet begin, those that are not among them end."""
    same = " and ".join(f"x.{name} is not distinct from %s::{kind}" for name, kind in columns.items())
    kept: list[int] = []
    begun = 0
    for row in rows:
        query = f"select x.id from pos.{table} x where x.ended_at is null and {mine} and {same} limit 1"
        found = owner.execute(query.encode(), list(row)).fetchone()
        if found is None:
            more, yes = (", filed", ", true") if mine == "filed" else ("", "")
            places = ", ".join(f"%s::{kind}" for kind in columns.values())
            insert = (
                f"insert into pos.{table} ({', '.join(columns)}{more}) values ({places}{yes}) returning id"
            )
            found = owner.execute(insert.encode(), list(row)).fetchone()
            begun += 1
        assert found is not None
        kept.append(found[0])
    end = f"update pos.{table} set ended_at = now() where ended_at is null and {mine} and id <> all (%s)"
    return begun, _count(owner, end, [kept])


def _count(owner: Connection, sql: str, values: Iterable[object]) -> int:
    return owner.execute(sql.encode(), list(values)).rowcount


def _write_coupons(owner: Connection, coupon: CouponPlan) -> None:
    owner.execute(
        "insert into pos.coupon (code, promotion_id, single) select c, p.id, %s from unnest(%s::text[]) c,"
        " (select id from pos.promotion where name = %s and coupon and ended_at is null order by id desc"
        " limit 1) p on conflict (code) do update set promotion_id = excluded.promotion_id",
        [coupon.single, list(coupon.codes), coupon.offer],
    )
