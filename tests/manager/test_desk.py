"""A manager's desk on a real server, signed in with a login of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from pos_desktop.database import catalogue
from pos_desktop.services.manager import (
    FIELDS,
    SORTS,
    Conflict,
    Edit,
    Edited,
    ManagerDesk,
    ManagerRefused,
    Product,
    ProductFilter,
    Value,
    margin,
)
from tests.database.shop import BREAD, MILK, PASSWORD, WINE, Shop
from tests.shop_database import ShopDatabase

ALL = ProductFilter(1)


def product(desk: ManagerDesk, item: int) -> Product:
    return next(each for each in desk.page(ALL).rows if each.id == item)


def test_only_granted_stores_are_shown(one_store: ManagerDesk) -> None:
    assert [(store.number, store.name) for store in one_store.stores()] == [(1, "Corner shop")]


def test_pages_follow_by_key_and_hold_every_item_once(desk: ManagerDesk) -> None:
    for sort in (*SORTS, *(f"-{name}" for name in SORTS), "category,-price", "-low,supplier,-name"):
        whole = [each.id for each in desk.page(ALL, sort).rows]
        seen, page = [], desk.page(ALL, sort, limit=2)
        seen += [each.id for each in page.rows]
        while page.more:
            page = desk.page(ALL, sort, page.rows[-1].key, limit=2)
            seen += [each.id for each in page.rows]
        assert seen == whole
        assert len(set(seen)) == len(seen) == desk.count(ALL)[0]


def test_words_in_any_order_without_accents(desk: ManagerDesk) -> None:
    found = desk.page(replace(ALL, words="rhone COTES")).rows
    assert [each.id for each in found] == [WINE]
    assert [each.id for each in desk.page(replace(ALL, words="5010012345678")).rows] == [MILK]
    assert desk.count(replace(ALL, words="mlik")) == (0, False)
    assert [each.id for each in desk.page(replace(ALL, category="Liquor")).rows] == [WINE]


def test_the_page_before_is_read_backwards_from_a_rows_key(desk: ManagerDesk) -> None:
    for sort, turned in (("name", "-name"), ("category,-price", "-category,price")):
        whole = desk.page(ALL, sort).rows
        before = desk.page(ALL, turned, whole[4].key, limit=3).rows
        assert [each.id for each in before] == [each.id for each in whole[3:0:-1]]


def test_several_sorts_count_one_after_the_other(desk: ManagerDesk) -> None:
    rows = desk.page(ALL, "category,-price").rows
    assert [(each.category, -each.price) for each in rows] == sorted(
        (each.category, -each.price) for each in rows
    )


def edit(desk: ManagerDesk, seen: Product, **values: Value) -> Edited | Conflict | ManagerRefused:
    return desk.edit(1, [Edit(seen.id, seen.row_version, values)])[0]


def test_a_price_saved_is_what_the_till_reads_next(
    desk: ManagerDesk, database: ShopDatabase, shop: Shop
) -> None:
    saved = edit(desk, product(desk, MILK), price=189)
    assert isinstance(saved, Edited)
    assert (saved.was, saved.product.price) == ({"price": 165}, 189)
    with database.connect(shop.logins[1], PASSWORD) as till:
        assert catalogue.find_item(till, "05010012345678")["price"] == 189
    assert isinstance(edit(desk, saved.product, **saved.was), Edited)
    assert product(desk, MILK).price == 165
    prices = database.query("select amount from pos.price where item_id = %s order by id", MILK)
    assert [row[0] for row in prices] == [165, 189, 165]


def test_every_field_is_edited_undone_and_audited(desk: ManagerDesk, database: ShopDatabase) -> None:
    before = product(desk, BREAD)
    values: dict[str, Value] = {
        "name": "Rye loaf",
        "category": "Liquor",
        "tax": "S",
        "price": 259,
        "low": 12_000,
        "min_age": 18,
        "blocked": 1,
    }
    saved = edit(desk, before, **values)
    assert isinstance(saved, Edited)
    assert {field: saved.product.value(field) for field in values} == values
    assert saved.product.who == "Cleo"
    rows = database.query("select what, detail from pos.audit where subject = %s order by id", str(BREAD))
    assert [what for what, _ in rows] == ["price_set", "item_edited"]
    assert rows[0][1] == {"was": 249, "now": 259}
    assert rows[1][1]["was"]["name"] == "Rye bread"
    undone = edit(desk, saved.product, **saved.was)
    assert isinstance(undone, Edited)
    assert [undone.product.value(field) for field in FIELDS] == [before.value(field) for field in FIELDS]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", -1),
        ("price", 100_000_000),
        ("price", "189"),
        ("price", None),
        ("name", "  "),
        ("name", "two\nlines"),
        ("category", "Nowhere"),
        ("supplier", "Nobody"),
        ("tax", "Q"),
        ("min_age", 0),
        ("low", -1),
        ("blocked", 2),
        ("cost", 1),
    ],
)
def test_a_value_no_item_can_have_is_refused_with_its_field(
    desk: ManagerDesk, field: str, value: Value
) -> None:
    before = product(desk, MILK)
    assert edit(desk, before, **{field: value}) == ManagerRefused("field", MILK, field)
    assert product(desk, MILK) == before


def test_an_older_edit_and_an_older_undo_overwrite_nobody(desk: ManagerDesk, colleague: ManagerDesk) -> None:
    read = product(desk, BREAD)
    first = edit(colleague, read, price=259)
    second = edit(desk, read, price=239)
    assert isinstance(second, Conflict)
    assert (second.product.price, second.product.who) == (259, "Cleo")
    assert isinstance(edit(desk, second.product, price=239), Edited)
    assert isinstance(first, Edited)
    assert isinstance(edit(colleague, first.product, **first.was), Conflict)
    assert product(desk, BREAD).price == 239


def test_one_stores_manager_changes_nothing_of_the_others(
    desk: ManagerDesk, one_store: ManagerDesk, database: ShopDatabase
) -> None:
    before = product(one_store, MILK)
    for values in ({"name": "Mine"}, {"blocked": 1}, {"tax": "S", "price": 1}):
        assert edit(one_store, before, **values) == ManagerRefused("every_store", MILK)
    assert product(desk, MILK) == before
    saved = edit(one_store, before, price=190, low=5000)
    assert isinstance(saved, Edited)
    other = next(each for each in desk.page(ProductFilter(2)).rows if each.id == MILK)
    assert (saved.product.price, other.price, other.low) == (190, 165, None)


def test_of_many_edits_each_has_its_own_answer(desk: ManagerDesk, one_store: ManagerDesk) -> None:
    milk, bread, wine = (product(desk, item) for item in (MILK, BREAD, WINE))
    edit(desk, bread, price=300)
    answers = desk.edit(
        1,
        [
            Edit(wine.id, wine.row_version, {"price": 999}),
            Edit(bread.id, bread.row_version, {"price": 1}),
            Edit(4711, 1, {"price": 1}),
            Edit(milk.id, milk.row_version, {"price": 170}),
        ],
    )
    assert [type(answer) for answer in answers] == [Edited, Conflict, ManagerRefused, Edited]
    assert [product(desk, item).price for item in (MILK, BREAD, WINE)] == [170, 300, 999]
    assert one_store.edit(2, [Edit(milk.id, 1, {"price": 1})]) == [ManagerRefused("store_not_granted", MILK)]


def test_an_edit_that_changes_nothing_writes_nothing(desk: ManagerDesk, database: ShopDatabase) -> None:
    before = product(desk, MILK)
    assert edit(desk, before, price=165, name="Whole milk 2 l") == Edited(replace(before, key=()), {})
    written = "select count(*) from pos.audit where subject = %s and what in ('price_set', 'item_edited')"
    assert database.query(written, str(MILK)) == [(0,)]


def test_chosen_columns_are_remembered_for_the_person(desk: ManagerDesk, colleague: ManagerDesk) -> None:
    assert desk.layout("products") == {}
    desk.save_layout("products", {"order": ["price", "name"]})
    desk.save_layout("products", {"order": ["name", "price"]})
    assert desk.layout("products") == {"order": ["name", "price"]}
    assert colleague.layout("products") == desk.layout("journal") == {}


def test_what_items_can_be_given_is_read_from_the_shop(desk: ManagerDesk) -> None:
    choices = desk.choices(1)
    assert "Liquor" in choices.categories
    assert {(tax.code, tax.rate) for tax in choices.taxes} == {("S", 200000), ("R", 50000), ("Z", 0)}


def test_stock_is_adjusted_by_a_difference_with_its_reason(
    desk: ManagerDesk, one_store: ManagerDesk, database: ShopDatabase
) -> None:
    assert desk.adjust_stock(1, MILK, -3000, "damaged", "dropped crate") == 97000
    moved = database.query(
        "select delta, balance, reason, note from pos.movement where item_id = %s order by id desc limit 1",
        MILK,
    )
    assert [tuple(map(str, moved[0]))] == [("-3.000", "97.000", "damaged", "dropped crate")]
    assert desk.adjust_stock(1, MILK, 0, "damaged") == ManagerRefused("no_difference")
    assert one_store.adjust_stock(2, MILK, 1000, "damaged") == ManagerRefused("store_not_granted")


def test_a_day_without_sales_is_empty(desk: ManagerDesk) -> None:
    day = desk.day(1, datetime.now(ZoneInfo("Europe/London")).date())
    assert (day.sales, day.total, day.average, day.hours) == (0, 0, 0, ())


def test_margin_takes_the_tax_out_first(desk: ManagerDesk) -> None:
    wine = product(desk, WINE)  # 9.50 with 20 % in it: 7.9167 net, cost 0.50
    assert margin(wine, "included", 2) == 937
    assert margin(wine, "added", 2) == 947
    assert margin(replace(wine, cost=None), "included", 2) is None
