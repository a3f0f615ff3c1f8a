"""Baskets for measuring: five lines; four baskets out of five hold the same three hot items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from pos_desktop.domain.basket import AgeCheck, Basket, Item
from pos_desktop.domain.basket import totals as totals_of
from pos_desktop.domain.cash_documents import shift_open_document
from pos_desktop.domain.document import Document, Position, Stamp, genesis
from pos_desktop.domain.ids import uuid7
from pos_desktop.domain.sale_document import sale_document
from pos_desktop.domain.tender import Tender
from tests.benchmarks.shop import HOT, MeasuredShop
from tests.database.shop import CASHIER

SAMPLE = 20_000
LINES = 5
HOT_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Goods:
    """What a basket is made of, read once so that making one asks no server."""

    hot: tuple[Item, ...]
    others: tuple[Item, ...]

    @classmethod
    def of(cls, shop: MeasuredShop) -> Goods:
        """Items with their prices from the measured shop: the hot ones and an even sample of the others."""
        step = max(shop.items // SAMPLE, 1)
        with shop.owner() as owner:
            rows = owner.execute(
                "select i.id, i.name, p.amount, p.id, i.tax, r.rate, i.min_age, c.code from pos.item i"
                " join pos.price p on p.item_id = i.id join pos.item_code c on c.item_id = i.id"
                " join pos.tax_rate r on r.tax = i.tax"
                " where i.id = any(%s) or (i.id > 1000 and i.id %% %s = 0)",
                [list(HOT), step],
            ).fetchall()
        items = [Item(r[0], r[1], "each", r[2], r[3], r[4], r[5], code=r[7], min_age=r[6]) for r in rows]
        hot = tuple(item for item in items if item.id in HOT)
        return cls(hot, tuple(item for item in items if item.id not in HOT))

    def basket(self, random: Random, sale_id: str) -> Basket:
        """A basket of five lines; its age check is answered."""
        basket = Basket(sale_id).with_check(AgeCheck(18, "clearly_over", datetime.now(UTC)))
        chosen = list(self.hot) if random.random() < HOT_SHARE else []
        chosen += random.sample(self.others, LINES - len(chosen))
        random.shuffle(chosen)
        for item in chosen:
            basket = basket.add(item)
        return basket


def cash_for(basket: Basket) -> tuple[Tender, ...]:
    """Exact cash for a basket."""
    return (Tender("cash", totals_of(basket).total),)


def new_id(random: Random) -> str:
    """A UUID version 7 of now."""
    return uuid7(int(datetime.now(UTC).timestamp() * 1000), random.randbytes(10))


def stamped_sales(till: int, goods: Goods, random: Random) -> Iterator[Document]:
    """A till's chain from its first document: the shift's opening, then sales without end."""
    shift = new_id(random)
    today = datetime.now(UTC)
    stamp = Stamp(1, till, shift, today, 0, shift, CASHIER)
    opening = shift_open_document(
        stamp,
        Position(1, 1, genesis(1, till, 1), 0),
        drawer=till,
        business_date=f"{today:%Y-%m-%d}",
        float_amount=10_000,
        counts=(),
    )
    yield opening
    last = opening
    while True:
        basket = goods.basket(random, new_id(random))
        stamp = Stamp(1, till, new_id(random), datetime.now(UTC), 0, shift, CASHIER)
        position = Position(1, last.no + 1, last.hash, last.grand)
        last = sale_document(stamp, position, basket, cash_for(basket), "GBP")
        yield last
