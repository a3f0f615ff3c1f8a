"""What happened to a product: prices and who set them, movements with their documents, weekly sales."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from pos_desktop.services.manager import ManagerDesk
from pos_desktop.services.manager_history import item_history
from tests.database.shop import MILK, PASSWORD, Shop, TillClient, line
from tests.manager.hands import Hands, read
from tests.manager.test_products_changes import edit
from tests.shop_database import ShopDatabase
from ui.manager.history import ProductHistory
from ui.theme import theme
from ui.widgets.text import record_text


def sell_milk(database: ShopDatabase, shop: Shop, times: int) -> None:
    with database.connect(shop.logins[1], PASSWORD) as connection:
        till = TillClient(shop, connection)
        till.open_shift()
        for _ in range(times):
            till.post(till.sale([line(shop.items[MILK], qty=2000)]))


def test_prices_movements_and_weeks(desk: ManagerDesk, database: ShopDatabase, shop: Shop) -> None:
    sell_milk(database, shop, 3)
    edit(desk, read(desk, MILK), price=189)
    desk.adjust_stock(1, MILK, -3000, "damaged", "dropped crate")
    history = item_history(desk, 1, MILK)
    assert [(each.amount, each.every_store) for each in history.prices] == [(189, False), (165, True)]
    assert history.prices[0].who == "Cleo"
    moves = [(each.words, each.delta, each.balance, each.who) for each in history.movements]
    assert moves == [
        ("Damaged", -3000, 91_000, "Cleo"),
        ("Sold", -2000, 94_000, "Ann"),
        ("Sold", -2000, 96_000, "Ann"),
        ("Sold", -2000, 98_000, "Ann"),
        ("Opening stock", 100_000, 100_000, "test"),
    ]
    assert (history.movements[0].note, bool(history.movements[1].document)) == ("dropped crate", True)
    assert len(history.weeks) == 8
    assert [sold for _, sold in history.weeks] == [0] * 7 + [6000]
    older = item_history(desk, 1, MILK, history.movements[1].id)
    assert [each.id for each in older.movements] == [each.id for each in history.movements[2:]]


def test_the_history_is_read_by_keys_and_nothing_is_cut(
    hands: Hands, desk: ManagerDesk, database: ShopDatabase, shop: Shop
) -> None:
    sell_milk(database, shop, 9)
    hands.take(MILK)
    hands.press(hands.page.detail.history)
    question = hands.question(ProductHistory)
    assert isinstance(question, ProductHistory)
    assert question.lines.lines[0][0] == "Sold, then 82"
    assert (question.lines.lines[0][2], len(question.lines.lines)) == ("−2", 7)
    QTest.keyClick(question, Qt.Key.Key_Down)
    hands.settle()
    assert [each[0] for each in question.lines.lines] == [
        "Sold, then 96",
        "Sold, then 98",
        "Opening stock, then 100",
    ]
    hands.press(question.prices)
    assert [each[2] for each in question.lines.lines] == ["1.65"]
    for dark in (False, True):
        theme().set_dark(dark)
        for width, height in ((884, 640), (1254, 744), (1808, 1032)):
            hands.page.resize(width, height)
            with record_text() as log:
                hands.page.grab()
            assert log.clipped == [], (width, dark)
    QTest.keyClick(question, Qt.Key.Key_Escape)
    assert not hands.page.asking
