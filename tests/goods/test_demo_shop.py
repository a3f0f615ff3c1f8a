"""The demo shop: believable, complete, and the same however often it is loaded."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from time import monotonic

from biip.checksums import gs1_price_weight_check_digit

from pos_desktop import paths
from pos_desktop.database.staff import sign_in
from pos_desktop.domain.barcode import CodeKind, parse_code
from pos_desktop.domain.scale_label import with_check_digit
from pos_desktop.services.demo_shop import demo_items, load_demo_shop
from pos_desktop.services.pin import pin_secret
from tests.shop_database import ShopDatabase

PEPPER = b"a pepper of the tests"


def test_the_goods_are_many_and_different() -> None:
    items = demo_items()
    assert len(items) >= 2000
    assert len({item.category for item in items}) >= 15
    assert len({item.name for item in items}) == len(items)
    assert {item.tax for item in items} == {"S", "R", "Z", "H", "E"}
    goods = [item for item in items if not item.name.startswith("Deposit, ")]  # a deposit is given back whole
    assert len(items) - len(goods) == 2
    assert all(item.price > 0 and item.cost is not None and item.cost * 100 < item.price for item in goods)
    assert all(item.supplier for item in goods)
    assert [item.name for item in goods if not item.stock] == [
        "Ginger beer, crate of 12"
    ]  # its bottles are counted
    assert all(item.price % 5 == 0 or item.category == "Fruit" or item.name in ODD_PRICES for item in items)


ODD_PRICES = ("Stamps second class, 8", "Bananas, loose")


def test_codes_are_valid_of_every_kind_and_nobody_elses() -> None:
    codes = [code for item in demo_items() for code in item.codes]
    assert len(set(codes)) == len(codes)
    kinds: Counter[str] = Counter()
    for code in codes:
        parsed = parse_code(code)
        assert parsed.code == code
        if parsed.kind is CodeKind.GTIN:
            kinds[_form(code)] += 1
    assert set(kinds) == {"ean13", "ean8", "upca", "upce", "case"}
    assert min(kinds.values()) >= 20
    assert sum(len(item.codes) > 1 for item in demo_items()) >= 100


def _form(code: str) -> str:
    if code.startswith("1952"):
        return "case"
    if code.startswith("000000952"):
        return "ean8"
    if code.startswith("0952"):
        return "ean13"
    return "upca" if code.startswith("004") else "upce"


def test_produce_is_sold_by_its_standard_number() -> None:
    by_plu = {item.plu: item for item in demo_items() if item.plu}
    assert by_plu["4011"].name == "Bananas, loose"
    assert by_plu["4011"].unit == "kg"
    assert len(by_plu) >= 100
    assert all(re.fullmatch(r"[34]\d{3}|94\d{3}", plu) for plu in by_plu)
    assert all(item.category in ("Fruit", "Vegetables") for item in by_plu.values())


def test_labels_of_the_shop_s_scales_find_their_items() -> None:
    shop = tomllib.loads((paths.resources_dir() / "demo" / "shop.toml").read_text(encoding="utf-8"))
    patterns = [one["pattern"] for one in shop["pattern"]]
    by_code = {code: item for item in demo_items() for code in (*item.codes, item.plu) if code}
    weighed = parse_code(with_check_digit("210401100842"), patterns)
    assert (by_code[weighed.code].name, weighed.qty) == ("Bananas, loose", 842)
    priced = parse_code(with_check_digit(f"0260101{gs1_price_weight_check_digit('0329')}0329"), patterns)
    assert (by_code[priced.code].name, priced.price) == ("Counter Cheddar", 329)


def test_what_needs_an_age_has_one() -> None:
    for item in demo_items():
        alcohol = item.category in ("Wine", "Spirits") or (
            item.category == "Beer & cider" and "alcohol-free" not in item.name
        )
        if alcohol:
            assert item.min_age == 18
            assert item.strength
            assert item.volume
        if "energy drink" in item.name:
            assert item.min_age == 16
        if item.name.startswith(("Lottery", "Scratch")):
            assert item.min_age == 18


def test_icons_are_bundled() -> None:
    shop = tomllib.loads((paths.resources_dir() / "demo" / "shop.toml").read_text(encoding="utf-8"))
    icons = {category["icon"] for category in shop["category"]}
    icons |= {tile["icon"] for page in shop["page"] for tile in page["tiles"] if "icon" in tile}
    assert not [icon for icon in icons if not (paths.resources_dir() / "icons" / f"{icon}.svg").is_file()]
    assert len(shop["page"][0]["tiles"]) == 16


def test_loading_twice_changes_nothing(database: ShopDatabase) -> None:
    started = monotonic()
    first = load_demo_shop(database.owner_dsn, PEPPER)
    seconds = monotonic() - started
    before = _counts(database)
    again = load_demo_shop(database.owner_dsn, PEPPER)
    assert (first.fresh, again.fresh) == (True, False)
    assert _counts(database) == before
    assert first.items == again.items == len(demo_items())
    assert before["store"] == 2
    assert before["till"] == 4
    assert before["staff"] == 6
    assert before["case_promotion"] >= 50
    assert before["tile"] >= 80
    assert seconds < 60
    wrong = database.query(
        "select count(*) from pos.stock k where on_hand <> coalesce((select sum(delta) from pos.movement m"
        " where m.store_id = k.store_id and m.item_id = k.item_id), 0)"
    )
    assert wrong == [(0,)]


def test_loading_again_after_the_files_changed_keeps_items_and_stock(database: ShopDatabase) -> None:
    load_demo_shop(database.owner_dsn, PEPPER)
    before = _counts(database)
    with database.connect() as owner:
        owner.execute("update pos.setting set value = 'older files' where name = 'demo_shop'")
    assert load_demo_shop(database.owner_dsn, PEPPER).fresh
    assert _counts(database) == before


def test_tills_find_items_and_people(database: ShopDatabase) -> None:
    shop = load_demo_shop(database.owner_dsn, PEPPER)
    till = shop.tills[0]
    with database.connect(till.login, till.password) as connection:
        row = connection.execute("select api.find_item('4011')").fetchone()
        assert row is not None
        assert row[0]["name"] == "Bananas, loose"
        assert (row[0]["price"], row[0]["unit"], row[0]["icon"]) == (112, "kg", "apple")
        for person in shop.staff:
            salt = connection.execute(
                "select salt from api.staff where number = %s", [person.number]
            ).fetchone()
            if 1 in person.stores:
                assert salt is not None
                secret = pin_secret(person.pin, bytes.fromhex(salt[0]), PEPPER)
                assert sign_in(connection, person.number, secret).name == person.name
            else:
                assert salt is None
        hello = connection.execute("select api.hello('test', 0)").fetchone()
    assert hello is not None
    top = [tile for tile in hello[0]["tiles"] if tile["page"] == "Top"]
    assert [tile["label"] for tile in top][:4] == ["Bananas", "Apples Gala", "Lemons", "Grapes red"]
    assert all(tile["icon"] and tile["colour"] for tile in top)
    closed = [row["name"] for row in hello[0]["categories"] if not row["open_item"]]
    assert closed == ["Gift cards"], "nothing is sold at a typed price that loads a gift card"
    assert len(hello[0]["reasons"]["no_sale"]) >= 4


def _counts(database: ShopDatabase) -> dict[str, int]:
    tables = [
        "store",
        "till",
        "staff",
        "tax",
        "tax_rate",
        "category",
        "supplier",
        "item",
        "item_code",
        "price",
        "stock",
        "movement",
        "tile",
        "case_promotion",
        "reason",
        "code_pattern",
    ]
    return {table: database.query(f"select count(*) from pos.{table}")[0][0] for table in tables}
