"""A till's calls one by one: hello and epochs, look-ups, the basket check, held sales, reprints, changes."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from pos_desktop.database import shifts
from pos_desktop.database import till as till_rows
from pos_desktop.domain.document import canonical, chain_hash, genesis
from pos_desktop.domain.scale_label import read_label, with_check_digit
from tests.database.conftest import World
from tests.database.invariants import assert_sound
from tests.database.racing import at_once
from tests.database.shop import (
    BANANAS,
    BREAD,
    CASHIER,
    MILK,
    OPEN_GROCERY,
    RECALLED,
    STRANGER,
    SUPERVISOR,
    WINE,
    TillClient,
    card,
    line,
    uuid7,
)

# -- hello ----------------------------------------------------------------------------------------


def test_hello_says_who_the_till_is_and_where_its_chain_stands(world: World) -> None:
    world.owner.execute(
        "insert into pos.reason values ('no_sale', 'change', 'Change', 1), ('void', 'left', 'Left', 1)"
    )
    world.owner.execute(
        "insert into pos.tile (page, label, item_id) values ('Fresh', 'Bananas', %s)", [BANANAS]
    )
    till = world.till()
    till.post(till.sale([line(world.shop.items[MILK])]))
    hello = till_rows.hello(till.connection, "1.2.3", 1)
    place = hello["till"]
    assert (place["epoch"], place["next_no"], place["head"], place["grand"]) == (1, 3, till.head.hex(), 165)
    assert place["open_shift"]["id"] == till.shift
    assert place["open_shift"]["float"] == 10000
    assert hello["store"]["tax_mode"] == "included"
    assert hello["reasons"]["no_sale"] == [{"code": "change", "text": "Change"}]
    assert [(t["page"], t["label"], t["item"]["id"]) for t in hello["tiles"]] == [
        ("Fresh", "Bananas", BANANAS)
    ]
    assert {c["name"]: c["open_item"] for c in hello["categories"]} == {"Grocery": OPEN_GROCERY, "Liquor": 0}
    assert hello["schema"] == world.one("select max(number) from pos_meta.schema_migration")
    assert world.one("select program_version from pos.till where number = 1") == "1.2.3"


def test_a_new_journal_begins_a_new_epoch_and_the_manager_is_told(world: World) -> None:
    till = world.till(opened=False)
    assert till_rows.hello(till.connection, "1", 0)["till"]["epoch"] == 1, "nothing was ever posted"
    till.open_shift()
    for _ in range(3):
        place = till_rows.hello(till.connection, "1", 0)["till"]
        assert (place["epoch"], place["next_no"]) == (1, 2), "nobody allowed a new series"
    told = world.query("select alarm from pos.flag where kind = 'epoch_not_allowed'")
    assert told == [(True,)], "once, however often it asks"
    world.owner.execute("update pos.till set fresh = true where number = 1")
    place = till_rows.hello(till.connection, "1", 0)["till"]
    assert not world.one("select fresh from pos.till where number = 1"), "allowed once"
    assert (place["epoch"], place["next_no"], place["grand"], place["z_next"]) == (2, 1, 0, 1)
    assert place["head"] == genesis(1, 1, 2).hex()
    old = till.post(till.sale([line(world.shop.items[MILK])]))
    assert (old.outcome, old.reason) == ("rejected", "epoch")
    again = till_rows.post_document(till.connection, *till.last)
    assert again.replayed, "what was booked before is still answered"
    till.epoch, till.no, till.head = 2, 1, genesis(1, 1, 2)
    assert till.post(till.sale([line(world.shop.items[MILK])])).outcome == "booked"
    assert world.query("select kind from pos.flag where kind = 'new_epoch'") == [("new_epoch",)]
    assert_sound(world.owner)


# -- documents that are refused or rejected -------------------------------------------------------

NO_DOCUMENTS = ["", "x", "[]", "null", "{}", "1e5", '{"id":5}', '{"id":"no uuid"}', "[" * 20000 + "]" * 20000]


@pytest.mark.parametrize("body", NO_DOCUMENTS, ids=lambda b: b[:20] or "empty")
def test_what_is_no_document_is_rejected_and_never_raises(world: World, body: str) -> None:
    till = world.till()
    answer = till.post_bytes(body.encode(), bytes(32))
    assert (answer.outcome, answer.reason, answer.no) == ("rejected", "malformed", 2)
    assert world.one("select count(*) from pos.document") == 1


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("total", 1e400, "malformed"),
        ("total", "165", "malformed"),
        ("total", 1.5, "malformed"),
        ("total", True, "malformed"),
        ("total", None, "malformed"),
        ("lines", 5, "malformed"),
        ("lines", [], "lines"),
        ("lines", [{"n": 1}], "lines"),
        ("taxes", {}, "malformed"),
        ("tenders", [], "tenders"),
        ("sale", "x", "malformed"),
        ("at", "yesterday", "malformed"),
        ("at", "2026-11-22T10:00:00.000+01:00", "malformed"),
        ("cashier", 10**12, "malformed"),
        ("cashier", 4711, "unknown_cashier"),
        ("kind", "SALE'; --", "unknown_kind"),
        ("currency", "EUR", "shop"),
        ("grand", 2**62, "grand"),
        ("flags", "offline", "malformed"),
        ("extra", 0.5, "malformed"),
    ],
)
def test_chained_nonsense_is_stored_and_refused(world: World, field: str, value: Any, reason: str) -> None:
    till = world.till()
    fields = {**till.sale([line(world.shop.items[MILK])]), field: value}
    body = (
        json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        .replace("Infinity", "1e400")
        .encode()
    )
    answer = till.post_bytes(body, chain_hash(till.head, body))
    assert (answer.outcome, answer.reason, answer.no) == ("refused", reason, 2)
    assert till.post(till.sale([line(world.shop.items[MILK])])).outcome == "booked"
    assert world.one("select count(*) from pos.sale") == 1


def test_a_basket_with_numbers_beyond_sense_is_refused(world: World) -> None:
    till = world.till()
    for changes in (
        {"qty": 2**62},
        {"price": 2**62},
        {"amount": 2**62},
        {"qty": 0},
        {"qty": -1000},
        {"n": 2},
    ):
        fields = till.sale([line(world.shop.items[MILK])])
        answer = till.post({**fields, "lines": [line(world.shop.items[MILK], **changes)]})
        assert (answer.outcome, answer.reason) == ("refused", "lines"), changes
    assert_sound(world.owner)


def test_a_department_is_never_short_of_stock(world: World) -> None:
    """Its open item stands for goods nobody counted: sold and moved, but nothing to tell the manager."""
    till, item = world.till(), world.shop.items[OPEN_GROCERY]
    typed = line(item, price=250, amount=250, flags=["typed_price"])
    answer = till.post(till.sale([typed]))
    assert (answer.outcome, answer.flags) == ("booked", ())
    assert world.one(f"select balance from pos.movement where item_id = {OPEN_GROCERY}") == -1
    assert_sound(world.owner)


def test_after_a_card_was_charged_breaches_are_booked_and_flagged(world: World) -> None:
    till = world.till()
    for item, flag in ((WINE, "age_unchecked"), (RECALLED, "blocked")):
        sold = [line(world.shop.items[item])]
        refused = till.post(till.sale(sold))
        assert (refused.outcome, refused.reason) == ("refused", flag)
        booked = till.post(till.sale(sold, tenders=card(sold[0]["amount"])))
        assert (booked.outcome, booked.flags) == ("flagged", (flag,))
        offline = till.post(till.sale(sold, flags=["offline"]))
        assert (offline.outcome, offline.flags) == ("flagged", (flag, "offline", "offline_not_allowed"))
    assert_sound(world.owner)


def test_a_label_carries_its_own_amount_only_under_a_shops_own_code(world: World) -> None:
    till, item = world.till(), world.shop.items[BANANAS]
    world.owner.execute("insert into pos.code_pattern (pattern, name) values ('02IIIIICPPPPC', 'scale')")
    labelled = {"amount": 333, "flags": ["label_price"]}
    right = with_check_digit(f"02040110{333:04}")
    assert till.post(till.sale([line(item, **labelled, code=right)])).outcome == "booked"
    refused = till.post(till.sale([line(item, **labelled, code="4011")]))
    assert (refused.outcome, refused.reason) == ("refused", "amounts")
    for sold, code, amount in (
        (item, right, 332),
        (item, with_check_digit("220401100333"), 333),
        (item, with_check_digit("020401200333"), 333),
        (world.shop.items[WINE], right, 333),
        (world.shop.items[WINE], "2000000000001", 1),
    ):
        fields = {"amount": amount, "flags": ["label_price"], "code": code}
        refused = till.post(till.sale([line(sold, **fields)]))
        assert (refused.outcome, refused.reason) == ("refused", "price"), (code, amount)


def test_every_label_the_till_reads_is_one_for_the_server(world: World) -> None:
    """Both readers of scale labels agree, on patterns and labels of every shape."""
    rng = random.Random(7)
    patterns = ["02IIIIICPPPPC", "21IIIIIPPPPPC", "2IIIIIPPPPPC", "28XXIIIIPPPPC", "29IIIIPPC"]
    for pattern in patterns:
        world.owner.execute("insert into pos.code_pattern (pattern, name) values (%s, 'x')", [pattern])
    fits = "select pos.label_fits(%s, %s, %s, (select id from pos.store where number = 1))"
    read = 0
    for _ in range(300):
        pattern = rng.choice(patterns)
        digits = "".join(rng.choice("0123456789") if sign in "IPXC" else sign for sign in pattern[:-1])
        label = read_label(with_check_digit(digits), patterns)
        if label is None or label.price is None or not label.codes:
            continue
        read += 1
        for code in label.codes:
            world.owner.execute("delete from pos.item_code where item_id = %s", [BANANAS])
            kind = "gtin" if len(code) == 14 else "plu"
            world.owner.execute("insert into pos.item_code values (%s, %s, %s)", [code, BANANAS, kind])
            assert world.one(fits, with_check_digit(digits), BANANAS, label.price), (pattern, digits, code)
            assert not world.one(fits, with_check_digit(digits), BANANAS, label.price + 1)
            assert not world.one(fits, with_check_digit(digits), WINE, label.price)
    assert read > 50


def test_tax_follows_the_date_and_a_moved_rate_sends_the_basket_back(world: World) -> None:
    till, item = world.till(), world.shop.items[BREAD]
    world.owner.execute("insert into pos.tax_rate values ('R', current_date + 2, 100000)")
    assert till.post(till.sale([line(item)])).outcome == "booked", "tomorrow's rate is not today's"
    world.owner.execute("insert into pos.tax_rate values ('R', current_date - 1, 80000)")
    refused = till.post(till.sale([line(item)]))
    assert (refused.outcome, refused.reason) == ("refused", "tax_moved")
    body = {
        "sale": uuid7(),
        "lines": [{"n": 1, "item": BREAD, "qty": 1000, "price": 249, "tax": "R", "rate": 50000}],
    }
    body["lines"][0]["price_version"] = item.price_version  # type: ignore[index]
    problems = till_rows.check_basket(till.connection, body)["problems"]
    assert problems == [{"n": 1, "item": BREAD, "code": "tax_moved", "tax": "R", "rate": 80000}]


def test_a_moved_price_is_told_before_pay_and_flagged_after(world: World) -> None:
    till, item = world.till(), world.shop.items[MILK]
    new = world.one("insert into pos.price (item_id, amount) values (%s, 175) returning id", MILK)
    body = {
        "sale": uuid7(),
        "lines": [{"n": 1, "item": MILK, "qty": 1000, "price": 165, "tax": "Z", "rate": 0}],
    }
    body["lines"][0]["price_version"] = item.price_version  # type: ignore[index]
    problems = till_rows.check_basket(till.connection, body)["problems"]
    assert problems == [{"n": 1, "item": MILK, "code": "price_moved", "price": 175, "price_version": new}]
    answer = till.post(till.sale([line(item)]))
    assert (answer.outcome, answer.flags) == ("flagged", ("old_price",))
    wrong = till.post(till.sale([line(item, price=1, amount=1)]))
    assert (wrong.outcome, wrong.reason) == ("refused", "price")


# -- shifts ---------------------------------------------------------------------------------------


def test_a_z_that_moved_meanwhile_is_refused_and_a_shift_closes_once(world: World) -> None:
    till = world.till()
    figures = shifts.shift_report(till.connection, till.shift)
    assert figures is not None
    till.post(till.sale([line(world.shop.items[MILK])]))

    def close(said: dict[str, Any]) -> till_rows.Answer:
        cash = said["expected_cash"]
        z = till.common(
            "shift_close", z=1, counted=cash, counts=[], blind=0, expected=cash, over_short=0, figures=said
        )
        return till.post(z)

    moved = close(figures)
    assert (moved.outcome, moved.reason) == ("refused", "figures_moved")
    now = shifts.shift_report(till.connection, till.shift)
    assert now is not None
    assert close(now).outcome == "booked"
    late = till.post(till.sale([line(world.shop.items[MILK])]))
    assert (late.outcome, late.reason) == ("refused", "no_shift")
    assert shifts.shift_report(till.connection, till.shift) == now
    assert shifts.shift_report(world.connect(2), till.shift) is None
    assert_sound(world.owner)


def test_one_shift_a_drawer(world: World) -> None:
    till = world.till()
    again = till.open_shift()
    assert (again.outcome, again.reason) == ("refused", "shift_is_open")
    world.owner.execute("update pos.till set drawer_id = (select drawer_id from pos.till where number = 1)")
    other = TillClient(world.shop, world.connect(2), 2)
    fields = other.common("shift_open", drawer=1, float=0)
    fields |= {"shift": fields["id"], "business_date": world.one("select business_date::text from pos.shift")}
    shared = other.post(fields)
    assert (shared.outcome, shared.reason) == ("refused", "shift_is_open")


# -- look-ups -------------------------------------------------------------------------------------


# -- changes --------------------------------------------------------------------------------------


# -- held sales and reprints ----------------------------------------------------------------------


def test_a_held_sale_goes_to_the_first_till_that_asks(world: World) -> None:
    lanes = [world.connect(1), world.connect(2), world.connect(1), world.connect(2)]
    sale = uuid7()
    till_rows.hold_sale(lanes[0], sale, {"lines": [1, "é"]}, "red hat")
    held = till_rows.held_sales(lanes[1])
    assert [(h["sale"], h["label"], h["till"]) for h in held] == [(sale, "red hat", 1)]
    got = at_once([lambda c=c: till_rows.recall_sale(c, sale) for c in lanes])
    assert [g for g in got if g is not None] == [{"lines": [1, "é"]}]
    assert till_rows.held_sales(lanes[0]) == []


def test_a_till_reprints_its_own_documents_byte_for_byte(world: World) -> None:
    till = world.till()
    till.post(till.sale([line(world.shop.items[MILK], name="Crème fraîche €")]))
    body, hash_ = till.last
    stored = till_rows.document(till.connection, 2)
    assert stored is not None
    assert (stored.body, stored.head, stored.kind) == (body, hash_.hex(), "sale")
    assert [d.no for d in till_rows.documents(till.connection, 10)] == [2, 1]
    assert till_rows.document(world.connect(2), 2) is None
    assert canonical(json.loads(stored.body)) == body


def test_both_ways_of_tax_book_the_same_basket_differently(world_of: Callable[..., World]) -> None:
    world = world_of(tax_mode="added")
    till = world.till()
    assert till.post(till.sale([line(world.shop.items[BREAD], 3000)])).outcome == "booked"
    assert world.query("select net, tax, total from pos.sale") == [(747, 37, 784)]


def test_a_void_is_flagged_unless_somebody_who_may_allowed_it(world: World) -> None:
    """The approval counts only by someone of this store who has the right, and only for what it names."""
    till = world.till()
    outcomes = []
    for approvals in (
        [],
        [{"what": "void_sale", "by": CASHIER}],
        [{"what": "void_sale", "by": STRANGER}],
        [{"what": "price_override", "by": SUPERVISOR}],
        [{"what": "void_sale", "by": SUPERVISOR}],
    ):
        fields = {"sale": uuid7(), "lines": [], "reason": "left", "total": 0}
        answer = till.post(till.common("void", **fields, approvals=approvals))
        outcomes.append((answer.outcome, answer.flags))
    assert outcomes == [("flagged", ("no_permission",))] * 4 + [("booked", ())]
    assert_sound(world.owner)
