"""Searching among many names: complete where words are short and rare, and never by reading all names."""

from __future__ import annotations

from pos_desktop.database import catalogue
from tests.database.conftest import World

MANY = """
INSERT INTO pos.item (id, name, unit, category_id, tax, cost)
SELECT 1000 + i, 'Quarry soup no. ' || i || CASE WHEN i = 6000 THEN ' xy' ELSE '' END, 'each', 1, 'Z', 1
  FROM generate_series(1, 6000) i
"""


def test_a_short_rare_word_is_found_among_thousands_of_a_long_one(world: World) -> None:
    world.owner.execute(MANY)
    world.owner.execute("vacuum analyze pos.item")
    connection = world.connect()
    for words in ("quarry xy", "xy quar", "x quarr y"):
        assert [card["id"] for card in catalogue.search_items(connection, words)] == [7000], words
    assert catalogue.search_items(connection, "quarry zz") == []
    assert len(catalogue.search_items(connection, "uarr n", 40)) == 40


def test_an_item_that_begins_with_the_words_comes_first_and_once(world: World) -> None:
    world.owner.execute(MANY)
    connection = world.connect()
    found = [card["id"] for card in catalogue.search_items(connection, "quarry soup no. 5999", 40)]
    assert found == [6999]
    some = [card["id"] for card in catalogue.search_items(connection, "soup quarry 59", 40)]
    assert len(some) == len(set(some)) == 40
