"""The basket: an immutable list of lines with pure ways to add, change, remove, reprice and undo."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pos_desktop.domain.basket_deals import Buyer, settled
from pos_desktop.domain.basket_law import check_limits, check_price, floored, married
from pos_desktop.domain.basket_parts import (
    LABEL_PRICE,
    MAX_AMOUNT,
    MAX_LINES,
    MOVED_PRICE,
    TYPED_PRICE,
    AgeCheck,
    Approval,
    BasketError,
    CheckOutcome,
    Coupon,
    Exempt,
    Item,
    Line,
    Reduction,
    StockPolicy,
    Totals,
    Unit,
    amount_of,
    check_qty,
    checked_price,
    refuse,
)
from pos_desktop.domain.money import divide_half_up
from pos_desktop.domain.quantity import MAX_QTY, ONE
from pos_desktop.domain.shop_rules import NO_RULES, ShopRules
from pos_desktop.domain.tax import NOBODY, Taxes, TaxMode, tax_sale
from pos_desktop.words import t

__all__ = [
    "LABEL_PRICE",
    "MAX_AMOUNT",
    "MAX_LINES",
    "MOVED_PRICE",
    "TYPED_PRICE",
    "AgeCheck",
    "Approval",
    "Basket",
    "BasketError",
    "CheckOutcome",
    "Item",
    "Line",
    "StockPolicy",
    "Totals",
    "Unit",
    "totals",
]


KEPT = timedelta(hours=24)
"""How long a basket keeps the offers of its first scan; the server takes a day and a half."""


@dataclass(frozen=True, slots=True)
class Basket:
    """Lines of one sale. Every method returns a new basket; ``touched`` is the line that changed last.

    ``began`` is the shop's time of the first scan: prices and promotions are those of then. ``customer`` is a
    number (0: nobody named), ``levels`` the price levels and groups that come with it. What other rooms do
    with a basket (goods back, deposits, coupons) they do through ``append``, ``put`` and ``stepped``.
    """

    sale_id: str
    tax_mode: TaxMode = "included"
    lines: tuple[Line, ...] = ()
    checks: tuple[AgeCheck, ...] = ()
    approvals: tuple[Approval, ...] = ()
    next_n: int = 1
    touched: int = 0
    history: tuple[Basket, ...] = field(default=(), repr=False, compare=False)
    began: datetime | None = None
    customer: int = 0
    levels: tuple[str, ...] = ()
    coupons: tuple[Coupon, ...] = ()
    reductions: tuple[Reduction, ...] = ()
    exempt: Exempt | None = None
    rules: ShopRules = field(default=NO_RULES, repr=False, compare=False)

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
        found = next((line for line in self.lines if line.n == n), None)
        if found is None:
            refuse("line", t("This line is no longer in the basket. Choose another."))
        return found

    def age_needed(self, item: Item) -> int | None:
        """The age to ask for before this item may be added, or None.

        One passed answer covers the rest of the sale at that age or lower (UX 5.5).
        """
        covered = max((c.min_age for c in self.checks if c.result != "refused"), default=0)
        return item.min_age if item.min_age is not None and item.min_age > covered else None

    # -- changing --------------------------------------------------------------------------------

    def begun(self, at: datetime, rules: ShopRules) -> Basket:
        """The basket with the shop's rules of now, and with ``at`` as its beginning when it is empty.

        One that lay parked for more than :data:`KEPT` begins anew, with the prices and offers of now.
        """
        if self.began is not None and at - self.began <= KEPT and not self.empty:
            return replace(self, rules=rules)
        exact = at.replace(microsecond=at.microsecond // 1000 * 1000)  # as a record keeps it
        after = replace(self, began=exact, rules=rules)
        return after if self.empty else replace(after, lines=_settled(after))

    def add(self, item: Item, qty: int | None = None, *, code: str = "") -> Basket:
        """Add ``qty`` thousandths (default one piece) at the catalogue's price.

        A repeated piece of the same code at the same price raises the quantity of its last line; weighed
        goods always make a line of their own. BasketError: blocked, weigh, price_needed, age, quantity.
        """
        self._may_add(item)
        if item.open_price:
            refuse("price_needed", t("{name} has no fixed price. Type its price.", name=item.name))
        if qty is None and item.weighed:
            refuse("weigh", t("{name} is sold by weight. Weigh it first.", name=item.name))
        qty = ONE if qty is None else qty
        code = code or item.code or item.plu
        same = self._mergeable(item, code)
        if same is not None:
            return self.change_qty(same.n, same.qty + qty)
        return self._sell(item, code, qty, item.price, item.price_version)

    def add_typed(
        self, item: Item, price: int, qty: int = ONE, *, code: str = "", department: str = ""
    ) -> Basket:
        """Add at a typed price (minor units per unit): open-price items, or unknown codes in a department."""
        self._may_add(item)
        code = code or item.code or item.plu
        flags = (TYPED_PRICE,)
        return self._sell(item, code, qty, checked_price(price), 0, flags=flags, department=department)

    def add_label(self, item: Item, amount: int, *, code: str) -> Basket:
        """Add a price-embedded label: the label's amount (minor units) stands, the quantity is derived."""
        self._may_add(item)
        derived = divide_half_up(amount * ONE, item.price) if item.weighed and item.price > 0 else ONE
        qty = min(max(derived, 1), MAX_QTY)
        fixed = checked_price(amount)
        return self._sell(item, code, qty, item.price, item.price_version, fixed, (LABEL_PRICE,))

    def change_qty(self, n: int, qty: int) -> Basket:
        """Set the quantity (thousandths) of line ``n``. BasketError: line, quantity, whole_quantity."""
        line = self.line(n)
        if LABEL_PRICE in line.flags:
            refuse("quantity", t("The label gives the price of this pack. Scan each pack."))
        if line.inward or line.deposit_for or line.account:
            refuse("quantity", t("Remove this line and scan it again."))
        check_qty(line.item, qty)
        return self.put(replace(line, qty=qty, amount=amount_of(line.price, qty)))

    def remove(self, n: int) -> Basket:
        """Take line ``n`` out, with the approvals and discounts that were for it, and its deposit."""
        if self.line(n).deposit_for and not self.line(n).inward:
            refuse("line", t("This deposit goes with its goods. Remove those."))
        kept = tuple(line for line in self.lines if line.n != n and line.deposit_for != n)
        gone = {line.n for line in self.lines} - {line.n for line in kept}
        after = replace(
            self,
            lines=kept,
            approvals=tuple(a for a in self.approvals if a.line not in gone),
            reductions=tuple(r for r in self.reductions if r.line not in gone),
            touched=kept[-1].n if kept else 0,
        )
        return self.stepped(after)

    def set_price(self, n: int, price: int, approval: Approval) -> Basket:
        """Override the price (minor units per unit) of line ``n``; the approval goes into the document."""
        line = self.line(n)
        if line.inward or line.deposit_for:
            refuse("price", t("The price of this line stands. Remove it and scan it again."))
        flags = tuple(f for f in line.flags if f not in (LABEL_PRICE, MOVED_PRICE))
        flags = flags if TYPED_PRICE in flags else (*flags, TYPED_PRICE)
        changed = replace(
            line,
            price=checked_price(price),
            price_version=0,
            amount=amount_of(price, line.qty),
            flags=flags,
        )
        check_price(changed, self.rules.law, self.began)
        kept = tuple(a for a in self.approvals if a.line != n)
        stamped = replace(approval, line=n, was=line.item.price, now=price)
        after = replace(self, lines=self._swapped(changed), approvals=(*kept, stamped), touched=n)
        return self.stepped(after)

    def reprice(
        self,
        n: int,
        *,
        price: int,
        price_version: int,
        tax: str | None = None,
        rate: int | None = None,
        taxes: Taxes = (),
    ) -> Basket:
        """Take over the price and tax that the server says are live now (``check_basket``).

        ``taxes`` go with ``tax`` and are those of a composite code.
        """
        line = self.line(n)
        item = replace(
            line.item,
            price=price,
            price_version=price_version,
            tax=line.item.tax if tax is None else tax,
            rate=line.item.rate if rate is None else rate,
            taxes=line.item.taxes if tax is None else taxes,
        )
        if line.typed_price or line.inward:
            return self.put(replace(line, item=item))
        amount = line.amount if LABEL_PRICE in line.flags else amount_of(price, line.qty)
        return self.put(replace(line, item=item, price=price, price_version=price_version, amount=amount))

    def keep_price(self, n: int) -> Basket:
        """Keep the older, scanned price though the server has a newer one; the line is flagged."""
        line = self.line(n)
        flags = line.flags if MOVED_PRICE in line.flags else (*line.flags, MOVED_PRICE)
        return self.put(replace(line, flags=flags))

    def with_check(self, check: AgeCheck) -> Basket:
        """Note an age answer. It is a fact: undo does not take it back."""
        return replace(self, checks=(*self.checks, check))

    def undo(self) -> Basket:
        """The basket before the last change of lines; itself when there is none."""
        if not self.history:
            return self
        return replace(
            self.history[-1],
            checks=self.checks,
            next_n=self.next_n,
            began=self.began,
            rules=self.rules,
            history=self.history[:-1],
        )

    # -- for other rooms -------------------------------------------------------------------------

    def append(self, line: Line) -> Basket:
        """The basket with one more line, which gets its name here (``line.n`` counts for nothing)."""
        if len(self.lines) >= MAX_LINES:
            refuse("full", t("A sale holds {n} lines. Take payment, then go on.", n=MAX_LINES))
        named = replace(line, n=self.next_n)
        return self.stepped(replace(self, lines=(*self.lines, named), touched=named.n))

    def put(self, changed: Line) -> Basket:
        """The basket with ``changed`` in the place of the line of its name."""
        return self.stepped(replace(self, lines=self._swapped(changed), touched=changed.n))

    def stepped(self, after: Basket) -> Basket:
        """``after`` as the basket that follows this one: deposits and promotions settled anew, and undo comes
        back here. BasketError "limit" when the law lets no sale hold so much.

        Only through here do lines, discounts, coupons or the customer change.
        """
        # next_n never goes back, so a line's name is never given to another line of the same sale.
        top = max(self.next_n, max((line.n for line in after.lines), default=0) + 1)
        law = after.rules.law
        after = replace(after, lines=married(after.lines, law, top))
        check_limits(self.lines, after.lines, law)
        top = max(top, max((line.n for line in after.lines), default=0) + 1)
        before = replace(self, history=())
        return replace(after, lines=_settled(after), next_n=top, history=(*self.history, before))

    # -- inside ----------------------------------------------------------------------------------

    def _may_add(self, item: Item) -> None:
        if item.blocked:
            refuse("blocked", t("{name} may not be sold. Put it aside and call the manager.", name=item.name))
        if (age := self.age_needed(item)) is not None:
            refuse("age", t("{name} needs an age check for {age}.", name=item.name, age=age))

    def _mergeable(self, item: Item, code: str) -> Line | None:
        if item.weighed:
            return None
        for line in reversed(self.lines):
            if line.item.id == item.id and not line.inward and not line.deposit_for:
                was = line.item
                key = (line.code, was.price, was.price_version, was.tax, was.rate)
                same = key == (code, item.price, item.price_version, item.tax, item.rate)
                return line if same and not line.flags else None
        return None

    def _sell(
        self,
        item: Item,
        code: str,
        qty: int,
        price: int,
        version: int,
        amount: int | None = None,
        flags: tuple[str, ...] = (),
        department: str = "",
    ) -> Basket:
        check_qty(item, qty)
        amount = amount_of(price, qty) if amount is None else amount
        line = Line(0, item, code, qty, price, version, amount, flags, department)
        check_price(line, self.rules.law, self.began)
        return self.append(line)

    def _swapped(self, changed: Line) -> tuple[Line, ...]:
        return tuple(changed if line.n == changed.n else line for line in self.lines)


def _settled(basket: Basket) -> tuple[Line, ...]:
    buyer = Buyer(basket.began, basket.levels, basket.coupons)
    lines = settled(basket.lines, buyer, basket.rules.promotions, basket.reductions)
    return floored(lines, basket.rules.law, basket.began)


def totals(basket: Basket) -> Totals:
    """Subtotal, taxes and total (minor units), exactly as the document will state them."""
    exempt = frozenset(basket.exempt.codes) if basket.exempt is not None else NOBODY
    lines = ((line.item.tax_set, line.net) for line in basket.lines)
    taxed = tax_sale(lines, basket.tax_mode, basket.rules.tax.method, exempt)
    return Totals(
        subtotal=sum(line.amount for line in basket.lines),
        taxes=taxed.taxes,
        tax=taxed.tax,
        total=taxed.gross,
        count=sum(_pieces(line) for line in basket.lines),
        off=sum(line.off for line in basket.lines),
        back=-sum(_pieces(line) for line in basket.lines if line.inward),
    )


def _pieces(line: Line) -> int:
    if line.deposit_for:
        return 0
    pieces = 1 if line.item.weighed else abs(line.qty) // ONE
    return -pieces if line.inward else pieces
