"""Reading a document's text before walking through it overlooks no value that is neither whole nor text."""

from __future__ import annotations

import json
import random
from typing import Any

from tests.shop_database import ShopDatabase

TEXTS = (
    "",
    "tea",
    "Milk, full fat",
    'a "quoted": true',
    "1.5 l",
    ": 1.5",
    "[null]",
    "10:15:30.123Z",
    "\\",
    "ä,f",
    "x, 2e3",
)
ODD = (True, False, None, 0.5, -1.25, 1e-7, "1.5")
SPACES = ("", " ", "\n", "\t", " \r\n ")


def made(chance: random.Random, odd: float, depth: int = 0) -> Any:
    """A document's value: now and then one that must not be there."""
    if depth and chance.random() < odd:
        return chance.choice(ODD)
    kind = chance.randrange(4 if depth < 3 else 2)
    if kind == 0:
        return chance.choice((0, 7, -3, 10**12))
    if kind == 1:
        return chance.choice(TEXTS)
    if kind == 2:
        return [made(chance, odd, depth + 1) for _ in range(chance.randrange(4))]
    return {
        chance.choice((*TEXTS, "n", "qty")): made(chance, odd, depth + 1) for _ in range(chance.randrange(4))
    }


def written(value: Any, chance: random.Random) -> str:
    """The value as a hostile till may write it: spaces where JSON allows them."""
    space = chance.choice(SPACES)
    if isinstance(value, dict):
        inner = ",".join(
            f"{space}{json.dumps(k)}{space}:{space}{written(v, chance)}{space}" for k, v in value.items()
        )
        return "{" + inner + "}"
    if isinstance(value, list):
        return "[" + ",".join(space + written(each, chance) + space for each in value) + "]"
    return json.dumps(value)


def whole(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(whole, value.values()))
    if isinstance(value, list):
        return all(map(whole, value))
    return isinstance(value, str) or (type(value) in (int, float) and value == int(value))


def test_no_value_that_is_no_whole_number_and_no_text_is_overlooked(database: ShopDatabase) -> None:
    chance = random.Random(7)
    values = [{"lines": made(chance, 0.15), "at": made(chance, 0.05)} for _ in range(600)]
    told = database.query(
        "select pos.whole_values(b::jsonb, b) from unnest(%s::text[]) with ordinality as u(b, o) order by o",
        [written(each, chance) for each in values],
    )
    assert [row[0] for row in told] == [whole(each) for each in values]
    assert {row[0] for row in told} == {True, False}
