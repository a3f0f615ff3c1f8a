"""What a manager hears who may not sign in."""

from __future__ import annotations

import pytest

from pos_desktop.database.pool import Database
from pos_desktop.errors import UserError
from pos_desktop.services.manager import ManagerDesk
from tests.database.shop import PASSWORD, Shop
from tests.manager.conftest import desk_of
from tests.shop_database import ShopDatabase


def test_a_till_is_no_manager(database: ShopDatabase, shop: Shop) -> None:
    with Database(database.dsn(shop.logins[1], PASSWORD)) as lanes, pytest.raises(UserError) as refused:
        ManagerDesk(lanes, shop.logins[1]).stores()
    assert refused.value.code == "server.not_allowed"


def test_a_manager_without_stores_is_told_so(database: ShopDatabase, shop: Shop) -> None:
    lanes, desk = desk_of(database, [])
    with lanes, pytest.raises(UserError) as refused:
        desk.stores()
    assert refused.value.code == "manager.no_store"
