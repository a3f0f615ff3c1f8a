"""The last case and its singles, asked for at once: one winner with the lock, two without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pos_desktop.database import till as till_rows
from tests.database.conftest import World
from tests.database.racing import at_once, without
from tests.database.shop import (
    TillClient,
    uuid7,
)
from tests.database.test_db_law import BEER, CASE, add_law, asked

LOCK_OF_HOLD = (
    "  PERFORM FROM stock WHERE store_id = t.store_id"
    " AND item_id = ANY (v_items) ORDER BY item_id FOR UPDATE;\n"
)


def last_case(world: World) -> list[Callable[[], Any]]:
    """Twelve singles are left; one till asks for a case, another for seven singles."""
    world.owner.execute("update pos.item set stock_policy = 'refuse' where id in (%s, %s)", [BEER, CASE])
    store = world.shop.stores[1]
    world.owner.execute(
        "update pos.stock set on_hand = 12 where item_id = %s and store_id = %s", [BEER, store]
    )
    wants = ((world.till(1), CASE, 1000), (world.till(2), BEER, 7000))

    def ask(till: TillClient, item: int, qty: int) -> Any:
        part = asked(world, item, qty) | ({"single": BEER, "pack": 12} if item == CASE else {})
        return till_rows.check_basket(till.connection, {"sale": uuid7(), "lines": [part]})["problems"]

    return [lambda t=t, i=i, q=q: ask(t, i, q) for t, i, q in wants]


def test_the_last_case_and_its_singles_have_one_winner(world_of: Callable[..., World]) -> None:
    world = world_of()
    add_law(world.owner, world.shop)
    jobs = last_case(world)
    for _ in range(20):
        world.owner.execute("delete from pos.stock_hold")
        told = at_once(jobs)
        assert sorted(len(each) for each in told) == [0, 1]


def test_without_the_lock_a_case_and_its_singles_are_promised_twice(world_of: Callable[..., World]) -> None:
    world = world_of()
    add_law(world.owner, world.shop)
    jobs = last_case(world)
    without(world.owner, "hold_stock", LOCK_OF_HOLD)

    def both() -> bool:
        world.owner.execute("delete from pos.stock_hold")
        return all(not each for each in at_once(jobs))

    assert any(both() for _ in range(200))
