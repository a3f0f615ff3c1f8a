"""``pos-desktop offers``: promotions, coupons and prices from a file, and what a till makes of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from pos_desktop import paths
from pos_desktop.domain.offer_plan import read_offers
from pos_desktop.domain.plan_reader import PlanProblemsError
from pos_desktop.domain.promotion import Each, Percent, SetFor
from tests.database.conftest import World
from tests.database.test_db_given import basket_at, sale_of, sold

MILK_CODE, BREAD_CODE = "05010012345678", "04006381333931"
OFFERS = f"""
[[offer]]
name = "Milk 3 for 2"
codes = ["{MILK_CODE}"]
buy = 3
free = 1

[[offer]]
name = "Wine week"
categories = ["Liquor"]
percent = "12.5"
stores = [1]
from = 2026-01-01
days = ["mon", "sun"]
since = "17:00"
until = "19:00"

[[offer]]
name = "Breakfast"
total = "3.50"
coupons = true

[[part]]
offer = "Breakfast"
codes = ["{MILK_CODE}"]

[[part]]
offer = "Breakfast"
codes = ["{BREAD_CODE}"]
count = 1

[[coupon]]
offer = "Breakfast"
codes = ["MORNING-1", "MORNING-2"]

[[price]]
code = "{BREAD_CODE}"
price = "2.00"
least = "2"
"""


@dataclass(frozen=True)
class AnyGoods:
    """A shop that has everything asked for, but one category."""

    currency: str = "GBP"

    def item(self, code: str) -> int | None:
        """Any code is an item's."""
        return int(code[-6:]) if code.isdigit() else None

    def category(self, name: str) -> int | None:
        """Any category but one."""
        return None if name == "Nowhere" else len(name)


def test_the_example_and_every_kind_of_offer_are_read() -> None:
    example = read_offers(
        (paths.resources_dir() / "setup" / "offers.toml").read_text(encoding="utf-8"), AnyGoods()
    )
    assert [each.name for each in example.promotions] == [
        "Wine week", "Yogurt 3 for 2", "Three for 5.00", "Lunch 4.00", "Five off",
    ]  # fmt: skip
    plan = read_offers(OFFERS, AnyGoods())
    week, breakfast = plan.promotions[1], plan.promotions[2]
    assert isinstance(week.offer, Each)
    assert (week.offer.cut, week.stores) == (Percent(125_000), {1})
    assert (week.when.weekdays, week.when.since, week.when.until) == ({0, 6}, time(17), time(19))
    assert isinstance(breakfast.offer, SetFor)
    assert (breakfast.offer.total, len(breakfast.offer.parts), breakfast.coupon) == (350, 2, "p3")
    assert [(row.price, row.least) for row in plan.prices] == [(200, 2000)]


@pytest.mark.parametrize(
    ("wrong", "line", "key"),
    [
        ('[[offer]]\nname = "X"', 1, "offer 1, percent"),
        ('[[offer]]\nname = "X"\npercent = "101"', 3, "offer 1, percent"),
        ('[[offer]]\nname = "X"\npercent = "1"\noff = "1"', 4, "offer 1, off"),
        ('[[offer]]\nname = "X"\noff = "1"\ncodes = ["no code"]', 4, "offer 1, codes"),
        ('[[offer]]\nname = "X"\noff = "1"\ncategories = ["Nowhere"]', 4, "offer 1, categories"),
        ('[[offer]]\nname = "X"\nprice = "1"\nstackable = true', 2, "offer 1, name"),
        ('[[price]]\ncode = "4011"', 1, "price 1, price"),
        ('[[coupon]]\noffer = "Y"\ncodes = ["A"]', 2, "coupon 1, offer"),
        ("[[deal]]\nname = 1", 1, "deal"),
    ],
)
def test_what_is_wrong_is_named_by_its_line(wrong: str, line: int, key: str) -> None:
    with pytest.raises(PlanProblemsError) as found:
        read_offers(wrong, AnyGoods())
    assert (found.value.problems[0].line, found.value.problems[0].key) == (line, key)


def test_a_file_sets_the_offers_and_the_next_one_ends_what_it_leaves_out(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "offers.toml"
    file.write_text(OFFERS.replace("Liquor", "Wines"), encoding="utf-8")
    assert world.database.as_owner("offers", str(file)) == 1
    assert "Wines is none" in capsys.readouterr().err
    file.write_text(OFFERS, encoding="utf-8")
    assert world.database.as_owner("offers", str(file)) == 0
    assert "3 promotions, 1 prices, 2 coupons; 4 begin, 0 end" in capsys.readouterr().out

    till = world.till()
    basket = sold(till.connection, basket_at(till.connection), *[MILK_CODE] * 3, BREAD_CODE, BREAD_CODE)
    assert [(line.price, line.net) for line in basket.lines] == [(165, 330), (200, 400)]
    assert till.post(sale_of(till, basket)).outcome == "booked"

    numbers = world.query("select name, id from pos.promotion where ended_at is null order by id")
    file.write_text(OFFERS.replace('"12.5"', '"15"').replace("buy = 3\nfree = 1", 'off = "0.10"'), "utf-8")
    assert world.database.as_owner("offers", str(file)) == 0
    assert "2 begin, 2 end" in capsys.readouterr().out
    after = dict(world.query("select name, id from pos.promotion where ended_at is null"))
    assert after["Breakfast"] == dict(numbers)["Breakfast"], "what is as it was goes on under its number"
    assert after["Wine week"] != dict(numbers)["Wine week"]
    fresh = sold(till.connection, basket_at(till.connection, datetime.now(UTC)), *[MILK_CODE] * 3)
    assert [line.net for line in fresh.lines] == [465]
    late = till.post(sale_of(till, replace(basket, sale_id=till.common("x")["id"])))
    assert late.outcome == "booked", "it had begun before"
