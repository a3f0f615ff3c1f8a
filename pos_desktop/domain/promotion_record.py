"""Promotions and price rows as plain data and back: what the server's tables and a till's copy hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from pos_desktop.domain.pricing import PriceRow
from pos_desktop.domain.promotion import (
    PPM,
    CheapestOf,
    Cut,
    Each,
    Off,
    Offer,
    Part,
    Percent,
    Price,
    PriceList,
    Promotion,
    PromotionError,
    Select,
    SetFor,
    Spend,
    When,
)

Fields = dict[str, Any]


def promotion_fields(promotion: Promotion) -> Fields:
    """A promotion as whole numbers and text; what is usual is left out."""
    fields: Fields = {"id": promotion.id, "name": promotion.name, "offer": offer_fields(promotion.offer)}
    if promotion.stackable:
        fields["stackable"] = 1
    if promotion.limit is not None:
        fields["limit"] = promotion.limit
    if promotion.coupon:
        fields["coupon"] = promotion.coupon
    if promotion.stores:
        fields["stores"] = sorted(promotion.stores)
    if promotion.customers:
        fields["levels"] = sorted(promotion.customers)
    return {**fields, **when_fields(promotion.when)}


def read_promotion(fields: Mapping[str, Any]) -> Promotion:
    """The promotion :func:`promotion_fields` wrote; PromotionError for what cannot be one."""
    try:
        return Promotion(
            id=int(fields["id"]),
            name=str(fields["name"]),
            offer=read_offer(fields["offer"]),
            stackable=bool(fields.get("stackable")),
            limit=None if fields.get("limit") is None else int(fields["limit"]),
            coupon=str(fields.get("coupon") or ""),
            when=read_when(fields),
            stores=frozenset(int(store) for store in fields.get("stores") or ()),
            customers=frozenset(str(level) for level in fields.get("levels") or ()),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        if isinstance(problem, PromotionError):
            raise
        raise PromotionError(f"This is no promotion: {problem!r}.") from problem


def offer_fields(offer: Offer) -> Fields:
    """An offer as data; ``kind`` is each, set, cheapest or spend."""
    if isinstance(offer, Each):
        return {"kind": "each", "goods": _select(offer.select), "cut": _cut(offer.cut)}
    if isinstance(offer, SetFor):
        made: Fields = {"kind": "set", "parts": [_part(part) for part in offer.parts]}
        return made if offer.total is None else {**made, "total": offer.total}
    if isinstance(offer, CheapestOf):
        counts = {"count": offer.count, "cheapest": offer.cheapest, "ppm": offer.cut.ppm}
        return {"kind": "cheapest", "goods": _select(offer.select), **counts}
    return {"kind": "spend", "goods": _select(offer.select), "least": offer.least, "cut": _cut(offer.cut)}


def read_offer(fields: Mapping[str, Any]) -> Offer:
    """The offer :func:`offer_fields` wrote; KeyError, TypeError or ValueError for anything else."""
    kind = fields["kind"]
    if kind == "set":
        total = fields.get("total")
        parts = tuple(_read_part(part) for part in fields["parts"])
        return SetFor(parts, None if total is None else int(total))
    select = _read_select(fields.get("goods") or {})
    if kind == "each":
        return Each(select, _read_cut(fields["cut"]))
    if kind == "cheapest":
        cut = Percent(int(fields.get("ppm") or PPM))
        return CheapestOf(select, int(fields["count"]), int(fields["cheapest"]), cut)
    if kind == "spend":
        cut_off = _read_cut(fields["cut"])
        if isinstance(cut_off, Percent | Off):
            return Spend(select, int(fields["least"]), cut_off)
    raise PromotionError(f"An offer of kind {kind} is not known.")


def _part(part: Part) -> Fields:
    made: Fields = {"goods": _select(part.select), "count": part.count}
    return made if part.cut is None else {**made, "cut": _cut(part.cut)}


def _read_part(fields: Mapping[str, Any]) -> Part:
    cut = fields.get("cut")
    return Part(
        _read_select(fields.get("goods") or {}), int(fields["count"]), None if cut is None else _read_cut(cut)
    )


def _select(select: Select) -> Fields:
    named = {"items": sorted(select.items), "groups": sorted(select.groups), "but": sorted(select.but)}
    return {name: value for name, value in named.items() if value}


def _read_select(fields: Mapping[str, Any]) -> Select:
    return Select(
        frozenset(int(item) for item in fields.get("items") or ()),
        frozenset(str(group) for group in fields.get("groups") or ()),
        frozenset(int(item) for item in fields.get("but") or ()),
    )


def _cut(cut: Cut) -> Fields:
    if isinstance(cut, Percent):
        return {"ppm": cut.ppm}
    if isinstance(cut, Off):
        return {"off": cut.amount}
    if isinstance(cut, Price):
        return {"price": cut.amount}
    return {"prices": [[item, price] for item, price in sorted(cut.prices.items())]}


def _read_cut(fields: Mapping[str, Any]) -> Cut:
    if "ppm" in fields:
        return Percent(int(fields["ppm"]))
    if "off" in fields:
        return Off(int(fields["off"]))
    if "price" in fields:
        return Price(int(fields["price"]))
    return PriceList({int(item): int(price) for item, price in fields["prices"]})


# -- when, and prices ---------------------------------------------------------------------------------


def when_fields(when: When) -> Fields:
    """Days as ISO dates, weekdays by number (Monday is 0), hours as ``17:30``; nothing that does not bind."""
    fields: Fields = {}
    if when.start is not None:
        fields["start"] = when.start.isoformat()
    if when.end is not None:
        fields["end"] = when.end.isoformat()
    if len(when.weekdays) < 7:
        fields["weekdays"] = sorted(when.weekdays)
    if when.since != when.until:
        fields |= {"since": f"{when.since:%H:%M}", "until": f"{when.until:%H:%M}"}
    return fields


def read_when(fields: Mapping[str, Any]) -> When:
    """The :func:`when_fields` of a promotion or a price; ValueError when they are no days or hours."""
    start, end, days = fields.get("start"), fields.get("end"), fields.get("weekdays")
    return When(
        date.fromisoformat(start) if start else None,
        date.fromisoformat(end) if end else None,
        frozenset(range(7) if days is None else (int(day) for day in days)),
        time.fromisoformat(fields.get("since") or "00:00"),
        time.fromisoformat(fields.get("until") or "00:00"),
    )


def price_fields(row: PriceRow) -> Fields:
    """A price row without its item: v its version, p minor units, and what it is bound to."""
    fields: Fields = {"v": row.version, "p": row.price, **when_fields(row.when)}
    named = {"level": row.level, "store": row.store, "least": row.least}
    return fields | {name: value for name, value in named.items() if value}


def read_price(item: int, fields: Mapping[str, Any]) -> PriceRow:
    """The price row of an item; KeyError, TypeError or ValueError when it is none."""
    return PriceRow(
        item,
        int(fields["p"]),
        int(fields["v"]),
        str(fields.get("level") or ""),
        int(fields.get("store") or 0),
        read_when(fields),
        int(fields.get("least") or 0),
    )
