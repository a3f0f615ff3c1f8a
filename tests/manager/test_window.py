"""The manager's window: who gets in, what today shows, and that a page's keys are its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from pos_desktop.domain.money import currency, format_money
from pos_desktop.services.manager import Edit, ManagerDesk, ProductFilter
from tests.database.shop import MILK, PASSWORD, Shop, TillClient, line
from tests.manager.conftest import SECRET, MakeWindow
from tests.shop_database import ShopDatabase
from ui.key_events import send_keys, send_scan, send_stroke
from ui.keymap import Keymap
from ui.keymap_names import SCREENS
from ui.manager.conflict import ConflictView
from ui.manager.desk import Desk
from ui.manager.export import Export
from ui.manager.import_list import ImportList
from ui.manager.labels import PrintLabels
from ui.manager.products_page import ProductsPage
from ui.manager.today import trend
from ui.manager.unsaved import AskUnsaved
from ui.manager.window import InventoryWindow
from ui.theme import theme
from ui.widgets.overlay import KeySheet, Overlay
from ui.widgets.text import record_text

SIZES = ((1024, 768), (1366, 768), (1920, 1080))
Press = Callable[[], object]
KeyCheck = Callable[[QtBot, InventoryWindow, Press, ShopDatabase], None]


def sign_in(qtbot: QtBot, window: InventoryWindow) -> None:
    window.sign_in.shown()
    with qtbot.waitSignal(window.signed_in):
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
    qtbot.waitUntil(lambda: bool(today.when.text()))
    assert today.total.text().startswith(format_money(total, currency("GBP")))
    assert today.sales.text().startswith("1 ")
    assert not today.nothing.isVisible()


def test_a_wrong_password_is_said_at_once_and_the_login_stays(
    qtbot: QtBot, make_window: MakeWindow, login: str
) -> None:
    window = make_window(login)
    window.sign_in.shown()
    send_keys(window, "not it\n")
    qtbot.waitUntil(window.sign_in.words.isVisible)
    assert login in window.sign_in.words.text()
    assert window.sign_in.login.text() == login
    assert window.sign_in.password.text() == ""
    sign_in(qtbot, window)


def test_a_tills_login_is_no_managers(qtbot: QtBot, make_window: MakeWindow, shop: Shop) -> None:
    window = make_window(shop.logins[1])
    window.sign_in.shown()
    send_keys(window, PASSWORD + "\n")
    qtbot.waitUntil(window.sign_in.words.isVisible)
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


def the_desk(window: InventoryWindow) -> Desk:
    assert window.desk is not None
    return window.desk


def type_price(window: InventoryWindow, price: str) -> None:
    products = the_desk(window).products
    products.model.setData(products.table.currentIndex(), price)
    assert products.unsaved == 1


def goes_to_page(number: int) -> KeyCheck:
    def check(qtbot: QtBot, window: InventoryWindow, press: Press, _: ShopDatabase) -> None:
        desk = the_desk(window)
        desk.open((number + 1) % 4)
        wanted = (
            desk.today,
            desk.products,
            desk.journal,
            desk.alerts,
            desk.papers,
            desk.roles,
            desk.customers,
        )[number]
        press()
        qtbot.waitUntil(lambda: desk.page is wanted)

    return check


def asks(kind: type[QWidget]) -> KeyCheck:
    def check(qtbot: QtBot, window: InventoryWindow, press: Press, _: ShopDatabase) -> None:
        assert not the_desk(window).asking
        press()
        qtbot.waitUntil(lambda: any(each.isVisible() for each in window.findChildren(kind)))

    return check


def filters(qtbot: QtBot, window: InventoryWindow, press: Press, _: ShopDatabase) -> None:
    press()
    qtbot.waitUntil(the_desk(window).products.filter.field.hasFocus)


def saves(qtbot: QtBot, window: InventoryWindow, press: Press, database: ShopDatabase) -> None:
    type_price(window, "1.99")
    with qtbot.waitSignal(the_desk(window).products.edits.finished):
        press()
    assert milk_price(database) == 199


def edits(qtbot: QtBot, window: InventoryWindow, press: Press, _: ShopDatabase) -> None:
    press()
    qtbot.waitUntil(lambda: the_desk(window).products.table.editor is not None)


def takes_back(qtbot: QtBot, window: InventoryWindow, press: Press, _: ShopDatabase) -> None:
    type_price(window, "2.49")
    press()
    qtbot.waitUntil(lambda: the_desk(window).products.unsaved == 0)


DOES: dict[str, KeyCheck] = {
    "filter": filters,
    "save": saves,
    "edit": edits,
    "export": asks(Export),
    "import": asks(ImportList),
    "print_labels": asks(PrintLabels),
    "undo": takes_back,
    **{f"section_{n + 1}": goes_to_page(n) for n in range(7)},
    "keys": asks(KeySheet),
}


def take_milk(qtbot: QtBot, window: InventoryWindow) -> None:
    """The products in front, nothing open over them, milk's price in hand as after a click on it."""
    desk = the_desk(window)
    for each in window.findChildren(Overlay):
        if each.isVisible():
            each.close_overlay()
    desk.open(1)
    products, table = desk.products, desk.products.table
    qtbot.waitUntil(lambda: products.model.row_of(MILK) is not None)
    assert (desk.asking, products.unsaved, table.editor) == (False, 0, None)
    table.setFocus()
    price = next(n for n, column in enumerate(products.model.columns) if column.key == "price")
    table.setCurrentIndex(products.model.index(products.model.row_of(MILK) or 0, price))


def test_each_key_of_the_window_does_its_work(
    qtbot: QtBot, make_window: MakeWindow, login: str, database: ShopDatabase
) -> None:
    window = make_window(login)
    sign_in(qtbot, window)
    assert DOES.keys() == SCREENS["back"].keys()
    for action, check in DOES.items():
        (key,) = Keymap().keys("back", action)
        take_milk(qtbot, window)
        check(qtbot, window, lambda key=key: send_stroke(window, key), database)


def test_the_sheet_names_only_keys_of_the_page_in_front(
    qtbot: QtBot, make_window: MakeWindow, login: str
) -> None:
    window = make_window(login)

    def sheet() -> set[str]:
        send_stroke(window, "F1")
        qtbot.waitUntil(lambda: any(each.isVisible() for each in window.findChildren(KeySheet)))
        (shown,) = [each for each in window.findChildren(KeySheet) if each.isVisible()]
        names = {each.accessibleName() for each in shown.findChildren(QWidget)}
        shown.close_overlay()
        lines = Keymap().sheet("back", {})
        return {words for caps, words in lines if f"{', '.join(caps)}: {words}" in names}

    assert sheet() == {"Keys of this screen"}
    sign_in(qtbot, window)
    rail = {"Keys of this screen", "Page of the rail"}
    assert sheet() == rail
    the_desk(window).open(1)
    assert sheet() == {words for _, words in Keymap().sheet("back", {})}
    the_desk(window).open(2)
    assert sheet() == rail | {"Filter the list", "Export"}
    the_desk(window).open(3)
    assert sheet() == rail | {"Filter the list", "Export", "Save, or put the alert away"}


def test_a_scan_on_the_products_page_finds_the_product(
    qtbot: QtBot, make_window: MakeWindow, login: str, shop: Shop
) -> None:
    window = make_window(login)
    sign_in(qtbot, window)
    assert window.desk is not None
    window.desk.open(1)
    products = window.desk.products
    send_scan(window, shop.items[MILK].code.lstrip("0"))
    qtbot.waitUntil(lambda: products.table.model().rowCount() == 1)


def with_typed_price(qtbot: QtBot, window: InventoryWindow) -> ProductsPage:
    """A price typed into the table and not saved."""
    assert window.desk is not None
    window.desk.open(1)
    products = window.desk.products
    qtbot.waitUntil(lambda: products.model.row_of(MILK) is not None)
    price = next(n for n, column in enumerate(products.model.columns) if column.key == "price")
    products.model.setData(products.model.index(products.model.row_of(MILK) or 0, price), "1.99")
    return products


def asked(window: InventoryWindow) -> AskUnsaved:
    return next(each for each in window.findChildren(AskUnsaved) if each.isVisible())


def milk_price(database: ShopDatabase) -> int:
    return int(
        database.query("select amount from pos.price where item_id = %s order by id desc limit 1", MILK)[0][0]
    )


def test_a_store_is_not_left_over_what_is_not_saved(
    qtbot: QtBot, make_window: MakeWindow, login: str, database: ShopDatabase
) -> None:
    window = make_window(login)
    sign_in(qtbot, window)
    products = with_typed_price(qtbot, window)
    assert window.services is not None
    other = window.services.stores[1]
    window._switch(other)
    question = asked(window)
    assert question.words.text() == "1 product is changed and not saved."
    send_stroke(window, "Esc")
    assert window.desk is not None
    assert (window.desk.store.number, products.unsaved) == (1, 1)
    window._switch(other)
    with qtbot.waitSignal(products.edits.finished):
        asked(window).save.click()
    assert window.desk.store == other
    assert milk_price(database) == 199


def test_closing_and_signing_out_ask_and_what_is_thrown_away_is_gone(
    qtbot: QtBot, make_window: MakeWindow, login: str, database: ShopDatabase
) -> None:
    window = make_window(login)
    sign_in(qtbot, window)
    with_typed_price(qtbot, window)
    assert not window.close()
    asked(window).stay.click()
    assert window.desk is not None
    window.desk.rail.sign_out.click()
    asked(window).discard.click()
    assert window.desk is None
    assert window.sign_in.isVisible()
    assert window.windowTitle() == "Inventory"
    qtbot.waitUntil(lambda: window._lanes.idle)
    sign_in(qtbot, window)
    assert milk_price(database) == 165
    with_typed_price(qtbot, window)
    assert not window.close()
    with qtbot.waitSignal(window.closing):
        asked(window).discard.click()


def test_a_save_that_meets_somebody_elses_stays_in_the_window(
    qtbot: QtBot, make_window: MakeWindow, login: str, desk: ManagerDesk
) -> None:
    window = make_window(login)
    sign_in(qtbot, window)
    products = with_typed_price(qtbot, window)
    milk = next(each for each in desk.page(ProductFilter(1)).rows if each.id == MILK)
    desk.edit(1, [Edit(MILK, milk.row_version, {"price": 210})])
    assert not window.close()
    with qtbot.waitSignal(products.edits.finished):
        asked(window).save.click()
    assert window.isVisible()
    clash = next(each for each in window.findChildren(ConflictView) if each.isVisible())
    assert clash.lines == [("Price", "1.65", "2.10", "1.99")]
    clash.take.click()
    assert products.unsaved == 0


def test_the_document_behind_an_alert_opens_in_the_journal(
    qtbot: QtBot, make_window: MakeWindow, login: str, database: ShopDatabase, shop: Shop
) -> None:
    with database.connect(shop.logins[1], PASSWORD) as connection:
        till = TillClient(shop, connection)
        till.open_shift()
        fields = till.sale([line(shop.items[MILK], qty=101_000)])
        assert till.post(fields).flags == ("oversell",)
    window = make_window(login)
    sign_in(qtbot, window)
    assert window.desk is not None
    desk = window.desk
    desk.open(3)
    qtbot.waitUntil(lambda: desk.alerts.model.rowCount() > 0)
    alert = next(n for n in range(desk.alerts.model.rowCount()) if desk.alerts.model.row(n).document)
    desk.alerts.table.take(alert)
    desk.alerts.pane.document.click()
    assert desk.page is desk.journal
    qtbot.waitUntil(lambda: desk.journal.pane.shown is not None)
    assert desk.journal.pane.shown is not None
    assert desk.journal.pane.shown.id == fields["id"]


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
            qtbot.waitUntil(lambda: bool(window.desk and window.desk.today.when.text()))
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
