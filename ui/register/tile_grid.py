"""The tiles of the open category in pages; where they leave room, the categories after it stand below."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from pos_desktop.domain.basket import Item
from pos_desktop.domain.money import Currency, format_amount
from pos_desktop.services.results import Tile as TileData
from pos_desktop.services.results import TilePage
from pos_desktop.words import t
from ui.palette import CATEGORY_COLOURS
from ui.theme import SPACE_2, theme
from ui.widgets.labels import Label
from ui.widgets.overlay import PageBar
from ui.widgets.tile import Tile

TILE_WIDTH, TILE_LOW, TILE_HIGH = 122, 108, 140
HEADING = 28
BAR = 56


def unit_price(item: Item, currency: Currency) -> str:
    """``1.12/kg``, or the words for an item whose price is typed."""
    if item.open_price:
        return t("Price?")
    price = format_amount(item.price, currency)
    return f"{price}/{item.unit}" if item.weighed else price


def make_tile(data: TileData, currency: Currency) -> Tile:
    """A tile widget for one item."""
    item = data.item
    category = data.colour or item.colour
    return Tile(
        data.label,
        unit_price(item, currency),
        code=item.plu,
        category=category if category in CATEGORY_COLOURS else "other",
        icon=data.icon or item.icon,
        flag=f"{item.min_age}+" if item.min_age else "",
        sold_out=item.blocked,
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of tiles of one category; only those after the open one have a heading."""

    heading: str
    tiles: tuple[TileData, ...]
    rows: int


class TileGrid(QWidget):
    """As many tiles of the open category as fit, the rest on further pages. Signals: ``chosen(Item)``."""

    chosen = Signal(object)

    def __init__(self, currency: Currency, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._currency = currency
        self._tiles: tuple[TileData, ...] = ()
        self._after: tuple[TilePage, ...] = ()
        self._page = 0
        self._shape = (0, 0)
        self._parts: list[_Part] = []
        self._widgets: list[list[QWidget]] = []
        self._headings: list[Label] = []
        self._bar = PageBar(direction="row", parent=self)
        self._bar.page_wanted.connect(self.show_page)
        self._bar.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(theme().px(TILE_LOW))

    @property
    def shown(self) -> tuple[TileData, ...]:
        """The tiles of the open category on its open page."""
        per = max(1, self._shape[0] * self._shape[1])
        return self._tiles[self._page * per : (self._page + 1) * per]

    def set_tiles(self, tiles: tuple[TileData, ...], after: tuple[TilePage, ...] = ()) -> None:
        """Show another category from its first page; ``after`` are those that may fill room it leaves."""
        self._tiles, self._after = tiles, after
        self._page = 0
        self._shape = (0, 0)
        self._place()

    def show_page(self, page: int) -> None:
        """Show another page of the category."""
        self._page = page
        self._fill()
        self._geometry()

    def _shape_for(self) -> tuple[int, int]:
        t = theme()
        gap = t.px(SPACE_2)
        columns = max(3, (self.width() + gap) // (t.px(TILE_WIDTH) + gap))
        rows = max(1, (self.height() + gap) // (t.px(TILE_LOW) + gap))
        if len(self._tiles) > rows * columns:
            rows = max(1, (self.height() - t.px(BAR)) // (t.px(TILE_LOW) + gap))
        return rows, columns

    def _place(self) -> None:
        shape = self._shape_for()
        if shape != self._shape:
            first = self._page * self._shape[0] * self._shape[1]
            self._shape = shape
            self._page = first // max(1, shape[0] * shape[1])
            self._fill()
        self._geometry()

    def _plan(self) -> list[_Part]:
        """The open category's page, and rows of the next ones for as long as whole rows fit."""
        rows, columns = self._shape
        per = max(1, rows * columns)
        own = -(-len(self.shown) // max(1, columns))
        if len(self._tiles) > per:
            return [_Part("", self.shown, rows)]
        parts, left = [_Part("", self.shown, own)], rows - own
        for page in self._after:
            # A heading costs less than a row; the rows get a little lower for it.
            left -= 1 if len(parts) % 3 == 1 else 0
            fit = min(left, -(-len(page.tiles) // columns))
            if fit < 1:
                break
            shown = page.tiles[: fit * columns]
            left -= fit
            of = (
                t(" · {shown} of {all}", shown=len(shown), all=len(page.tiles))
                if len(shown) < len(page.tiles)
                else ""
            )
            parts.append(_Part(f"{page.name}{of}", shown, fit))
        return parts

    def _fill(self) -> None:
        for old in (*(tile for row in self._widgets for tile in row), *self._headings):
            old.hide()
            old.deleteLater()
        self._parts = self._plan()
        self._widgets = [[self._tile(data) for data in part.tiles] for part in self._parts]
        self._headings = [self._heading(part.heading) for part in self._parts[1:]]
        per = max(1, self._shape[0] * self._shape[1])
        pages = -(-len(self._tiles) // per)
        self._bar.setVisible(pages > 1)
        self._bar.set_pages(self._page, max(1, pages))

    def _tile(self, data: TileData) -> Tile:
        tile = make_tile(data, self._currency)
        tile.setParent(self)
        tile.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        tile.clicked.connect(lambda _checked=False: self.chosen.emit(data.item))
        tile.show()
        return tile

    def _heading(self, words: str) -> Label:
        label = Label(words, role="body_strong", tone="text2", max_lines=1, parent=self)
        label.show()
        return label

    def _geometry(self) -> None:
        t = theme()
        gap, heading = t.px(SPACE_2), t.px(HEADING)
        columns = max(1, self._shape[1])
        rows = max(1, sum(part.rows for part in self._parts))
        if self._bar.isVisibleTo(self):
            rows = max(rows, self._shape[0])
        room = self.height() - (t.px(BAR) + gap if self._bar.isVisibleTo(self) else 0)
        room -= len(self._headings) * (heading + gap)
        width = (self.width() - gap * (columns - 1)) / columns
        height = min(t.px(TILE_HIGH), (room - gap * (rows - 1)) // rows)
        top = 0
        for number, (part, widgets) in enumerate(zip(self._parts, self._widgets, strict=True)):
            if number:
                self._headings[number - 1].setGeometry(0, top, self.width(), heading)
                top += heading + gap
            for n, tile in enumerate(widgets):
                row, column = divmod(n, columns)
                left, right = round(column * (width + gap)), round(column * (width + gap) + width)
                tile.setGeometry(left, top + row * (height + gap), right - left, height)
            top += part.rows * (height + gap)
        self._bar.setGeometry(0, self.height() - t.px(BAR), self.width(), t.px(BAR))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit columns and rows to the new size."""
        super().resizeEvent(event)
        self._place()
