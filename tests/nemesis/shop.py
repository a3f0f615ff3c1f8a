"""The shop under attack: a server of the harness's own, a store with tills and goods, and two managers."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from random import Random
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from pos_desktop import paths
from pos_desktop.database import manager as manager_rows
from pos_desktop.database import staff as staff_rows
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.migrate import load_plan, migrate
from pos_desktop.database.pool import Database
from pos_desktop.errors import PosError
from pos_desktop.services.manager import ManagerDesk, ManagerRefused, ProductFilter
from pos_desktop.services.pin import pin_secret, stored_verifier
from tests.database.shop import MANAGER, PASSWORD, make_shop
from tests.services.tills import BREAD, MILK, PEPPER, PINS, WINE

GOODS = 30
STOCK = 1_000_000
SCARCE = 40
"""Pieces of the item that must not oversell; the managers bring more."""
MANAGERS = ("ada", "ben")
STORE = 1


def _gtin(id_: int) -> str:
    body = f"952{id_:09d}"
    odd_even = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return body + str(-odd_even % 10)


CODES = (MILK, BREAD, WINE, "4011", "PRINT-1", *(_gtin(1001 + n) for n in range(GOODS)))
"""What customers buy, by the plan's index; the wine asks for an age, 4011 is weighed, prints are few."""


@dataclass
class Shop:
    """The server, its tills' logins and what the managers did."""

    server: EmbeddedServer
    logins: dict[int, str]
    adjusted: list[dict[str, Any]]

    def owner(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A superuser's connection."""
        return psycopg.connect(self.server.dsn(), autocommit=True)

    def till_dsn(self, till: int, host: str, port: int) -> str:
        """How a till reaches the server through the proxy."""
        return make_conninfo(
            self.server.dsn(),
            user=self.logins[till],
            password=PASSWORD,
            host=host,
            port=port,
            sslmode="disable",
        )


def set_up(server: EmbeddedServer, tills: int) -> Shop:
    """Migrate and fill the server's database."""
    migrate(server.dsn(), load_plan(paths.migrations_dir()))
    with psycopg.connect(server.dsn(), autocommit=True) as owner:
        shop = make_shop(owner, tills=tills, login="nemesis_till", stock=STOCK, signed_in=False)
        owner.execute("insert into pos.item_code values ('0' || %s, %s, 'gtin')", [MILK, shop.items[1].id])
        with owner.transaction():
            owner.execute(
                "with moved as (update pos.stock set on_hand = %s where store_id = %s and item_id = 4"
                " returning *) insert into pos.movement (store_id, item_id, at, delta, balance, reason, by)"
                " select store_id, item_id, now(), %s, %s, 'adjust', 'nemesis' from moved",
                [SCARCE, shop.stores[STORE], SCARCE - STOCK, SCARCE],
            )
            _more_goods(owner, shop.stores[STORE])
        salt = bytes([MANAGER % 256]) * 16
        verifier = stored_verifier(pin_secret(PINS[MANAGER], salt, PEPPER.encode()))
        staff_rows.set_pin(owner, MANAGER, salt, verifier)
        for login in MANAGERS:
            manager_rows.add_manager(owner, login, login.title(), PASSWORD, [STORE])
        owner.execute("vacuum analyze")
        owner.execute("checkpoint")
    return Shop(server, shop.logins, [])


def _more_goods(owner: psycopg.Connection[tuple[Any, ...]], store: int) -> None:
    for n in range(GOODS):
        id_ = 1001 + n
        owner.execute(
            "insert into pos.item (id, name, unit, category_id, tax, cost) overriding system value"
            " values (%s, %s, 'each', 1, %s, 0.5)",
            [id_, f"Goods no. {id_}", "SRZ"[n % 3]],
        )
        owner.execute("insert into pos.item_code values ('0' || %s, %s, 'gtin')", [_gtin(id_), id_])
        owner.execute("insert into pos.price (item_id, amount) values (%s, %s)", [id_, 35 + 17 * n])
        owner.execute(
            "insert into pos.movement (store_id, item_id, at, delta, balance, reason, by)"
            " values (%s, %s, now(), %s, %s, 'opening', 'nemesis')",
            [store, id_, STOCK, STOCK],
        )
    owner.execute("update pos.stock set on_hand = %s where store_id = %s and item_id > 1000", [STOCK, store])


class ManagerAtWork:
    """One manager under her own login: every call changes a price or what is on hand."""

    def __init__(self, shop: Shop, login: str, seed: int) -> None:
        self.shop, self.login = shop, login
        self._dice = Random(f"{seed}/{login}")
        self._database = Database(make_conninfo(shop.server.dsn(), user=login, password=PASSWORD))
        self._database.open()
        self._desk = ManagerDesk(self._database, login)
        self._done = 0

    def work(self) -> None:
        """One change, tried once: what did not go through is noted as unknown."""
        self._done += 1
        if self._dice.random() < 0.5:
            self._price()
        else:
            self._stock()

    def close(self) -> None:
        """Go home."""
        self._database.close()

    def _price(self) -> None:
        with contextlib.suppress(PosError):
            page = self._desk.page(ProductFilter(STORE))
            product = self._dice.choice([p for p in page.products if p.price])
            self._desk.set_price(STORE, product, max(20, product.price + self._dice.randint(-5, 6)))

    def _stock(self) -> None:
        item = self._dice.choice([4, 1, 5, 1003])
        row = {
            "note": f"{self.login} {self._done}",
            "item": item,
            "delta": self._dice.randint(1, 20) * 1000,
            "known": False,
        }
        self.shop.adjusted.append(row)
        with contextlib.suppress(PosError):
            answer = self._desk.adjust_stock(STORE, item, row["delta"], "found", row["note"])
            row["known"] = not isinstance(answer, ManagerRefused)
