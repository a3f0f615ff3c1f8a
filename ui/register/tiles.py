"""The middle of the sale: category keys, the tiles of the open category in pages, and the row of actions."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos_desktop.domain.basket import Item
from pos_desktop.domain.money import Currency, format_amount
from pos_desktop.services.results import Tile as TileData
from pos_desktop.services.results import TilePage
from ui.keymap import Keymap
from ui.palette import CATEGORY_COLOURS
from ui.theme import SPACE_2, theme
from ui.widgets.key import Key, switch
from ui.widgets.overlay import PageBar
from ui.widgets.tile import Tile

CATEGORY_WIDTH = 92
TILE_WIDTH, TILE_LOW, TILE_HIGH = 122, 108, 140


def unit_price(item: Item, currency: Currency) -> str:
    """``1.12/kg``, or the words for an item whose price is typed."""
    if item.open_price:
        return "Price?"
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


class TileGrid(QWidget):
    """The tiles of one category, as many as fit, the rest on further pages. Signals: ``chosen(Item)``."""

    chosen = Signal(object)

    def __init__(self, currency: Currency, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._currency = currency
        self._tiles: tuple[TileData, ...] = ()
        self._page = 0
        self._shape = (0, 0)
        self._widgets: list[Tile] = []
        self._bar = PageBar(direction="row", parent=self)
        self._bar.page_wanted.connect(self.show_page)
        self._bar.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(theme().px(TILE_LOW))

    @property
    def shown(self) -> tuple[TileData, ...]:
        """The tiles on the open page."""
        per = max(1, self._shape[0] * self._shape[1])
        return self._tiles[self._page * per : (self._page + 1) * per]

    def set_tiles(self, tiles: tuple[TileData, ...]) -> None:
        """Show another category from its first page."""
        self._tiles = tiles
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
            rows = max(1, (self.height() - t.px(56)) // (t.px(TILE_LOW) + gap))
        return rows, columns

    def _place(self) -> None:
        shape = self._shape_for()
        if shape != self._shape:
            first = self._page * self._shape[0] * self._shape[1]
            self._shape = shape
            self._page = first // max(1, shape[0] * shape[1])
            self._fill()
        self._geometry()

    def _fill(self) -> None:
        for tile in self._widgets:
            tile.hide()
            tile.deleteLater()
        self._widgets = []
        for data in self.shown:
            tile = make_tile(data, self._currency)
            tile.setParent(self)
            tile.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            tile.clicked.connect(lambda _checked=False, item=data.item: self.chosen.emit(item))
            tile.show()
            self._widgets.append(tile)
        per = max(1, self._shape[0] * self._shape[1])
        pages = -(-len(self._tiles) // per)
        self._bar.setVisible(pages > 1)
        self._bar.set_pages(self._page, max(1, pages))

    def _geometry(self) -> None:
        t = theme()
        gap = t.px(SPACE_2)
        rows, columns = self._shape
        room = self.height() - (t.px(56) + gap if self._bar.isVisibleTo(self) else 0)
        width = (self.width() - gap * (columns - 1)) / columns
        height = min(t.px(TILE_HIGH), (room - gap * (rows - 1)) // rows)
        for n, tile in enumerate(self._widgets):
            row, column = divmod(n, columns)
            left, right = round(column * (width + gap)), round(column * (width + gap) + width)
            tile.setGeometry(left, row * (height + gap), right - left, height)
        self._bar.setGeometry(0, self.height() - t.px(56), self.width(), t.px(56))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit columns and rows to the new size."""
        super().resizeEvent(event)
        self._place()


class TilesPanel(QWidget):
    """Category keys over a :class:`TileGrid`. Signals: ``chosen(Item)``."""

    chosen = Signal(object)

    def __init__(self, currency: Currency, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages: tuple[TilePage, ...] = ()
        self._first = 0
        self._open = 0
        self.grid = TileGrid(currency)
        self.grid.chosen.connect(self.chosen)
        self._row = QHBoxLayout()
        self._row.setSpacing(theme().px(SPACE_2))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().px(SPACE_2))
        column.addLayout(self._row)
        column.addWidget(self.grid, 1)

    @property
    def open_page(self) -> str:
        """The name of the open category."""
        return self._pages[self._open].name if self._pages else ""

    def set_pages(self, pages: tuple[TilePage, ...]) -> None:
        """Show these categories; the open one stays open when it is still there."""
        name = self.open_page
        self._pages = pages
        self._open = next((n for n, page in enumerate(pages) if page.name == name), 0)
        self._show_categories()
        self._show_open()

    def page_with(self, label: str) -> str:
        """The category that has a tile with this label; empty when none has."""
        return next((page.name for page in self._pages if any(t.label == label for t in page.tiles)), "")

    def tap_number(self, number: int) -> None:
        """Tap tile ``number`` (from 1) of the open page."""
        shown = self.grid.shown
        if 1 <= number <= len(shown):
            self.chosen.emit(shown[number - 1].item)

    def open(self, number: int) -> None:
        """Open category ``number``, counted from 0."""
        self._open = number
        fits = self._fits()
        if not self._first <= number < self._first + fits:
            self._first = (number // fits) * fits
        self._show_categories()
        self._show_open()

    # -- inside ----------------------------------------------------------------------------------

    def _fits(self) -> int:
        gap = theme().px(SPACE_2)
        keys = max(3, (self.width() + gap) // (theme().px(CATEGORY_WIDTH) + gap))
        return len(self._pages) if len(self._pages) <= keys else keys - 1

    def _show_categories(self) -> None:
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        fits = max(1, self._fits())
        keys: list[Key] = []
        chosen: Key | None = None
        for n in range(self._first, min(self._first + fits, len(self._pages))):
            key = Key(self._pages[n].name, name=f"category:{self._pages[n].name}")
            key.clicked.connect(lambda _checked=False, number=n: self.open(number))
            keys.append(key)
            chosen = key if n == self._open else chosen
        switch(keys, chosen or Key())
        if len(self._pages) > fits:
            more = Key("More", icon="chevron-right", name="category:more", variant="soft")
            more.clicked.connect(self._next_categories)
            keys.append(more)
        for key in keys:
            key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._row.addWidget(key, 1)

    def _next_categories(self) -> None:
        fits = max(1, self._fits())
        self._first = self._first + fits if self._first + fits < len(self._pages) else 0
        self._show_categories()

    def _show_open(self) -> None:
        self.grid.set_tiles(self._pages[self._open].tiles if self._pages else ())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many categories as have room."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            fits = max(1, self._fits())
            self._first = (self._open // fits) * fits
            self._show_categories()


class ActionRow(QWidget):
    """Find, hold, recall, look up, more. Signals: ``pressed(str)`` with a key-map action."""

    pressed = Signal(str)

    def __init__(self, keys: Keymap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().px(SPACE_2))
        self._keys: dict[str, Key] = {}
        for label, action, icon in (
            ("Find", "find", "search"),
            ("Hold", "hold", "pause"),
            ("Recall", "recall", "inbox"),
            ("Look up", "look_up", "tag"),
            ("More", "more", "ellipsis"),
        ):
            # Hold (F8) recalls too when nothing is rung up; a long hint would run into the icon.
            hint = "" if action == "recall" else keys.hint("sale", action)
            key = Key(label, icon=icon, form="column", hint=hint, height=60, name=action)
            key.clicked.connect(lambda _checked=False, name=action: self.pressed.emit(name))
            key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._keys[action] = key
            row.addWidget(key, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_held(self, count: int) -> None:
        """How many sales are held, as a badge on Recall."""
        self._keys["recall"].set_badge(str(count) if count else "")

    def set_enabled(self, actions: set[str]) -> None:
        """Enable only the keys that do something now."""
        for name, key in self._keys.items():
            if key.isEnabled() != (name in actions):
                key.setEnabled(name in actions)
