"""A price a manager saves stands on the till's tile, and on its next scan, without anybody doing anything."""

from __future__ import annotations

import secrets

import psycopg
from psycopg.conninfo import make_conninfo

from pos_desktop.bootstrap import open_manager
from pos_desktop.config import Settings
from pos_desktop.database.manager import add_manager
from pos_desktop.services.manager import Edit, Edited, ManagerDesk, ProductFilter
from tests.register.conftest import Shop, Till
from ui.register.background import POLL_MS
from ui.widgets.tile import Tile

SECRET = "a manager's secret"


def save_price(desk: ManagerDesk, words: str, price: int) -> None:
    found = [p for p in desk.page(ProductFilter(1, words)).rows if p.name == words]
    edit = Edit(found[0].id, found[0].row_version, {"price": price})
    assert isinstance(desk.edit(1, [edit])[0], Edited)


def test_a_managers_price_is_on_the_tile_and_in_the_next_scan(
    till: Till, shop: Shop, settings: Settings
) -> None:
    assert POLL_MS < 2000, "a till has to ask oftener than every two seconds"
    login = f"mgr_{secrets.token_hex(4)}"
    with psycopg.connect(shop.owner_dsn, autocommit=True) as owner:
        add_manager(owner, login, "Cleo", SECRET, [1])
    dsn = make_conninfo(shop.owner_dsn, user=login, password=SECRET)
    services = open_manager(settings, login, SECRET, dsn=dsn)
    try:
        save_price(services.desk, "Croissant", 135)
    finally:
        services.close()
        with psycopg.connect(shop.owner_dsn, autocommit=True) as owner:
            owner.execute(f"drop owned by {login}")
    till.wait(lambda _probe: "1.35" in till.find("tile:Croissant").accessibleName())
    assert isinstance(till.find("tile:Croissant"), Tile)
    till.tap("tile:Croissant")
    assert till["total"] == "1.35"
