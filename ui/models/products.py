"""The products of a store as a table model: pages are fetched by key as they scroll into view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from pos_desktop.domain.money import MINUS, Currency, format_amount
from pos_desktop.domain.quantity import format_qty
from pos_desktop.services.manager import ManagerDesk, Product, ProductFilter, ProductPage, Store, margin
from ui.tasks import Lanes, Query
from ui.widgets.table import ChipRole, Pill, StrongRole, ToneRole

Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
COLUMNS = ("Product", "Code", "Category", "Price", "Cost", "Margin", "On hand", "Status")
_SORTS = {0: "name", 3: "price", 6: "on_hand"}
_ROOT = QModelIndex()
_NUMBERS = frozenset((3, 4, 5, 6))


class ProductsModel(QAbstractTableModel):
    """Rows read so far, in the database's order; ``fetchMore`` asks a lane for the page that follows.

    Signals: ``loaded`` when a page came, ``trouble(Exception)`` when none did: the rows shown stay.
    """

    loaded = Signal()
    trouble = Signal(object)

    def __init__(
        self, desk: ManagerDesk, lanes: Lanes, store: Store, money: Currency, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._lanes, self._store, self._money = desk, lanes, store, money
        self._products: list[Product] = []
        self._next: dict[str, Any] | None = None
        self._wanted, self._sort = ProductFilter(store.number), "name"
        self._asking = False

    @property
    def wanted(self) -> ProductFilter:
        """The filter in force."""
        return self._wanted

    def product(self, row: int) -> Product:
        """The product of a row."""
        return self._products[row]

    def show(self, wanted: ProductFilter, sort: str | None = None) -> None:
        """Read from the first page again; the old rows stay until the new ones are there."""
        self._wanted, self._sort = wanted, sort or self._sort
        self._next = None  # its key belongs to the old filter and order
        self._ask(None, self._replace)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort in the database by the columns it can sort by; any other, or none, is by name."""
        name = _SORTS.get(column, "name")
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
        self._products = list(page.products)
        self.endResetModel()
        self._came(page)

    def _append(self, page: ProductPage) -> None:
        first = len(self._products)
        if page.products:
            self.beginInsertRows(QModelIndex(), first, first + len(page.products) - 1)
            self._products.extend(page.products)
            self.endInsertRows()
        self._came(page)

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
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(product, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_RIGHT.value) if column in _NUMBERS else None
        if role == ChipRole and column == len(COLUMNS) - 1:
            return status(product)
        if role == StrongRole:
            return column in (0, 6)
        return "text2" if role == ToneRole and column in (1, 4) else None

    def _text(self, product: Product, column: int) -> str:
        texts: tuple[Callable[[], str], ...] = (
            lambda: product.name,
            lambda: product.code,
            lambda: product.category,
            lambda: format_amount(product.price, self._money),
            lambda: "" if product.cost is None else _cost(product.cost, self._money),
            lambda: _percent(margin(product, self._store.tax_mode, self._money.digits)),
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


def _cost(millionths: int, money: Currency) -> str:
    scale: int = 10 ** (6 - money.digits)
    return format_amount((millionths + scale // 2) // scale, money)


def _percent(tenths: int | None) -> str:
    if tenths is None:
        return ""
    whole, rest = divmod(abs(tenths), 10)
    return f"{MINUS if tenths < 0 else ''}{whole}.{rest} %"
