"""The catalogue as a till asks for it: found by code, words and id, its prices, and what changed since."""

from __future__ import annotations

from typing import Any

import psycopg

from pos_desktop.database import catalogue
from pos_desktop.database import till as till_rows
from tests.database.conftest import World
from tests.database.racing import at_once
from tests.database.shop import (
    BANANAS,
    BREAD,
    MILK,
    WINE,
    line,
)
from tests.patience import PATIENCE


def test_items_are_found_by_code_words_and_id(world: World) -> None:
    connection = world.connect()
    card = catalogue.find_item(connection, "05000328044842")
    assert card is not None
    told = (card["id"], card["price"], card["rate"], card["min_age"], card["on_hand"], card["category"])
    assert told == (WINE, 950, 200000, 18, 100_000, "Liquor")
    bananas = catalogue.find_item(connection, "4011")
    assert bananas is not None
    assert (bananas["plu"], bananas["unit"]) == ("4011", "kg")
    assert "min_age" not in bananas
    assert catalogue.find_item(connection, "nothing") is None
    names = {
        "rhone cotes": [WINE],
        "RHÔNE": [WINE],
        "ilk": [MILK],
        "b": [BANANAS],
        "milk wine": [],
        "  ": [],
        "100%": [],
    }
    for words, expected in names.items():
        assert [c["id"] for c in catalogue.search_items(connection, words)] == expected, words
    assert [c["id"] for c in catalogue.items_by_id(connection, [MILK, 99, WINE])] == [MILK, WINE]


def test_the_newest_price_that_names_the_store_or_all_counts(world: World) -> None:
    connection = world.connect()
    stores = world.shop.stores

    def price() -> int:
        card = catalogue.find_item(connection, "05010012345678")
        assert card is not None
        return int(card["price"])

    add = (
        "insert into pos.price (item_id, store_id, amount, valid_from)"
        " values (%s, %s, %s, now() + %s::interval)"
    )
    world.owner.execute(add, [MILK, stores[2], 1, "0"])
    assert price() == 165
    world.owner.execute(add, [MILK, stores[1], 170, "-1 hour"])
    assert price() == 170
    world.owner.execute(add, [MILK, None, 180, "-1 minute"])
    assert price() == 180
    world.owner.execute(add, [MILK, None, 199, "1 hour"])
    assert price() == 180


def test_changes_are_numbered_in_commit_order_and_hinted(world: World) -> None:
    connection = world.connect()
    listener = world.connect(2)
    listener.execute("listen pos_change")
    start = till_rows.changes_since(connection, 0)
    world.owner.execute("update pos.item set name = 'Whole milk' where id = %s", [MILK])
    world.owner.execute("insert into pos.price (item_id, amount) values (%s, 260)", [BREAD])
    later = till_rows.changes_since(connection, start.last)
    assert (later.last, set(later.items), later.everything) == (start.last + 2, {MILK, BREAD}, False)
    hints = [n.payload for n in listener.notifies(timeout=PATIENCE, stop_after=2)]
    assert hints == [str(start.last + 1), str(start.last + 2)]
    assert till_rows.changes_since(connection, later.last) == till_rows.Changes(later.last, (), False)
    world.owner.execute("insert into pos.tile (page, label, item_id) values ('x', 'y', 1)")
    assert till_rows.changes_since(connection, later.last).everything


def test_two_writers_of_the_catalogue_queue_and_miss_no_number(world: World) -> None:
    owners = [world.database.connect() for _ in range(4)]
    before = world.one("select last from pos.change_counter")

    def edit(owner: psycopg.Connection[tuple[Any, ...]], turn: int) -> None:
        for step in range(10):
            with owner.transaction():
                for item in (MILK, BREAD, WINE) if (turn + step) % 2 else (WINE, BREAD, MILK):
                    owner.execute("update pos.item set icon = %s where id = %s", [str(step), item])

    try:
        at_once([lambda o=o, t=t: edit(o, t) for t, o in enumerate(owners)])
    finally:
        for owner in owners:
            owner.close()
    numbers = [n for (n,) in world.query("select n from pos.change where n > %s order by n", before)]
    assert numbers == list(range(before + 1, before + 121))
    assert world.one("select deadlocks from pg_stat_database where datname = current_database()") == 0


def test_posting_never_notifies(world: World) -> None:
    listener = world.connect(2)
    listener.execute("listen pos_change")
    till = world.till()
    till.post(till.sale([line(world.shop.items[MILK])]))
    world.owner.execute("update pos.item set icon = 'x' where id = 1")
    last = str(world.one("select last from pos.change_counter"))
    assert [n.payload for n in listener.notifies(timeout=PATIENCE, stop_after=1)] == [last]
