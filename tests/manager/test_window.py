"""The manager's window: who gets in, what today shows, and that a page's keys are its own."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_desktop.bootstrap import ManagerServices, open_manager
from pos_desktop.config import load_settings
from pos_desktop.database.manager import add_manager
from pos_desktop.domain.money import currency, format_money
from tests.database.shop import MILK, PASSWORD, Shop, TillClient, line
from tests.manager.conftest import SECRET
from tests.shop_database import ShopDatabase
from ui.key_events import send_keys, send_scan, send_stroke
from ui.manager.today import trend
from ui.manager.window import InventoryWindow
from ui.tasks import Lanes
from ui.theme import theme
from ui.widgets.text import record_text

SIZES = ((1024, 768), (1366, 768), (1920, 1080))
MakeWindow = Callable[[str], InventoryWindow]


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
        qtbot.addWidget(window)
        made.append((window, lanes))
        window.resize(1366, 768)
        window.show()
        qtbot.waitExposed(window)
        window.sign_in.login.setText(login)
        return window

    yield make
    for window, lanes in made:
        window.close()
        lanes.shutdown()
        if window.services is not None:
            window.services.close()


@pytest.fixture
def login(database: ShopDatabase, shop: Shop) -> str:
    name = f"mgr_{secrets.token_hex(4)}"
    with database.connect() as owner:
        add_manager(owner, name, "Cleo", SECRET, [1, 2])
    database.logins.append(name)
    return name


def sign_in(qtbot: QtBot, window: InventoryWindow) -> None:
    window.sign_in.shown()
    with qtbot.waitSignal(window.signed_in, timeout=15_000):
        send_keys(window, SECRET + "\n")


def sell_milk(database: ShopDatabase, shop: Shop) -> int:
    """One sale of one pint by till 1; its total in minor units."""
    with database.connect(shop.logins[1], PASSWORD) as connection:
        till = TillClient(shop, connection)
        assert till.open_shift().outcome == "booked"
        fields = till.sale([line(shop.items[MILK])])
        assert till.post(fields).outcome == "booked"
    return int(fields["total"])


def test_a_manager_signs_in_by_keyboard_and_sees_todays_sales(
    qtbot: QtBot, make_window: MakeWindow, login: str, database: ShopDatabase, shop: Shop
) -> None:
    total = sell_milk(database, shop)
    window = make_window(login)
    sign_in(qtbot, window)
    assert window.desk is not None
    today = window.desk.today
    qtbot.waitUntil(lambda: bool(today.when.text()), timeout=15_000)
    assert today.total.text().startswith(format_money(total, currency("GBP")))
    assert today.sales.text().startswith("1 ")
    assert not today.nothing.isVisible()


def test_a_wrong_password_is_said_at_once_and_the_login_stays(
    qtbot: QtBot, make_window: MakeWindow, login: str
) -> None:
    window = make_window(login)
    window.sign_in.shown()
    send_keys(window, "not it\n")
    qtbot.waitUntil(window.sign_in.words.isVisible, timeout=15_000)
    assert login in window.sign_in.words.text()
    assert window.sign_in.login.text() == login
    assert window.sign_in.password.text() == ""
    sign_in(qtbot, window)


def test_a_tills_login_is_no_managers(qtbot: QtBot, make_window: MakeWindow, shop: Shop) -> None:
    window = make_window(shop.logins[1])
    window.sign_in.shown()
    send_keys(window, PASSWORD + "\n")
    qtbot.waitUntil(window.sign_in.words.isVisible, timeout=15_000)
    assert window.desk is None


def test_the_rail_and_its_keys_change_pages_and_stores_have_their_own(
    qtbot: QtBot, make_window: MakeWindow, login: str
) -> None:
    window = make_window(login)
    sign_in(qtbot, window)
    assert window.desk is not None
    desk = window.desk
    send_stroke(window, "Ctrl+2")
    qtbot.waitUntil(lambda: desk.page is desk.products)
    send_stroke(window, "Ctrl+1")
    qtbot.waitUntil(lambda: desk.page is desk.today)
    assert window.services is not None
    window.show_store(window.services.stores[1])
    assert window.services.stores[1].name in window.windowTitle()


def test_a_scan_on_the_products_page_finds_the_product(
    qtbot: QtBot, make_window: MakeWindow, login: str, shop: Shop
) -> None:
    window = make_window(login)
    sign_in(qtbot, window)
    assert window.desk is not None
    window.desk.open(1)
    products = window.desk.products
    send_scan(window, shop.items[MILK].code.lstrip("0"))
    qtbot.waitUntil(lambda: products.table.model().rowCount() == 1, timeout=15_000)


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (110, 100, "+10 % on last week"),
        (90, 100, "\N{MINUS SIGN}10 % on last week"),
        (1005, 1000, "as last week"),
        (5, 0, "nothing to compare with"),
    ],
)
def test_a_trend_is_said_with_its_direction(now: int, before: int, words: str) -> None:
    assert trend(now, before)[0] == words


def test_nothing_is_clipped_at_three_sizes_in_two_themes(
    qtbot: QtBot, qapp: QApplication, make_window: MakeWindow, login: str
) -> None:
    window = make_window(login)
    pictures = []
    for signed in (False, True):
        if signed:
            sign_in(qtbot, window)
            assert window.desk is not None
            qtbot.waitUntil(lambda: bool(window.desk and window.desk.today.when.text()), timeout=15_000)
        for dark in (False, True):
            theme().set_dark(dark)
            theme().apply(qapp)
            for size in SIZES:
                window.resize(*size)
                qapp.processEvents()
                with record_text() as log:
                    window.grab()
                assert (window.width(), window.height()) == size
                assert log.clipped == [], (signed, dark, size)
                pictures.append(size)
    theme().set_dark(False)
    theme().apply(qapp)
    assert len(pictures) == 12
