"""Every page of the inventory window in a language that is 40 % longer: all of it shows, none in English."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from pos_desktop.words import LONG
from tests.database.shop import Shop
from tests.manager.conftest import MakeWindow
from tests.manager.test_window import sell_milk, sign_in
from tests.shop_database import ShopDatabase
from tests.words.left_over import left_over, speaking
from ui.key_events import send_stroke
from ui.theme import theme
from ui.widgets.text import record_text

PAGES = 7
NO_WORDS = ("GMT", "BST", "Esc")


def data_of(database: ShopDatabase) -> tuple[str, ...]:
    """What the shop itself named."""
    tables = ("category", "item", "staff", "store", "role", "supplier", "till", "tax")
    with database.connect() as owner:
        names = [str(row[0]) for table in tables for row in owner.execute(f"select name from pos.{table}")]
    return (*names, *NO_WORDS)


def cut_filters(window: QWidget) -> list[str]:
    """What Qt itself paints in an empty filter, and cuts when it is too long."""
    boxes = [box for box in window.findChildren(QLineEdit, "filter") if box.isVisible()]
    room = theme().px(44)
    return [
        box.placeholderText()
        for box in boxes
        if box.fontMetrics().horizontalAdvance(box.placeholderText()) > box.width() - room
    ]


def test_all_of_every_page_shows_in_the_long_language(
    qtbot: QtBot, qapp: QApplication, make_window: MakeWindow, login: str, database: ShopDatabase, shop: Shop
) -> None:
    """The sign-in, then page by page at the smallest size."""
    sell_milk(database, shop)
    shown: dict[str, list[str]] = {}
    lost: list[str] = []

    def look(page: str) -> None:
        window.resize(1024, 768)
        qapp.processEvents()
        with record_text() as log:
            window.grab()
        shown[page] = sorted(log.texts)
        lost.extend(f"{page}: {entry.text!r} in {entry.rect}" for entry in log.clipped)
        lost.extend(f"{page}: {text!r} in its box" for text in cut_filters(window))

    with speaking(LONG):
        window = make_window(login)
        look("sign-in")
        sign_in(qtbot, window)
        assert window.desk is not None
        for number in range(1, PAGES + 1):
            send_stroke(window, f"Ctrl+{number}")
            key = window.desk.rail.keys[number - 1]
            qtbot.waitUntil(key.isChecked)
            qtbot.waitUntil(window.is_idle)
            qapp.processEvents()
            qtbot.waitUntil(window.is_idle)
            look(str(number))
    assert len(shown) == PAGES + 1
    assert all(len(texts) > 2 for texts in shown.values())
    assert not lost, "\n".join(lost)
    data = (*data_of(database), login)
    english = [
        f"{page}: {text!r}" for page, texts in shown.items() for text in texts if left_over(text, data)
    ]
    assert not english, "\n".join(english)
