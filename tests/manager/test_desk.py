"""A manager's desk on a real server, signed in with a login of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from pos_desktop.database import catalogue
from pos_desktop.services.manager import (
    ManagerDesk,
    ManagerRefused,
    PriceConflict,
    PriceSaved,
    Product,
    ProductFilter,
    margin,
)
from tests.database.shop import BREAD, MILK, PASSWORD, WINE, Shop
from tests.shop_database import ShopDatabase

ALL = ProductFilter(1)


def product(desk: ManagerDesk, item: int) -> Product:
    return next(each for each in desk.page(ALL).products if each.id == item)


def test_only_granted_stores_are_shown(desk: ManagerDesk) -> None:
    assert [(store.number, store.name) for store in desk.stores()] == [(1, "Corner shop")]


def test_pages_follow_by_key_and_hold_every_item_once(desk: ManagerDesk) -> None:
    for sort in ("name", "-name", "price", "-price", "on_hand", "-on_hand"):
        whole = [each.id for each in desk.page(ALL, sort).products]
        seen, after = [], None
        while True:
            page = desk.page(ALL, sort, after, limit=2)
            seen += [each.id for each in page.products]
            after = page.next
            if after is None:
                break
        assert seen == whole
        assert len(set(seen)) == len(seen) == desk.count(ALL)[0]


def test_words_in_any_order_without_accents(desk: ManagerDesk) -> None:
    found = desk.page(replace(ALL, words="rhone COTES")).products
    assert [each.id for each in found] == [WINE]
    assert [each.id for each in desk.page(replace(ALL, words="5010012345678")).products] == [MILK]
    assert desk.count(replace(ALL, words="mlik")) == (0, False)
    assert [each.id for each in desk.page(replace(ALL, category="Liquor")).products] == [WINE]


def test_a_price_saved_is_what_the_till_reads_next(
    desk: ManagerDesk, database: ShopDatabase, shop: Shop
) -> None:
    saved = desk.set_price(1, product(desk, MILK), 189)
    assert isinstance(saved, PriceSaved)
    assert (saved.was, saved.now) == (165, 189)
    with database.connect(shop.logins[1], PASSWORD) as till:
        assert catalogue.find_item(till, "05010012345678")["price"] == 189
    undone = desk.undo_price(1, saved)
    assert isinstance(undone, PriceSaved)
    assert product(desk, MILK).price == 165
    prices = database.query("select amount from pos.price where item_id = %s order by id", MILK)
    assert [row[0] for row in prices] == [165, 189, 165]


def test_an_older_edit_and_an_older_undo_overwrite_nobody(desk: ManagerDesk) -> None:
    read = product(desk, BREAD)
    first = desk.set_price(1, read, 259)
    second = desk.set_price(1, read, 239)
    assert isinstance(second, PriceConflict)
    assert (second.theirs, second.mine) == (259, 239)
    taken = desk.set_price(1, replace(read, row_version=second.row_version), 239)
    assert isinstance(taken, PriceSaved)
    assert isinstance(first, PriceSaved)
    assert isinstance(desk.undo_price(1, first), PriceConflict)
    assert product(desk, BREAD).price == 239


def test_stock_is_adjusted_by_a_difference_with_its_reason(desk: ManagerDesk, database: ShopDatabase) -> None:
    assert desk.adjust_stock(1, MILK, -3000, "damaged", "dropped crate") == 97000
    moved = database.query(
        "select delta, balance, reason, note from pos.movement where item_id = %s order by id desc limit 1",
        MILK,
    )
    assert [tuple(map(str, moved[0]))] == [("-3.000", "97.000", "damaged", "dropped crate")]
    assert desk.adjust_stock(1, MILK, 0, "damaged") == ManagerRefused("no_difference")
    assert desk.adjust_stock(2, MILK, 1000, "damaged") == ManagerRefused("store_not_granted")


def test_a_day_without_sales_is_empty(desk: ManagerDesk) -> None:
    day = desk.day(1, datetime.now(ZoneInfo("Europe/London")).date())
    assert (day.sales, day.total, day.average, day.hours) == (0, 0, 0, ())


def test_margin_takes_the_tax_out_first(desk: ManagerDesk) -> None:
    wine = product(desk, WINE)  # 9.50 with 20 % in it: 7.9167 net, cost 0.50
    assert margin(wine, "included", 2) == 937
    assert margin(wine, "added", 2) == 947
    assert margin(replace(wine, cost=None), "included", 2) is None
