"""Reading the server's jsonb answers into frozen values: the hello, items, problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from pos_desktop.domain.item_card import read_item
from pos_desktop.domain.money import currency
from pos_desktop.domain.tax import TaxMode
from pos_desktop.services.offline import NEVER, Policy
from pos_desktop.services.offline_state import OfflineCaps
from pos_desktop.services.results import OpenShift, StoreInfo, Tile, TilePage

CASH_WAYS = ("drop", "pay_in", "pay_out")
"""Cash beside sales, each with reasons of its own."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason people choose from."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Hello:
    """What the server says a till is; ``next_no`` is the number it expects, ``head`` its end of the chain."""

    store: StoreInfo
    number: int
    name: str
    drawer: int
    epoch: int
    next_no: int
    head: bytes
    grand: int
    z_next: int
    shift: OpenShift | None
    no_sale_reasons: tuple[str, ...]
    void_reasons: tuple[str, ...]
    cash_reasons: Mapping[str, tuple[str, ...]]
    tiles: tuple[TilePage, ...]
    departments: tuple[tuple[str, int], ...]
    change: int
    offline: Policy = NEVER
    categories: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    tax_rates: tuple[tuple[str, str, int], ...] = ()
    refund_reasons: tuple[str, ...] = ()
    price_reasons: tuple[str, ...] = ()


def read_time(text: str) -> datetime:
    """A timestamp as jsonb carries it, aware UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(part) for part in value or ())


def _reasons(value: Any) -> tuple[str, ...]:
    return tuple(str(part["text"]) if isinstance(part, Mapping) else str(part) for part in value or ())


def _patterns(value: Any) -> tuple[str, ...]:
    return tuple(str(part["pattern"]) if isinstance(part, Mapping) else str(part) for part in value or ())


def _store(row: Mapping[str, Any]) -> StoreInfo:
    return StoreInfo(
        number=int(row["number"]),
        name=str(row["name"]),
        currency=currency(str(row["currency"])),
        tax_mode=cast(TaxMode, row["tax_mode"]),
        time_zone=str(row["time_zone"]),
        header=_texts(row.get("header")),
        footer=_texts(row.get("footer")),
        code_patterns=_patterns(row.get("code_patterns")),
        command_secret=str(row.get("command_secret") or ""),
        count_blind=bool(row.get("count_blind")),
    )


def _shift(row: Mapping[str, Any] | None) -> OpenShift | None:
    if not row:
        return None
    return OpenShift(
        id=str(row["id"]),
        opened_at=read_time(str(row["opened_at"])),
        cashier=int(row["cashier"]),
        business_date=str(row["business_date"]),
        float_amount=int(row["float"]),
        single=bool(row.get("single")),
    )


def _tiles(rows: Sequence[Mapping[str, Any]]) -> tuple[TilePage, ...]:
    pages: dict[str, list[Tile]] = {}
    for row in rows:
        item = read_item(row["item"])
        icon, colour = str(row.get("icon") or item.icon), str(row.get("colour") or item.colour)
        pages.setdefault(str(row["page"]), []).append(Tile(str(row["label"]), item, icon, colour))
    return tuple(TilePage(name, tuple(tiles)) for name, tiles in pages.items())


def _departments(rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, int], ...]:
    """(name, id of its open-price item) of each category that has one."""
    return tuple((str(row["name"]), int(row["open_item"])) for row in rows if row.get("open_item"))


def read_hello(answer: Mapping[str, Any]) -> Hello:
    """The answer of ``api.hello``."""
    till, reasons = answer["till"], answer.get("reasons") or {}
    return Hello(
        store=_store(answer["store"]),
        number=int(till["number"]),
        name=str(till.get("name") or ""),
        drawer=int(till["drawer"]),
        epoch=int(till["epoch"]),
        next_no=int(till["next_no"]),
        head=bytes.fromhex(till["head"]),
        grand=int(till["grand"]),
        z_next=int(till["z_next"]),
        shift=_shift(till.get("open_shift")),
        no_sale_reasons=_reasons(reasons.get("no_sale")),
        void_reasons=_reasons(reasons.get("void")),
        refund_reasons=_reasons(reasons.get("refund")),
        price_reasons=_reasons(reasons.get("price")),
        cash_reasons={way: _reasons(reasons.get(way)) for way in CASH_WAYS},
        tiles=_tiles(answer.get("tiles") or ()),
        departments=_departments(answer.get("categories") or ()),
        change=int(answer.get("change") or 0),
        offline=_policy(answer["store"]),
        categories={int(row["id"]): row for row in answer.get("categories") or () if "id" in row},
        tax_rates=tuple((str(tax), str(day), int(rate)) for tax, day, rate in answer.get("tax_rates") or ()),
    )


def _policy(store: Mapping[str, Any]) -> Policy:
    """How far the store lets its tills go alone."""
    caps = store.get("offline_caps") or {}
    limits = OfflineCaps(**{name: int(value) for name, value in caps.items()})
    return Policy(bool(store.get("offline")), limits, currency(str(store["currency"])))
