"""What is taken off a sale, judged by the server: promotions, discounts, coupons; one coupon, one winner."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from pos_desktop.database import catalogue
from pos_desktop.database import till as till_rows
from pos_desktop.domain.basket import Basket
from pos_desktop.domain.basket_parts import Coupon, Reduction
from pos_desktop.domain.discounts import reduced, with_coupon
from pos_desktop.domain.document import utc_text
from pos_desktop.domain.promotion import (
    CheapestOf,
    Each,
    Off,
    Offer,
    Part,
    Percent,
    Price,
    PriceList,
    Select,
    SetFor,
    Spend,
)
from pos_desktop.domain.promotion_record import offer_fields
from pos_desktop.domain.sale_document import line_fields
from pos_desktop.domain.shop_rules import ShopRules
from pos_desktop.services.hello import read_item
from tests.database.conftest import World
from tests.database.invariants import assert_sound
from tests.database.racing import at_once, beside, wait_until_blocked, without
from tests.database.shop import BREAD, MILK, SUPERVISOR, WINE, TillClient, card, line, uuid7

MILK_CODE, WINE_CODE, BREAD_CODE = "05010012345678", "05000328044842", "04006381333931"
OLD_ENOUGH = [{"kind": "age", "min_age": 18, "result": "clearly_over", "at": "2026-11-22T10:00:00.000Z"}]
HALF = Percent(500_000)
MILK_AND_BREAD = Select(items=frozenset({MILK, BREAD}))


def offered(world: World, offer: Offer, **fields: Any) -> int:
    """A promotion of the shop; ``fields`` are columns of its row."""
    named = {"name": "Offer", "offer": Jsonb(offer_fields(offer)), **fields}
    columns, places = ", ".join(named), ", ".join(["%s"] * len(named))
    query = f"insert into pos.promotion ({columns}) values ({places}) returning id"
    return int(world.one(query, *named.values()))


def basket_at(connection: psycopg.Connection[Any], at: datetime | None = None) -> Basket:
    """An empty basket with the rules the till is told."""
    rules = ShopRules.from_fields(catalogue.shop_rules(connection))
    return Basket(uuid7()).begun(at or datetime.now(UTC), rules)


def sold(connection: psycopg.Connection[Any], basket: Basket, *codes: str) -> Basket:
    """The basket with goods scanned into it, as the till knows them."""
    for code in codes:
        card_ = catalogue.find_item(connection, code)
        assert card_ is not None
        basket = basket.add(replace(read_item(card_), min_age=None))
    return basket


def sale_of(till: TillClient, basket: Basket, **changes: Any) -> dict[str, Any]:
    """The sale of a basket."""
    lines = [line_fields(one, n) for n, one in enumerate(basket.lines, 1)]
    assert basket.began is not None
    more: dict[str, Any] = {"began": utc_text(basket.began), "checks": OLD_ENOUGH}
    if basket.customer:
        more["customer"] = basket.customer
    if basket.coupons:
        more["coupons"] = [{"code": c.code, "promotion": c.promotion} for c in basket.coupons]
    return till.sale(lines, **{**more, **changes})


OFFERS: tuple[tuple[Offer, dict[str, Any]], ...] = (
    (Each(Select(groups=frozenset({"c2"})), Percent(123_456)), {}),
    (Each(Select(items=frozenset({MILK})), Off(30)), {"most": 2}),
    (Each(Select(items=frozenset({BREAD})), Price(199)), {"stores": "{}"}),
    (Each(Select(), PriceList({MILK: 149, WINE: 900})), {}),
    (CheapestOf(MILK_AND_BREAD, 3, 1), {}),
    (CheapestOf(Select(items=frozenset({BREAD})), 2, 1, HALF), {"stackable": True}),
    (SetFor((Part(MILK_AND_BREAD, 3),), 400), {}),
    (SetFor((Part(Select(items=frozenset({WINE})), 1), Part(MILK_AND_BREAD, 1, HALF))), {}),
    (Spend(Select(), 1500, Off(250)), {}),
    (Spend(Select(but=frozenset({WINE})), 700, Percent(100_000)), {"stackable": True}),
)


def test_whatever_the_till_finds_the_server_books(world: World) -> None:
    for offer, fields in OFFERS:
        offered(world, offer, **fields)
    till, dice, given = world.till(), random.Random(7), 0
    for _ in range(25):
        codes = dice.choices((MILK_CODE, WINE_CODE, BREAD_CODE), k=dice.randrange(1, 9))
        basket = sold(till.connection, basket_at(till.connection), *codes)
        answer = till.post(sale_of(till, basket))
        assert (answer.outcome, answer.reason, answer.flags) == ("booked", None, ()), basket.lines
        given += sum(one.off for one in basket.lines)
    assert given > 0
    assert world.one("select sum(given) from pos.sale_line") == given
    figures = world.one("select pos.shift_figures(h, t) from pos.shift h join pos.till t on t.id = h.till_id")
    assert figures["promotions"] == given
    assert "discounts" not in figures
    assert_sound(world.owner)


def test_a_promotion_gives_no_more_than_it_can_and_only_while_it_is_live(world: World) -> None:
    half = offered(world, Each(Select(items=frozenset({MILK})), HALF))
    past = offered(world, Each(Select(items=frozenset({MILK})), HALF), ends="2020-01-01")
    other = offered(world, Each(Select(), HALF), stores=[world.shop.stores[2]])
    till, milk = world.till(), world.shop.items[MILK]

    def post(promotion: int, amount: int, item: int = MILK, **changes: Any) -> str | None:
        given = [{"promotion": promotion, "name": "Offer", "amount": amount, "pieces": 1}]
        goods = world.shop.items[item]
        part = line(goods, given=given, net=goods.price - amount)
        return till.post(till.sale([part], checks=OLD_ENOUGH, **changes)).reason

    assert post(half, 83) is None
    assert post(half, 84) == "promotion", "half of 1.65 is 0.83"
    assert post(half, 400, WINE) == "promotion", "it is not for wine"
    assert post(past, 83) == "promotion"
    assert post(past, 83, began="2019-12-31T12:00:00.000Z") == "promotion", "a basket is not years old"
    assert post(other, 83) == "promotion", "it is for another store"
    assert post(9_999_999, 83) == "promotion"
    begun = utc_text(datetime.now(UTC))
    world.owner.execute("update pos.promotion set ended_at = clock_timestamp() where id = %s", [half])
    assert post(half, 83) == "promotion"
    assert post(half, 83, began=begun) is None, "it had begun before the offer was ended"
    given = [{"promotion": half, "name": "Offer", "amount": 100, "pieces": 1}]
    charged = till.sale([line(milk, given=given, net=65)], tenders=card(65))
    assert till.post(charged).flags == ("promotion",), "the card was charged"
    assert_sound(world.owner)


def _given(amount: Any, **more: Any) -> list[dict[str, Any]]:
    return [{"promotion": 1, "name": "x", "amount": amount, "pieces": 1, **more}]


MISFITS: tuple[dict[str, Any], ...] = (
    {"net": 100},
    {"given": _given(65), "net": 101},
    {"given": _given(65)},
    {"given": _given(-65), "net": 230},
    {"given": _given("65"), "net": 100},
    {"given": _given(65, pieces=-1), "net": 100},
    {"given": 5, "net": 100},
    {"discounts": [{"kind": "other", "amount": 65, "reason": "x"}], "net": 100},
    {"discounts": [{"kind": "line", "amount": 65}], "net": 100},
    {"discounts": [{"kind": "line", "amount": 200, "reason": "x"}], "net": -35},
)


def test_sums_that_do_not_fit_are_refused_always(world: World) -> None:
    till = world.till()
    for changes in MISFITS:
        part = line(world.shop.items[MILK], **changes)
        answer = till.post(till.sale([part], flags=["stands"]))
        assert (answer.outcome, answer.reason) == ("refused", "given"), changes
    assert_sound(world.owner)


def test_a_special_price_is_a_version_of_its_own(world: World) -> None:
    level = "insert into pos.special_price (item_id, amount, level) values (%s, %s, 'staff') returning id"
    staff = int(world.one(level, MILK, 150))
    late = "insert into pos.special_price (item_id, amount, least) values (%s, 140, 3000) returning id"
    three = int(world.one(late, MILK))
    till = world.till()
    basket = sold(till.connection, basket_at(till.connection), MILK_CODE, MILK_CODE)
    assert [(x.price, x.amount) for x in basket.lines] == [(165, 330)]
    more = sold(till.connection, basket, MILK_CODE)
    assert [(x.price, x.price_version, x.amount) for x in more.lines] == [(140, three, 420)]
    assert [(x.price, x.amount) for x in more.change_qty(1, 2000).lines] == [(165, 330)]
    named = basket.stepped(replace(basket, customer=colleague(world), levels=("staff",)))
    assert [(x.price, x.price_version) for x in named.lines] == [(150, staff)]
    for one in (basket, more, named):
        assert till.post(sale_of(till, replace(one, sale_id=uuid7()))).outcome == "booked"
    wrong = line(world.shop.items[MILK], price=151, amount=151, price_version=staff)
    assert till.post(till.sale([wrong])).reason == "price"
    assert_sound(world.owner)


def colleague(world: World) -> int:
    """A customer of the level staff."""
    world.owner.execute("insert into pos.customer_group values ('staff', 'Staff')")
    number = int(world.one("insert into pos.customer (name) values ('Ann') returning number"))
    world.owner.execute("insert into pos.customer_in_group values (%s, 'staff')", [number])
    return number


def special(world: World, **fields: Any) -> int:
    """A special price of 1.40 for milk; ``fields`` are columns of its row."""
    columns, places = ", ".join(["item_id", "amount", *fields]), ", ".join(["%s"] * (len(fields) + 2))
    query = f"insert into pos.special_price ({columns}) values ({places}) returning id"
    return int(world.one(query, MILK, 140, *fields.values()))


def claimed(till: TillClient, version: int, pieces: int = 1, **fields: Any) -> Any:
    """The answer to a sale of milk at that special price."""
    milk = till.shop.items[MILK]
    part = line(milk, pieces * 1000, price=140, price_version=version, amount=140 * pieces)
    return till.post(till.sale([part], **fields))


def test_a_special_price_is_for_its_own_customers_and_quantity(world: World) -> None:
    staff, three, till = special(world, level="staff"), special(world, least=3000), world.till()
    ann = colleague(world)
    other = int(world.one("insert into pos.customer (name) values ('Bob') returning number"))
    assert claimed(till, staff, customer=ann).outcome == "booked"
    assert claimed(till, staff).reason == "special_price"
    assert claimed(till, staff, customer=other).reason == "special_price"
    gone = claimed(till, staff, customer=other, tenders=card(140))
    assert (gone.outcome, gone.flags) == ("flagged", ("special_price",)), "a card was charged"
    offer = offered(world, Each(Select(items=frozenset({MILK})), Off(30)), levels=["staff"])
    given = [{"promotion": offer, "name": "Offer", "amount": 30, "pieces": 1}]
    cut = line(till.shop.items[MILK], given=given, net=135)
    assert till.post(till.sale([cut])).reason == "promotion", "a member's offer, and nobody is named"
    assert till.post(till.sale([cut], customer=other)).reason == "promotion"
    assert till.post(till.sale([cut], customer=ann)).outcome == "booked"
    assert claimed(till, three, 3).outcome == "booked"
    assert claimed(till, three, 2).reason == "special_price"
    milk = till.shop.items[MILK]
    parts = [line(milk, 1000 * n, n, price=140, price_version=three, amount=140 * n) for n in (1, 2)]
    assert till.post(till.sale(parts)).outcome == "booked", "lines of one item count together"
    assert_sound(world.owner)


def test_a_special_price_holds_from_the_first_scan_or_at_the_end(world: World) -> None:
    now = world.one("select now() at time zone 'Europe/London'")
    before, soon = now - timedelta(hours=2), now - timedelta(hours=1)
    hour = special(world, since=before.time(), until=soon.time())
    day = special(world, starts=now.date() - timedelta(days=9), ends=now.date() - timedelta(days=3))
    ended = special(world, ended_at=datetime.now(UTC) - timedelta(hours=1))
    till = world.till()

    def begun(minutes: int) -> dict[str, str]:
        return {"began": utc_text(datetime.now(UTC) - timedelta(minutes=minutes))}

    for version in (hour, day, ended):
        assert claimed(till, version).reason == "special_price"
        assert claimed(till, version, **begun(30)).reason == "special_price"
    assert claimed(till, hour, **begun(90)).outcome == "booked", "the basket was begun in its hour"
    assert claimed(till, hour, **begun(59)).reason == "special_price"
    assert claimed(till, ended, **begun(90)).outcome == "booked"
    assert claimed(till, day, **begun(60 * 24 * 5)).reason == "special_price", "no basket is that old"
    made_alone = claimed(till, hour, flags=["offline"])
    assert "special_price" in made_alone.flags


# -- discounts ------------------------------------------------------------------------------------


def test_a_discount_is_within_the_role_or_approved_once_for_its_line(world: World) -> None:
    till = world.till()
    empty = basket_at(till.connection)
    basket = sold(till.connection, empty, MILK_CODE, BREAD_CODE)

    def post(one: Basket, **changes: Any) -> str | None:
        return till.post(sale_of(till, one, sale=uuid7(), **changes)).reason

    assert post(reduced(basket, Reduction(1, "Dented", ppm=100_000))) is None
    half = reduced(basket, Reduction(2, "Last day", ppm=300_000))
    assert post(half) == "no_discount", "a cashier gives ten per cent"
    was, now = 249, 249 - 75
    entry = {
        "what": "discount",
        "by": SUPERVISOR,
        "line": 2,
        "was": was,
        "now": now,
        "at": utc_text(empty_at(empty)),
    }
    unheard = {**entry, "id": uuid7()}
    assert post(half, approvals=[unheard]) == "no_discount", "nobody entered a PIN"
    assert post(half, approvals=[{**entry, "line": 1}]) == "no_discount", "it was for another line"
    assert post(half, approvals=[entry]) is None
    grown = reduced(basket.change_qty(2, 4000), Reduction(2, "Last day", ppm=300_000))
    assert post(grown, approvals=[entry]) is None, "the same share of more"
    whole = reduced(basket, Reduction(0, "Regular customer", amount=41))
    assert post(whole) is None
    assert post(reduced(basket, Reduction(0, "Regular customer", amount=42))) == "no_discount"
    odd = sale_of(till, reduced(basket, Reduction(1, "Dented", ppm=100_000)))
    odd["lines"][0]["discounts"][0]["ppm"] = 90_000
    assert till.post(odd).reason == "discount_sum"
    assert world.one("select sum(discount) from pos.sale_line") == 17 + 75 + 299 + 41
    assert_sound(world.owner)


def empty_at(basket: Basket) -> datetime:
    """When a basket began."""
    assert basket.began is not None
    return basket.began


# -- coupons --------------------------------------------------------------------------------------


def couponed(world: World) -> int:
    """A promotion by coupon with one coupon of each kind: ONCE-1 and ALWAYS."""
    promotion = offered(world, Spend(Select(), 100, Off(100)), coupon=True)
    world.owner.execute(
        "insert into pos.coupon (code, promotion_id, single) values ('ONCE-1', %(p)s, true),"
        " ('ONCE-2', %(p)s, true), ('ALWAYS', %(p)s, false)",
        {"p": promotion},
    )
    return promotion


def couponed_sale(till: TillClient, promotion: int, *codes: str) -> dict[str, Any]:
    """A pint of milk, a pound off."""
    basket = sold(till.connection, basket_at(till.connection), MILK_CODE)
    for code in codes:
        basket = with_coupon(basket, Coupon(code, promotion, "A pound off"))
    assert basket.lines[0].net == 65
    return sale_of(till, basket)


def test_a_single_coupon_counts_once_and_any_only_for_its_promotion(world: World) -> None:
    promotion, till = couponed(world), world.till()
    assert till.post(couponed_sale(till, promotion, "ONCE-1")).outcome == "booked"
    assert till.post(couponed_sale(till, promotion, "ONCE-1")).reason == "coupon_used"
    for _ in range(2):
        assert till.post(couponed_sale(till, promotion, "ALWAYS")).outcome == "booked"
    assert till.post(couponed_sale(till, promotion, "NEVER")).reason == "coupon"
    without_it = couponed_sale(till, promotion, "ALWAYS")
    del without_it["coupons"]
    assert till.post(without_it).reason == "promotion"
    for code, said in (("ONCE-2", []), ("ONCE-1", ["coupon_used"]), ("NEVER", ["coupon"])):
        asked = couponed_sale(till, promotion, code)
        milk = world.shop.items[MILK]
        lines = [{**asked["lines"][0], "rate": milk.rate}]
        body = {"sale": asked["sale"], "lines": lines, "coupons": asked["coupons"]}
        answer = till_rows.check_basket(till.connection, {**body, "promotions": [promotion]})
        assert [problem["code"] for problem in answer["problems"]] == said
    alone = {**couponed_sale(till, promotion, "ONCE-1"), "flags": ["stands"]}
    assert till.post(alone).flags == ("coupon_used",), "it was accepted at the till: booked, and told"
    assert world.one("select count(*) from pos.coupon_use") == 4
    assert_sound(world.owner)


TILLS = 20
LOCK_OF_COUPONS = "PERFORM FROM coupon k WHERE k.code = ANY (v_codes) ORDER BY k.code FOR UPDATE;"


def test_twenty_tills_take_one_coupon_and_one_wins(world_of: Callable[..., World]) -> None:
    world = world_of(tills=TILLS)
    promotion = couponed(world)
    tills = [world.till(n) for n in range(1, TILLS + 1)]
    sales = [couponed_sale(till, promotion, "ONCE-1") for till in tills]

    def pay(till: TillClient, sale: dict[str, Any]) -> str | None:
        body, hash_ = till.freeze(sale)
        while True:  # as a till does: trouble that passes, the same document again
            try:
                return till.post_bytes(body, hash_).reason
            except psycopg.errors.SerializationFailure:
                continue

    results = at_once([lambda t=t, s=s: pay(t, s) for t, s in zip(tills, sales, strict=True)])
    assert sorted(map(str, results)) == ["None", *["coupon_used"] * (TILLS - 1)]
    assert_sound(world.owner)


def test_without_the_coupons_lock_two_tills_use_one(world: World) -> None:
    without(world.owner, "book_coupons", LOCK_OF_COUPONS)
    assert race(world) == ["booked", "booked"], "the race is gone without its lock"


def test_with_the_coupons_lock_the_second_waits_and_is_refused(world: World) -> None:
    assert race(world) == ["booked", "SerializationFailure"]


def race(world: World) -> list[str]:
    """Two tills use one coupon; the second comes while the first has not committed."""
    promotion = couponed(world)
    first, second = world.till(1), world.till(2)
    sales = [couponed_sale(till, promotion, "ONCE-1") for till in (first, second)]
    first.connection.execute("begin")
    outcomes = [first.post(sales[0]).outcome]
    answer, pool = beside(lambda: second.post(sales[1]))
    with pool:
        wait_until_blocked(world.owner, second.connection.info.backend_pid)
        first.connection.execute("commit")
        try:
            outcomes.append(answer.result(timedelta(seconds=10).total_seconds()).outcome)
        except psycopg.Error as trouble:
            outcomes.append(type(trouble).__name__)
    return outcomes
