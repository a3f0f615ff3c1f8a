"""A manager's hands on a page, the products' above all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from pos_desktop.services.manager import ManagerDesk, Product, ProductFilter
from ui.manager.adjust import AdjustStock
from ui.manager.grid_page import GridPage
from ui.manager.products_page import ProductsPage
from ui.tasks import Lanes
from ui.widgets.key import Key

LEFT = Qt.MouseButton.LeftButton
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
PLAIN = Qt.KeyboardModifier.NoModifier
Page = TypeVar("Page", bound=GridPage)


def settle(page: GridPage, lanes: Lanes) -> None:
    """Wait until the page has asked what it wanted to ask, and has its answers."""
    assert lanes.wait_idle()
    QApplication.processEvents()
    while page.counting or not lanes.idle:
        QApplication.processEvents()
        assert lanes.wait_idle()


@dataclass
class PageHands(Generic[Page]):
    """A manager at a page."""

    page: Page
    lanes: Lanes
    qtbot: QtBot

    def settle(self) -> None:
        settle(self.page, self.lanes)


class Hands(PageHands[ProductsPage]):
    """A manager at the products."""

    def names(self) -> list[str]:
        model = self.page.model
        return [model.row(row).name for row in range(model.rowCount())]

    def section(self, key: str) -> int:
        return next(n for n, column in enumerate(self.page.model.columns) if column.key == key)

    def index(self, item: int, key: str) -> QModelIndex:
        row = self.page.model.row_of(item)
        assert row is not None
        return self.page.model.index(row, self.section(key))

    def cell(self, item: int, key: str) -> str:
        return str(self.index(item, key).data())

    def to_cell(self, item: int, key: str) -> None:
        """Take a cell in hand, as a click does."""
        self.page.table.setFocus()
        place = self.page.table.visualRect(self.index(item, key)).center()
        QTest.mouseClick(self.page.table.viewport(), LEFT, PLAIN, place)

    def type_cell(self, item: int, key: str, text: str, end: Qt.Key = Qt.Key.Key_Return) -> None:
        """Edit a cell in place and leave it by ``end``."""
        self.to_cell(item, key)
        self.page.key_actions()["edit"]()
        editor = self.page.table.editor
        assert editor is not None
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, end)

    def take(self, item: int) -> None:
        row = self.page.model.row_of(item)
        assert row is not None
        self.click(row, 120)

    def click(self, row: int, x: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        table = self.page.table
        place = table.visualRect(self.page.model.index(row, 0))
        point = QPoint(place.left() + x, place.center().y())
        QTest.mouseClick(table.viewport(), LEFT, modifier, point)

    def filter(self, words: str) -> None:
        """Type a filter and wait for the answer the pause asks for."""
        self.page.filter.field.clear()
        with self.qtbot.waitSignal(self.page.model.loaded):
            QTest.keyClicks(self.page.filter.field, words)
        self.settle()

    def type_price(self, item: int, price: str) -> None:
        """Type a price into the detail."""
        self.take(item)
        self.page.detail.edit()
        QTest.keyClicks(self.page.detail.price, price)

    def banner_key(self, words: str) -> Key:
        return next(key for key in self.page.banner.action_keys() if key.text() == words)

    def question(self, kind: type[QWidget]) -> QWidget:
        return next(each for each in self.page.findChildren(kind) if each.isVisible())

    def press(self, key: QWidget) -> None:
        QTest.mouseClick(key, LEFT)
        self.settle()


def read(desk: ManagerDesk, item: int) -> Product:
    return next(each for each in desk.page(ProductFilter(1)).rows if each.id == item)


def open_adjust(hands: Hands, item: int) -> AdjustStock:
    hands.take(item)
    hands.press(hands.page.detail.adjust)
    question = hands.question(AdjustStock)
    assert isinstance(question, AdjustStock)
    return question
