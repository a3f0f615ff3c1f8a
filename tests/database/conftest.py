"""Fixtures of the database's tests: a small shop on a database of its own, and tills in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from tests.database.furnished import Mould, move_in
from tests.database.shop import PASSWORD, Shop, TillClient, make_shop
from tests.shop_database import ShopDatabase

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass
class World:
    """One test's shop: its database, the owner's connection, and tills that close with the test."""

    database: ShopDatabase
    owner: Connection
    shop: Shop
    _open: list[Connection]

    def connect(self, number: int = 1) -> Connection:
        """A connection with the login of a till."""
        connection = self.database.connect(self.shop.logins[number], PASSWORD)
        self._open.append(connection)
        return connection

    def till(self, number: int = 1, *, opened: bool = True) -> TillClient:
        """A till, with its shift open unless told otherwise."""
        client = TillClient(self.shop, self.connect(number), number)
        if opened:
            assert client.open_shift().outcome == "booked"
        return client

    def query(self, text: str, *params: object) -> list[tuple[Any, ...]]:
        """Rows, as the owner."""
        return self.owner.execute(text.encode(), params or None).fetchall()

    def one(self, text: str, *params: object) -> Any:
        """A single value, as the owner."""
        return self.query(text, *params)[0][0]


@pytest.fixture
def mould(request: pytest.FixtureRequest, template: str) -> Mould:
    """With the usual shop in it for the tests that ask for the usual world."""
    if "world" not in request.fixturenames:
        return Mould(template)
    usual: Mould = request.getfixturevalue("furnished")
    return usual


@pytest.fixture
def world_of(database: ShopDatabase, mould: Mould) -> Iterator[Callable[..., World]]:
    """Makes the test's shop with options of :func:`make_shop`."""
    opened: list[Connection] = []
    owner = database.connect()

    def make(**options: Any) -> World:
        if mould.shop is not None:
            assert not options
            return World(database, owner, move_in(database, owner, mould), opened)
        shop = make_shop(owner, **options)
        database.logins.extend(shop.logins.values())
        return World(database, owner, shop, opened)

    yield make
    for connection in (*opened, owner):
        connection.close()


@pytest.fixture
def world(world_of: Callable[..., World]) -> World:
    """The usual shop: two tills, tax included."""
    return world_of()
