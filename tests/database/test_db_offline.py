"""What comes in late: sold while the server was away, lost with an old backup, or after its shift's Z."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from pos_desktop.database import till as till_rows
from pos_desktop.database.till import Connection
from pos_desktop.domain.document import utc_text
from tests.database.conftest import World
from tests.database.invariants import assert_sound
from tests.database.shop import BREAD, LAST, MILK, RECALLED, TillClient, line, uuid7


def allow(world: World, **caps: int) -> None:
    """Let store 1 sell alone."""
    world.owner.execute("update pos.store set offline = true where number = 1")
    for name, value in caps.items():
        world.owner.execute(f"update pos.store set {name} = %s where number = 1".encode(), [value])


def close(till: TillClient) -> till_rows.Answer:
    """The Z of the open shift, counted exactly."""
    row = till.connection.execute("select api.shift_report(%s)", [till.shift]).fetchone()
    assert row is not None
    figures = row[0]
    answer = till.connection.execute("select api.hello('t', 1)").fetchone()
    assert answer is not None
    return till.post(
        till.common(
            "shift_close", z=answer[0]["till"]["z_next"], counted=figures["expected_cash"], counts=[],
            blind=1,
            expected=figures["expected_cash"], over_short=0, figures=figures,
        )
    )  # fmt: skip


@pytest.mark.parametrize("stands", ["offline", "stands"])
def test_a_sale_that_stands_is_booked_whatever_is_wrong_with_it(world: World, stands: str) -> None:
    allow(world)
    till = world.till()
    world.owner.execute("delete from pos.session")
    old = datetime.now(UTC) - timedelta(hours=3)
    wrong = line(world.shop.items[BREAD], price_version=999_999)
    sold = [line(world.shop.items[RECALLED]), wrong | {"n": 2}]
    answer = till.post(till.sale(sold, flags=[stands], at=utc_text(old)))
    assert answer.outcome == "flagged"
    assert set(answer.flags) >= {"price", "blocked"}
    assert ("offline" in answer.flags) == (stands == "offline")
    assert ("not_signed_in" in answer.flags) == (stands != "offline")
    assert_sound(world.owner)


def test_a_sale_accepted_after_it_was_sent_is_booked_without_its_bytes_saying_so(world: World) -> None:
    allow(world)
    till = world.till()
    world.owner.execute("update pos.item set blocked = true where id = %s", [BREAD])
    sold = till.sale([line(world.shop.items[BREAD])])
    body, hash_ = till.freeze(sold)
    answer = till.post_bytes(body, hash_, "offline")
    assert (answer.outcome, answer.flags) == ("flagged", ("blocked", "offline"))
    again = till_rows.post_document(till.connection, body, hash_)
    assert (again.replayed, again.flags) == (True, answer.flags)
    assert_sound(world.owner)


def test_two_tills_that_sold_one_basket_alone_are_both_in_the_books(world: World) -> None:
    allow(world)
    first, second = world.till(1), world.till(2)
    basket = uuid7()
    assert first.post(first.sale([line(world.shop.items[BREAD])], sale=basket)).outcome == "booked"
    alone = second.post(second.sale([line(world.shop.items[BREAD])], sale=basket, flags=["offline"]))
    assert alone.flags == ("already_sold", "offline")
    follows = second.post(second.sale([line(world.shop.items[MILK])], flags=["offline"]))
    assert follows.flags == ("offline",)
    assert_sound(world.owner)


def test_over_a_cap_is_booked_and_flagged(world: World) -> None:
    allow(world, offline_sale=300, offline_sales=3)
    till = world.till()

    def alone(qty: int) -> set[str]:
        return set(till.post(till.sale([line(world.shop.items[MILK], qty)], flags=["offline"])).flags)

    assert "over_cap" in alone(2000)
    assert [("over_cap" in alone(1000)) for _ in range(3)] == [False, False, True]
    assert till.post(till.sale([line(world.shop.items[MILK])])).outcome == "booked"
    assert "over_cap" not in alone(1000)


@pytest.mark.parametrize("reopened", [True, False])
def test_a_sale_after_its_shift_was_closed_never_opens_it_again(world: World, reopened: bool) -> None:
    allow(world)
    till = world.till()
    closed = till.shift
    assert till.post(till.sale([line(world.shop.items[MILK])])).outcome == "booked"
    assert close(till).outcome == "booked"
    if reopened:
        assert till.open_shift().outcome == "booked"
    now_open, till.shift = till.shift, closed
    refused = till.post(till.sale([line(world.shop.items[MILK])]))
    assert (refused.outcome, refused.reason) == ("refused", "no_shift")
    grand = till.grand
    late = till.post(till.sale([line(world.shop.items[MILK])], flags=["offline"]))
    assert late.flags == ("offline", "late_shift")
    event = till.post(till.common("no_sale", reason="change", flags=["offline"]))
    assert event.flags == ("offline", "late_shift")
    assert till.grand > grand
    booked_in = world.one("select shift_id::text from pos.sale order by sold_at desc limit 1")
    opened = till.connection.execute("select api.hello('t', 1)->'till'->'open_shift'->>'id'").fetchone()
    assert opened == (booked_in,)
    assert (booked_in == now_open) == reopened
    assert world.one("select closed_at is not null from pos.shift where id = %s", closed)
    till.shift = booked_in
    assert close(till).outcome == "booked"
    assert_sound(world.owner)


def test_what_was_booked_once_is_booked_again_and_what_was_refused_stays_refused(world: World) -> None:
    till = world.till()
    world.owner.execute("delete from pos.session")
    long_ago = utc_text(datetime.now(UTC) - timedelta(days=30))
    assert close(till).outcome != "refused"
    opening = till.common("shift_open", drawer=1, float=0, business_date=long_ago[:10], at=long_ago)
    opening["shift"] = opening["id"]
    assert till.post({**opening, "id": (x := uuid7()), "shift": x}).reason == "business_date"
    opening |= {"no": till.no, "prev": till.head.hex()}
    assert till.post(opening, "refilled").flags == ("refilled",)
    till.shift = opening["id"]
    sold = [line(world.shop.items[LAST])]
    assert till.post(till.sale(sold), "refilled").flags == ("refilled",)
    before = world.one("select count(*) from pos.sale")
    again = till.post(till.sale(sold), "refused")
    assert (again.outcome, again.reason) == ("refused", "refused_before")
    assert world.one("select count(*) from pos.sale") == before
    assert_sound(world.owner)


def test_a_document_that_is_not_stored_is_kept_with_its_alarm(world: World) -> None:
    till = world.till()
    body, hash_ = till.freeze(till.sale([line(world.shop.items[MILK])], prev="00" * 32, flags=["offline"]))
    for _ in range(3):
        assert till.post_bytes(body, hash_, "offline").reason == "chain"
    kept = world.query("select kind, alarm, detail->>'body' from pos.flag where kind like 'rejected%%'")
    assert kept == [("rejected_chain", True, body.decode())]


def test_the_catalogue_comes_in_pages_without_cost_prices(world: World) -> None:
    connection = world.connect()
    world.owner.execute(
        "insert into pos.price (item_id, amount, valid_from) values (%s, 999, now() + interval '1 day')",
        [MILK],
    )
    rows, after = [], 0
    while page := read_page(connection, after, 2):
        rows += page
        after = page[-1][0]
    assert [row[0] for row in rows] == sorted(world.shop.items)
    assert {len(row) for row in rows} == {18}
    milk = next(row for row in rows if row[0] == MILK)
    assert [later[2] for later in milk[16]] == [999]
    assert [code for code, _ in milk[15]]
    assert read_page(connection, 0, 2, [MILK, BREAD]) == [r for r in rows if r[0] in (MILK, BREAD)]


def read_page(
    connection: Connection, after: int, limit: int, ids: list[int] | None = None
) -> list[list[object]]:
    row = connection.execute("select api.catalogue_page(%s, %s, %s)", [after, limit, ids]).fetchone()
    assert row is not None
    return row[0]  # type: ignore[no-any-return]


def test_changes_tell_tiles_from_items_and_from_too_many_items(world_of: Callable[..., World]) -> None:
    world = world_of()
    connection = world.connect()
    start = till_rows.changes_since(connection, 0).last
    world.owner.execute("update pos.item set name = 'Bread, new' where id = %s", [BREAD])
    assert till_rows.changes_since(connection, start) == till_rows.Changes(start + 1, (BREAD,), False, False)
    world.owner.execute("update pos.category set name = name || '!'")
    both = till_rows.changes_since(connection, start)
    assert (both.items, both.everything, both.whole) == ((BREAD,), True, False)
    world.owner.execute(
        "insert into pos.item (id, name, category_id, tax) select 5000 + i, 'x' || i, 1, 'Z'"
        " from generate_series(1, 501) i"
    )
    many = till_rows.changes_since(connection, start)
    assert (many.everything, many.whole) == (True, True)


def test_what_a_backup_forgot_is_made_again_from_the_sale(world: World) -> None:
    allow(world)
    till = world.till()
    new = line(world.shop.items[BREAD]) | {"item": 7777, "name": "Ginger\u0007 beer", "price_version": 4242}
    refused = till.post(till.sale([new]))
    assert (refused.outcome, refused.reason) == ("refused", "no_item")
    assert till.post(till.sale([new | {"item": 10**15}]), "refilled").reason == "no_item"
    booked = till.post(till.sale([new]), "refilled")
    assert set(booked.flags) == {"price", "refilled", "restored", "oversell"}
    assert world.query("select name, tax from pos.item where id = 7777") == [("Ginger  beer", "R")]
    fresh = world.one("insert into pos.item (name, category_id, tax) values ('Next', 1, 'Z') returning id")
    assert fresh == 7778
    assert till.post(till.sale([line(world.shop.items[MILK])])).outcome == "booked"
    assert close(till).outcome == "booked"
    opening = till.common("shift_open", drawer=1, float=0, cashier=4711)
    opening |= {"shift": opening["id"], "business_date": utc_text(datetime.now(UTC))[:10]}
    shift = till.post(opening, "refilled")
    assert set(shift.flags) == {"unknown_cashier", "refilled", "restored"}
    assert world.one("select active from pos.staff where number = 4711") is False
    assert_sound(world.owner)
