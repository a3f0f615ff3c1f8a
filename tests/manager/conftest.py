"""A manager with a login of its own in a small shop."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_desktop.bootstrap import ManagerServices, open_manager
from pos_desktop.config import load_settings
from pos_desktop.database.manager import add_manager
from pos_desktop.database.pool import Database
from pos_desktop.services.manager import ManagerDesk
from tests.database.furnished import Mould, move_in
from tests.database.shop import Shop
from tests.manager.hands import Hands, PageHands
from tests.shop_database import ShopDatabase
from ui.keymap import Keymap
from ui.manager.grid_page import GridPage
from ui.manager.products_page import ProductsPage
from ui.manager.window import InventoryWindow
from ui.tasks import Lanes
from ui.theme import theme

SECRET = "a manager's secret"
MakeWindow = Callable[[str], InventoryWindow]
OpenPage = Callable[[type[Any], Callable[..., GridPage]], Any]


@pytest.fixture(autouse=True)
def _count_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page counts what a filter finds without a pause for the next key."""
    monkeypatch.setattr("ui.manager.grid_page.COUNT_PAUSE_MS", 0)


@pytest.fixture
def mould(furnished: Mould) -> Mould:
    """With the usual shop in it: each test here asks for it."""
    return furnished


@pytest.fixture
def shop(database: ShopDatabase, mould: Mould) -> Shop:
    with database.connect() as owner:
        return move_in(database, owner, mould)


def desk_of(database: ShopDatabase, stores: list[int]) -> tuple[Database, ManagerDesk]:
    login = f"mgr_{secrets.token_hex(4)}"
    with database.connect() as owner:
        add_manager(owner, login, "Cleo", SECRET, stores)
    database.logins.append(login)
    lanes = Database(database.dsn(login, SECRET))
    lanes.open()
    return lanes, ManagerDesk(lanes, login)


@pytest.fixture
def desk(database: ShopDatabase, shop: Shop) -> Iterator[ManagerDesk]:
    """A manager of every store."""
    lanes, made = desk_of(database, [1, 2])
    yield made
    lanes.close()


@pytest.fixture
def one_store(database: ShopDatabase, shop: Shop) -> Iterator[ManagerDesk]:
    """A manager of the first store only."""
    lanes, made = desk_of(database, [1])
    yield made
    lanes.close()


@pytest.fixture
def open_page(qtbot: QtBot, qapp: QApplication, desk: ManagerDesk) -> Iterator[OpenPage]:
    """Opens a page of the first store as a window, for hands of a kind; put away after the test."""
    if not qapp.property("themed"):
        theme().apply(qapp)
        qapp.setProperty("themed", True)
    opened: list[PageHands[Any]] = []

    def made(kind: type[PageHands[Any]], page_of: Callable[..., GridPage]) -> PageHands[Any]:
        lanes = Lanes()
        page = page_of(desk, lanes, desk.stores()[0], Keymap())
        page.resize(1254, 744)
        page.show()
        page.activateWindow()
        page.shown()
        opened.append(kind(page, lanes, qtbot))
        opened[-1].settle()
        return opened[-1]

    yield made
    for hands in opened:
        hands.settle()
        hands.lanes.shutdown()
        hands.page.close()
        hands.page.deleteLater()
    theme().set_dark(False)


@pytest.fixture
def hands(open_page: OpenPage) -> Hands:
    found: Hands = open_page(Hands, ProductsPage)
    return found


@pytest.fixture
def colleague(database: ShopDatabase, shop: Shop) -> Iterator[ManagerDesk]:
    lanes, made = desk_of(database, [1, 2])
    yield made
    lanes.close()


@pytest.fixture
def login(database: ShopDatabase, shop: Shop) -> str:
    name = f"mgr_{secrets.token_hex(4)}"
    with database.connect() as owner:
        add_manager(owner, name, "Cleo", SECRET, [1, 2])
    database.logins.append(name)
    return name


@pytest.fixture
def make_window(
    qtbot: QtBot, qapp: QApplication, database: ShopDatabase, shop: Shop, tmp_path: object
) -> Iterator[MakeWindow]:
    made: list[tuple[InventoryWindow, Lanes]] = []
    settings = load_settings(str(tmp_path), {})

    def open_desk(login: str, password: str) -> ManagerServices:
        return open_manager(settings, login, password, dsn=database.dsn(login, password))

    def make(login: str) -> InventoryWindow:
        theme().apply(qapp)
        lanes = Lanes()
        window = InventoryWindow(qapp, open_desk, lanes)
        made.append((window, lanes))
        window.resize(1366, 768)
        with qtbot.waitExposed(window):
            window.show()
        window.sign_in.login.setText(login)
        return window

    yield make
    for window, lanes in made:
        window.close()
        lanes.shutdown()
        window.deleteLater()
        lanes.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        if window.services is not None:
            window.services.close()
