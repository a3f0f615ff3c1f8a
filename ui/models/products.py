"""The columns of the products table: what a product's cells say, sort by, and take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pos_desktop.domain.money import MINUS, Currency, divide_half_up, format_amount, parse_amount
from pos_desktop.domain.quantity import format_qty, parse_qty
from pos_desktop.domain.tax import format_rate
from pos_desktop.services.manager import Choices, Product, Store, Value, margin
from pos_desktop.words import later, later_all, t
from ui.models.columns import Column, Editing
from ui.theme import Layout
from ui.widgets.table import Pill

MAX_PRICE = 99_999_999
"""The dearest price the server takes, in minor units."""
_UNKNOWN = later_all(
    {
        "category": "There is no category “{typed}”. Choose one of the list.",
        "supplier": "There is no supplier “{typed}”. Choose one of the list.",
        "tax": "There is no tax “{typed}”. Choose one of the list.",
        "answer": "There is no answer “{typed}”. Choose one of the list.",
    }
)
_MARKERS = (
    ("fruit", "fruit"),
    ("veg", "veg"),
    ("salad", "veg"),
    ("bak", "bakery"),
    ("bread", "bakery"),
    ("dairy", "dairy"),
    ("chilled", "dairy"),
    ("milk", "dairy"),
    ("soft drink", "drinks"),
    ("drink", "drinks"),
    ("coffee", "drinks"),
    ("wine", "alcohol"),
    ("beer", "alcohol"),
    ("spirit", "alcohol"),
    ("alcohol", "alcohol"),
    ("liquor", "alcohol"),
    ("biscuit", "snacks"),
    ("snack", "snacks"),
    ("sweet", "snacks"),
    ("confection", "snacks"),
)


class ProductColumns:
    """The columns of one store's products. ``choices`` is what cells can be set to, once it is read."""

    def __init__(self, store: Store, money: Currency) -> None:
        self._store, self._money = store, money
        self.choices = Choices()

    def columns(self) -> tuple[Column, ...]:
        """Every column, the one that carries the tick first."""
        stock = (
            *self._stock(),
            Column("status", later("Status"), 112, lambda p: status(p).text, pill=status),
        )
        return (_NAME, _CODE, self._category(), *self._money_columns(), *stock, *self._given(), *_LIMITS)

    def _category(self) -> Column:
        editing = Editing("category", self._read_category, _category, lambda: self.choices.categories)
        return Column(
            "category",
            later("Category"),
            128,
            _category,
            sort="category",
            since=Layout.NORMAL,
            roomy=180,
            dot=lambda p: marker(p.category),
            editing=editing,
        )

    def _money_columns(self) -> tuple[Column, ...]:
        money, store = self._money, self._store
        price = Editing("price", self._read_price, lambda p: format_amount(p.price, money))
        return (
            Column("price", later("Price"), 92, price.begin, number=True, sort="price", editing=price),
            Column(
                "cost",
                later("Cost"),
                84,
                lambda p: cost_text(p, money),
                number=True,
                sort="cost",
                since=Layout.WIDE,
                tone=lambda _: "text2",
            ),
            Column(
                "margin",
                later("Margin"),
                84,
                lambda p: margin_text(p, store, money),
                plain=lambda p: margin_text(p, store, money).removesuffix(" %"),
                number=True,
                since=Layout.NORMAL,
            ),
        )

    def _stock(self) -> tuple[Column, ...]:
        low = Editing("low", _read_low, lambda p: "" if p.low is None else format_qty(p.low))
        return (
            Column(
                "on_hand",
                later("On hand"),
                100,
                lambda p: format_qty(p.on_hand, p.unit),
                plain=lambda p: format_qty(p.on_hand),
                number=True,
                sort="on_hand",
                strong=True,
            ),
            Column(
                "low",
                later("Reorder at"),
                100,
                lambda p: "" if p.low is None else format_qty(p.low, p.unit),
                plain=low.begin,
                number=True,
                sort="low",
                editing=low,
                since=Layout.WIDE,
            ),
        )

    def _given(self) -> tuple[Column, ...]:
        supplier = Editing("supplier", self._read_supplier, _supplier, lambda: self.choices.suppliers)
        tax = Editing("tax", self._read_tax, lambda p: str(p.tax), self._tax_codes)
        return (
            Column(
                "supplier",
                later("Supplier"),
                160,
                _supplier,
                sort="supplier",
                editing=supplier,
                since=Layout.WIDE,
                roomy=180,
            ),
            Column("tax", later("Tax"), 92, _tax, plain=tax.begin, editing=tax, since=None),
        )

    # -- what typed texts mean -------------------------------------------------------------------------

    def _read_price(self, text: str, _product: Product) -> Value:
        price = parse_amount(text, self._money)
        if price is None or not 0 <= price <= MAX_PRICE:
            raise ValueError(t("Type a price such as {price}.", price=format_amount(185, self._money)))
        return price

    def _read_category(self, text: str, product: Product) -> Value:
        return _chosen(text, (*self.choices.categories, product.category), "category")

    def _read_supplier(self, text: str, product: Product) -> Value:
        known = (*self.choices.suppliers, product.supplier)
        return _chosen(text, known, "supplier") if text.strip() else ""

    def _tax_codes(self) -> Sequence[str]:
        return [tax.code for tax in self.choices.taxes]

    def _read_tax(self, text: str, product: Product) -> Value:
        named = {tax.name.casefold(): tax.code for tax in self.choices.taxes}
        bare = text.strip().casefold()
        return named.get(bare) or _chosen(text, (*self._tax_codes(), product.tax), "tax")


def _chosen(text: str, known: Sequence[str], what: str) -> str:
    """The name that was meant, whatever its case; ValueError when there is none of it."""
    bare = text.strip().casefold()
    found = next((name for name in known if name and name.casefold() == bare), None)
    if found is None:
        raise ValueError(t(_UNKNOWN[what], typed=text.strip()))
    return found


def _category(product: Product) -> str:
    return product.category


def _supplier(product: Product) -> str:
    return product.supplier


def _tax(product: Product) -> str:
    return f"{product.tax} {format_rate(product.rate)}"


def _blocked(product: Product) -> str:
    return t("Yes") if product.blocked else t("No")


def _plain_blocked(product: Product) -> str:
    return "Yes" if product.blocked else "No"


def _read_name(text: str, _product: Product) -> Value:
    name = " ".join(text.split())
    if not 0 < len(name) <= 200 or not name.isprintable():
        raise ValueError(t("A product needs a name of at most 200 letters."))
    return name


def _read_low(text: str, product: Product) -> Value:
    bare = text.strip().removesuffix(product.unit).strip()
    if not bare:
        return None
    qty = 0 if not bare.strip("0.,") and bare[0] == "0" else parse_qty(bare)
    if qty is None:
        raise ValueError(t("Type an amount such as 12, or nothing."))
    return qty


def _read_age(text: str, _product: Product) -> Value:
    bare = text.strip()
    if not bare:
        return None
    if not (bare.isascii() and bare.isdigit() and 1 <= int(bare[:3]) <= 99):
        raise ValueError(t("Type an age from 1 to 99, or nothing."))
    return int(bare)


def _read_blocked(text: str, _product: Product) -> Value:
    """In the language in use, or in English as a file of ours has it."""
    return 1 if _chosen(text, (t("Yes"), t("No"), "Yes", "No"), "answer") in (t("Yes"), "Yes") else 0


_NAME = Column(
    "name",
    later("Product"),
    240,
    lambda p: str(p.name),
    sort="name",
    strong=True,
    editing=Editing("name", _read_name, lambda p: str(p.name)),
)
_CODE = Column(
    "code",
    later("Code"),
    132,
    lambda p: shown_code(p.code),
    code=True,
    since=Layout.NORMAL,
    roomy=148,
    tone=lambda _: "text2",
)
_AGE = Editing("min_age", _read_age, lambda p: "" if p.min_age is None else str(p.min_age))
_BLOCKED = Editing("blocked", _read_blocked, _blocked, lambda: (t("Yes"), t("No")))
_LIMITS = (
    Column("min_age", later("Age"), 64, _AGE.begin, number=True, editing=_AGE, since=None),
    Column("blocked", later("Blocked"), 90, _blocked, plain=_plain_blocked, editing=_BLOCKED, since=None),
)


def with_values(product: Product, values: dict[str, Value]) -> Product:
    """The product as it would be with these values of FIELDS."""
    known = {field: bool(value) if field == "blocked" else value for field, value in values.items()}
    return replace(product, **known)  # type: ignore[arg-type]


def status(product: Product) -> Pill:
    """Whether there is enough of it, in words, colour and shape."""
    if product.blocked:
        return Pill(t("Blocked"), "danger", "circle-alert")
    if product.is_out:
        return Pill(t("Out"), "danger", "circle-alert")
    return (
        Pill(t("Low"), "warn", "triangle-alert") if product.is_low else Pill(t("In stock"), "good", "check")
    )


def shown_code(code: str) -> str:
    """A code as it stands on the goods: the catalogue fills barcodes up to 14 digits with zeros."""
    if len(code) != 14 or not code.isdigit() or not code.startswith("0"):
        return code
    return code[6:] if code.startswith("000000") else code[1:]


def marker(category: str) -> str:
    """The marker colour's name for a category of the shop, by its words; "other" when they tell nothing."""
    words = category.casefold()
    return next((name for stem, name in _MARKERS if stem in words), "other") if words else ""


def cost_text(product: Product, money: Currency) -> str:
    """The cost to the currency's digits; empty when nobody knows it."""
    if product.cost is None:
        return ""
    return format_amount(divide_half_up(product.cost, 10 ** (6 - money.digits)), money)


def margin_text(product: Product, store: Store, money: Currency) -> str:
    """The margin as "28.6 %"; empty without a cost."""
    tenths = margin(product, store.tax_mode, money.digits)
    if tenths is None:
        return ""
    whole, rest = divmod(abs(tenths), 10)
    return f"{MINUS if tenths < 0 else ''}{whole}.{rest} %"
