"""The products of a store as a table model: pages are fetched by key as they scroll into view."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from pos_desktop.domain.money import MINUS, THIN_SPACE, Currency, divide_half_up, format_amount
from pos_desktop.domain.quantity import format_qty
from pos_desktop.services.manager import ManagerDesk, Product, ProductFilter, ProductPage, Store, margin
from ui.tasks import Lanes, Query
from ui.widgets.table import ChipRole, DotRole, Pill, StrongRole, ToneRole

Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
COLUMNS = ("Product", "Code", "Category", "Price", "Cost", "Margin", "On hand", "Status")
NAME, CODE, CATEGORY, PRICE, COST, MARGIN, ON_HAND, STATUS = range(len(COLUMNS))
SORTS = {NAME: "name", PRICE: "price", ON_HAND: "on_hand"}
"""The columns the database can sort by."""
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
_ROOT = QModelIndex()
_NUMBERS = frozenset((PRICE, COST, MARGIN, ON_HAND))


class ProductsModel(QAbstractTableModel):
    """Rows read so far, in the database's order; ``fetchMore`` asks a lane for the page that follows.

    ``ticked`` are the products chosen, by id; they stay chosen when a filter hides them. ``drafts`` are
    prices typed and not saved, by id, shown in place of the saved ones.
    Signals: ``loaded`` when a page came, ``trouble(Exception)`` when none did: the rows shown stay;
    ``ticks_changed`` when other products are chosen.
    """

    loaded = Signal()
    trouble = Signal(object)
    ticks_changed = Signal()

    def __init__(
        self, desk: ManagerDesk, lanes: Lanes, store: Store, money: Currency, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._lanes, self._store, self._money = desk, lanes, store, money
        self._products: list[Product] = []
        self._next: dict[str, Any] | None = None
        self._wanted, self._sort = ProductFilter(store.number), "name"
        self._asking = False
        self.ticked: dict[int, Product] = {}
        self.drafts: dict[int, str] = {}
        self._drafted: dict[int, Product] = {}

    @property
    def wanted(self) -> ProductFilter:
        """The filter in force."""
        return self._wanted

    def product(self, row: int) -> Product:
        """The product of a row."""
        return self._products[row]

    def tick(self, rows: Iterable[int], on: bool | None = None) -> None:
        """Choose the products of ``rows``, or with False let them go; None turns each round."""
        for row in rows:
            product = self._products[row]
            if on is True or (on is None and product.id not in self.ticked):
                self.ticked[product.id] = product
            else:
                self.ticked.pop(product.id, None)
        self._ticks_changed()

    def tick_only(self, products: Iterable[Product]) -> None:
        """Choose exactly these products, shown or not."""
        self.ticked = {product.id: product for product in products}
        self._ticks_changed()

    def _ticks_changed(self) -> None:
        self._repaint(NAME, NAME)
        self.ticks_changed.emit()

    def set_draft(self, item: int, text: str | None) -> None:
        """A price typed and not saved; None forgets it.

        Until it is saved the product keeps the version that was on screen when the typing began, so that
        somebody else's change in between is noticed when it is saved.
        """
        row = self.row_of(item)
        if text is None:
            self.drafts.pop(item, None)
            self._drafted.pop(item, None)
        else:
            self.drafts[item] = text
            if row is not None:
                self._drafted.setdefault(item, self._products[row])
        self._repaint(PRICE, PRICE)

    def put(self, product: Product) -> None:
        """Show the new facts of a product wherever it is: in its row and among the chosen."""
        if product.id in self.ticked:
            self.ticked[product.id] = product
        row = self.row_of(product.id)
        if row is not None:
            self._products[row] = product
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    def row_of(self, item: int) -> int | None:
        """The row of a product read so far."""
        return next((row for row, each in enumerate(self._products) if each.id == item), None)

    def _repaint(self, first: int, last: int) -> None:
        if self._products:
            self.dataChanged.emit(self.index(0, first), self.index(len(self._products) - 1, last))

    def show(self, wanted: ProductFilter, sort: str | None = None) -> None:
        """Read from the first page again; the old rows stay until the new ones are there."""
        self._wanted, self._sort = wanted, sort or self._sort
        self._next = None  # its key belongs to the old filter and order
        self._ask(None, self._replace)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort in the database by the columns it can sort by; any other, or none, is by name."""
        name = SORTS.get(column, "name")
        self.show(self._wanted, f"-{name}" if order == Qt.SortOrder.DescendingOrder else name)

    def canFetchMore(self, parent: Index = _ROOT) -> bool:
        """Whether a page follows that is not under way."""
        return not parent.isValid() and self._next is not None and not self._asking

    def fetchMore(self, parent: Index = _ROOT) -> None:
        """Ask for the page that follows."""
        if self.canFetchMore(parent):
            self._ask(self._next, self._append)

    def _ask(self, after: dict[str, Any] | None, done: Callable[[ProductPage], None]) -> None:
        desk, wanted, sort = self._desk, self._wanted, self._sort
        self._asking = True
        work = lambda: desk.page(wanted, sort, after)  # noqa: E731 - the lane's work
        self._lanes.run(Query(self, work, done, self._failed, replaces="page"))

    def _replace(self, page: ProductPage) -> None:
        self.beginResetModel()
        self._products = [self._as_begun(product) for product in page.products]
        self.endResetModel()
        self._came(page)

    def _append(self, page: ProductPage) -> None:
        first = len(self._products)
        if page.products:
            self.beginInsertRows(QModelIndex(), first, first + len(page.products) - 1)
            self._products.extend(map(self._as_begun, page.products))
            self.endInsertRows()
        self._came(page)

    def _as_begun(self, product: Product) -> Product:
        begun = self._drafted.get(product.id)
        return replace(product, price=begun.price, row_version=begun.row_version) if begun else product

    def _came(self, page: ProductPage) -> None:
        self._next, self._asking = page.next, False
        self.loaded.emit()

    def _failed(self, problem: Exception) -> None:
        self._asking = False
        self.trouble.emit(problem)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Rows read so far."""
        return 0 if parent.isValid() else len(self._products)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """The columns of the products page."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:
        """Names of columns; numbers at the right."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section in _NUMBERS:
            return int(_RIGHT.value)
        return None

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """A cell's words and looks."""
        product, column = self._products[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole or (role == Qt.ItemDataRole.ToolTipRole and column == NAME):
            return self._text(product, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_RIGHT.value) if column in _NUMBERS else None
        if role == Qt.ItemDataRole.CheckStateRole and column == NAME:
            chosen = product.id in self.ticked
            return int((Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked).value)
        if role == ChipRole and column == STATUS:
            return status(product)
        if role == DotRole and column == CATEGORY:
            return marker(product.category)
        if role == StrongRole:
            return column in (NAME, ON_HAND)
        return self._tone(product, column) if role == ToneRole else None

    def _tone(self, product: Product, column: int) -> str | None:
        if column == PRICE and product.id in self.drafts:
            return "warn"
        return "text2" if column in (CODE, COST) else None

    def plain(self, product: Product) -> tuple[str, ...]:
        """A product's cells for a spreadsheet: no grouping, no units, no signs but a hyphen for minus."""
        money = self._money
        share = margin_text(product, self._store, money).removesuffix(" %")
        hand = format_qty(product.on_hand)
        numbers = (format_amount(product.price, money), cost_text(product, money), share, hand)
        bare = (text.replace(THIN_SPACE, "").replace(MINUS, "-") for text in numbers)
        return (product.name, shown_code(product.code), product.category, *bare, status(product).text)

    def _text(self, product: Product, column: int) -> str:
        texts: tuple[Callable[[], str], ...] = (
            lambda: product.name,
            lambda: shown_code(product.code),
            lambda: product.category,
            lambda: self.drafts.get(product.id) or format_amount(product.price, self._money),
            lambda: cost_text(product, self._money),
            lambda: margin_text(product, self._store, self._money),
            lambda: format_qty(product.on_hand, product.unit),
            lambda: status(product).text,
        )
        return texts[column]()


def status(product: Product) -> Pill:
    """Whether there is enough of it, in words, colour and shape."""
    if product.blocked:
        return Pill("Blocked", "danger", "circle-alert")
    if product.is_out:
        return Pill("Out", "danger", "circle-alert")
    return Pill("Low", "warn", "triangle-alert") if product.is_low else Pill("In stock", "good", "check")


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
