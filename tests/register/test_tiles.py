"""The middle of the sale fills the room it has: categories in a second row, tiles of the next ones below."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_desktop.domain.basket import Item
from pos_desktop.domain.money import currency
from pos_desktop.services.results import Tile as TileData
from pos_desktop.services.results import TilePage
from ui.register.tiles import TilesPanel
from ui.theme import theme
from ui.widgets.key import Key
from ui.widgets.labels import Label
from ui.widgets.tile import Tile

WIDE, NORMAL = (890, 920), (530, 604)


def pages(*sizes: int) -> tuple[TilePage, ...]:
    """Categories of so many tiles, called A, B, C ..."""
    made = []
    for place, size in enumerate(sizes):
        name = chr(ord("A") + place)
        item = Item(place + 1, f"Goods of {name}", "each", 120, 1, "S", 200_000)
        made.append(TilePage(name, tuple(TileData(f"{name}{n}", item) for n in range(1, size + 1))))
    return tuple(made)


@pytest.fixture
def panel(qtbot: QtBot, app: QApplication) -> TilesPanel:
    """An empty panel."""
    made = TilesPanel(currency("GBP"))
    qtbot.addWidget(made)
    made.show()
    return made


def look(panel: TilesPanel, size: tuple[int, int], shop: tuple[TilePage, ...]) -> tuple[list[str], list[str]]:
    """The words of the category keys and of the tiles in sight, in their order on the screen."""
    panel.resize(*size)
    panel.set_pages(shop)
    QApplication.processEvents()
    keys = [key.text() for key in panel.findChildren(Key) if key.isVisible() and key.parent() is panel]
    tiles = [tile for tile in panel.findChildren(Tile) if tile.isVisible()]
    tiles.sort(key=lambda tile: (tile.y(), tile.x()))
    return keys, [tile.text() for tile in tiles]


def test_a_wide_screen_shows_the_next_category_under_a_short_one(panel: TilesPanel) -> None:
    """Six columns: three rows of the open one, then whole rows of the next with a heading, to the bottom."""
    keys, tiles = look(panel, WIDE, pages(16, 32, 4))
    assert keys == ["A", "B", "C"]
    assert tiles[:17] == [*(f"A{n}" for n in range(1, 17)), "B1"]
    assert len(tiles) == 16 + 18
    headings = [label.text() for label in panel.findChildren(Label) if label.isVisible()]
    assert headings == ["B · 18 of 32"]
    last = max(tile.geometry().bottom() for tile in panel.findChildren(Tile) if tile.isVisible())
    assert panel.grid.height() - theme().px(108) < last < panel.grid.height()
    assert [tile.label for tile in panel.grid.shown][-1] == "A16"


def test_where_the_open_category_needs_the_room_nothing_else_shows(panel: TilesPanel) -> None:
    """Sixteen tiles fill a usual screen; thirty-two have pages."""
    assert look(panel, NORMAL, pages(16, 32))[1] == [f"A{n}" for n in range(1, 17)]
    panel.open(1)
    QApplication.processEvents()
    assert {tile.text()[0] for tile in panel.findChildren(Tile) if tile.isVisible()} == {"B"}


def test_categories_take_a_second_row_where_the_screen_is_high(panel: TilesPanel) -> None:
    """Fourteen: all on a high screen; on a low one the last key turns to the others."""
    shop = pages(*[3] * 14)
    assert look(panel, WIDE, shop)[0] == [page.name for page in shop]
    low, _tiles = look(panel, (890, 604), shop)
    assert low == ["A", "B", "C", "D", "E", "F", "G", "More"]
