"""Loads the demo shop into a migrated database: the same shop every time, however often it is loaded."""

from __future__ import annotations

import hashlib
import re
import secrets
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from pos_desktop import paths
from pos_desktop.database import customer_setup, value_setup
from pos_desktop.database import shop_setup as rows
from pos_desktop.database.import_items import ImportRun, Progress
from pos_desktop.database.law import write_law
from pos_desktop.database.staff import keep_pepper_check
from pos_desktop.database.till import Connection, enrol_till
from pos_desktop.domain.items_csv import ItemReader, read_heading
from pos_desktop.domain.items_lists import Goods, expand
from pos_desktop.domain.items_row import ItemRow, RowReject, TaxCode
from pos_desktop.domain.law_plan import read_law
from pos_desktop.domain.money import CURRENCIES
from pos_desktop.domain.tender_kinds import KINDS
from pos_desktop.errors import Bug, add_messages
from pos_desktop.services.pin import pepper_check, pin_secret, stored_verifier

add_messages({"demo.data": "The demo shop's data files are not in order: {what}."})

DEMO_VOUCHER = "VCWELCOME5"
"""A voucher of 5.00 for trying out."""

WRITTEN_LISTS = ("produce.csv", "counter.csv")


@dataclass(frozen=True, slots=True)
class DemoTill:
    """A till of the demo with its database login; the password is new each time the shop is loaded."""

    store: int
    number: int
    login: str
    password: str


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A member of the demo's staff. The PIN is public: it is for trying the program out."""

    number: int
    name: str
    role: str
    pin: str
    stores: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DemoShop:
    """What was loaded. ``fresh`` is false when the shop was already there."""

    tills: tuple[DemoTill, ...]
    staff: tuple[DemoPerson, ...]
    items: int
    fresh: bool


def _quiet(_what: str, _done: int, _of: int) -> None:
    """No progress shown."""


def load_demo_shop(
    dsn: str,
    pepper: bytes,
    *,
    passwords: Mapping[tuple[int, int], str] | None = None,
    tax_mode: str | None = None,
    login_prefix: str = "till",
    with_items: bool = True,
    progress: Progress = _quiet,
) -> DemoShop:
    """Load stores, tills, staff, taxes, items, stock and tiles into the database at ``dsn``, as its owner.

    ``pepper`` is the tills' (services.pin). ``passwords`` gives tills (store, number) their password, the
    others get a new one. ``tax_mode`` ("included" or "added") overrides every store's when it is first made.
    ``with_items=False`` leaves out goods and tiles, for a catalogue of one's own. A shop that is
    already there keeps its books: only logins and PINs are set again.
    """
    folder = paths.resources_dir() / "demo"
    shop = _toml(folder / "shop.toml")
    with rows.owner_connection(dsn) as owner:
        digest = _digest(folder) + ("" if with_items else " without items")
        fresh = rows.loaded_digest(owner) != digest
        if fresh:
            with owner.transaction():
                _write_shop(owner, shop, tax_mode)
                _write_value(owner, shop)
                _write_customers(owner, shop)
                if with_items:
                    _write_goods(owner, folder, shop, progress)
                rows.save_digest(owner, digest)
        staff = tuple(_people(owner, shop, pepper))
        tills = tuple(_tills(owner, shop, passwords or {}, login_prefix))
        count = owner.execute("select count(*) from pos.item where not open_price").fetchone()
    return DemoShop(tills, staff, int(count[0]) if count else 0, fresh)


def demo_items() -> tuple[ItemRow, ...]:
    """Every item of the demo shop, numbered from line 1, as the importer takes them."""
    folder = paths.resources_dir() / "demo"
    return _goods(folder, _taxes(_toml(folder / "shop.toml"))).items


def demo_staff() -> tuple[DemoPerson, ...]:
    """The people of the demo shop with their public PINs."""
    people = _toml(paths.resources_dir() / "demo" / "shop.toml")["staff"]
    return tuple(
        DemoPerson(one["number"], one["name"], one["role"], one["pin"], tuple(one["stores"]))
        for one in people
    )


# --- reading the files -------------------------------------------------------------------------------


def _toml(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _digest(folder: Path) -> str:
    """Changes when any data file does; line ends do not count."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.*")):
        if file.suffix in (".toml", ".csv"):
            digest.update(file.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def _taxes(shop: Mapping[str, Any]) -> tuple[TaxCode, ...]:
    return tuple(TaxCode(tax["code"], int(Decimal(tax["rate"]) * 10_000)) for tax in shop["tax"])


def _goods(folder: Path, taxes: tuple[TaxCode, ...]) -> Goods:
    written = [item for name in WRITTEN_LISTS for item in _written(folder / name, taxes)]
    lists = [line for file in sorted((folder / "lists").glob("*.toml")) for line in _toml(file)["line"]]
    goods = expand(lists, taken=(code for item in written for code in item.codes))
    every = [*written, *goods.items, *_written(folder / "deposits.csv", taxes)]
    items = tuple(replace(item, line=line) for line, item in enumerate(every, 1))
    return Goods(items, goods.packs)


def _written(file: Path, taxes: tuple[TaxCode, ...]) -> Iterator[ItemRow]:
    """The items of a list written by hand, in the importer's own format."""
    lines = file.read_text(encoding="utf-8").splitlines()
    for row in ItemReader(read_heading(lines[0]), taxes, CURRENCIES["GBP"]).rows(lines[1:]):
        if isinstance(row, RowReject):
            raise Bug("demo.data", what=f"{file.name} line {row.line}, {row.field}: {row.reason}")
        yield row


# --- writing -----------------------------------------------------------------------------------------


def _write_shop(owner: Connection, shop: Mapping[str, Any], tax_mode: str | None) -> None:
    stores = [{**store, "tax_mode": tax_mode or store["tax_mode"]} for store in shop["store"]]
    rows.write_stores(owner, stores)
    names = {tax["code"]: tax["name"] for tax in shop["tax"]}
    rows.write_taxes(owner, ((tax.code, names[tax.code], tax.rate) for tax in _taxes(shop)))
    rows.write_categories(owner, shop["category"])
    rows.write_patterns(owner, ((one["pattern"], one["name"]) for one in shop["pattern"]))
    rows.write_reasons(
        owner,
        (
            (kind, re.sub(r"[^a-z0-9]+", "_", text.lower()), text, position)
            for kind, texts in shop["reasons"].items()
            for position, text in enumerate(texts, 1)
        ),
    )


def _write_value(owner: Connection, shop: Mapping[str, Any]) -> None:
    """The demo takes whatever there is to pay with, and has given out a voucher."""
    for store in shop["store"]:
        value_setup.take_tenders(owner, store["number"], KINDS)
    if owner.execute("select from pos.account where code = %s", [DEMO_VOUCHER]).fetchone() is None:
        value_setup.issue(owner, 1, "voucher", 500, code=DEMO_VOUCHER)


def _write_customers(owner: Connection, shop: Mapping[str, Any]) -> None:
    for store in shop["store"]:
        customer_setup.write_customer_rules(owner, store["number"], shop["customer_rules"])
        customer_setup.write_tender_kinds(owner, store["number"], ("account", "points"))
    groups = ((one["code"], one["name"]) for one in shop["customer_group"])
    customer_setup.write_customer_groups(owner, groups)
    for one in shop["customer"]:
        customer_setup.write_customer(owner, one)


def _write_goods(owner: Connection, folder: Path, shop: Mapping[str, Any], progress: Progress) -> None:
    goods = _goods(folder, _taxes(shop))
    for place, store in enumerate(shop["store"]):
        progress("Stocking " + store["name"], place, len(shop["store"]))
        items = goods.items if place == 0 else tuple(map(_smaller_stock, goods.items))
        _import(owner, store["number"], items)
    rows.write_packs(owner, ((pack.case, pack.single, pack.count) for pack in goods.packs))
    write_law(owner, read_law((folder / "law.toml").read_text(encoding="utf-8")))
    rows.write_tiles(owner, _tiles(shop))
    rows.write_low_marks(owner)
    progress("Stocking", 1, 1)


def _import(owner: Connection, store: int, items: tuple[ItemRow, ...]) -> None:
    run = ImportRun(owner, store)
    last = run.copy(items)
    looked = run.look()
    if looked.rejected:
        first = next(run.rejects())
        raise Bug("demo.data", what=f"{items[first.line - 1].name}, {first.field}: {first.reason}")
    run.apply("S", 0, last)


def _smaller_stock(item: ItemRow) -> ItemRow:
    """The second store holds two thirds, in whole pieces where sold by the piece."""
    if item.stock is None:
        return item
    part = item.stock * 2 // 3
    return replace(item, stock=part - part % 1000 if item.unit == "each" else part)


def _tiles(shop: Mapping[str, Any]) -> Iterator[rows.TileRow]:
    for page in shop["page"]:
        for position, tile in enumerate(page["tiles"], 1):
            code = tile["code"].zfill(14) if len(tile["code"]) > 5 else tile["code"]
            yield rows.TileRow(
                page["name"],
                position,
                code,
                tile.get("label", ""),
                tile.get("icon", ""),
                tile.get("colour", ""),
            )


def _people(owner: Connection, shop: Mapping[str, Any], pepper: bytes) -> Iterator[DemoPerson]:
    keep_pepper_check(owner, pepper_check(pepper), anew=True)  # every PIN is made again with it
    for one in shop["staff"]:
        salt = hashlib.sha256(f"demo staff {one['number']}".encode()).digest()[:16]
        pin = (salt, stored_verifier(pin_secret(one["pin"], salt, pepper)))
        rows.write_person(owner, one["number"], one["name"], one["role"], one["stores"], pin)
        yield DemoPerson(one["number"], one["name"], one["role"], one["pin"], tuple(one["stores"]))


def _tills(
    owner: Connection, shop: Mapping[str, Any], passwords: Mapping[tuple[int, int], str], prefix: str
) -> Iterator[DemoTill]:
    for store in shop["store"]:
        for number in store["tills"]:
            password = passwords.get((store["number"], number)) or secrets.token_urlsafe(24)
            login = f"{prefix}_{store['number']}_{number}"
            enrol_till(owner, store=store["number"], number=number, login=login, password=password)
            yield DemoTill(store["number"], number, login, password)
