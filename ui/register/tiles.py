"""The middle of the sale: category keys, the tiles of the open category, and the row of actions."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos_desktop.domain.money import Currency
from pos_desktop.services.results import TilePage
from pos_desktop.words import t
from ui.keymap import Keymap
from ui.register.tile_grid import TileGrid
from ui.theme import SPACE_2, theme
from ui.widgets.key import Key, switch

CATEGORY_WIDTH = 92
TALL = 760
"""From this height on (logical pixels) categories that do not fit one row get a second one."""


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
        self._keys = QGridLayout()
        self._keys.setSpacing(theme().px(SPACE_2))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().px(SPACE_2))
        column.addLayout(self._keys)
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

    def _rows(self) -> int:
        return 2 if self.height() >= theme().px(TALL) else 1

    def _fits(self) -> int:
        gap = theme().px(SPACE_2)
        keys = self._rows() * max(3, (self.width() + gap) // (theme().px(CATEGORY_WIDTH) + gap))
        return len(self._pages) if len(self._pages) <= keys else keys - 1

    def _show_categories(self) -> None:
        while (item := self._keys.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        keys = self._category_keys(max(1, self._fits()))
        gap = theme().px(SPACE_2)
        one_row = max(3, (self.width() + gap) // (theme().px(CATEGORY_WIDTH) + gap))
        columns = len(keys) if len(keys) <= one_row else -(-len(keys) // self._rows())
        for n, key in enumerate(keys):
            key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._keys.addWidget(key, n // columns, n % columns)
        for column in range(self._keys.columnCount()):
            self._keys.setColumnStretch(column, 1 if column < columns else 0)

    def _category_keys(self, fits: int) -> list[Key]:
        keys: list[Key] = []
        chosen: Key | None = None
        for n in range(self._first, min(self._first + fits, len(self._pages))):
            key = Key(self._pages[n].name, name=f"category:{self._pages[n].name}")
            key.clicked.connect(lambda _checked=False, number=n: self.open(number))
            keys.append(key)
            chosen = key if n == self._open else chosen
        switch(keys, chosen or Key())
        if len(self._pages) > fits:
            more = Key(t("More"), icon="chevron-right", name="category:more", variant="soft")
            more.clicked.connect(self._next_categories)
            keys.append(more)
        return keys

    def _next_categories(self) -> None:
        fits = max(1, self._fits())
        self._first = self._first + fits if self._first + fits < len(self._pages) else 0
        self._show_categories()

    def _show_open(self) -> None:
        open_ = self._pages[self._open].tiles if self._pages else ()
        self.grid.set_tiles(open_, self._pages[self._open + 1 :])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many categories as have room."""
        super().resizeEvent(event)
        if event.size() != event.oldSize():
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
            (t("Find"), "find", "search"),
            (t("Hold"), "hold", "pause"),
            (t("Recall"), "recall", "inbox"),
            (t("Look up"), "look_up", "tag"),
            (t("More"), "more", "ellipsis"),
        ):
            # Hold (F8) recalls too when nothing is rung up; a long hint would run into the icon.
            hint = "" if action == "recall" else keys.hint("sale", action)
            key = Key(label, icon=icon, form="column", hint=hint, height=60, name=action)
            key.clicked.connect(lambda _checked=False, name=action: self.pressed.emit(name))
            key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._keys[action] = key
            row.addWidget(key, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_held(self, count: int, whose: str = "") -> None:
        """How many sales are held, as a badge on Recall, and under its word who else holds some."""
        recall = self._keys["recall"]
        recall.set_badge(str(count) if count else "")
        recall.set_label(t("Recall\n{whose}", whose=whose) if whose else t("Recall"))

    def set_enabled(self, actions: set[str]) -> None:
        """Enable only the keys that do something now."""
        for name, key in self._keys.items():
            if key.isEnabled() != (name in actions):
                key.setEnabled(name in actions)
