"""The law on the server: hours at commit, limits, lowest prices, deposits, cases, and who may serve."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from pos_desktop.database import catalogue
from pos_desktop.database import till as till_rows
from pos_desktop.database.till import Answer
from pos_desktop.domain.document import utc_text
from pos_desktop.domain.item_card import read_item
from pos_desktop.domain.sale_hours import Hours, shut_until
from pos_desktop.domain.shop_rules import ShopRules
from tests.database.conftest import World
from tests.database.invariants import assert_sound
from tests.database.shop import (
    CASHIER,
    MILK,
    SUPERVISOR,
    WINE,
    ShopItem,
    TillClient,
    card,
    cash,
    line,
    make_shop,
    uuid7,
)
from tests.shop_database import create_database, drop_database

BOTTLE, COLA, BEER, CASE, PILLS = 20, 21, 22, 23, 24
EVERY = "{1,2,3,4,5,6,7}"
SEEN = {
    "kind": "age",
    "min_age": 18,
    "result": "id_checked",
    "method": "seen",
    "at": "2026-11-22T10:00:00.000Z",
}


def add_law(owner: psycopg.Connection[Any], shop: Any) -> None:
    """Goods the law is about, and its rules but for the hours."""
    rows = [
        (BOTTLE, "Deposit bottle", "Z", 25, "returnable", True),
        (COLA, "Cola 1 l", "S", 149, "deposit_id", BOTTLE),
        (BEER, "Beer 0.5 l", "S", 150, "min_age", 18),
        (CASE, "Beer, case of 12", "S", 1500, "single_id", BEER),
        (PILLS, "Painkiller", "Z", 99, "stock_policy", "flag"),
    ]
    owner.execute("update pos.item set strength = 13, volume = 0.75 where id = %s", [WINE])
    for id_, name, tax, price, column, value in rows:
        more = ", pack_count" if column == "single_id" else ", strength, volume" if id_ == BEER else ""
        values = ", 12" if column == "single_id" else ", 5, 0.5" if id_ == BEER else ""
        owner.execute(
            f"insert into pos.item (id, name, category_id, tax, {column}{more})"
            f" values (%s, %s, 1, %s, %s{values})".encode(),
            [id_, name, tax, value],
        )
        version = owner.execute(
            "insert into pos.price (item_id, amount, valid_from)"
            " values (%s, %s, now() - interval '1 day') returning id",
            [id_, price],
        ).fetchone()[0]  # type: ignore[index]
        rate = {"S": 200000, "Z": 0}[tax]
        shop.items[id_] = ShopItem(
            id_, price, version, tax, rate, min_age=18 if id_ in (BEER, CASE) else None, code=f"A{id_}"
        )
        owner.execute("insert into pos.item_code values (%s, %s, 'own')", [f"A{id_}", id_])
    owner.execute(
        "with moved as (update pos.stock set on_hand = 1000 where store_id = 1 and item_id in (21, 22, 24)"
        " returning *) insert into pos.movement (store_id, item_id, at, delta, balance, reason, by)"
        " select store_id, item_id, now(), 1000, 1000, 'opening', 'test' from moved"
    )
    owner.execute("insert into pos.restriction (id, name, strength) values (1, 'Alcohol', 0.5)")
    owner.execute(
        "insert into pos.restriction (id, name, items, most) values (2, 'Painkillers', array[24], 2)"
    )


@pytest.fixture(scope="module")
def law_world(server: Any, template: str) -> Iterator[World]:
    """One shop for the module: each test takes a till of its own and leaves no hours behind."""
    database = create_database(server, template)
    opened: list[psycopg.Connection[Any]] = []
    owner = database.connect()
    shop = make_shop(owner, tills=12, stock=1000)
    database.logins.extend(shop.logins.values())
    add_law(owner, shop)
    yield World(database, owner, shop, opened)
    for connection in opened:
        connection.close()
    owner.close()
    drop_database(database)


@pytest.fixture
def law(law_world: World) -> Iterator[World]:
    yield law_world
    law_world.owner.execute("delete from pos.restriction_hours")
    law_world.owner.execute("delete from pos.lowest_price")
    law_world.owner.execute("update pos.staff set serves_from = null")


def shut_now(world: World, **also: object) -> None:
    """No alcohol from an hour ago until in an hour, by the shop's clock."""
    world.owner.execute(
        "insert into pos.restriction_hours (restriction_id, weekdays, since, until)"
        " select 1, %s, (c - interval '1 hour')::time(0), (c + interval '1 hour')::time(0)"
        " from (select now() at time zone 'Europe/London' as c) x",
        [EVERY],
    )


def sold(world: World, till: TillClient, item: int, qty: int = 1000, **changes: Any) -> Answer:
    """Post a sale of one line."""
    changes.setdefault("checks", [SEEN])
    extra = {"single": BEER, "pack": 12} if item == CASE else {}
    return till.post(till.sale([line(world.shop.items[item], qty, **extra)], **changes))


def asked(world: World, item: int, qty: int = 1000) -> dict[str, Any]:
    """A line as the till asks about it before pay."""
    its = world.shop.items[item]
    prices = {"price": its.price, "price_version": its.price_version, "amount": its.price * qty // 1000}
    return {"n": 1, "item": item, "qty": qty, "tax": its.tax, "rate": its.rate, **prices}


def on_hand(world: World, item: int) -> int:
    return int(world.one("select on_hand from pos.stock where item_id = %s and store_id = 1", item))


# -- hours ----------------------------------------------------------------------------------------


def test_hours_are_judged_at_commit_by_the_servers_clock(law: World) -> None:
    till = law.till(1)
    early = till.sale(
        [line(law.shop.items[WINE])], checks=[SEEN], at=utc_text(datetime.now(UTC) - timedelta(hours=3))
    )
    assert sold(law, till, WINE).outcome == "booked"
    shut_now(law)
    early |= till.common("sale", sale=uuid7()) | {"grand": till.grand + early["total"], "at": early["at"]}
    answer = till.post(early)
    assert (answer.outcome, answer.reason) == ("refused", "hours"), "a till's slow clock changes nothing"
    assert sold(law, till, MILK).outcome == "booked", "other goods are sold on"
    paid = sold(law, till, WINE, tenders=card(950))
    assert (paid.outcome, paid.flags) == ("flagged", ("hours",)), "a charged card is no goods back"
    assert_sound(law.owner)


def test_a_held_sale_does_not_slip_through(law: World) -> None:
    """Scanned before, held, recalled elsewhere after: the check before pay says so, and so does commit."""
    first, second = law.till(2), law.till(3)
    part = asked(law, WINE)
    basket = {"sale": uuid7(), "lines": [part]}
    assert till_rows.check_basket(first.connection, basket)["problems"] == []
    shut_now(law)
    told = till_rows.check_basket(second.connection, basket)["problems"]
    assert [(each["n"], each["code"]) for each in told] == [(1, "hours")]
    assert sold(law, second, WINE, sale=basket["sale"]).reason == "hours"


def test_a_sale_made_alone_is_judged_as_of_then(law: World) -> None:
    till = law.till(4)
    law.owner.execute("update pos.store set offline = true")
    shut_now(law)
    late = sold(law, till, WINE, flags=["offline"])
    assert late.outcome == "flagged"
    assert "hours" in late.flags
    before = utc_text(datetime.now(UTC) - timedelta(hours=2))
    assert "hours" not in sold(law, till, WINE, flags=["offline"], at=before).flags


def test_the_server_and_the_till_read_the_hours_alike(law: World) -> None:
    """Random rows of two stores and times around midnight, weekdays, holidays and lifted bans."""
    seeded = random.Random(2026)
    day = date(2026, 12, 24)

    def row() -> tuple[Any, ...]:
        dates = [day + timedelta(days=seeded.randrange(-1, 3))] if seeded.random() < 0.4 else []
        days = [] if dates else sorted(seeded.sample(range(1, 8), seeded.randrange(1, 5)))
        if dates and seeded.random() < 0.3:
            return days, dates, None, None
        return days, dates, time(seeded.randrange(24)), time(seeded.randrange(24))

    for _ in range(40):
        chain, own = [row() for _ in range(seeded.randrange(4))], [row() for _ in range(seeded.randrange(3))]
        law.owner.execute("delete from pos.restriction_hours")
        for store, each in [*((None, one) for one in chain), *((1, one) for one in own)]:
            law.owner.execute(
                "insert into pos.restriction_hours (restriction_id, store_id, weekdays, dates, since, until)"
                " values (1, %s, %s, %s, %s, %s)",
                [store, *each],
            )
        rows = [Hours(frozenset(w), frozenset(d), s, u) for w, d, s, u in own or chain]
        for _ in range(10):
            at = datetime.combine(day, time()) + timedelta(minutes=30 * seeded.randrange(-96, 96))
            assert law.one("select pos.shut(1, 1, %s::timestamp)", at) == (shut_until(rows, at) is not None)


def test_the_rules_reach_a_till_as_the_domain_reads_them(law: World) -> None:
    before = law.one("select last from pos.change_counter")
    law.owner.execute(
        "insert into pos.restriction_hours (restriction_id, weekdays, since, until)"
        " values (1, %s, '22:00', '08:00')",
        [EVERY],
    )
    law.owner.execute("insert into pos.lowest_price (valid_from, rate) values ('2024-09-30', 6500)")
    assert law.one("select bool_and(shop) from pos.change where n > %s", before), "tills hear of it"
    till = law.till(5, opened=False)
    rules = ShopRules.from_fields(catalogue.shop_rules(till.connection)).law
    found = {row["id"]: read_item(row) for row in catalogue.items_by_id(till.connection, [WINE, CASE, COLA])}
    wine, case, cola = found[WINE], found[CASE], found[COLA]
    shut = rules.shut(wine, datetime(2026, 11, 22, 23, tzinfo=UTC))
    assert shut is not None
    assert (shut.name, shut.until) == ("Alcohol", datetime(2026, 11, 23, 8))
    assert rules.lowest_price(wine, 1000, date(2026, 11, 22)) == 634
    assert (case.single, case.pack, case.min_age, case.volume, case.strength) == (BEER, 12, 18, 6000, 500)
    assert case.on_hand == on_hand(law, BEER) // 12 * 1000
    deposit = rules.deposit_of(cola)
    assert deposit is not None
    assert (deposit[0].price, deposit[0].returnable, deposit[1]) == (25, True, 1)


# -- limits, lowest prices, who serves ------------------------------------------------------------


def test_one_sale_holds_no_more_than_its_limit(law: World) -> None:
    till = law.till(6)
    assert sold(law, till, PILLS, 2000).outcome == "booked"
    assert sold(law, till, PILLS, 3000).reason == "limit"
    pills = law.shop.items[PILLS]
    two = till.post(till.sale([line(pills, 2000), line(pills, 1000, 2)]))
    assert two.reason == "limit", "lines count together"


def test_the_lowest_price_counts_what_is_left_after_everything(law: World) -> None:
    till = law.till(7)
    law.owner.execute("insert into pos.lowest_price (valid_from, rate) values ('2024-09-30', 9800)")
    assert sold(law, till, WINE).reason == "lowest_price", "0.75 l of 13 %: 9.555, so 9.56"
    law.owner.execute("update pos.lowest_price set rate = 9743")
    assert sold(law, till, WINE).outcome == "booked", "9.4995: 9.50 is enough"
    till.cashier = SUPERVISOR
    off = [{"kind": "line", "amount": 1, "reason": "Damaged"}]
    taxed = {"code": "S", "rate": 200000, "gross": 949, "tax": 158, "net": 791}
    lines = [line(law.shop.items[WINE], discounts=off, net=949)]
    sums = {"taxes": [taxed], "total": 949, "tenders": cash(949), "grand": till.grand + 949}
    assert till.post(till.sale(lines, checks=[SEEN], **sums)).reason == "lowest_price"


def test_a_cashier_under_age_sells_restricted_goods_only_with_an_approval(law: World) -> None:
    till = law.till(8)
    law.owner.execute("update pos.staff set serves_from = current_date + 30 where number = %s", [CASHIER])
    assert sold(law, till, WINE).reason == "under_age"
    assert sold(law, till, MILK).outcome == "booked"
    allowed = [
        {"what": "serve_under_age", "by": SUPERVISOR, "at": utc_text(datetime.now(UTC)), "was": 0, "now": 0}
    ]
    assert sold(law, till, WINE, approvals=allowed).outcome in ("booked", "flagged")
    forged = [{**allowed[0], "by": CASHIER}]
    assert sold(law, till, WINE, approvals=forged).reason in ("under_age", "no_permission")
    law.owner.execute("update pos.staff set serves_from = current_date where number = %s", [CASHIER])
    assert sold(law, till, WINE).outcome == "booked"


def test_the_server_and_the_till_judge_random_sales_alike(law: World) -> None:
    """Limits over several items and cases, and lowest prices of lines, at random quantities and nets."""
    seeded = random.Random(11)
    law.owner.execute("insert into pos.lowest_price (valid_from, rate) values ('2024-09-30', 6543)")
    law.owner.execute("update pos.restriction set most = 30, items = array[24, 22, 23] where id = 2")
    till = law.till(11, opened=False)
    rules = ShopRules.from_fields(catalogue.shop_rules(till.connection)).law
    cards = {
        row["id"]: read_item(row) for row in catalogue.items_by_id(till.connection, [WINE, BEER, CASE, PILLS])
    }
    today = law.one("select (now() at time zone 'Europe/London')::date")
    for _ in range(150):
        lines, expected, goods = [], set(), []
        for n in range(1, seeded.randrange(2, 6)):
            item = cards[seeded.choice(list(cards))]
            qty = seeded.randrange(1, 20) * 1000
            lowest = rules.lowest_price(item, qty, today)
            net = max(lowest + seeded.randrange(-2, 3), 0)
            extra = {"single": item.single, "pack": item.pack} if item.single else {}
            lines.append({"n": n, "item": item.id, "qty": qty, "amount": net, "flags": [], **extra})
            goods.append((item, qty))
            expected |= {(n, "lowest_price")} if net < lowest else set()
        over = rules.over(goods)
        if over is not None:
            expected |= {(n, "limit") for n, (item, _) in enumerate(goods, 1) if over.takes(item)}
        told = law.query(
            "select b.n, b.code from pos.store s, pos.law_breaches(%s, s, now()) b where s.number = 1",
            Jsonb(lines),
        )
        assert set(told) == expected, lines
    law.owner.execute("update pos.restriction set most = 2, items = array[24] where id = 2")


# -- deposits -------------------------------------------------------------------------------------


def test_a_deposit_is_married_to_its_goods(law: World) -> None:
    till = law.till(9)
    cola, bottle = law.shop.items[COLA], law.shop.items[BOTTLE]
    right = [line(cola, 3000), line(bottle, 3000, 2, deposit_for=1)]
    assert till.post(till.sale(right)).outcome == "booked"
    for wrong in (
        [line(cola, 3000)],
        [line(cola, 3000), line(bottle, 2000, 2, deposit_for=1)],
        [line(cola, 3000), line(bottle, 3000, 2)],
        [line(bottle)],
        [line(law.shop.items[MILK]), line(bottle, 1000, 2, deposit_for=1)],
        [*right, line(law.shop.items[MILK], -1000, 3, amount=-165, flags=["empties"])],
        [
            line(law.shop.items[MILK], 2000),
            line(law.shop.items[MILK], -1000, 2, amount=-165, flags=["empties"]),
        ],
    ):
        assert till.post(till.sale(wrong)).reason == "deposit", wrong
    empties = [
        line(cola),
        line(bottle, 1000, 2, deposit_for=1),
        line(bottle, -2000, 3, amount=-50, flags=["empties"]),
    ]
    answer = till.post(till.sale(empties))
    assert answer.outcome == "booked"
    assert law.query("select n, goods from pos.deposit_line order by document_id, n")[-2:] == [
        (2, 1),
        (3, None),
    ]
    assert_sound(law.owner)


# -- cases and singles ----------------------------------------------------------------------------


def test_a_case_is_taken_from_the_stock_of_its_singles(law: World) -> None:
    till = law.till(10)
    before = on_hand(law, BEER)
    assert sold(law, till, CASE, 2000).outcome == "booked"
    assert on_hand(law, BEER) == before - 24
    assert on_hand(law, CASE) == 0
    wrong = till.post(till.sale([line(law.shop.items[CASE])], checks=[SEEN]))
    assert wrong.reason == "pack"
    assert_sound(law.owner)


def test_the_price_of_a_case_is_a_promotion_of_its_singles(law: World) -> None:
    def live() -> list[tuple[Any, ...]]:
        return law.query(
            "select p.offer->'total', p.stores from pos.promotion p"
            " join pos.case_promotion c on c.promotion_id = p.id"
            " where p.ended_at is null order by 1"
        )

    assert live() == [(1500, [])]
    law.owner.execute("insert into pos.price (item_id, store_id, amount) values (%s, 2, 1400)", [CASE])
    assert live() == [(1400, [2]), (1500, [1])]
    law.owner.execute("insert into pos.price (item_id, store_id, amount) values (%s, 2, 1500)", [CASE])
    assert live() == [(1500, [])]
    law.owner.execute("update pos.item set blocked = true where id = %s", [BEER])
    assert live() == [], "a case is recalled with its singles"
    assert law.one("select blocked from pos.item where id = %s", CASE)
    law.owner.execute("update pos.item set blocked = false where id = %s", [BEER])
    assert live() == [(1500, [])]
