"""Refunds made up by chance: the server and its twin in Python agree on what comes back."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest

from pos_desktop.database.verify import verify
from tests.database.conftest import World
from tests.database.invariants import assert_sound
from tests.database.shop import (
    BANANAS,
    BREAD,
    MANAGER,
    MILK,
    TillClient,
    card,
    line,
)
from tests.database.test_db_refunds import Fields, back_of, money_back, refund
from tests.database.twin_refunds import RefundTwin


class Returner:
    """Makes refunds of what was sold: mostly right ones, some wrong in one known way."""

    def __init__(self, till: TillClient, twin: RefundTwin, rng: random.Random) -> None:
        self.till, self.twin, self.rng = till, twin, rng
        self.sales: list[Fields] = []

    def sale(self) -> None:
        """Sell something, by card or cash, some of it at a price somebody took off."""
        rng, items, lines = self.rng, self.till.shop.items, []
        for n in range(1, rng.randint(1, 3) + 1):
            part = line(items[rng.choice((MILK, BREAD, BANANAS))], 1000 * rng.randint(1, 7), n)
            if rng.random() < 0.5:
                off = rng.randint(1, part["amount"] - 1)
                cut = {"kind": "line", "amount": off, "reason": "dented"}
                part = {**part, "discounts": [cut], "net": part["amount"] - off}
            lines.append(part)
        fields = self.till.sale(lines, cashier=MANAGER)
        if rng.random() < 0.5:
            fields["tenders"] = card(fields["total"])
        assert self.till.post(fields).outcome in ("booked", "flagged")
        self.twin.sold(fields)
        self.sales.append(fields)

    def refund(self) -> Fields:
        """Some of one sale back, perhaps too much, for too much, or what was never in it."""
        rng = self.rng
        sold = rng.choice(self.sales)
        was = rng.choice(sold["lines"])
        seen = self.twin.lines[sold["id"], was["n"]]
        qty = 1000 * rng.randint(1, max(1, (seen.qty - seen.back_qty) // 1000) + rng.choice((0, 0, 0, 1)))
        worth = (2 * seen.net * (seen.back_qty + qty) + seen.qty) // (2 * seen.qty) - seen.back_net
        amount = worth + rng.choice((0,) * 8 + (1, -1))
        part = back_of(sold, was["n"], 1000, line=was["n"] + rng.choice((0,) * 9 + (7,)))
        part = {name: value for name, value in part.items() if name not in ("discounts", "net")}
        lines = [{**part, "qty": -qty, "amount": -max(amount, 0)}]
        fields = {**refund(self.till, lines), "cashier": MANAGER}
        due, left = -fields["total"], self.twin.cards[sold["id"]]
        on_card = min(due, left + rng.choice((0, 0, 0, 5)))
        ways = [("card", on_card), ("cash", due - on_card)]
        fields["tenders"] = money_back(*((kind, sum_) for kind, sum_ in ways if sum_), of=sold["id"])
        return fields


@pytest.mark.parametrize("mode", ["included", "added"])
def test_server_and_twin_agree_on_what_comes_back(world_of: Callable[..., World], mode: str) -> None:
    """Random returns of random sales: the same answer each time, and the same books in the end."""
    world = world_of(tax_mode=mode)
    till, twin, rng = world.till(), RefundTwin(), random.Random(7)
    returner, seen = Returner(till, twin, rng), set()
    for _ in range(90):
        if rng.random() < 0.25 or not returner.sales:
            returner.sale()
            continue
        fields = returner.refund()
        expected, answer = twin.judge(fields), till.post(fields)
        assert answer.reason == expected, json.dumps(fields, indent=1)
        seen.add(expected)
        if expected is None:
            twin.book(fields)
    booked = {
        (str(document), n): (int(qty * 1000), amount)
        for document, n, qty, amount in world.query(
            "select of_document, of_line, sum(qty), sum(amount)::bigint from pos.returned group by 1, 2"
        )
    }
    assert booked == {key: (x.back_qty, x.back_net) for key, x in twin.lines.items() if x.back_qty}
    assert seen == {None, "not_sold", "already_refunded", "refund_amount", "refund_tender"}
    assert_sound(world.owner)
    assert verify(world.owner).findings == ()
