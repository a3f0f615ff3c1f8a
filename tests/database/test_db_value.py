"""Gift cards, credit, vouchers, accounts and payment codes: each spent once, whoever is first, and proven."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pos_desktop.database import tenders as calls
from tests.database.conftest import World
from tests.database.invariants import assert_sound
from tests.database.shop import BREAD, TillClient, line, uuid7

CODE = "GC7Q2MKP01XW8R"
GIFT = 900
MPESA = "QGH7X5K2PL"


@pytest.fixture
def valued(world_of: Callable[..., World]) -> Callable[..., World]:
    """A shop that takes every kind, with an item that loads gift cards."""

    def make(**options: Any) -> World:
        world = world_of(**options)
        world.owner.execute("update pos.tender_kind set taken = true")
        world.owner.execute("insert into pos.tax (code, name) values ('GC', 'Gift cards')")
        world.owner.execute("insert into pos.tax_rate values ('GC', '2000-01-01', 0)")
        world.owner.execute(
            "insert into pos.item (id, name, category_id, tax, open_price, holds)"
            " values (%s, 'Gift card', 1, 'GC', true, 'gift_card')",
            [GIFT],
        )
        return world

    return make


def gift_line(account: int, amount: int, **changes: Any) -> dict[str, Any]:
    """A line that puts ``amount`` on a card."""
    return {
        "n": 1, "item": GIFT, "code": CODE, "name": "Gift card", "unit": "each", "qty": 1000, "price": amount,
        "price_version": 0, "amount": amount, "tax": "GC", "flags": ["typed_price"], "account": account,
        **changes,
    }  # fmt: skip


def gift_sale(till: TillClient, account: int, amount: int, **changes: Any) -> dict[str, Any]:
    """The sale of a gift card for cash."""
    taxes = [{"code": "GC", "rate": 0, "net": amount, "tax": 0, "gross": amount}]
    paid = [{"n": 1, "kind": "cash", "amount": amount}]
    lines = [gift_line(account, amount)]
    return till.common(
        "sale", sale=uuid7(), tax_mode="included", currency="GBP", lines=lines, taxes=taxes, tenders=paid,
        total=amount, checks=[], approvals=[], **{"grand": till.grand + amount, **changes},
    )  # fmt: skip


def sell_gift_card(till: TillClient, amount: int, code: str = CODE) -> int:
    """A gift card, sold for cash; its number."""
    made = calls.account_new(till.connection, "gift_card", code)
    account = int(made["account"])
    assert till.post(gift_sale(till, account, amount)).outcome == "booked"
    return account


def bread(world: World, till: TillClient, *tenders: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A loaf for 2.49, paid with these tenders."""
    numbered = [{"n": n, **tender} for n, tender in enumerate(tenders, 1)]
    return till.sale([line(world.shop.items[BREAD])], tenders=numbered, **changes)


def gift(account: int, amount: int = 249) -> dict[str, Any]:
    return {"kind": "gift_card", "amount": amount, "account": account, "ref": "XW8R"}


CASH = {"kind": "cash", "amount": 100}
CARD = {"kind": "card", "amount": 100, "ref": "0042"}


def balance(world: World, account: int) -> int:
    return int(world.one("select balance from pos.account where id = %s", account))


def test_a_gift_card_sold_at_one_till_is_spent_at_another_and_topped_up(
    valued: Callable[..., World],
) -> None:
    world = valued()
    first, second = world.till(1), world.till(2)
    account = sell_gift_card(first, 1000)
    sale = bread(world, second, gift(account))
    held = calls.hold_tender(second.connection, sale["sale"], {"code": CODE, "amount": 249})
    assert (held["ok"], held["amount"], held["account"], held["shown"]) == (1, 249, account, "XW8R")
    assert second.post(sale).outcome == "booked"
    found = calls.account_find(first.connection, CODE)
    assert found is not None
    assert (found["balance"], found["available"]) == (751, 751)
    again = calls.account_new(first.connection, "gift_card", CODE)
    assert (again["ok"], again["account"], again["balance"]) == (1, account, 751)
    assert first.post(gift_sale(first, account, 500)).outcome == "booked"
    entries = world.query("select source, amount, balance from pos.account_entry order by id")
    assert entries == [("line", 1000, 1000), ("tender", -249, 751), ("line", 500, 1251)]
    kinds = first.connection.execute("select api.shift_report(%s)", [second.shift]).fetchone()
    assert kinds == (None,), "another till's shift"
    report = second.connection.execute("select api.shift_report(%s)", [second.shift]).fetchone()
    assert report is not None
    assert report[0]["tenders"] == [{"kind": "gift_card", "count": 1, "amount": 249}]
    assert_sound(world.owner)


def test_part_of_it_pays_part_of_a_sale_and_never_more_than_is_there(valued: Callable[..., World]) -> None:
    world = valued()
    till = world.till()
    account = sell_gift_card(till, 100)
    sale_id = uuid7()
    held = calls.hold_tender(till.connection, sale_id, {"code": CODE, "amount": 249})
    assert held["amount"] == 100, "it pays what it holds"
    short = till.post(bread(world, till, gift(account)))
    assert (short.outcome, short.reason) == ("refused", "account_short")
    paid = bread(world, till, gift(account, 100), {"kind": "cash", "amount": 149}, sale=sale_id)
    assert till.post(paid).outcome == "booked"
    assert balance(world, account) == 0
    assert (
        calls.hold_tender(till.connection, uuid7(), {"code": CODE, "amount": 1})["reason"] == "account_short"
    )
    assert_sound(world.owner)
