"""The basket: an immutable list of lines with pure ways to add, change, remove, reprice and undo."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, NoReturn

from pos_desktop.domain.money import divide_half_up
from pos_desktop.domain.quantity import MAX_QTY, ONE, extend
from pos_desktop.domain.tax import TaxLine, TaxMode, taxes_by_rate

Unit = Literal["each", "kg", "l"]
StockPolicy = Literal["flag", "warn", "refuse"]
CheckOutcome = Literal["id_checked", "clearly_over", "refused"]

TYPED_PRICE = "typed_price"
LABEL_PRICE = "label_price"
MOVED_PRICE = "moved_price"

MAX_AMOUNT = 99_999_999
"""The most one line may cost, minor units; more is a barcode read into a price or a quantity."""
MAX_LINES = 500
"""Lines in one basket: beyond any trolley, and small enough that everything stays instant."""


class BasketError(ValueError):
    """A basket refuses a change; ``code`` says which rule, ``str()`` says it in words for the cashier.

    Codes: blocked, quantity, whole_quantity, weigh, price, price_needed, amount, age, line, full.
    """

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


def _refuse(code: str, words: str) -> NoReturn:
    raise BasketError(code, words)


@dataclass(frozen=True, slots=True)
class Item:
    """What is sold, as a till knows it: price in minor units per unit, rate in ppm, stock in thousandths."""

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

    @property
    def weighed(self) -> bool:
        """Sold by weight or volume, so a quantity must be given."""
        return self.unit != "each"


@dataclass(frozen=True, slots=True)
class Line:
    """One item in a sale. ``n`` names the line for the life of the basket; a document numbers anew."""

    n: int
    item: Item
    code: str
    qty: int
    price: int
    price_version: int
    amount: int
    flags: tuple[str, ...] = ()
    department: str = ""

    @property
    def typed_price(self) -> bool:
        """The price was typed by a person."""
        return TYPED_PRICE in self.flags


@dataclass(frozen=True, slots=True)
class AgeCheck:
    """One answer to "is the customer old enough": the age asked for, the answer, when. No birth date."""

    min_age: int
    result: CheckOutcome
    at: datetime


@dataclass(frozen=True, slots=True)
class Approval:
    """Who (staff number) allowed what on a line, and when; the amounts are minor units per unit."""

    what: str
    by: int
    line: int
    was: int
    now: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a basket in minor units; ``count`` is pieces, a weighed line being one."""

    subtotal: int
    taxes: tuple[TaxLine, ...]
    tax: int
    total: int
    count: int


@dataclass(frozen=True, slots=True)
class _Before:
    """What undo goes back to. Age checks are facts and are never undone."""

    lines: tuple[Line, ...]
    approvals: tuple[Approval, ...]
    touched: int


@dataclass(frozen=True, slots=True)
class Basket:
    """Lines of one sale. Every method returns a new basket; ``touched`` is the line that changed last."""

    sale_id: str
    tax_mode: TaxMode = "included"
    lines: tuple[Line, ...] = ()
    checks: tuple[AgeCheck, ...] = ()
    approvals: tuple[Approval, ...] = ()
    next_n: int = 1
    touched: int = 0
    history: tuple[_Before, ...] = field(default=(), repr=False, compare=False)

    # -- reading ---------------------------------------------------------------------------------

    @property
    def empty(self) -> bool:
        """Nothing in it."""
        return not self.lines

    @property
    def can_undo(self) -> bool:
        """There is a change to take back."""
        return bool(self.history)

    def line(self, n: int) -> Line:
        """The line named ``n``; BasketError "line" when it is gone."""
        for line in self.lines:
            if line.n == n:
                return line
        _refuse("line", "This line is no longer in the basket. Choose another.")

    def age_needed(self, item: Item) -> int | None:
        """The age to ask for before this item may be added, or None.

        One passed answer covers the rest of the sale at that age or lower (UX 5.5).
        """
        covered = max((c.min_age for c in self.checks if c.result != "refused"), default=0)
        return item.min_age if item.min_age is not None and item.min_age > covered else None

    # -- changing --------------------------------------------------------------------------------

    def add(self, item: Item, qty: int | None = None, *, code: str = "") -> Basket:
        """Add ``qty`` thousandths (default one piece) at the catalogue's price.

        A repeated piece of the same code at the same price raises the quantity of its last line; weighed
        goods always make a line of their own. BasketError: blocked, weigh, price_needed, age, quantity.
        """
        self._may_add(item)
        if item.open_price:
            _refuse("price_needed", f"{item.name} has no fixed price. Type its price.")
        if qty is None and item.weighed:
            _refuse("weigh", f"{item.name} is sold by weight. Weigh it first.")
        qty = ONE if qty is None else qty
        code = code or item.code or item.plu
        same = self._mergeable(item, code)
        if same is not None:
            return self.change_qty(same.n, same.qty + qty)
        return self._append(item, code, qty, item.price, item.price_version, None, (), "")

    def add_typed(
        self, item: Item, price: int, qty: int = ONE, *, code: str = "", department: str = ""
    ) -> Basket:
        """Add at a typed price (minor units per unit): open-price items, or unknown codes in a department."""
        self._may_add(item)
        code = code or item.code or item.plu
        return self._append(item, code, qty, _price(price), 0, None, (TYPED_PRICE,), department)

    def add_label(self, item: Item, amount: int, *, code: str) -> Basket:
        """Add a price-embedded label: the label's amount (minor units) stands, the quantity is derived."""
        self._may_add(item)
        derived = divide_half_up(amount * ONE, item.price) if item.weighed and item.price > 0 else ONE
        qty = min(max(derived, 1), MAX_QTY)
        return self._append(
            item, code, qty, item.price, item.price_version, _price(amount), (LABEL_PRICE,), ""
        )

    def change_qty(self, n: int, qty: int) -> Basket:
        """Set the quantity (thousandths) of line ``n``. BasketError: line, quantity, whole_quantity."""
        line = self.line(n)
        if LABEL_PRICE in line.flags:
            _refuse("quantity", "The label gives the price of this pack. Scan each pack.")
        _check_qty(line.item, qty)
        return self._put(replace(line, qty=qty, amount=_amount(line.price, qty)))

    def remove(self, n: int) -> Basket:
        """Take line ``n`` out, with the approvals that were for it."""
        self.line(n)
        kept = tuple(line for line in self.lines if line.n != n)
        approvals = tuple(a for a in self.approvals if a.line != n)
        last = kept[-1].n if kept else 0
        return self._changed(lines=kept, approvals=approvals, touched=last)

    def set_price(self, n: int, price: int, approval: Approval) -> Basket:
        """Override the price (minor units per unit) of line ``n``; the approval goes into the document."""
        line = self.line(n)
        flags = tuple(f for f in line.flags if f not in (LABEL_PRICE, MOVED_PRICE))
        flags = flags if TYPED_PRICE in flags else (*flags, TYPED_PRICE)
        changed = replace(
            line, price=_price(price), price_version=0, amount=_amount(price, line.qty), flags=flags
        )
        approvals = tuple(a for a in self.approvals if a.line != n)
        stamped = replace(approval, line=n, was=line.item.price, now=price)
        return self._changed(lines=self._swapped(changed), approvals=(*approvals, stamped), touched=n)

    def reprice(
        self, n: int, *, price: int, price_version: int, tax: str | None = None, rate: int | None = None
    ) -> Basket:
        """Take over the price and tax that the server says are live now (``check_basket``)."""
        line = self.line(n)
        item = replace(
            line.item,
            price=price,
            price_version=price_version,
            tax=line.item.tax if tax is None else tax,
            rate=line.item.rate if rate is None else rate,
        )
        if line.typed_price:
            return self._put(replace(line, item=item))
        amount = line.amount if LABEL_PRICE in line.flags else _amount(price, line.qty)
        return self._put(replace(line, item=item, price=price, price_version=price_version, amount=amount))

    def keep_price(self, n: int) -> Basket:
        """Keep the older, scanned price though the server has a newer one; the line is flagged."""
        line = self.line(n)
        flags = line.flags if MOVED_PRICE in line.flags else (*line.flags, MOVED_PRICE)
        return self._put(replace(line, flags=flags))

    def with_check(self, check: AgeCheck) -> Basket:
        """Note an age answer. It is a fact: undo does not take it back."""
        return replace(self, checks=(*self.checks, check))

    def undo(self) -> Basket:
        """The basket before the last change of lines; itself when there is none."""
        if not self.history:
            return self
        back = self.history[-1]
        return replace(
            self,
            lines=back.lines,
            approvals=back.approvals,
            touched=back.touched,
            history=self.history[:-1],
        )

    # -- inside ----------------------------------------------------------------------------------

    def _may_add(self, item: Item) -> None:
        if item.blocked:
            _refuse("blocked", f"{item.name} may not be sold. Put it aside and call the manager.")
        if (age := self.age_needed(item)) is not None:
            _refuse("age", f"{item.name} needs an age check for {age}.")

    def _mergeable(self, item: Item, code: str) -> Line | None:
        if item.weighed:
            return None
        for line in reversed(self.lines):
            if line.item.id == item.id:
                key = (line.code, line.price, line.price_version, line.item.tax, line.item.rate)
                same = key == (code, item.price, item.price_version, item.tax, item.rate)
                return line if same and not line.flags else None
        return None

    def _append(
        self,
        item: Item,
        code: str,
        qty: int,
        price: int,
        version: int,
        amount: int | None,
        flags: tuple[str, ...],
        department: str,
    ) -> Basket:
        if len(self.lines) >= MAX_LINES:
            _refuse("full", f"A sale holds {MAX_LINES} lines. Take payment, then go on.")
        _check_qty(item, qty)
        amount = _amount(price, qty) if amount is None else amount
        line = Line(self.next_n, item, code, qty, price, version, amount, flags, department)
        return self._changed(lines=(*self.lines, line), approvals=self.approvals, touched=line.n)

    def _swapped(self, changed: Line) -> tuple[Line, ...]:
        return tuple(changed if line.n == changed.n else line for line in self.lines)

    def _put(self, changed: Line) -> Basket:
        return self._changed(lines=self._swapped(changed), approvals=self.approvals, touched=changed.n)

    def _changed(self, *, lines: tuple[Line, ...], approvals: tuple[Approval, ...], touched: int) -> Basket:
        before = _Before(self.lines, self.approvals, self.touched)
        # next_n never goes back, so a line's name is never given to another line of the same sale.
        top = max(self.next_n, max((line.n for line in lines), default=0) + 1)
        return replace(
            self,
            lines=lines,
            approvals=approvals,
            touched=touched,
            next_n=top,
            history=(*self.history, before),
        )


def _check_qty(item: Item, qty: int) -> None:
    if not 0 < qty <= MAX_QTY:
        _refuse("quantity", f"Type a quantity above 0 and up to {MAX_QTY // ONE}.")
    if not item.weighed and qty % ONE:
        _refuse("whole_quantity", f"{item.name} is sold by the piece. Type a whole number.")


def _price(price: int) -> int:
    if not 0 <= price <= MAX_AMOUNT:
        _refuse("price", "Type a price of 0 or more, as on the shelf label.")
    return price


def _amount(price: int, qty: int) -> int:
    amount = extend(price, qty)
    if amount > MAX_AMOUNT:
        _refuse("amount", "This line comes to far too much. Check quantity and price.")
    return amount


def totals(basket: Basket) -> Totals:
    """Subtotal, taxes by rate and total (minor units), exactly as the document will state them."""
    taxes = taxes_by_rate(
        ((line.item.tax, line.item.rate, line.amount) for line in basket.lines), basket.tax_mode
    )
    return Totals(
        subtotal=sum(line.amount for line in basket.lines),
        taxes=taxes,
        tax=sum(t.tax for t in taxes),
        total=sum(t.gross for t in taxes),
        count=sum(1 if line.item.weighed else line.qty // ONE for line in basket.lines),
    )
