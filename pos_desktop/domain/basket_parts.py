"""What a basket is made of: items, lines and what is taken off them, checks, approvals, limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NoReturn

from pos_desktop.domain.pricing import PriceRow
from pos_desktop.domain.quantity import MAX_QTY, ONE, extend
from pos_desktop.domain.tax import Tax, Taxes, TaxLine
from pos_desktop.words import t

Unit = Literal["each", "kg", "l"]
StockPolicy = Literal["flag", "warn", "refuse"]
CheckOutcome = Literal["id_checked", "clearly_over", "refused"]
CheckMethod = Literal["seen", "typed", "scanned"]
DiscountKind = Literal["line", "sale"]
BackTo = Literal["stock", "waste"]

TYPED_PRICE = "typed_price"
LABEL_PRICE = "label_price"
MOVED_PRICE = "moved_price"
"""The price rose between scan and pay, and the older one counts."""
LOWER_PRICE = "lower_price"
"""It fell between scan and pay, and the newer one counts."""
BACK = "back"
EMPTIES = "empties"

MAX_AMOUNT = 99_999_999
"""The most one line may cost, minor units; more is a barcode read into a price or a quantity."""
MAX_LINES = 500
"""Lines in one basket: beyond any trolley, and small enough that everything stays instant."""


class BasketError(ValueError):
    """A basket refuses a change; ``code`` says which rule, ``str()`` says it in words for the cashier.

    Codes: blocked, quantity, whole_quantity, weigh, price, price_needed, amount, age, line, full, discount.
    """

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


def refuse(code: str, words: str) -> NoReturn:
    """Raise the BasketError of a rule."""
    raise BasketError(code, words)


@dataclass(frozen=True, slots=True)
class Item:
    """What is sold, as a till knows it: price in minor units per unit, rate in ppm, stock in thousandths.

    ``prices`` are those beside the ordinary one (a level's, a happy hour's, from a quantity on); ``groups``
    are what promotions may name. ``strength`` is hundredths of a percent by volume, ``volume`` millilitres
    (or grams). ``deposit`` is the item that goes with each piece, ``deposit_count`` times;
    ``returnable``: it is one. A case is ``pack`` pieces of the item ``single``.
    """

    id: int
    name: str
    unit: Unit
    price: int
    price_version: int
    tax: str
    rate: int
    code: str = ""
    plu: str = ""
    min_age: int | None = None
    category: str = ""
    icon: str = ""
    colour: str = ""
    on_hand: int = 0
    stock_policy: StockPolicy = "flag"
    open_price: bool = False
    blocked: bool = False
    groups: tuple[str, ...] = ()
    prices: tuple[PriceRow, ...] = ()
    taxes: Taxes = ()
    """The taxes of a composite code; empty where ``tax`` is a tax itself."""
    holds: str = ""
    """What a line of it puts its amount on: "gift_card", "account", or nothing."""
    category_id: int = 0
    strength: int = 0
    volume: int = 0
    deposit: int = 0
    deposit_count: int = 1
    single: int = 0
    pack: int = 0
    returnable: bool = False

    @property
    def tax_set(self) -> Taxes:
        """Its taxes with their rates: one as a rule, several under a composite code."""
        return self.taxes or (Tax(self.tax, self.rate),)

    @property
    def weighed(self) -> bool:
        """Sold by weight or volume, so a quantity must be given."""
        return self.unit != "each"


@dataclass(frozen=True, slots=True)
class Given:
    """What a promotion takes off a line: minor units, and the pieces it counted (0: not by pieces)."""

    promotion: int
    name: str
    amount: int
    pieces: int = 0


@dataclass(frozen=True, slots=True)
class Discount:
    """What a person takes off a line, or this line's share of what is off the sale: minor units, and why.

    ``ppm`` is the percentage it was asked for as, 0 when it was an amount.
    """

    kind: DiscountKind
    amount: int
    reason: str
    ppm: int = 0


@dataclass(frozen=True, slots=True)
class Reduction:
    """A discount as it was asked for: on line ``line`` (0: on the sale), by ``ppm`` or by ``amount``."""

    line: int
    reason: str
    ppm: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon handed over: its code, and the promotion it is for."""

    code: str
    promotion: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Back:
    """Where returned goods go and why they came back, and the document and line they were sold with.

    ``receipt`` is that document's number as printed; without a receipt all three are empty. ``points_rate``
    is what that sale gave its customer, millionths of a point for a minor unit.
    """

    to: BackTo
    document: str = ""
    line: int = 0
    reason: str = ""
    receipt: str = ""
    points_rate: int = 0


@dataclass(frozen=True, slots=True)
class Exempt:
    """A customer's certificate and the tax codes it frees from."""

    certificate: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One item in a sale. ``n`` names the line for the life of the basket; a document numbers anew.

    ``deposit_for`` is the line whose deposit this is; what comes back has a negative ``qty`` and ``amount``.
    ``account`` is the server's number of the gift card or account that this line loads (0: none).
    """

    n: int
    item: Item
    code: str
    qty: int
    price: int
    price_version: int
    amount: int
    flags: tuple[str, ...] = ()
    department: str = ""
    given: tuple[Given, ...] = ()
    discounts: tuple[Discount, ...] = ()
    deposit_for: int = 0
    back: Back | None = None
    account: int = 0

    @property
    def typed_price(self) -> bool:
        """The price was typed by a person."""
        return TYPED_PRICE in self.flags

    @property
    def inward(self) -> bool:
        """Goods or empties that come back to the shop."""
        return self.qty < 0

    @property
    def net(self) -> int:
        """What is to be paid for it, minor units: the amount less promotions and discounts, tax as priced."""
        return self.amount - self.off

    @property
    def off(self) -> int:
        """What promotions and discounts take off, minor units."""
        return sum(each.amount for each in self.given) + sum(each.amount for each in self.discounts)


@dataclass(frozen=True, slots=True)
class AgeCheck:
    """One answer to "is the customer old enough": the age asked for, the answer, when, and whether by eye, by
    a typed date or a scanned ID. No birth date."""

    min_age: int
    result: CheckOutcome
    at: datetime
    method: CheckMethod = "seen"


@dataclass(frozen=True, slots=True)
class Approval:
    """Who (staff number) allowed what, and when. ``line`` 0 is the whole sale.

    ``was`` and ``now`` are minor units: per unit for a price, of the line or sale for a discount. ``id`` is
    the PIN entry the server noted for it; "" until that is known, or when the till was alone.
    """

    what: str
    by: int
    line: int
    was: int
    now: int
    at: datetime
    id: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a basket in minor units; ``count``: pieces, a weighed line one, less those ``back``.

    ``subtotal`` is what the lines come to before ``off``, all promotions and discounts.
    """

    subtotal: int
    taxes: tuple[TaxLine, ...]
    tax: int
    total: int
    count: int
    off: int = 0
    back: int = 0


def check_qty(item: Item, qty: int) -> None:
    """BasketError "quantity" or "whole_quantity" for what cannot be bought of an item (thousandths)."""
    if not 0 < qty <= MAX_QTY:
        refuse("quantity", t("Type a quantity above 0 and up to {most}.", most=MAX_QTY // ONE))
    if not item.weighed and qty % ONE:
        refuse("whole_quantity", t("{name} is sold by the piece. Type a whole number.", name=item.name))


def checked_price(price: int) -> int:
    """The price (minor units) when a line may have it; BasketError "price"."""
    if not 0 <= price <= MAX_AMOUNT:
        refuse("price", t("Type a price of 0 or more, as on the shelf label."))
    return price


def amount_of(price: int, qty: int) -> int:
    """Price times quantity (thousandths), minor units; BasketError "amount" when no line comes to that."""
    amount = extend(price, qty)
    if amount > MAX_AMOUNT:
        refuse("amount", t("This line comes to far too much. Check quantity and price."))
    return amount
