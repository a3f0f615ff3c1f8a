"""A line that loads a gift card: one a card, of no offer, and only the server can take it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos_desktop.domain.basket import Basket, BasketError, Item, totals
from pos_desktop.domain.basket_record import basket_record, read_basket
from pos_desktop.domain.loading import load
from pos_desktop.domain.sale_document import line_fields, needs_server
from pos_desktop.domain.tender import Tender

GIFT = Item(900, "Gift card", "each", 0, 0, "GC", 0, open_price=True, holds="gift_card")
MILK = Item(1, "Milk", "each", 185, 3, "Z", 0, code="05010012345678")
CASH = (Tender("cash", 2500),)


def test_a_card_is_loaded_by_a_line_of_its_own() -> None:
    basket = load(Basket("s"), GIFT, 2500, account=17, code="GC7Q2MKP01XW8R")
    assert totals(basket).total == 2500
    (line,) = basket.lines
    fields = line_fields(line, 1)
    assert (fields["account"], fields["amount"], fields["qty"]) == (17, 2500, 1000)
    assert read_basket(basket_record(basket)).lines == basket.lines
    assert needs_server(basket, CASH)
    assert not needs_server(Basket("s").add(MILK), CASH)
    assert needs_server(Basket("s").add(MILK), (Tender("gift_card", 185, account=17),))


def test_what_is_refused() -> None:
    basket = load(Basket("s"), GIFT, 2500, account=17, code="GC7Q2MKP01XW8R")
    for refused, rule in (
        (lambda: load(basket, GIFT, 100, account=17, code="GC7Q2MKP01XW8R"), "line"),
        (lambda: load(basket, GIFT, 0, account=18, code="GC7Q2MKP01XW8S"), "price"),
        (lambda: basket.change_qty(1, 2000), "quantity"),
    ):
        with pytest.raises(BasketError) as caught:
            refused()
        assert caught.value.code == rule
    with pytest.raises(ValueError, match="holds value"):
        load(basket, replace(GIFT, holds=""), 100, account=18, code="X")
