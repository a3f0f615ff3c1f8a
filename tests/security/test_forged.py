"""What a stolen till's login forges: refused, flagged where goods may be gone, or not stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pos_desktop.database import till as till_rows
from tests.database.conftest import World
from tests.database.invariants import assert_sound
from tests.database.shop import (
    MILK,
    SUPERVISOR,
    WINE,
    TillClient,
    line,
    uuid7,
)

Forge = Callable[[TillClient, World], dict[str, Any]]


def sold(till: TillClient, world: World, item: int = WINE, **fields: Any) -> dict[str, Any]:
    """One item, its age checked."""
    checks = [{"kind": "age", "min_age": 18, "result": "id_checked"}]
    return till.sale([line(world.shop.items[item], **fields)], checks=checks)


def of_lines(till: TillClient, lines: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    checks = [{"kind": "age", "min_age": 18, "result": "id_checked"}]
    return till.sale(lines, checks=checks, **fields)


def cheaper(till: TillClient, world: World) -> dict[str, Any]:
    return sold(till, world, price=1, amount=1)


def cheaper_line(till: TillClient, world: World) -> dict[str, Any]:
    return sold(till, world, amount=1)


def price_of_milk(till: TillClient, world: World) -> dict[str, Any]:
    milk = world.shop.items[MILK]
    return sold(till, world, price=milk.price, amount=milk.price, price_version=milk.price_version)


def typed_by_a_cashier(till: TillClient, world: World) -> dict[str, Any]:
    return sold(till, world, price=1, amount=1, price_version=0, flags=["typed_price"])


def approved_by_nobody_here(till: TillClient, world: World) -> dict[str, Any]:
    world.owner.execute("delete from pos.session where staff = %s", [SUPERVISOR])
    fields = {"price": 1, "amount": 1, "price_version": 0, "flags": ["typed_price"]}
    approvals = [{"what": "price_override", "by": SUPERVISOR, "id": uuid7()}]
    return of_lines(till, [line(world.shop.items[WINE], **fields)], approvals=approvals)


def label_of_its_own(till: TillClient, world: World) -> dict[str, Any]:
    return sold(till, world, amount=1, code="2000000000015", flags=["label_price"])


def negative(till: TillClient, world: World) -> dict[str, Any]:
    return sold(till, world, qty=-1000, amount=-950)


def no_tax(till: TillClient, world: World) -> dict[str, Any]:
    return sold(till, world, tax="Z")


def low_rate(till: TillClient, world: World) -> dict[str, Any]:
    fields = sold(till, world)
    fields["taxes"] = [{"code": "S", "rate": 0, "net": 950, "tax": 0, "gross": 950}]
    return fields


def total_off(till: TillClient, world: World) -> dict[str, Any]:
    return {**sold(till, world), "total": 1, "grand": till.grand + 1}


def tender_off(till: TillClient, world: World) -> dict[str, Any]:
    return {**sold(till, world), "tenders": [{"n": 1, "kind": "cash", "amount": 1}]}


def money_back(till: TillClient, world: World) -> dict[str, Any]:
    tenders = [
        {"n": 1, "kind": "card", "amount": 5000},
        {"n": 2, "kind": "cash", "amount": -4050, "change": 1},
    ]
    return {**sold(till, world), "tenders": tenders}


def grand_off(till: TillClient, world: World) -> dict[str, Any]:
    return {**sold(till, world), "grand": 0}


def no_age(till: TillClient, world: World) -> dict[str, Any]:
    return till.sale([line(world.shop.items[WINE])])


def stranger(till: TillClient, world: World) -> dict[str, Any]:
    return {**sold(till, world, MILK), "cashier": 4711}


def refund(till: TillClient, world: World) -> dict[str, Any]:
    return {**sold(till, world, MILK), "kind": "refund"}


def brought_back(till: TillClient, world: World, **of: Any) -> dict[str, Any]:
    milk = line(world.shop.items[MILK])
    back = {"to": "stock", "reason": "x", **of}
    turned = {"qty": -milk["qty"], "amount": -milk["amount"], "flags": ["back"], "back": back}
    return {**till.sale([{**milk, **turned}]), "kind": "refund"}


def never_sold(till: TillClient, world: World) -> dict[str, Any]:
    return brought_back(till, world, document=uuid7(), line=1, receipt="S1-T1-1-000002")


def without_receipt(till: TillClient, world: World) -> dict[str, Any]:
    return brought_back(till, world)


FORGED: dict[Forge, str] = {
    cheaper: "price", cheaper_line: "amounts", price_of_milk: "price", typed_by_a_cashier: "no_permission",
    approved_by_nobody_here: "no_permission", label_of_its_own: "price", negative: "lines",
    no_tax: "tax_moved", low_rate: "tax_moved", total_off: "total", tender_off: "tenders",
    money_back: "tenders", grand_off: "grand", no_age: "age_unchecked", stranger: "unknown_cashier",
    refund: "lines", never_sold: "not_sold", without_receipt: "no_permission",
}  # fmt: skip


def test_a_forged_sale_has_no_effect(world: World) -> None:
    till = world.till()
    for forge, reason in FORGED.items():
        answer = till.post(forge(till, world))
        assert (answer.outcome, answer.reason) == ("refused", reason), forge.__name__
        assert world.one("select kind from pos.flag order by id desc limit 1") == f"refused_{reason}"
    assert world.one("select count(*) from pos.sale") == 0
    assert_sound(world.owner)


GOODS_GONE: dict[Forge, str] = {
    approved_by_nobody_here: "no_permission", no_age: "age_unchecked", stranger: "unknown_cashier",
    typed_by_a_cashier: "no_permission", price_of_milk: "price", label_of_its_own: "price",
}  # fmt: skip


def test_where_goods_may_have_left_it_is_flagged_at_once(world: World) -> None:
    """A thief may say that the sale was made while the server was away; the manager is told what is wrong."""
    till = world.till()
    for way in ("offline", "refilled", "stands"):
        for forge, flag in GOODS_GONE.items():
            answer = till.post({**forge(till, world), "flags": [way]})
            assert answer.outcome == "flagged", (forge.__name__, way)
            assert flag in answer.flags, (forge.__name__, way)
            newest = "select flags from pos.document order by no desc limit 1"
            assert flag in world.one(newest)
    assert world.one("select count(*) from pos.sale") == 3 * len(GOODS_GONE)
    assert_sound(world.owner)


def another_till(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "till": 2}


def another_store(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "store": 2}


def a_number_left_out(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "no": fields["no"] + 1}


def a_number_again(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "no": 1}


def another_past(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "prev": "00" * 32}


def another_epoch(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "epoch": 2}


CHAINS = {
    another_till: "other_till", another_store: "other_till", a_number_left_out: "number",
    a_number_again: "number", another_past: "chain", another_epoch: "epoch",
}  # fmt: skip


def test_a_forged_chain_is_not_stored_and_raises_an_alarm(world: World) -> None:
    till = world.till()
    before = world.query("select epoch, next_no, head from pos.till order by id")
    for forge, reason in CHAINS.items():
        answer = till.post(forge(till.common("no_sale", reason="x")))
        assert (answer.outcome, answer.reason) == ("rejected", reason), forge.__name__
        last = world.query("select kind, alarm from pos.flag order by id desc limit 1")
        assert last == [(f"rejected_{reason}", True)]
    assert world.query("select epoch, next_no, head from pos.till order by id") == before
    assert_sound(world.owner)


def test_a_forged_shift_end_and_a_second_shift_are_refused(world: World) -> None:
    till = world.till()
    till.post(till.sale([line(world.shop.items[MILK])]))
    figures = till_rows.call(till.connection, "select api.shift_report(%s)", till.shift)
    right = {"z": 1, "counted": figures["expected_cash"], "blind": 0, "counts": [], "figures": figures,
             "expected": figures["expected_cash"], "over_short": 0}  # fmt: skip
    for forged in (
        {"figures": {**figures, "sales_total": 0}},
        {"expected": 0, "over_short": figures["expected_cash"]},
        {"z": 2},
        {"over_short": 5},
    ):
        assert till.post(till.common("shift_close", **{**right, **forged})).outcome == "refused", forged
    assert world.one("select count(*) from pos.shift where closed_at is not null") == 0
    assert till.open_shift().reason == "shift_is_open"
