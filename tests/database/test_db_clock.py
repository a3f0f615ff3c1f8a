"""Hours that come twice, shifts past midnight, and a Z that races a sale: the day's figures stay right."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pos_desktop.database import shifts
from pos_desktop.database import till as till_rows
from tests.database.conftest import World
from tests.database.invariants import assert_sound
from tests.database.racing import at_once
from tests.database.shop import BREAD, MILK, TillClient, line

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 10, 25), 25), (date(2026, 3, 29), 23), (date(2026, 6, 1), 24)]
)
def test_the_hours_of_a_day_add_up_to_it_however_many_it_has(world: World, day: date, hours: int) -> None:
    """A sale every half hour of the shop's own day: where the clock goes back, an hour has four."""
    till, count = world.till(), 2 * hours
    for _ in range(count):
        assert till.post(till.sale([line(world.shop.items[MILK])])).outcome == "booked"
    midnight = datetime(day.year, day.month, day.day, tzinfo=LONDON)
    assert (midnight + timedelta(days=1)).timestamp() - midnight.timestamp() == hours * 3600
    world.owner.execute("set session_replication_role = replica")
    world.owner.execute(
        "update pos.sale s set sold_at = %s + d.no * interval '30 minutes' - interval '59 minutes'"
        " from pos.document d where d.id = s.document_id",
        [midnight],
    )
    world.owner.execute("set session_replication_role = default")
    login = f"manager_{world.database.name}"
    world.database.add_login(login, "pos_manager", password="a manager's secret")
    world.owner.execute("insert into pos.manager (login, name) values (%s, 'Cleo')", [login])
    world.owner.execute("insert into pos.manager_store (login, store_id) values (%s, 1)", [login])
    with world.database.connect(login, "a manager's secret") as manager:
        ((told,),) = manager.execute("select api.m_sales_by_hour(1, %s)", [day]).fetchall()
    by_hour = {row["hour"]: row["sales"] for row in told}
    assert sum(by_hour.values()) == count
    assert sum(row["total"] for row in told) == count * 165
    assert by_hour.get(1, 0) == {25: 4, 23: 0, 24: 2}[hours]
    assert set(by_hour) == set(range(24)) - ({1} if hours == 23 else set())


def test_a_sale_after_midnight_belongs_to_the_day_its_shift_began(world: World) -> None:
    till = world.till(opened=False)
    yesterday = world.one("select ((now() at time zone 'Europe/London')::date - 1)::text")
    opened = till.common("shift_open", drawer=1, float=10000, business_date=yesterday)
    opened["shift"] = opened["id"]
    assert till.post(opened).outcome == "booked"
    till.shift = opened["id"]
    assert till.post(till.sale([line(world.shop.items[BREAD])])).outcome == "booked"
    days = world.query("select s.business_date::text, h.business_date::text from pos.sale s join pos.shift h"
                       " on h.id = s.shift_id")  # fmt: skip
    assert days == [(yesterday, yesterday)]
    figures = shifts.shift_report(till.connection, till.shift)
    assert figures is not None
    assert figures["sales_total"] == 249
    assert_sound(world.owner)


def closing(till: TillClient, z: int) -> dict[str, object]:
    """A Z by the figures of now."""
    figures = shifts.shift_report(till.connection, till.shift)
    assert figures is not None
    cash = figures["expected_cash"]
    return till.common(
        "shift_close", z=z, counted=cash, counts=[], blind=0, expected=cash, over_short=0, figures=figures
    )


def test_a_z_that_races_a_sale_counts_it_or_comes_before_it(world: World) -> None:
    """Two programs under one login, the same number: one document gets it, and the Z is the ledger."""
    till, other = world.till(), world.connect()
    seen = set()
    for z in range(1, 16):
        sale = till.freeze(till.sale([line(world.shop.items[MILK])]))
        z_document = till.freeze(closing(till, z))
        answers = at_once(
            [
                lambda sale=sale: till_rows.post_document(other, *sale),
                lambda z_document=z_document: till_rows.post_document(till.connection, *z_document),
            ]
        )
        outcomes = tuple(answer.outcome for answer in answers)
        assert sorted(outcomes) == ["booked", "rejected"]
        seen.add(outcomes)
        sold = outcomes[0] == "booked"
        till.no, till.head = till.no + 1, (sale if sold else z_document)[1]
        till.grand += 165 if sold else 0
        if sold:
            assert till.post(closing(till, z)).outcome == "booked"
        assert till.open_shift().outcome == "booked"
    assert_sound(world.owner)
    assert world.one("select count(*) from pos.shift where z is not null") == 15
