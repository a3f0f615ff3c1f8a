"""The shop under attack: a server of the harness's own, a store with tills and goods, and two managers."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from random import Random
from typing import Any, LiteralString

import psycopg
from psycopg.conninfo import make_conninfo

from pos_desktop import paths
from pos_desktop.database import manager as manager_rows
from pos_desktop.database import staff as staff_rows
from pos_desktop.database import till as till_rows
from pos_desktop.database import value_setup
from pos_desktop.database.embedded import EmbeddedServer
from pos_desktop.database.migrate import load_plan, migrate
from pos_desktop.database.pool import Database
from pos_desktop.errors import PosError
from pos_desktop.services.pin import pin_secret, stored_verifier
from tests.database.shop import MANAGER, PASSWORD, make_shop
from tests.services.tills import BREAD, MILK, PEPPER, PINS, WINE

GOODS = 30
STOCK = 1_000_000
SCARCE = 40
"""Pieces of the item that must not oversell; the managers bring more."""
MANAGERS = ("ada", "ben")
STORES = (1, 2)
"""The tills of the first sell only with the server, those of the second also while it is away."""


def _gtin(id_: int) -> str:
    body = f"952{id_:09d}"
    odd_even = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return body + str(-odd_even % 10)


CODES = (MILK, BREAD, WINE, "4011", "PRINT-1", *(_gtin(1001 + n) for n in range(GOODS)))
"""What customers buy, by the plan's index; the wine asks for an age, 4011 is weighed, prints are few."""


GIFT_CODES = ("NEMESISGIFTA", "NEMESISGIFTB", "NEMESISGIFTC")
"""Gift cards of the shop, each of many customers: few, so that tills meet at them."""
GIFT_VALUE = 5000
TENDERS = ("cash", "card", "gift_card")


@dataclass
class Adjustments:
    """What the managers did to the stock. A restored backup has only what was done before it was taken."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    in_backup: list[int] = field(default_factory=list)

    def backed_up(self) -> None:
        """What was done until now is safe."""
        self.in_backup = [n for n, row in enumerate(self.rows) if row["known"]]

    def restored(self) -> None:
        """Nothing is known any more of what was done since."""
        for n, row in enumerate(self.rows):
            row["known"] = n in self.in_backup


@dataclass
class Shop:
    """The server, its tills' logins and what the managers did."""

    server: EmbeddedServer
    logins: dict[int, str]
    adjusted: Adjustments

    def owner(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A superuser's connection."""
        return psycopg.connect(self.server.dsn(), autocommit=True)

    def unguarded(self, statement: LiteralString) -> None:
        """Change the ledger as only someone can who first switches its guards off."""
        with self.owner() as owner, owner.transaction():
            owner.execute("set local session_replication_role = replica")
            assert owner.execute(statement).rowcount

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


def store_of(till: int) -> int:
    """Odd tills stand in the first store, even ones in the second."""
    return STORES[(till - 1) % 2]


def set_up(server: EmbeddedServer, tills: int) -> Shop:
    """Migrate and fill the server's database."""
    migrate(server.dsn(), load_plan(paths.migrations_dir()))
    with psycopg.connect(server.dsn(), autocommit=True) as owner:
        shop = make_shop(owner, tills=0, stock=STOCK, signed_in=False)
        owner.execute("insert into pos.item_code values ('0' || %s, %s, 'gtin')", [MILK, shop.items[1].id])
        owner.execute("update pos.store set offline = true, offline_sales = 10000 where number = 2")
        logins = {till: f"nemesis_till_{till}" for till in range(1, tills + 1)}
        for till, login in logins.items():
            till_rows.enrol_till(owner, store=store_of(till), number=till, login=login, password=PASSWORD)
        for table in ("category", "item"):
            owner.execute("select setval(pg_get_serial_sequence('pos.' || %s, 'id'), 5000)", [table])
        for store in STORES:
            value_setup.take_tenders(owner, store, TENDERS)
        for code in GIFT_CODES:
            value_setup.issue(owner, STORES[0], "gift_card", GIFT_VALUE, code=code)
        with owner.transaction():
            _more_goods(owner)
            _open_stock(owner)
        salt = bytes([MANAGER % 256]) * 16
        verifier = stored_verifier(pin_secret(PINS[MANAGER], salt, PEPPER.encode()))
        staff_rows.set_pin(owner, MANAGER, salt, verifier)
        for login in MANAGERS:
            manager_rows.add_manager(owner, login, login.title(), PASSWORD, STORES)
        owner.execute("vacuum analyze")
        owner.execute("checkpoint")
    return Shop(server, logins, Adjustments())


def _more_goods(owner: psycopg.Connection[tuple[Any, ...]]) -> None:
    for n in range(GOODS):
        id_ = 1001 + n
        owner.execute(
            "insert into pos.item (id, name, unit, category_id, tax, cost) overriding system value"
            " values (%s, %s, 'each', 1, %s, 0.5)",
            [id_, f"Goods no. {id_}", "SRZ"[n % 3]],
        )
        owner.execute("insert into pos.item_code values ('0' || %s, %s, 'gtin')", [_gtin(id_), id_])
        owner.execute("insert into pos.price (item_id, amount) values (%s, %s)", [id_, 35 + 17 * n])


def _open_stock(owner: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Bring every item of both stores to what the model begins with."""
    owner.execute(
        "with want as (select store_id, item_id, on_hand,"
        " case item_id when 6 then 0 when 4 then %s else %s end as wanted from pos.stock),"
        " moved as (insert into pos.movement (store_id, item_id, at, delta, balance, reason, by)"
        " select store_id, item_id, now(), wanted - on_hand, wanted, 'opening', 'nemesis' from want"
        " where wanted <> on_hand returning store_id, item_id, balance)"
        " update pos.stock k set on_hand = m.balance from moved m"
        " where (k.store_id, k.item_id) = (m.store_id, m.item_id)",
        [SCARCE, STOCK],
    )


class ManagerAtWork:
    """One manager under her own login: every call changes a price or what is on hand."""

    def __init__(self, shop: Shop, login: str, seed: int) -> None:
        self.shop, self.login = shop, login
        self._dice = Random(f"{seed}/{login}")
        self._database = Database(make_conninfo(shop.server.dsn(), user=login, password=PASSWORD))
        self._database.open()
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
        with contextlib.suppress(PosError), self._database.sale.connection() as connection:
            page = manager_rows.items_page(connection, {"store": STORES[0]})
            item = self._dice.choice([row for row in page.rows if row.price])
            price = max(20, item.price + self._dice.randint(-5, 6))
            manager_rows.set_price(connection, item.id, 0, price, item.row_version)

    def _stock(self) -> None:
        row = {
            "note": f"{self.login} {self._done}",
            "store": self._dice.choice(STORES),
            "item": self._dice.choice([4, 1, 5, 1003]),
            "delta": self._dice.randint(1, 20) * 1000,
            "known": False,
        }
        self.shop.adjusted.rows.append(row)
        with contextlib.suppress(PosError), self._database.sale.connection() as connection:
            answer = manager_rows.adjust_stock(
                connection, row["item"], row["store"], row["delta"], "found", row["note"]
            )
            row["known"] = answer.outcome == "ok"
