"""Gift cards sold and topped up: lines whose amount goes onto a card or an account."""

from __future__ import annotations

from pos_desktop.domain.basket import Basket
from pos_desktop.domain.basket_parts import MAX_AMOUNT, TYPED_PRICE, Item, Line, refuse
from pos_desktop.domain.quantity import ONE
from pos_desktop.words import t


def load(basket: Basket, item: Item, amount: int, *, account: int, code: str) -> Basket:
    """The basket with a line that puts ``amount`` (minor units) on the card or account of this number.

    It takes part in no promotion and no discount. BasketError: price for no amount, line when the card is in
    the basket already (one line a card, so that a receipt says what was put on it).
    """
    if not item.holds or not account:
        raise ValueError("a line that loads names an item that holds value, and the card")
    if not 0 < amount <= MAX_AMOUNT:
        refuse("price", t("Type an amount above 0."))
    if any(line.account == account for line in basket.lines):
        refuse("line", t("This card is in the sale already. Remove its line to change the amount."))
    return basket.append(Line(0, item, code, ONE, amount, 0, amount, (TYPED_PRICE,), account=account))
