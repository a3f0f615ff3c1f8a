"""The server and its Python twin answer alike, on right documents and on every way of being wrong we know."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.database.conftest import World
from tests.database.invariants import assert_sound
from tests.database.shop import (
    BANANAS,
    BREAD,
    CASHIER,
    LAST,
    MANAGER,
    MILK,
    OPEN_GROCERY,
    RECALLED,
    STRANGER,
    SUPERVISOR,
    WINE,
    ShopItem,
    TillClient,
    card,
    cash,
    line,
    uuid7,
)
from tests.database.twin import TwinItem, TwinTill
from tests.database.twin_value import TwinAccount, ValueTwin

Json = dict[str, Any]
DOCUMENTS = 400
GIFT = 900
ACCOUNTS = {11: ("gift_card", 3000), 12: ("gift_card", 200), 13: ("store_credit", 800)}
ACCOUNTS |= {n: ("voucher", 500) for n in range(14, 20)}
STANDS = [""] * 9 + ["offline", "offline", "refilled", "refused"]
CAP_SALE, CAP_SALES = 9_000, 2


def twin_of(world: World, today: str) -> TwinTill:
    """A twin that knows what the shop of :func:`make_shop` holds."""
    items = {
        i.id: TwinItem(
            tax=i.tax,
            prices={i.price_version: i.price} if i.price_version else {},
            on_hand=0 if i.id == OPEN_GROCERY else 100_000,
            min_age=i.min_age,
            open_price=i.id == OPEN_GROCERY,
            blocked=i.id == RECALLED,
        )
        for i in world.shop.items.values()
    }
    cashier = {"sell", "sell_unknown", "no_sale", "x_report", "open_shift", "close_shift"}
    cashier |= {"refund", "discount", "pay_out", "drop"}
    supervisor = cashier | {"void_sale", "price_override", "difference_over"}
    low, high = {"pay_out": 5000, "difference": 500}, {"pay_out": 50_000, "difference": 5000}
    items[GIFT] = TwinItem(tax="Z", prices={}, open_price=True)
    rights = {CASHIER: cashier, SUPERVISOR: supervisor, MANAGER: supervisor | {"manage"}}
    return TwinTill(
        store=1, number=1, drawer=1, tax_mode=world.shop.tax_mode, currency="GBP", items=items,
        rates={"S": 200000, "R": 50000, "Z": 0}, rights=rights, signed_in={CASHIER, SUPERVISOR}, today=today,
        people={CASHIER, SUPERVISOR, MANAGER, STRANGER},
        limits={CASHIER: low, STRANGER: low, SUPERVISOR: high},
        offline=True, cap_sale=CAP_SALE, cap_sales=CAP_SALES,
        value=ValueTwin({n: TwinAccount(*what) for n, what in ACCOUNTS.items()}, {GIFT: "gift_card"}),
    )  # fmt: skip


def give_value(world: World) -> None:
    """The same gift cards, credit and vouchers in the shop; every kind is taken but cheques."""
    world.owner.execute("update pos.tender_kind set taken = kind <> 'cheque'")
    world.owner.execute(
        "insert into pos.item (id, name, category_id, tax, open_price, holds)"
        " values (%s, 'Gift card', 1, 'Z', true, 'gift_card')",
        [GIFT],
    )
    for number, (kind, held) in ACCOUNTS.items():
        world.owner.execute(
            "with a as (insert into pos.account (id, kind, store_id, currency, balance) select %s, %s, id,"
            " 'GBP', %s from pos.store where number = 1 returning id)"
            " insert into pos.account_entry (account_id,"
            " source, n, amount, balance, at, by) select id, 'issue', 0, %s, %s, now(), 'test' from a",
            [number, kind, held, held, held],
        )


def give_specials(world: World, twin: TwinTill) -> None:
    """Cheaper from five on, cheaper for a level nobody here has, and cheaper at no hour of these years."""
    column = {"least": 5000, "level": "trade", "starts": "2099-01-01"}
    for item, name in ((MILK, "least"), (BREAD, "least"), (MILK, "level"), (BREAD, "starts")):
        version = world.one(
            f"insert into pos.special_price (item_id, amount, {name}) values (%s, 99, %s) returning id",
            item,
            column[name],
        )
        twin.items[item].specials[version] = (99, 5000 if name == "least" else 0, name == "least")


class Writer:
    """Writes random documents for a till: mostly right ones, some wrong in one known way."""

    def __init__(self, till: TillClient, twin: TwinTill, rng: random.Random) -> None:
        self.till, self.twin, self.rng = till, twin, rng
        self.sold: list[str] = []

    def document(self) -> Json:
        self.till.cashier = self.rng.choice([CASHIER] * 8 + [SUPERVISOR, MANAGER, STRANGER])
        self.till.shift = self.twin.shift or uuid7()
        if self.twin.shift is None and self.rng.random() < 0.7:
            return self.shift_open()
        if self.rng.random() < 0.03:
            self.till.shift = uuid7()  # closed long ago
        kinds: list[Callable[[], Json]] = [self.sale] * 12 + [self.cash, self.event, self.no_sale, self.void]
        kinds += [self.shift_open, self.shift_close, self.nonsense]
        return self.rng.choice(kinds)()

    def sale(self) -> Json:
        rng = self.rng
        lines = [self.line(n) for n in range(1, rng.randint(1, 6) + 1)]
        d = self.till.sale(lines)
        d["cashier"] = self.till.cashier
        if rng.random() < 0.85 and any("min_age" in x for x in lines):
            result = rng.choice(["id_checked", "clearly_over", "clearly_over", "refused"])
            d["checks"] = [
                {"kind": "age", "min_age": rng.choice([18, 18, 25, 16]), "result": result, "at": "x"}
            ]
        if rng.random() < 0.5:
            d["approvals"] = [{"what": "price_override", "by": rng.choice([SUPERVISOR, CASHIER, STRANGER])}]
        if d["total"]:
            d["tenders"] = rng.choice(
                [
                    card(d["total"]),
                    cash(d["total"], d["total"] + rng.randint(0, 2000)),
                    [*card(1), {"n": 2, "kind": "cash", "amount": d["total"] - 1}]
                    if d["total"] > 1
                    else card(d["total"]),
                ]
            )
        if rng.random() < 0.25:
            self.pay_otherwise(d)
        if rng.random() < 0.15:
            d["flags"] = [rng.choice(["offline", "offline", "stands", "refilled"])]
        if rng.random() < 0.1 and self.sold:
            d["sale"] = rng.choice(self.sold)
        self.sold.append(d["sale"])
        if self.twin.step > 1 and rng.random() < 0.9:
            self.round_cash(d)
        return d

    def round_cash(self, d: Json) -> None:
        """The cash of a sale in steps, with the rounding that makes of it."""
        others = [t for t in d["tenders"] if t["kind"] != "cash"]
        given = sum(t["amount"] for t in d["tenders"] if t["kind"] == "cash" and "change" not in t)
        rounding = self.twin.rounding(d)
        due = d["total"] - sum(t["amount"] for t in others) + rounding
        rows: list[Json] = [*others, *([{"kind": "cash", "amount": max(given, due)}] if due else [])]
        if due and given > due:
            rows.append({"kind": "cash", "amount": due - given, "change": 1})
        d["tenders"] = [{**row, "n": n} for n, row in enumerate(rows, 1)]
        if rounding:
            d["rounding"] = rounding

    def pay_otherwise(self, d: Json) -> None:
        """A part by a gift card, credit, voucher, M-Pesa or cheque, the rest in cash; or a card is loaded."""
        rng, value = self.rng, self.twin.value
        kind = rng.choice(["gift_card", "gift_card", "store_credit", "voucher", "mobile", "cheque"])
        part = min(max(d["total"] - 1, 0), rng.choice([1, 50, 200, 500]))
        if part <= 0:
            return
        paid: Json = {"n": 1, "kind": kind, "amount": part}
        if kind == "mobile":
            paid["ref"] = f"QGH7X5K2P{rng.choice('ABCDEFGHIJ')}"
        elif kind != "cheque":
            paid["account"] = rng.choice([n for n, a in value.accounts.items() if a.kind == kind])
        if kind == "voucher" and part < 500:
            paid["value"] = 500
        rest = {"n": 2, "kind": rng.choice(["cash", "cash", "card"]), "amount": d["total"] - part}
        d["tenders"] = [paid, rest]

    def gift_line(self, n: int) -> Json:
        amount = self.rng.choice([500, 1000])
        gift = ShopItem(GIFT, amount, 0, "Z", 0, code="GC0000000000AB")
        account = self.rng.choice([n for n, a in self.twin.value.accounts.items() if a.kind == "gift_card"])
        return line(gift, 1000, n, flags=["typed_price"], account=account)

    def line(self, n: int) -> Json:
        rng, items = self.rng, self.till.shop.items
        if n == 1 and rng.random() < 0.08:
            return self.gift_line(n)
        item: ShopItem = rng.choice(
            [items[i] for i in (MILK, MILK, BREAD, BREAD, BANANAS, LAST, WINE, WINE, OPEN_GROCERY)]
        )
        if rng.random() < 0.02:
            item = items[RECALLED]
        qty = rng.randint(1, 4000) if item.unit == "kg" else 1000 * rng.randint(1, 12)
        if item.id == OPEN_GROCERY or rng.random() < 0.05:
            price = rng.randint(0, 3000)
            amount = (2 * price * qty + 1000) // 2000
            return line(item, qty, n, price=price, price_version=0, amount=amount, flags=["typed_price"])
        specials = self.twin.items[item.id].specials
        if specials and rng.random() < 0.15:
            version = rng.choice(sorted(specials)[:1] * 3 + sorted(specials))
            price = specials[version][0]
            return line(item, qty, n, price=price, price_version=version, amount=price * qty // 1000)
        return line(item, qty, n)

    def cash(self) -> Json:
        way = self.rng.choice(["float", "drop", "pay_in", "pay_out"])
        most = self.rng.choice([5000, 5000, 8000, 60_000])
        amount = self.rng.randint(1, most) * (1 if way in ("float", "pay_in") else -1)
        d = self.till.common("cash", direction=way, amount=amount, reason="bank")
        if self.rng.random() < 0.3:
            d["approvals"] = [{"what": way, "by": self.rng.choice([SUPERVISOR, CASHIER])}]
        return d

    def event(self) -> Json:
        name = self.rng.choice(["age_refused", "line_voided", "unknown_left_out", "Bad Name"])
        return self.till.common("event", name=name, detail={"n": 1, "text": "é"})

    def no_sale(self) -> Json:
        return self.till.common("no_sale", reason="change")

    def void(self) -> Json:
        d = self.till.common("void", sale=uuid7(), lines=[], reason="customer left", total=123)
        if self.rng.random() < 0.6:
            by = self.rng.choice([SUPERVISOR, SUPERVISOR, CASHIER, STRANGER])
            d["approvals"] = [{"what": self.rng.choice(["void_sale", "void_sale", "sell"]), "by": by}]
        return d

    def nonsense(self) -> Json:
        return self.till.common("coffee", strength=5)

    def shift_open(self) -> Json:
        d = self.till.common(
            "shift_open", drawer=1, business_date=self.twin.today, float=5000, counted=[[1000, 5]]
        )
        d["shift"] = d["id"]
        return d

    def shift_close(self) -> Json:
        figures = self.twin.figures() if self.twin.shift else {"expected_cash": 0}
        counted = max(0, figures["expected_cash"] + self.rng.choice([0, 0, 0, 5, -5, 700, -9000]))
        over = counted - figures["expected_cash"]
        d = self.till.common(
            "shift_close", z=self.twin.z_next, counted=counted, counts=[], blind=1,
            expected=figures["expected_cash"], over_short=over, figures=figures,
        )  # fmt: skip
        if over and self.rng.random() < 0.6:
            d["approvals"] = [{"what": "difference_over", "by": SUPERVISOR}]
        return d

    def spoil(self, d: Json) -> None:
        """Make one thing wrong somewhere: a number off by one, or a text that is another."""
        places: list[tuple[Any, Any]] = []

        def walk(value: Any) -> None:
            pairs = (
                value.items()
                if isinstance(value, dict)
                else enumerate(value)
                if isinstance(value, list)
                else ()
            )
            for key, part in pairs:
                if isinstance(part, dict | list):
                    walk(part)
                elif key not in (
                    "at",
                    "prev",
                    "id",
                    "shift",
                    "sale",
                    "offset_ms",
                    "v",
                    "name",
                    "unit",
                    "text",
                    "min_age",
                ):
                    places.append((value, key))

        walk(d)
        box, key = self.rng.choice(places)
        box[key] = box[key] + self.rng.choice([-1, 1]) if isinstance(box[key], int) else "xyz"


@pytest.mark.parametrize("mode", ["included", "added"])
@pytest.mark.parametrize("seed", [1, 2])
def test_server_and_twin_answer_alike(world_of: Callable[..., World], mode: str, seed: int) -> None:
    world = world_of(tax_mode=mode)
    world.owner.execute("delete from pos.session where staff not in (%s, %s)", [CASHIER, SUPERVISOR])
    world.owner.execute(
        "update pos.store set offline = true, offline_sale = %s, offline_sales = %s where number = 1",
        [CAP_SALE, CAP_SALES],
    )
    give_value(world)
    step = 1 if seed == 1 else 5
    world.owner.execute(
        "insert into pos.cash_policy (store_id, valid_from, step) values (%s, '2020-01-01', %s)",
        [world.shop.stores[1], step],
    )
    today = world.one("select (now() at time zone 'Europe/London')::date::text")
    till, twin, rng = world.till(opened=False), twin_of(world, today), random.Random(seed)
    twin.step = step
    give_specials(world, twin)
    writer = Writer(till, twin, rng)
    seen: dict[str, int] = {}
    for _ in range(DOCUMENTS):
        document = writer.document()
        if rng.random() < 0.25:
            writer.spoil(document)
        document = till.signed(document, (CASHIER, SUPERVISOR))
        body, hash_ = till.freeze(document)
        if rng.random() < 0.02:
            hash_ = bytes(32)
        stands = rng.choice(STANDS)
        expected = twin.post(body, hash_, stands)
        answer = till.post_bytes(body, hash_, stands)
        got = (answer.outcome, answer.reason, list(answer.flags))
        assert got == expected, json.dumps(document, indent=1)
        till.grand = twin.grand
        for word in (answer.reason or answer.outcome, *answer.flags):
            seen[word] = seen.get(word, 0) + 1
    assert (till.no, till.head) == (twin.next_no, twin.head)
    stock = dict(
        world.query(
            "select item_id, (on_hand * 1000)::bigint from pos.stock where store_id = %s",
            world.shop.stores[1],
        )
    )
    assert stock == {number: item.on_hand for number, item in twin.items.items()}
    held = dict(world.query("select id, balance from pos.account"))
    assert held == {number: account.balance for number, account in twin.value.accounts.items()}
    assert_sound(world.owner)
    assert len(seen) > 15, f"the documents were too much alike to prove anything: {seen}"
